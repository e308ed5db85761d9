import { Decimal } from 'decimal.js';
import { isChosen } from '../harness/content-chance.js';
import type { Company, World } from './company.js';
import { bankAccount, postDocument, type Leg } from './ledger.js';
import { applyEntries, remainingOf, type Money } from './ledger-entries.js';
import { reversePayment } from './payment-reversal.js';
import type { NavSettings } from './settings.js';
import { subledgerOf, type Subledger } from './tables-ledger.js';
import { vendors } from './tables-master.js';
import { cents, decimal, integer, plain, text, type Row } from './values.js';

type PaymentSettings = Pick<NavSettings, 'paymentDelayMs' | 'partShare' | 'reverseShare' | 'reverseDelayMs'>;

const parties = ['Vendor', 'Employee'] as const;

/**
 * The payment run: pays what vendors and employees are owed once it is old enough, a share of it in two parts. Balances in the
 * company's favour are never paid, nor are vendors that are blocked or entries on hold. A share of the payments is reversed later.
 */
export function runPayments(world: World, settings: PaymentSettings): void {
  if (world.paused.payments) return;
  for (const company of world.companies) {
    for (const kind of parties) {
      const entries = company.table(subledgerOf(kind).entries);
      for (const entry of entries.filter((one) => isDue(world, company, kind, one, settings.paymentDelayMs))) {
        payNextPart(world, company, kind, entry, settings);
        done(world);
      }
      for (const payment of entries.filter((one) => bounces(world, one, settings))) {
        reversePayment(world, company, kind, payment);
        done(world);
      }
    }
  }
}

/** How far the payments are, for those who wait for the end of a run: what is still to pay or to take back, and the last change. */
export function paymentProgress(world: World): { open: number; toReverse: number; changedAt?: string } {
  let [open, toReverse, changed] = [0, 0, 0];
  for (const company of world.companies) {
    for (const kind of parties) {
      for (const entry of company.table(subledgerOf(kind).entries).rows()) {
        if (isDue(world, company, kind, entry, -Infinity)) open += 1;
        if (entry['$bounces'] === true) toReverse += 1;
        if (entry['Document_Type'] === 'Payment') changed = Math.max(changed, integer(entry, '$movedAt'));
      }
    }
  }
  return { open, toReverse, ...(changed === 0 ? {} : { changedAt: new Date(changed).toISOString() }) };
}

function done(world: World): void {
  world.undo.commit();
  world.desk.changed();
}

/** False for vendors that the payment run leaves out. */
export function isPayable(company: Company, kind: Subledger['party'], number: string): boolean {
  return kind === 'Employee' || company.table(vendors).get(number)?.['Blocked'] === ' ';
}

function isDue(world: World, company: Company, kind: Subledger['party'], entry: Row, delayMs: number): boolean {
  return (
    entry['Open'] === true &&
    entry['Document_Type'] !== 'Payment' &&
    integer(entry, '$movedAt') + delayMs <= world.nowMs() &&
    decimal(entry, 'Remaining_Amount').isNegative() &&
    text(entry, 'On_Hold') === '' &&
    isPayable(company, kind, text(entry, subledgerOf(kind).number))
  );
}

function bounces(world: World, payment: Row, { reverseDelayMs = 0 }: PaymentSettings): boolean {
  return payment['$bounces'] === true && integer(payment, '$movedAt') + reverseDelayMs <= world.nowMs();
}

function payNextPart(
  world: World,
  company: Company,
  kind: Subledger['party'],
  entry: Row,
  { partShare, reverseShare }: PaymentSettings,
): void {
  const owed = remainingOf(entry);
  const planned = integer(entry, '$partsLeft');
  const isSplit = owed.amount.lte('-0.02') && world.desk.random() < partShare;
  const parts = planned > 0 ? planned : isSplit ? 2 : 1;
  const half = cents(owed.amount.neg().div(2));
  const money =
    parts === 2
      ? { amount: half, lcy: cents(half.times(owed.lcy).div(owed.amount)) }
      : { amount: owed.amount.neg(), lcy: owed.lcy.neg() };
  const ledger = subledgerOf(kind);
  const payment = postPayment(world, company, kind, entry, money);
  applyEntries(world, company, ledger, { newer: payment, older: entry, money });
  company
    .table(ledger.entries)
    .update(entry, { $movedAt: world.nowMs(), $partsLeft: parts - 1, ...paidAfter(entry, money) });
  const content = `${text(entry, ledger.number)}/${text(entry, 'External_Document_No') || text(entry, 'Document_No')}`;
  // What was paid again after a reversal is not taken back once more.
  const isToBounce = entry['$reversed'] !== true && isChosen(content, reverseShare);
  company.table(ledger.entries).update(payment, { $bounces: isToBounce });
}

/** How much of an entry payments have settled, after another one. */
export function paidAfter(entry: Row, { amount, lcy }: Money): Row {
  return {
    $paid: plain(decimal(entry, '$paid').plus(amount)),
    $paidLcy: plain(decimal(entry, '$paidLcy').plus(lcy)),
  };
}

/** Posts a payment document: from the bank to the party. */
function postPayment(world: World, company: Company, kind: Subledger['party'], entry: Row, money: Money): Row {
  const number = text(entry, subledgerOf(kind).number);
  const today = world.today();
  const leg = (account: string, amount: Decimal, lcy: Decimal): Leg => ({
    ...{ account, description: `Payment ${text(entry, 'Document_No')}`, externalNumber: '', dueDate: today },
    ...{ currency: text(entry, 'Currency_Code'), amount, amountLcy: lcy, documentAmount: amount },
    ...{ vat: new Decimal(0), dimensionSet: 0 },
  });
  const posted = postDocument(world, company, {
    documentNumber: `BPAY${String(company.next('payment')).padStart(6, '0')}`,
    ...{ documentType: 'Payment', postingDate: today, documentDate: today },
    legs: [
      { ...leg('', money.amount, money.lcy), party: { kind, number } },
      leg(bankAccount, money.amount.neg(), money.lcy.neg()),
    ],
  });
  const payment = posted.entries[0]?.entry;
  if (payment === undefined) throw new Error('a payment has no ledger entry');
  return payment;
}
