import type { MappingRules, PlanFacts } from '../contracts/mapping-rules.js';
import type { Hold } from '../contracts/steps.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import { planDigest } from '../mapping/plan-digest.js';
import { planErpDocuments } from '../mapping/plan.js';
import type { Plan } from '../mapping/plan-types.js';
import type { Queryable } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { readOpenSpans } from '../store/open-period-store.js';
import { readVendorAnswers } from '../store/vendor-store.js';
import { planOf } from './release-document.js';
import { hold } from './run-step.js';

/** What a plan is made of besides the document. */
export interface PlanningDependencies {
  db: Queryable;
  now: () => Date;
  rules: MappingRules;
  /** Time zones and first open days by `erp/company`. */
  timeZones: Record<string, string>;
  openFrom: Record<string, string>;
}

/** Today in each company's time zone, `YYYY-MM-DD`: the clock that the pure mapping must not have (decisions 19). */
export function todayByCompany(now: Date, timeZones: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(timeZones).map(([company, timeZone]) => [
      company,
      new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now),
    ]),
  );
}

/** Everything that plans of this moment need besides the documents and the rules; read once for a batch of them. */
export async function readPlanFacts(deps: Omit<PlanningDependencies, 'rules'>): Promise<Omit<PlanFacts, 'fiId'>> {
  return {
    today: todayByCompany(deps.now(), deps.timeZones),
    openFrom: deps.openFrom,
    openSpans: await readOpenSpans(deps.db),
    ...(await readVendorAnswers(deps.db)),
  };
}

/**
 * The plan of a stored document: for the workflow and for the preview alike, so that what is posted is what was previewed (B6). A
 * document that cannot be read holds.
 */
export function planOfStored(
  rules: MappingRules,
  { docType, fiId, payload }: Pick<StoredDocument, 'docType' | 'fiId' | 'payload'>,
  facts: Omit<PlanFacts, 'fiId'>,
): Plan | { held: Hold } {
  try {
    return planErpDocuments(readConcurDocument(docType, payload), payload, rules, { ...facts, fiId });
  } catch (error) {
    if (error instanceof DocumentUnreadable) return { held: hold(error.hold, error.message) };
    throw error;
  }
}

/**
 * The plan that a person has released, made again with the posting dates that he saw; undefined where nothing is released, or
 * where mapping, vendors or periods now give another plan, which wants its own release.
 */
export function planAsReleased(
  rules: MappingRules,
  stored: StoredDocument,
  rows: readonly PlannedErpDocument[],
  facts: Omit<PlanFacts, 'fiId'>,
): Plan | undefined {
  if (stored.release === null || stored.release.plan !== planOf(rows)) return undefined;
  const seen = Object.fromEntries(rows.map(({ erp, company, document }) => [`${erp}/${company}`, document.postingOn]));
  const plan = planOfStored(rules, stored, { ...facts, today: { ...facts.today, ...seen } });
  return !('held' in plan) && planDigest(plan.documents) === stored.release.plan ? plan : undefined;
}
