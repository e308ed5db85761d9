import type { DocType } from '../contracts/documents.js';
import type { Finding, NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, PlanFacts, PostingDatePolicy } from '../contracts/mapping-rules.js';
import type { OpenSpan } from '../contracts/posting-periods.js';
import { describeSpans, isOpenDay, nextOpenDay } from '../contracts/posting-periods.js';
import type { Refusals } from './plan-types.js';

/**
 * The posting date by the company's policy for the document's type (decisions 19, B10): the document's own date, the day of its
 * final approval, or today in the company's time zone. A day on which the company takes no postings is moved to the next open
 * one where the policy says so, with a warning that names both dates; else the document is refused.
 * @throws Error if the caller did not say what today is although the policy needs it
 */
export function postingDate(
  document: NeutralDocument,
  { erp, company, postingDate: setting }: CompanyMapping,
  facts: PlanFacts,
  refusals: Refusals,
  warnings: Finding[],
): string {
  const key = `${erp}/${company}`;
  const policy = policyFor(setting, document.docType);
  const wanted = wantedDay(policy, document, facts, key, refusals);
  const spans = openSpansOf(facts, key);
  if (spans === undefined || isOpenDay(wanted, spans)) return wanted;
  const isMoved = policy === 'next-open' || policy === 'approval-next-open';
  const moved = isMoved ? nextOpenDay(wanted, spans) : undefined;
  if (moved !== undefined) {
    warnings.push({
      code: 'posting-date-moved',
      field: 'postingDate',
      message: `The document is dated ${document.documentOn}. ${wanted} lies in a closed period of ${key}: it is posted on ${moved}, the next open day.`,
    });
    return moved;
  }
  refusals.add({
    hold: 'period-closed',
    code: 'period-closed',
    field: 'postingDate',
    message: `The posting date ${wanted} (document date ${document.documentOn}) lies in a closed period: ${key} takes postings ${describeSpans(spans)}.`,
    remedy: isMoved
      ? 'Open a later period in the ERP; the document tries again by itself.'
      : 'Open the period in the ERP, or choose a posting date policy that moves to the next open day (next-open).',
  });
  return wanted;
}

/** Only expense reports have a day of approval: as a policy for all types it leaves the others to their own date. */
function policyFor(setting: CompanyMapping['postingDate'], docType: DocType): PostingDatePolicy {
  if (typeof setting !== 'string') return setting[docType] ?? 'document';
  if (docType === 'expense') return setting;
  return ({ approval: 'document', 'approval-next-open': 'next-open' } as const)[setting as string] ?? setting;
}

function wantedDay(
  policy: PostingDatePolicy,
  document: NeutralDocument,
  facts: PlanFacts,
  key: string,
  refusals: Refusals,
): string {
  const own = document.postingOn ?? document.documentOn;
  if (policy === 'today') {
    const today = facts.today[key];
    if (today === undefined) throw new Error(`The facts do not say what today is in ${key}.`);
    return today;
  }
  if (policy !== 'approval' && policy !== 'approval-next-open') return own;
  if (document.approvedOn === undefined) {
    refusals.add({
      hold: 'document-inconsistent',
      code: 'approval-date-missing',
      field: 'report.reportPaymentProcessingDate',
      message: `${key} posts by the date of approval, but Concur delivers none with ${document.humanNumber}.`,
      remedy: 'Choose another posting date policy for this document type in the connections file.',
    });
  }
  return document.approvedOn ?? own;
}

/** What the ERP says about its periods, within what the connections file allows; undefined where neither says anything. */
function openSpansOf(facts: PlanFacts, key: string): OpenSpan[] | undefined {
  const known = facts.openSpans?.[key];
  const openFrom = facts.openFrom[key];
  if (openFrom === undefined) return known;
  return (known ?? [{}]).flatMap(({ from, to }) => {
    if (to !== undefined && to < openFrom) return [];
    const start = from === undefined || from < openFrom ? openFrom : from;
    return [{ from: start, ...(to === undefined ? {} : { to }) }];
  });
}
