import type { Settlement } from '../contracts/erp-port.js';
import { groupedBy } from './grouping.js';
import { amountOf } from './money.js';

/** A payment that Concur was told about, and what took it back in the ERP; Concur has not heard of the latter. */
export interface TakenBack {
  payment: Settlement;
  reversal: Settlement;
}

/** Settlements that still stand after reversals, and what the reversals did to those already told to Concur. */
export interface LiveSettlements {
  live: Settlement[];
  revoked: TakenBack[];
  /** Reversals that take back no known settlement exactly: a person must look. */
  unmatched: Settlement[];
}

/**
 * Cancels each reversal (negative row) against a settlement of the same part and amount, of the same voucher if there is
 * one, and one that Concur does not know first, so that a payment which was undone and applied again still counts once (F&O spec
 * 8, NAV spec 15). A reversal that Concur was told keeps to what Concur was told.
 */
export function liveSettlements(settlements: Settlement[], isTold: (row: Settlement) => boolean): LiveSettlements {
  const unique = [...new Map(settlements.map((row) => [`${row.part}|${row.settlementKey}`, row])).values()];
  const groups = groupedBy(unique, (row) => JSON.stringify([row.part, row.kind, row.currency]));
  const result: LiveSettlements = { live: [], revoked: [], unmatched: [] };
  for (const rows of groups.values()) {
    const standing = rows.filter((row) => !amountOf(row.amount).isNegative()).sort(byDate);
    const reversals = rows.filter((row) => amountOf(row.amount).isNegative()).sort(byDate);
    const [told, untold] = [reversals.filter(isTold), reversals.filter((row) => !isTold(row))];
    for (const reversal of [...told, ...untold]) {
      const payment = cancelledBy(reversal, standing, isTold);
      if (payment === undefined) {
        result.unmatched.push(reversal);
        continue;
      }
      standing.splice(standing.indexOf(payment), 1);
      if (isTold(payment) && !isTold(reversal)) {
        result.revoked.push({ payment, reversal });
      }
    }
    result.live.push(...standing.filter((row) => !amountOf(row.amount).isZero()));
  }
  result.live.sort(byDate);
  return result;
}

function cancelledBy(
  reversal: Settlement,
  standing: Settlement[],
  isTold: (row: Settlement) => boolean,
): Settlement | undefined {
  const matching = standing.filter((row) => amountOf(row.amount).eq(amountOf(reversal.amount).neg()));
  const sameVoucher = matching.filter((row) => row.reference === reversal.reference);
  if (isTold(reversal)) {
    return sameVoucher.find(isTold) ?? matching.find(isTold) ?? sameVoucher[0] ?? matching[0];
  }
  const candidates = sameVoucher.length > 0 ? sameVoucher : matching;
  return candidates.find((row) => !isTold(row)) ?? candidates[0];
}

function byDate(left: Settlement, right: Settlement): number {
  return (
    left.settledOn.localeCompare(right.settledOn) ||
    left.part - right.part ||
    left.settlementKey.localeCompare(right.settlementKey)
  );
}
