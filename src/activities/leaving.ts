import type { HoldReason } from '../contracts/hold-reasons.js';
import type { DocumentEnd, LeavingPlan, ReturnAnswer, ReturnRequest } from '../contracts/leaving.js';
import type { CancelReturn } from '../contracts/messages.js';
import type { DocumentStep, StepResult } from '../contracts/steps.js';
import { inTransaction } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import { closeDocument, readDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { markWithdrawn, readErpDocuments } from '../store/erp-document-store.js';
import { forgetLeaving, recordLeaving } from '../store/leaving-store.js';
import { hasBegun, mayBeInErp } from '../store/remote-write-store.js';
import type { DocumentDependencies } from './dependencies.js';
import { underDocumentLease } from './document-lease.js';
import { noLongerOurs } from './in-charge.js';
import { employeeText, returnOperation } from './return-text.js';

/** Holds that a rule never answers by a return: the document is not ours to return, or Concur itself is the trouble. */
const forPeopleOnly: readonly (HoldReason | null)[] = [
  'acknowledged-elsewhere',
  'concur-refused',
  'recalled-after-posting',
  'return-blocked',
];

/**
 * Records that a document is to go back to Concur, before anything is done about it. Refused where Concur has been told that it
 * is posted, for that cannot be taken back (FIS spec trap 17); a rule leaves alone what is posted already.
 */
export async function requestReturn(deps: DocumentDependencies, request: ReturnRequest): Promise<ReturnAnswer> {
  const { db } = deps;
  const document = await readDocument(db, request.documentId);
  if (noLongerOurs(document)?.status === 'ended') return { accepted: true };
  const rows = await readErpDocuments(db, document.id);
  const why = whyNot(document, rows) ?? (request.isAutomatic ? whyNotByRule(document, rows) : undefined);
  if (why !== undefined) return { accepted: false, why };
  await recordLeaving(db, document.id, {
    outcome: 'returned',
    by: request.by,
    reason: request.isAutomatic ? employeeText(request.reason) : request.reason.trim(),
    code: codeOf(document),
    ...(request.reversal === undefined ? {} : { reversal: request.reversal.trim() }),
  });
  return { accepted: true };
}

function whyNot({ humanNumber, outcome, postingConfirmedAt }: StoredDocument, rows: PlannedErpDocument[]) {
  if (outcome !== null) return `${humanNumber} is complete (${outcome}); nothing of it can be returned.`;
  if (postingConfirmedAt === null) return undefined;
  return `${humanNumber} cannot be returned: Concur has been told that it is posted (${postedNumbers(rows)}), and that cannot be taken back.`;
}

function whyNotByRule({ humanNumber, holdReason }: StoredDocument, rows: PlannedErpDocument[]): string | undefined {
  if (forPeopleOnly.includes(holdReason))
    return `${humanNumber} is not returned by a rule while it is on hold for this reason.`;
  if (rows.every(({ state }) => state !== 'posted')) return undefined;
  return `${humanNumber} is not returned by a rule, since the ERP has posted it (${postedNumbers(rows)}).`;
}

const postedNumbers = (rows: PlannedErpDocument[]): string =>
  rows.flatMap(({ company, proof }) => (proof === null ? [] : [`${company} ${proof.documentNumber}`])).join(', ');

/** The reason of the hold that a return ends; a later request keeps the first code, for its hold is the return's own. */
function codeOf({ holdReason, leaving }: StoredDocument): string {
  return leaving?.code ?? (holdReason ?? 'returned').toUpperCase();
}

/** Takes back a return that has had no effect yet: what was withdrawn, or told to Concur, cannot be undone. */
export async function cancelReturn(
  { db }: DocumentDependencies,
  { documentId, by, reason }: DocumentStep & CancelReturn,
): Promise<ReturnAnswer> {
  const { humanNumber, outcome, leaving } = await readDocument(db, documentId);
  const refuse = (why: string): ReturnAnswer => ({ accepted: false, why });
  if (outcome !== null) return refuse(`${humanNumber} is complete (${outcome}); it cannot be kept any more.`);
  if (leaving === null) return { accepted: true };
  if (leaving.outcome === 'recalled') return refuse(`Concur has recalled ${humanNumber}; it cannot be kept.`);
  if ((await readErpDocuments(db, documentId)).some(({ state }) => state === 'withdrawn')) {
    return refuse(`Something of ${humanNumber} has been taken out of the ERP; it can only go back to Concur.`);
  }
  if (await hasBegun(db, returnOperation, documentId)) {
    return refuse(`Concur may have been told that ${humanNumber} comes back; it cannot be kept any more.`);
  }
  await forgetLeaving(db, documentId, by, reason);
  return { accepted: true };
}

/**
 * What has to be taken out of which ERP. What was only planned needs no call: it is never written from now on, also not by an
 * attempt that was given up and comes back, for that needs the same lease.
 */
export async function prepareLeaving(deps: DocumentDependencies, documentId: string): Promise<StepResult<LeavingPlan>> {
  const { db } = deps;
  const document = await readDocument(db, documentId);
  const { outcome, leaving } = document;
  if (outcome !== null) return { status: 'ended', outcome, detail: alreadyComplete };
  if (!leaving) throw new Error(`Nobody has asked to take ${documentId} out of the ERP.`);
  return underDocumentLease(deps, document, { system: 'connector', operation: 'prepare-leaving' }, async () => {
    const rows = await readErpDocuments(db, documentId);
    const open = rows.filter(({ state }) => state !== 'withdrawn');
    const isWritten = open.some(({ state }) => state !== 'planned') || (await mayBeInErp(db, documentId));
    if (!isWritten) {
      await inTransaction(db, async (client) => {
        for (const { part } of open) await markWithdrawn(client, documentId, part);
      });
    }
    const parts = isWritten ? open.map(({ part, erp, company }) => ({ part, erp, company })) : [];
    return { status: 'done', outcome: leaving.outcome, parts };
  });
}

/** Closes a document that Concur has recalled and the ERP holds no more. */
export async function endRecalled(deps: DocumentDependencies, documentId: string): Promise<StepResult<DocumentEnd>> {
  const { outcome } = await readDocument(deps.db, documentId);
  if (outcome !== null) return { status: 'ended', outcome, detail: alreadyComplete };
  const rows = await readErpDocuments(deps.db, documentId);
  if (rows.some(({ state }) => state !== 'withdrawn')) throw new Error(`The ERP may still hold ${documentId}.`);
  const end = { outcome: 'recalled', detail: 'Recalled in Concur; the ERP holds nothing of it any more.' } as const;
  await closeDocument(deps.db, documentId, end.outcome, end.detail);
  return { status: 'done', ...end };
}

const alreadyComplete = 'The document is complete; nothing is left to be done.';
