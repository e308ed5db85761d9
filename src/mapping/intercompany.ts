import type { LedgerLeg, LegPosition, NeutralDocument } from '../contracts/ledger.js';
import type { ErpTarget, InputTaxCompany } from '../contracts/mapping-rules.js';
import { groupedBy } from './grouping.js';
import type { LegalEntities } from './legal-entity.js';
import { nameOfTarget } from './legal-entity.js';
import type { Amount } from './money.js';
import { amountOf, plain, sumOf } from './money.js';

/**
 * What one company has to post of a document. `whole`: nobody else takes part; `paying`: it owes the money, others bear costs;
 * `bearing`: it bears costs that another company pays.
 */
export interface LegalEntityPart {
  part: number;
  role: 'whole' | 'paying' | 'bearing';
  target: ErpTarget;
  /** The document with the legs of this company only; they sum to zero. */
  document: NeutralDocument;
}

/**
 * Splits a ledger by legal entity: each company bears its allocations, the paying one all the rest, and what one pays for the
 * other stands between them as one sum each, so that every part balances (decisions 14, B37). No amount is divided, so that
 * nothing has to be rounded. The paying company is part 1 and the others follow in the order of their names.
 */
export function splitByLegalEntity(
  document: NeutralDocument,
  { paying, bearing }: LegalEntities,
  inputTaxIn: InputTaxCompany = 'allocation',
): LegalEntityPart[] {
  const bearerOf = (leg: LedgerLeg): ErpTarget => (isBorneByAllocation(leg, inputTaxIn) ? bearing(leg.at) : paying);
  const groups = groupedBy(document.legs, (leg) => nameOfTarget(bearerOf(leg)));
  const home = nameOfTarget(paying);
  const others = [...groups].filter(([name]) => name !== home).sort(([left], [right]) => (left < right ? -1 : 1));
  if (others.length === 0) return [{ part: 1, role: 'whole', target: paying, document }];
  const own: LedgerLeg[] = [...(groups.get(home) ?? [])];
  const parts = others.flatMap(([, legs], index): LegalEntityPart[] => {
    const target = legs[0] === undefined ? paying : bearerOf(legs[0]);
    const borne = sumOf(legs.map(({ amount }) => amount));
    own.push(...between(target, borne, `Borne by ${target.company}: ${document.humanNumber}`));
    const all = [...legs, ...between(paying, borne.neg(), `Paid by ${paying.company}: ${document.humanNumber}`)];
    return [{ part: index + 2, role: 'bearing', target, document: { ...document, legs: all } }];
  });
  const first: LegalEntityPart = { part: 1, role: 'paying', target: paying, document: { ...document, legs: own } };
  return [first, ...parts].filter((part) => part.document.legs.some(({ amount }) => !amountOf(amount).isZero()));
}

function isBorneByAllocation(leg: LedgerLeg, inputTaxIn: InputTaxCompany): leg is LedgerLeg & { at: LegPosition } {
  const isCost = leg.leg === 'expense' || (leg.leg === 'inputTax' && inputTaxIn === 'allocation');
  return isCost && leg.at !== undefined;
}

function between(partner: ErpTarget, amount: Amount, text: string): LedgerLeg[] {
  return amount.isZero() ? [] : [{ leg: 'intercompany', partner, amount: plain(amount), text }];
}
