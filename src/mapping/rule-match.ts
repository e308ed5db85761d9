import type { LedgerLeg, NeutralDocument } from '../contracts/ledger.js';
import type { MappingRule, RuleCondition } from '../contracts/mapping-rules.js';
import type { Decided } from './code-lookup.js';
import { holdsOn, ownRow, placeText } from './code-lookup.js';

/** What of a document the rules may ask for. */
export type RuledDocument = Pick<NeutralDocument, 'docType' | 'currency' | 'documentOn' | 'payee'>;

/** What is known of one leg, under the names of conditions (`contracts/mapping-conditions.ts`). */
export function factsOf(document: RuledDocument, leg?: LedgerLeg): Record<string, string> {
  const { docType, currency, payee } = document;
  return {
    documentType: docType,
    documentCurrency: currency,
    [payee.kind]: payee.id,
    ...(leg === undefined ? {} : { ...leg.traits, ...ownFacts(leg) }),
  };
}

function ownFacts(leg: LedgerLeg): Record<string, string> {
  switch (leg.leg) {
    case 'expense':
    case 'personal':
      return { ...leg.fields, account: leg.account };
    case 'inputTax':
      return {
        authority: leg.authority,
        reclaimCode: leg.reclaimCode,
        ...(leg.taxCode === null ? {} : { taxCode: leg.taxCode }),
      };
    case 'party':
      return { party: leg.party, ...(leg.cardProgram === undefined ? {} : { cardProgram: leg.cardProgram }) };
    default:
      return {};
  }
}

/**
 * The first rule in declared order that holds on the document's day, whose conditions are all met, and that sets what is asked
 * for. A condition on what a document does not tell, or tells as empty, is not met.
 */
export function ruled<Value>(
  rules: readonly MappingRule[],
  factsOfLeg: () => Record<string, string>,
  day: string,
  setBy: (rule: MappingRule) => Value | undefined,
): Decided<Value> | undefined {
  if (rules.length === 0) return undefined;
  const facts = factsOfLeg();
  for (const rule of rules) {
    const value = setBy(rule);
    if (value === undefined || !holdsOn(rule, day)) continue;
    if (Object.entries(rule.when).every(([name, condition]) => isMet(condition, ownRow(facts, name)))) {
      return { value, why: `rule '${rule.name}'${placeText(rule.place)}` };
    }
  }
  return undefined;
}

function isMet(condition: RuleCondition, fact: string | undefined): boolean {
  if (fact === undefined || fact === '') return false;
  return 'in' in condition ? condition.in.includes(fact) : fact.startsWith(condition.prefix);
}
