import type { Decimal } from 'decimal.js';
import { isChosen } from '../harness/content-chance.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import { newDetail } from './ledger.js';
import { remainingOf } from './ledger-amounts.js';
import { runReversals } from './payment-reversal.js';
import type { DetailRow, VendorEntryRow } from './records.js';
import { cents } from './wire.js';
import { EMPTY_DATE, nextNumber, type Company, type World } from './world.js';

/** When and how the payment run pays; see the simulator settings. */
export type PaymentSettings = Pick<
  SimulatorSettings['bc'],
  'paymentDelayMs' | 'partShare' | 'reverseShare' | 'reverseDelayMs'
>;

/** How far the payments are, for those who wait for the end of a run. */
export interface PaymentProgress {
  /** Entries that the payment run has still to pay. */
  open: number;
  /** Payments that will be taken back. */
  toReverse: number;
  /** Instant of the last payment or reversal; absent before the first. */
  changedAt?: string;
}

/**
 * The payment run: pays what vendors are owed once it is old enough, a share of it in two parts. Balances in the
 * company's favour are never paid, nor are vendors blocked for payment. A share of the payments is taken back later.
 */
export function runPayments(world: World, settings: PaymentSettings): void {
  if (world.paused.payments) return;
  for (const company of world.companies) {
    for (const entry of company.vendorEntries.all()) {
      if (isDue(world, company, entry, settings.paymentDelayMs)) payNextPart(world, company, entry, settings);
    }
  }
  runReversals(world);
}

/** What the payment run has still to do, whatever rests. */
export function paymentProgress(world: World): PaymentProgress {
  const rows = world.companies.flatMap((company) => company.vendorEntries.all().map((entry) => ({ company, entry })));
  const moves = rows.filter(({ entry }) => entry.documentType === 'Payment').map(({ entry }) => entry.modifiedAt);
  const changedAt = moves.sort().at(-1);
  return {
    open: rows.filter(({ company, entry }) => isDue(world, company, entry, -Infinity)).length,
    toReverse: rows.filter(({ entry }) => (entry.bouncesAt ?? 0) > 0).length,
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}

/** False for vendors that the payment run leaves out. */
export function isPayable(company: Company, vendorNumber: string): boolean {
  return company.vendors.find((row) => row.number === vendorNumber)?.blocked === ' ';
}

function isDue(world: World, company: Company, entry: VendorEntryRow, delayMs: number): boolean {
  return (
    entry.open &&
    entry.documentType !== 'Payment' &&
    entry.movedAt + delayMs <= world.nowMs() &&
    remainingOf([entry]).amount.isNegative() &&
    isPayable(company, entry.vendorNumber)
  );
}

function payNextPart(world: World, company: Company, entry: VendorEntryRow, settings: PaymentSettings): void {
  const { partShare, reverseShare, reverseDelayMs = 0 } = settings;
  const owed = remainingOf([entry]);
  const divisible = owed.amount.lte('-0.02');
  const parts = entry.partsLeft > 0 ? entry.partsLeft : divisible && world.desk.random() < partShare ? 2 : 1;
  const amount = parts === 2 ? cents(owed.amount.neg().div(2)) : owed.amount.neg();
  const amountLcy = parts === 2 ? cents(amount.times(owed.lcy).div(owed.amount)) : owed.lcy.neg();
  const payment = applyPayment(world, company, entry, { amount, amountLcy });
  const number = company.invoices.get(entry.invoiceId)?.vendorInvoiceNumber ?? entry.documentNumber;
  // What was paid again after a reversal is not taken back once more.
  const bounces = entry.hasBounced !== true && isChosen(`${entry.vendorNumber}/${number}`, reverseShare);
  if (bounces) company.vendorEntries.update(payment, { bouncesAt: world.nowMs() + reverseDelayMs });
  const closed = parts === 1;
  company.vendorEntries.update(entry, {
    open: !closed,
    closedAtDate: closed ? world.today() : EMPTY_DATE,
    movedAt: world.nowMs(),
    partsLeft: parts - 1,
    ...(bounces ? { hasBounced: true } : {}),
  });
  const invoice = company.invoices.get(entry.invoiceId);
  // Closing touches the invoice header; a part payment changes nothing that the entity shows.
  if (closed && invoice !== undefined) company.invoices.update(invoice, {});
  world.undo.commit();
  world.desk.changed();
}

/**
 * Posts a payment document and applies it. Both application rows carry one and the same applied entry number: that of
 * the payment where it was applied at posting, that of the paid entry where an accountant applied from there.
 */
function applyPayment(
  world: World,
  company: Company,
  entry: VendorEntryRow,
  paid: { amount: Decimal; amountLcy: Decimal },
): VendorEntryRow {
  const postingDate = world.today();
  const documentNumber = `BPAY${String(nextNumber(company, 'payment')).padStart(6, '0')}`;
  const applicationNo = nextNumber(company, 'application');
  const entryNo = nextNumber(company, 'vendorEntry');
  const applying = applicationNo % 2 === 0 ? entry : { entryNo, documentType: 'Payment', documentNumber };
  const application = (amounts: { amount: Decimal; amountLcy: Decimal }): DetailRow =>
    newDetail(world, company, {
      ...{ entryType: 'Application', postingDate, applicationNo, appliedEntryNo: applying.entryNo },
      ...{ documentType: applying.documentType, documentNo: applying.documentNumber, ...amounts },
    });
  const initial = newDetail(world, company, {
    ...{ entryType: 'Initial Entry', postingDate, documentType: 'Payment', documentNo: documentNumber },
    ...{ ...paid, applicationNo: 0, appliedEntryNo: 0 },
  });
  const payment = company.vendorEntries.insert({
    ...world.newRecord(),
    ...{ entryNo, transaction: nextNumber(company, 'transaction'), vendorNumber: entry.vendorNumber },
    ...{ documentType: 'Payment', documentNumber, postingDate, documentDate: postingDate, dueDate: postingDate },
    ...{ open: false, closedAtDate: postingDate, currencyCode: entry.currencyCode, invoiceId: '' },
    ...{ movedAt: world.nowMs(), partsLeft: 0 },
    details: [initial, application({ amount: paid.amount.neg(), amountLcy: paid.amountLcy.neg() })],
  });
  company.vendorEntries.update(entry, { details: [...entry.details, application(paid)] });
  return payment;
}
