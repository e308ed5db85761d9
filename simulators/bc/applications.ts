import { Decimal } from 'decimal.js';
import { newDetail } from './ledger.js';
import { remainingOf } from './ledger-amounts.js';
import type { DetailRow, VendorEntryRow } from './records.js';
import { cents } from './wire.js';
import { EMPTY_DATE, nextNumber, type Company, type World } from './world.js';

/**
 * Applies an entry to another one of the same vendor and currency, as far as both go: both get an application row with the
 * number of the applying entry, and what has nothing left is closed (section 15).
 */
export function applyEntries(world: World, company: Company, applying: VendorEntryRow, applied: VendorEntryRow): void {
  const amount = Decimal.min(remainingOf([applying]).amount.abs(), remainingOf([applied]).amount.abs());
  const applicationNo = nextNumber(company, 'application');
  for (const entry of [applying, applied]) {
    const rest = remainingOf([entry]);
    const share = rest.amount.abs().eq(amount) ? rest.lcy : cents(amount.times(rest.lcy).div(rest.amount.abs()));
    const signed = rest.amount.isNegative() ? amount : amount.neg();
    const detail = newDetail(world, company, {
      ...{ entryType: 'Application', postingDate: world.today(), applicationNo, appliedEntryNo: applying.entryNo },
      ...{ documentType: applying.documentType, documentNo: applying.documentNumber },
      ...{ amount: signed, amountLcy: share.neg() },
    });
    withDetail(world, company, entry, detail);
  }
}

/** Takes back every application of an entry that still stands: opposite rows on both sides, and all are open again. */
export function unapply(world: World, company: Company, entry: VendorEntryRow): void {
  for (const applicationNo of standingApplications(entry)) {
    for (const side of company.vendorEntries.all()) {
      const rows = side.details.filter((detail) => detail.applicationNo === applicationNo);
      for (const { entryType, postingDate, documentType, documentNo, appliedEntryNo, ...row } of rows) {
        const [amount, amountLcy] = [new Decimal(row.amount).neg(), new Decimal(row.amountLcy).neg()];
        const same = { entryType, postingDate, documentType, documentNo, applicationNo, appliedEntryNo };
        withDetail(world, company, side, newDetail(world, company, { ...same, amount, amountLcy }));
      }
    }
  }
}

/** Numbers of the applications of an entry that no opposite row has cancelled. */
export function standingApplications(entry: VendorEntryRow): number[] {
  const sums = new Map<number, Decimal>();
  for (const { applicationNo, amount } of entry.details) {
    if (applicationNo > 0) sums.set(applicationNo, (sums.get(applicationNo) ?? new Decimal(0)).plus(amount));
  }
  return [...sums].filter(([, sum]) => !sum.isZero()).map(([applicationNo]) => applicationNo);
}

/** Opening and closing touch the header of the invoice; a part of an amount changes nothing that it shows. */
function withDetail(world: World, company: Company, entry: VendorEntryRow, detail: DetailRow): void {
  const { open: wasOpen, invoiceId } = entry;
  const details = [...entry.details, detail];
  const open = !remainingOf([{ ...entry, details }]).amount.isZero();
  company.vendorEntries.update(entry, {
    ...{ details, open, closedAtDate: open ? EMPTY_DATE : world.today() },
    ...{ movedAt: world.nowMs(), partsLeft: 0 },
  });
  const invoice = company.invoices.get(invoiceId);
  if (open !== wasOpen && invoice !== undefined) company.invoices.update(invoice, {});
}
