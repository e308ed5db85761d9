import type { NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, PlanFacts } from '../contracts/mapping-rules.js';
import type { Refusals } from './plan-types.js';

/**
 * The posting date by the company's policy (decisions 19): `document` is the document's own, `today` the day in the
 * company's time zone, `next-open` the document's own but not before the first open day.
 * @throws Error if the caller did not say what today is although the policy needs it
 */
export function postingDate(
  document: NeutralDocument,
  { erp, company, postingDate: policy }: CompanyMapping,
  facts: PlanFacts,
  refusals: Refusals,
): string {
  const key = `${erp}/${company}`;
  const openFrom = facts.openFrom[key];
  const own = document.postingOn ?? document.documentOn;
  if (policy === 'next-open') {
    return openFrom !== undefined && openFrom > own ? openFrom : own;
  }
  const date = policy === 'today' ? facts.today[key] : own;
  if (date === undefined) {
    throw new Error(`The facts do not say what today is in ${key}.`);
  }
  if (openFrom !== undefined && date < openFrom) {
    refusals.add({
      hold: 'period-closed',
      code: 'period-closed',
      field: 'postingDate',
      message: `The posting date ${date} is before ${openFrom}, the first open day of ${key}.`,
      remedy: 'Open the period in the ERP, or choose the posting date policy next-open for this company.',
    });
  }
  return date;
}
