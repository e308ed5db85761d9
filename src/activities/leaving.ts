import type { HoldReason } from '../contracts/hold-reasons.js';
import type { DocumentEnd, Leaving, LeavingPlan, ReturnAnswer, ReturnRequest } from '../contracts/leaving.js';
import type { CancelReturn } from '../contracts/messages.js';
import type { DocumentStep, StepResult } from '../contracts/steps.js';
import type { Queryable } from '../store/database.js';
import { inTransaction } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import { closeDocument, readDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { markWithdrawn, readErpDocuments } from '../store/erp-document-store.js';
import { forgetLeaving, recordLeaving } from '../store/leaving-store.js';
import { hasBegun, hasBegunToLeave, mayBeInErp, mayHaveWorked } from '../store/remote-write-store.js';
import type { DocumentDependencies } from './dependencies.js';
import { underDocumentLease } from './document-lease.js';
import { noLongerOurs, requireLeaving } from './in-charge.js';
import { confirmKey, confirmOperation, returnOperation } from './concur-operations.js';
import { employeeText } from './return-text.js';
import { unknownInErp } from './standing-in-erp.js';

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
  const leaving: Leaving = {
    outcome: 'returned',
    by: request.by,
    reason: request.isAutomatic ? employeeText(request.reason) : request.reason.trim(),
    code: codeOf(document),
    ...whatPeopleSay(document.leaving, request),
  };
  const why = await recordLeaving(db, document.id, leaving, async (client) => {
    return (await whyNot(client, document.id)) ?? (request.isAutomatic ? whyNotByRule(client, document.id) : undefined);
  });
  return why === undefined ? { accepted: true } : { accepted: false, why };
}

/** What a person has said of the ERP stays true when a later request says something else of it, or nothing. */
function whatPeopleSay(before: Leaving | null, { reversals, erpIsEmpty }: ReturnRequest): Partial<Leaving> {
  const named = { ...before?.reversals, ...reversals };
  return {
    ...(Object.keys(named).length === 0 ? {} : { reversals: named }),
    ...(before?.erpIsEmpty === true || erpIsEmpty === true ? { erpIsEmpty: true } : {}),
  };
}

async function whyNot(client: Queryable, documentId: string): Promise<string | undefined> {
  const { humanNumber, outcome, leaving, postingConfirmedAt } = await readDocument(client, documentId);
  if (outcome !== null) return `${humanNumber} is complete (${outcome}); nothing of it can be returned.`;
  if (leaving?.outcome === 'recalled') return `Concur has recalled ${humanNumber}: it leaves the ERP and ends.`;
  // Concur may know of the success although our own row does not say so yet.
  const isTold = postingConfirmedAt !== null || (await mayHaveWorked(client, confirmOperation, confirmKey(documentId)));
  if (!isTold) return undefined;
  const numbers = postedNumbers(await readErpDocuments(client, documentId));
  return `${humanNumber} cannot be returned: Concur has been told that it is posted (${numbers}), and that cannot be taken back.`;
}

async function whyNotByRule(client: Queryable, documentId: string): Promise<string | undefined> {
  const { humanNumber, holdReason } = await readDocument(client, documentId);
  const rows = await readErpDocuments(client, documentId);
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
  const why = await forgetLeaving(db, documentId, { by, reason }, (client) => whyNotKept(client, documentId));
  return why === undefined ? { accepted: true } : { accepted: false, why };
}

async function whyNotKept(client: Queryable, documentId: string): Promise<string | undefined> {
  const { humanNumber, outcome, leaving } = await readDocument(client, documentId);
  if (outcome !== null) return `${humanNumber} is complete (${outcome}); it cannot be kept any more.`;
  if (leaving === null) return undefined;
  if (leaving.outcome === 'recalled') return `Concur has recalled ${humanNumber}; it cannot be kept.`;
  if ((await readErpDocuments(client, documentId)).some(({ state }) => state === 'withdrawn')) {
    return `Something of ${humanNumber} has been taken out of the ERP; it can only go back to Concur.`;
  }
  if (await hasBegunToLeave(client, documentId)) {
    return `Lines of ${humanNumber} have been taken out of the ERP already, or may have been; it can only go back to Concur.`;
  }
  if (await hasBegun(client, returnOperation, documentId)) {
    return `Concur may have been told that ${humanNumber} comes back; it cannot be kept any more.`;
  }
  return undefined;
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
    const unknown = unknownInErp(document, rows);
    if (unknown) return { status: 'hold', hold: unknown };
    // An earlier life of this connector may have posted what our ledger does not know (decisions 5): the ERP is asked.
    const isWritten =
      document.adoptedAt !== null ||
      open.some(({ state }) => state !== 'planned') ||
      (await mayBeInErp(db, documentId));
    if (!isWritten) {
      await inTransaction(db, async (client) => {
        await requireLeaving(client, documentId);
        for (const { part } of open) await markWithdrawn(client, documentId, part);
      });
    }
    // What is posted may block the way: it is seen before anything else is taken out, while the document may still be kept.
    const inOrder = [...open.filter(isPosted), ...open.filter((row) => !isPosted(row))];
    const parts = isWritten ? inOrder.map(({ part, erp, company }) => ({ part, erp, company })) : [];
    return { status: 'done', outcome: leaving.outcome, parts };
  });
}

const isPosted = ({ state }: PlannedErpDocument): boolean => state === 'posted';

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
