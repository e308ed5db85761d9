import type { Decimal } from 'decimal.js';
import { newDetail } from './ledger.js';
import { remainingOf } from './ledger-amounts.js';
import type { DetailRow, VendorEntryRow } from './records.js';
import { cents } from './wire.js';
import { EMPTY_DATE, nextNumber, type Company, type World } from './world.js';

/** When and how the payment run pays; see the simulator settings. */
export interface PaymentSettings {
  paymentDelayMs: number;
  partShare: number;
}

/**
 * The payment run: pays what vendors are owed once it is old enough, a share of it in two parts. Balances in the
 * company's favour are never paid, nor are vendors blocked for payment.
 */
export function runPayments(world: World, settings: PaymentSettings): void {
  if (world.paused.payments) return;
  for (const company of world.companies) {
    for (const entry of company.vendorEntries.all()) {
      if (isDue(world, company, entry, settings)) payNextPart(world, company, entry, settings.partShare);
    }
  }
}

/** False for vendors that the payment run leaves out. */
export function isPayable(company: Company, vendorNumber: string): boolean {
  return company.vendors.find((row) => row.number === vendorNumber)?.blocked === ' ';
}

function isDue(world: World, company: Company, entry: VendorEntryRow, settings: PaymentSettings): boolean {
  return (
    entry.open &&
    entry.documentType !== 'Payment' &&
    entry.movedAt + settings.paymentDelayMs <= world.nowMs() &&
    remainingOf([entry]).amount.isNegative() &&
    isPayable(company, entry.vendorNumber)
  );
}

function payNextPart(world: World, company: Company, entry: VendorEntryRow, partShare: number): void {
  const owed = remainingOf([entry]);
  const divisible = owed.amount.lte('-0.02');
  const parts = entry.partsLeft > 0 ? entry.partsLeft : divisible && world.desk.random() < partShare ? 2 : 1;
  const amount = parts === 2 ? cents(owed.amount.neg().div(2)) : owed.amount.neg();
  const amountLcy = parts === 2 ? cents(amount.times(owed.lcy).div(owed.amount)) : owed.lcy.neg();
  applyPayment(world, company, entry, { amount, amountLcy });
  const closed = parts === 1;
  company.vendorEntries.update(entry, {
    open: !closed,
    closedAtDate: closed ? world.today() : EMPTY_DATE,
    movedAt: world.nowMs(),
    partsLeft: parts - 1,
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
): void {
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
  company.vendorEntries.insert({
    ...world.newRecord(),
    ...{ entryNo, transaction: nextNumber(company, 'transaction'), vendorNumber: entry.vendorNumber },
    ...{ documentType: 'Payment', documentNumber, postingDate, documentDate: postingDate, dueDate: postingDate },
    ...{ open: false, closedAtDate: postingDate, currencyCode: entry.currencyCode, invoiceId: '' },
    ...{ movedAt: world.nowMs(), partsLeft: 0 },
    details: [initial, application({ amount: paid.amount.neg(), amountLcy: paid.amountLcy.neg() })],
  });
  company.vendorEntries.update(entry, { details: [...entry.details, application(paid)] });
}
