import { mappingVersionOf } from '../contracts/mapping-rules.js';
import type { PlanRefusal } from '../mapping/plan-types.js';
import type { Hold, PlanSummary, StepResult } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import { readDocument, recordTarget } from '../store/document-store.js';
import * as erpDocuments from '../store/erp-document-store.js';
import { mayBeInErp } from '../store/remote-write-store.js';
import { setVendorWaits } from '../store/vendor-store.js';
import type { DocumentDependencies } from './dependencies.js';
import { noLongerOurs } from './in-charge.js';
import { noPaymentReason, nothingToPost } from './payment-expectation.js';
import { planOf } from './release-document.js';
import { hold } from './run-step.js';
import { planAsReleased, planOfStored, readPlanFacts } from './stored-plan.js';

/** Plans the ERP documents of a stored document, or holds with every offender at once (S93). */
export async function planDocument(deps: DocumentDependencies, documentId: string): Promise<StepResult<PlanSummary>> {
  const stored = await readDocument(deps.db, documentId);
  const gone = noLongerOurs(stored);
  if (gone) return gone;
  const planned = await erpDocuments.readErpDocuments(deps.db, documentId);
  // What stands in the ERP, or may stand there, keeps its plan: a changed mapping or date must not give it other keys.
  const isFrozen = planned.some((row) => row.state !== 'planned') || (await mayBeInErp(deps.db, documentId));
  if (planned.length > 0 && isFrozen) return summary(deps, stored, planned);

  const facts = await readPlanFacts(deps);
  const plan = planAsReleased(deps.rules, stored, planned, facts) ?? planOfStored(deps.rules, stored, facts);
  if ('held' in plan) return { status: 'hold', hold: plan.held };
  await recordTarget(deps.db, documentId, {
    erp: plan.target?.erp ?? null,
    company: plan.target?.company ?? null,
    mappingVersion: mappingVersionOf(deps.rules, plan.target),
  });
  await setVendorWaits(deps.db, documentId, waitsOf(plan.refusals));
  if (plan.refusals.length > 0) {
    const held = { status: 'hold', hold: holdOf(plan.refusals) } as const;
    return plan.target === undefined ? held : { ...held, target: plan.target };
  }
  const rows = await erpDocuments.planErpDocuments(deps.db, documentId, plan.documents);
  return plan.isEmpty === true ? emptySummary(deps) : summary(deps, stored, rows);
}

function waitsOf(refusals: readonly PlanRefusal[]): { vendorKey: string; vendorAccount: string | null }[] {
  return refusals.flatMap((refusal) =>
    refusal.vendorKey === undefined ? [] : [{ vendorKey: refusal.vendorKey, vendorAccount: null }],
  );
}

/** One hold with every reason at once, and the vendor questions that a person can answer. */
export function holdOf(refusals: readonly PlanRefusal[]): Hold {
  // A vendor question comes first: a person can answer it at once, and all documents that wait for it share one alert (S87).
  const first = refusals.find((refusal) => refusal.vendorKey !== undefined) ?? refusals[0];
  if (!first) throw new Error('A hold needs a refusal.');
  const sentences = refusals.map((refusal) =>
    refusal.remedy === undefined ? refusal.message : `${refusal.message} ${refusal.remedy}`,
  );
  const vendorKeys = [...new Set(waitsOf(refusals).map((wait) => wait.vendorKey))];
  const findings = [...new Set(refusals.map((refusal) => refusal.message))];
  return { ...hold(first.hold, [...new Set(sentences)].join(' '), vendorKeys), findings };
}

function summary(
  deps: DocumentDependencies,
  stored: StoredDocument,
  rows: readonly erpDocuments.PlannedErpDocument[],
): StepResult<PlanSummary> {
  const [first] = rows;
  if (!first) throw new Error(`The plan of ${stored.id} is empty.`);
  const reason = noPaymentReason(stored, rows, deps.unobservablePayments);
  return {
    status: 'done',
    erp: first.erp,
    company: first.company,
    parts: [...rows.filter((row) => row !== first), first].map(({ part, erp, company }) => ({ part, erp, company })),
    documentOn: first.document.documentOn,
    postingOn: first.document.postingOn,
    postingDeadlineSeconds: Math.max(
      ...rows.map(({ erp }) => deps.postingDeadlineSeconds[erp] ?? deps.timings.postingDeadlineSeconds),
    ),
    awaitsRelease: awaitsRelease(deps, stored, rows),
    awaitsPayment: reason === undefined,
    noPaymentReason: reason ?? '',
  };
}

/** A document without amounts goes to no company: Concur is told at once (rules.zeroDocuments). */
function emptySummary({ timings }: DocumentDependencies): StepResult<PlanSummary> {
  return {
    status: 'done',
    erp: '',
    company: '',
    parts: [],
    documentOn: '',
    postingOn: '',
    postingDeadlineSeconds: timings.postingDeadlineSeconds,
    awaitsRelease: false,
    awaitsPayment: false,
    noPaymentReason: nothingToPost,
  };
}

/** What the ERP may hold already was released before. */
function awaitsRelease(
  { manualRelease }: DocumentDependencies,
  { release }: StoredDocument,
  rows: readonly erpDocuments.PlannedErpDocument[],
): boolean {
  const isPlannedOnly = rows.every((row) => row.state === 'planned');
  return isPlannedOnly && rows.some((row) => manualRelease.includes(row.erp)) && release?.plan !== planOf(rows);
}
