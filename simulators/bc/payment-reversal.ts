import { Decimal } from 'decimal.js';
import { applyEntries, unapply } from './applications.js';
import { newDetail } from './ledger.js';
import { originalOf } from './ledger-amounts.js';
import type { VendorEntryRow } from './records.js';
import { EMPTY_DATE, nextNumber, type Company, type World } from './world.js';

/**
 * Takes back the payments that have bounced and whose time has come, as an accountant does: the application is undone, so that
 * what was paid is open again, and "Reverse Transaction" posts the same number with the opposite amount (section 15).
 */
export function runReversals(world: World): void {
  for (const company of world.companies) {
    for (const payment of company.vendorEntries.all()) {
      const { bouncesAt = 0 } = payment;
      if (bouncesAt === 0 || bouncesAt > world.nowMs()) continue;
      reversePayment(world, company, payment);
      world.undo.commit();
      world.desk.changed();
    }
  }
}

/** What was taken back of payments on an entry: application rows of payments with the other sign. */
export function reversalsOf(
  entries: readonly VendorEntryRow[],
  payments: ReadonlySet<number>,
  inLocalCurrency: boolean,
): { amount: string; at: string }[] {
  return entries.flatMap(({ details }) =>
    details
      .filter(({ entryType, applicationNo }) => entryType === 'Application' && payments.has(applicationNo))
      .map(({ amount, amountLcy, createdAt }) => ({
        amount: new Decimal(inLocalCurrency ? amountLcy : amount).neg(),
        at: new Date(createdAt).toISOString(),
      }))
      .filter(({ amount }) => amount.greaterThan(0))
      .map(({ amount, at }) => ({ amount: amount.toFixed(2), at })),
  );
}

function reversePayment(world: World, company: Company, payment: VendorEntryRow): void {
  unapply(world, company, payment);
  const { amount, lcy } = originalOf(payment);
  const { documentNumber, documentType, vendorNumber, currencyCode } = payment;
  const postingDate = world.today();
  const initial = newDetail(world, company, {
    ...{ entryType: 'Initial Entry', postingDate, documentType, documentNo: documentNumber },
    ...{ amount: amount.neg(), amountLcy: lcy.neg(), applicationNo: 0, appliedEntryNo: 0 },
  });
  const mirror = company.vendorEntries.insert({
    ...world.newRecord(),
    ...{ entryNo: nextNumber(company, 'vendorEntry'), transaction: nextNumber(company, 'transaction'), vendorNumber },
    ...{ documentType, documentNumber, postingDate, documentDate: postingDate, dueDate: postingDate },
    ...{ open: true, closedAtDate: EMPTY_DATE, currencyCode, invoiceId: '' },
    ...{ movedAt: world.nowMs(), partsLeft: 0, details: [initial] },
  });
  applyEntries(world, company, mirror, payment);
  company.vendorEntries.update(payment, { bouncesAt: 0 });
}
