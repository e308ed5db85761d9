import type { LedgerLeg, LedgerLine, NeutralDocument, PublishedLedger } from '../contracts/ledger.js';
import { groupedBy } from './grouping.js';
import { nameOfTarget } from './legal-entity.js';
import { plain, sumOf } from './money.js';

/**
 * The published form of a ledger: lines summed per account and cost objects, per tax code, per party and per cash advance;
 * personal lines stay single; sums of zero are left out. The amounts are signed, debit positive, and sum to zero.
 */
export function publishedLedger(document: NeutralDocument): PublishedLedger {
  const lines = document.legs.map((leg, index) => ({ line: lineOf(leg), single: leg.leg === 'personal' ? index : -1 }));
  const groups = groupedBy(lines, ({ line, single }) => JSON.stringify([single, { ...line, amount: '' }]));
  const summed = [...groups.values()].flatMap((group): LedgerLine[] => {
    const first = group[0]?.line;
    const amount = sumOf(group.map(({ line }) => line.amount));
    return first === undefined || (amount.isZero() && first.leg !== 'personal')
      ? []
      : [{ ...first, amount: plain(amount) }];
  });
  const order = ['expense', 'personal', 'inputTax', 'advance', 'intercompany', 'party'];
  return {
    currency: document.currency,
    lines: summed.sort((left, right) => order.indexOf(left.leg) - order.indexOf(right.leg)),
  };
}

function lineOf(leg: LedgerLeg): LedgerLine {
  const { amount } = leg;
  switch (leg.leg) {
    case 'expense':
      return { leg: leg.leg, account: leg.account, costObjects: leg.costObjects, amount };
    case 'personal':
      return { leg: leg.leg, account: leg.account, ...costObjectsIfAny(leg.costObjects), amount };
    case 'inputTax':
      return { leg: leg.leg, authority: leg.authority, reclaimCode: leg.reclaimCode, taxCode: leg.taxCode, amount };
    case 'advance':
      return {
        leg: leg.leg,
        account: leg.account,
        ...(leg.cashAdvanceId === undefined ? {} : { cashAdvanceId: leg.cashAdvanceId }),
        amount,
      };
    case 'intercompany':
      return { leg: leg.leg, partner: nameOfTarget(leg.partner), amount };
    case 'party':
      return { leg: leg.leg, party: leg.party, ...(leg.id === undefined ? {} : { id: leg.id }), amount };
  }
}

function costObjectsIfAny(costObjects: Record<string, string>): { costObjects?: Record<string, string> } {
  return Object.keys(costObjects).length === 0 ? {} : { costObjects };
}
