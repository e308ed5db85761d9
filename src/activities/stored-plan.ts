import type { MappingRules } from '../contracts/mapping-rules.js';
import type { Hold } from '../contracts/steps.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import { planDigest } from '../mapping/plan-digest.js';
import { planErpDocuments } from '../mapping/plan.js';
import type { Plan } from '../mapping/plan-types.js';
import type { Queryable } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { readResolvers } from '../store/mapping-reports.js';
import { readOpenSpans } from '../store/open-period-store.js';
import { readResolutions } from '../store/vendor-store.js';
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

/**
 * The plan of a stored document as it would be made now: for the workflow and for the preview alike, so that what is posted is
 * what was previewed (B6). A document that cannot be read holds.
 */
export async function planOfStored(
  deps: PlanningDependencies,
  stored: Pick<StoredDocument, 'docType' | 'fiId' | 'payload'>,
  today = todayByCompany(deps.now(), deps.timeZones),
): Promise<Plan | { held: Hold }> {
  try {
    return planErpDocuments(readConcurDocument(stored.docType, stored.payload), stored.payload, deps.rules, {
      fiId: stored.fiId,
      today,
      openFrom: deps.openFrom,
      openSpans: await readOpenSpans(deps.db),
      resolvedVendors: await readResolutions(deps.db),
      resolvedBy: await readResolvers(deps.db),
    });
  } catch (error) {
    if (error instanceof DocumentUnreadable) return { held: hold(error.hold, error.message) };
    throw error;
  }
}

/**
 * The plan that a person has released, made again with the posting dates that he saw; undefined where nothing is released, or
 * where mapping, vendors or periods now give another plan, which wants its own release.
 */
export async function planAsReleased(
  deps: PlanningDependencies,
  stored: StoredDocument,
  rows: readonly PlannedErpDocument[],
): Promise<Plan | undefined> {
  if (stored.release === null || stored.release.plan !== planOf(rows)) return undefined;
  const today = todayByCompany(deps.now(), deps.timeZones);
  for (const { erp, company, document } of rows) today[`${erp}/${company}`] = document.postingOn;
  const plan = await planOfStored(deps, stored, today);
  return !('held' in plan) && planDigest(plan.documents) === stored.release.plan ? plan : undefined;
}
