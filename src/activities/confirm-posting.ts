import { cancellationSignal } from '@temporalio/activity';
import type { FiDocument, FisItem, PostingConfirmation } from '../clients/concur/fis-client.js';
import type { PostResult, StepResult } from '../contracts/steps.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { isWithoutAmounts } from '../mapping/plan-part.js';
import type { StoredDocument } from '../store/document-store.js';
import { clearAlertCause, clearAlerts } from '../store/alert-store.js';
import { closeDocument, reachStage, readDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { markPostingSignalled, markSettled, readErpDocuments } from '../store/erp-document-store.js';
import { recordLeaving } from '../store/leaving-store.js';
import { readSettlements } from '../store/settlement-store.js';
import { confirmKey, confirmOperation } from './concur-operations.js';
import { askConcur, shownByConcur } from './concur-states.js';
import type { SendFacts } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';
import { noLongerOurs } from './in-charge.js';
import { noPaymentReason, nothingToPost } from './payment-expectation.js';
import { postResult, proofHold, refusalHold } from './posting-facts.js';
import type { PostingAnswer } from './posting-result.js';
import { tellPostingResult } from './posting-result.js';
import { hold } from './run-step.js';

/** Concur's statuses from which it follows that our success has been recorded (FIS spec 7.1). */
const confirmedStatuses = new Set(['POSTING_CONFIRMED_SUCCESS', 'PAYMENT_CONFIRMED_SUCCESS', 'PAID']);
/** Code 112: nothing may stay in the ERP of a document that Concur has taken back (FIS spec 5.2). */
const recalledByConcur = {
  outcome: 'recalled',
  by: 'connector',
  reason: 'Concur has recalled the document after it was acknowledged.',
  code: 'RECALLED',
} as const;

/**
 * Tells Concur once, with all their numbers, that every ERP document of this document is posted (B37). Without proof it tells nothing and answers what is still
 * awaited (S100); a refusal of the ERP holds.
 */
export async function confirmPosting(deps: ConcurDependencies, documentId: string): Promise<StepResult<PostResult>> {
  const { db } = deps;
  const document = await readDocument(db, documentId);
  const gone = noLongerOurs(document);
  if (gone) return gone;
  const rows = await readErpDocuments(db, documentId);
  const isEmpty = rows.length === 0 && deps.zeroDocuments === 'confirm' && hasNoAmounts(document);
  const result = isEmpty ? { ...postResult(rows), posted: true } : postResult(rows);
  // What Concur knows already is no longer kept from it: then a reversal is a matter of the payment.
  const isTold = document.postingConfirmedAt !== null;
  const held = refusalHold(rows) ?? (isTold ? undefined : proofHold(rows, await readSettlements(db, documentId)));
  if (held) return { status: 'hold', hold: held };
  if (!result.posted) return { status: 'done', ...result };
  await reachStage(db, documentId, 'posted', { detail: { erpDocuments: result.erpDocuments } });
  if (!document.postingConfirmedAt) {
    const answer = await sendConfirmation(deps, document, successOf(document, rows));
    if (answer.kind === 'held') return { status: 'hold', hold: answer.hold };
    if (answer.kind === 'recalled') {
      await recordLeaving(db, documentId, recalledByConcur);
      return { status: 'leaving' };
    }
  }
  await markPostingSignalled(db, documentId);
  await clearAlertCause(db, `posting-overdue: ${documentId}`);
  const reason = isEmpty ? nothingToPost : noPaymentReason(document, rows, deps.unobservablePayments);
  if (reason === undefined) {
    await reachStage(db, documentId, 'awaiting-payment', { postingConfirmed: true });
  } else {
    await markSettled(db, documentId);
    await reachStage(db, documentId, 'posted', { postingConfirmed: true });
    await closeDocument(db, documentId, 'posted-no-payment-expected', reason);
    await clearAlerts(db, documentId, true);
  }
  return { status: 'done', ...result };
}

/** Nothing planned is nothing posted, unless there is nothing that could be planned. */
const hasNoAmounts = ({ docType, payload }: StoredDocument): boolean =>
  isWithoutAmounts(readConcurDocument(docType, payload));

function successOf(document: StoredDocument, rows: readonly PlannedErpDocument[]): PostingConfirmation {
  const postingDocs = rows.flatMap(({ company, proof }) => {
    if (proof === null) return [];
    const { documentNumber, fiscalYear, postedOn } = proof;
    return [{ companyId: company.slice(0, 32), documentNumber, fiscalYear, postingDate: postedOn }];
  });
  return { docId: document.fiId, status: 'success', postingDocs, messages: [] };
}

function sendConfirmation(
  deps: ConcurDependencies,
  document: StoredDocument,
  confirmation: PostingConfirmation,
): Promise<PostingAnswer> {
  return tellPostingResult(deps, document, {
    operation: confirmOperation,
    key: confirmKey(document.id),
    confirmation,
    name: 'the posting confirmation',
    look: async () => readState(await askConcur(deps.fis, document, cancellationSignal())),
    recordedBefore: (item, facts) => confirmedBefore(deps, document, item, facts),
  });
}

/** Code 113 does not say which outcome Concur holds: its record decides, else what our own earlier attempt has carried. */
async function confirmedBefore(
  deps: ConcurDependencies,
  document: StoredDocument,
  item: FisItem,
  { attemptedBefore }: SendFacts,
): Promise<PostingAnswer> {
  const state = await askConcur(deps.fis, document, cancellationSignal());
  const known = readState(state);
  if (known !== undefined) return known;
  if (state?.status !== 'POSTING_CONFIRMED_FAILURE' && attemptedBefore) return { kind: 'recorded' };
  const shown = await shownByConcur(deps.fis, document, cancellationSignal());
  const message = `Concur has recorded another posting result for this document before (code ${item.code}), but the ERP has posted it. ${shown} Let the Concur processor correct it there, or reverse the posting in the ERP.`;
  return { kind: 'held', hold: hold('concur-refused', message) };
}

function readState(state: FiDocument | undefined): PostingAnswer | undefined {
  if (state?.status === 'RECALLED') return { kind: 'recalled' };
  return state && confirmedStatuses.has(state.status) ? { kind: 'recorded' } : undefined;
}
