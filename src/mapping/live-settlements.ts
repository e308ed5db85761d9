import type { Settlement } from '../contracts/erp-port.js';
import { groupedBy } from './grouping.js';
import { amountOf } from './money.js';

/** Settlements that still stand after reversals, and what the reversals did to those already told to Concur. */
export interface LiveSettlements {
  live: Settlement[];
  /** Settlements that Concur was told about and that the ERP has taken back since. */
  revoked: Settlement[];
  /** Reversals that take back no known settlement exactly: a person must look. */
  unmatched: Settlement[];
}

/**
 * Cancels each reversal (negative row) against a settlement of the same part and amount, of the same voucher if there is
 * one, and one that Concur does not know first, so that a payment which was undone and applied again still counts once (F&O spec 8, NAV spec 15).
 */
export function liveSettlements(settlements: Settlement[], isConfirmed: (row: Settlement) => boolean): LiveSettlements {
  const unique = [...new Map(settlements.map((row) => [`${row.part}|${row.settlementKey}`, row])).values()];
  const groups = groupedBy(unique, (row) => JSON.stringify([row.part, row.kind, row.currency]));
  const result: LiveSettlements = { live: [], revoked: [], unmatched: [] };
  for (const rows of groups.values()) {
    const standing = rows.filter((row) => !amountOf(row.amount).isNegative()).sort(byDate);
    for (const reversal of rows.filter((row) => amountOf(row.amount).isNegative()).sort(byDate)) {
      const matching = standing.filter((row) => amountOf(row.amount).eq(amountOf(reversal.amount).neg()));
      const sameVoucher = matching.filter((row) => row.reference === reversal.reference);
      const candidates = sameVoucher.length > 0 ? sameVoucher : matching;
      const cancelled = candidates.find((row) => !isConfirmed(row)) ?? candidates[0];
      if (cancelled === undefined) {
        result.unmatched.push(reversal);
        continue;
      }
      standing.splice(standing.indexOf(cancelled), 1);
      if (isConfirmed(cancelled)) {
        result.revoked.push(cancelled);
      }
    }
    result.live.push(...standing.filter((row) => !amountOf(row.amount).isZero()));
  }
  result.live.sort(byDate);
  return result;
}

function byDate(left: Settlement, right: Settlement): number {
  return (
    left.settledOn.localeCompare(right.settledOn) ||
    left.part - right.part ||
    left.settlementKey.localeCompare(right.settlementKey)
  );
}
