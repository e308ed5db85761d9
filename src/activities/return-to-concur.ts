import { cancellationSignal } from '@temporalio/activity';
import type { DocumentEnd, Leaving } from '../contracts/leaving.js';
import type { StepResult } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import { closeDocument, readDocument } from '../store/document-store.js';
import { readErpDocuments } from '../store/erp-document-store.js';
import { isWriteDone, mayBeInErp } from '../store/remote-write-store.js';
import { acknowledge } from './acknowledge.js';
import { returnOperation } from './concur-operations.js';
import { askConcur } from './concur-states.js';
import type { ConcurDependencies } from './dependencies.js';
import type { PostingAnswer } from './posting-result.js';
import { tellPostingResult } from './posting-result.js';
import { onOneLine, returnMessages } from './return-text.js';
import { hold } from './run-step.js';
import { unknownInErp } from './standing-in-erp.js';

/**
 * Tells Concur that the document is not posted and why, so that its processor can recall it and the employee correct it
 * (FIS spec 5.1, 7.2 #7). Only when nothing of it is left in the ERP (trap 16), and never after a success (trap 17).
 */
export async function returnToConcur(deps: ConcurDependencies, documentId: string): Promise<StepResult<DocumentEnd>> {
  const { db } = deps;
  const document = await readDocument(db, documentId);
  const { leaving, outcome } = document;
  if (outcome !== null) {
    return { status: 'ended', outcome, detail: 'The document is complete; nothing is left to be done.' };
  }
  if (!leaving) throw new Error(`Nobody has asked to return ${documentId}.`);
  const rows = await readErpDocuments(db, documentId);
  if (rows.some(({ state }) => state !== 'withdrawn') || (await mayBeInErp(db, documentId))) {
    throw new Error(`${documentId} cannot be returned while something of it is, or may be, in the ERP.`);
  }
  // Concur takes an error only for a document that it knows as ours (code 111).
  const acknowledged = await acknowledge(deps, documentId);
  if (acknowledged.status !== 'done') return acknowledged;
  // Only now may it turn out that an earlier life of this connector has known it.
  const unknown = unknownInErp(await readDocument(db, documentId), rows);
  if (unknown) return { status: 'hold', hold: unknown };
  const answer = (await earlierAnswer(deps, document)) ?? (await sendError(deps, document, leaving));
  if (answer.kind === 'held') return { status: 'hold', hold: answer.hold };
  return { status: 'done', ...(await close(deps, document, leaving, answer.kind)) };
}

/** A kill between Concur's answer and our own record: Concur is asked, nothing is sent again. */
async function earlierAnswer(deps: ConcurDependencies, document: StoredDocument): Promise<PostingAnswer | undefined> {
  return (await isWriteDone(deps.db, returnOperation, document.id)) ? stateInConcur(deps, document) : undefined;
}

async function stateInConcur(deps: ConcurDependencies, document: StoredDocument): Promise<PostingAnswer | undefined> {
  switch ((await askConcur(deps.fis, document, cancellationSignal()))?.status) {
    case 'POSTING_CONFIRMED_FAILURE':
      return { kind: 'recorded' };
    case 'RECALLED':
      return { kind: 'recalled' };
    case 'POSTING_CONFIRMED_SUCCESS':
    case 'PAYMENT_CONFIRMED_SUCCESS':
    case 'PAID':
      return {
        kind: 'held',
        hold: hold(
          'return-blocked',
          'Concur knows the document as posted, and that cannot be taken back. Nothing of it is in the ERP: tell your Concur processor, then end it with ignoreDocument.',
        ),
      };
    default:
      return undefined;
  }
}

function sendError(deps: ConcurDependencies, document: StoredDocument, leaving: Leaving): Promise<PostingAnswer> {
  return tellPostingResult(deps, document, {
    operation: returnOperation,
    key: document.id,
    confirmation: { docId: document.fiId, status: 'error', messages: returnMessages(leaving) },
    name: 'the return of the document',
    look: () => stateInConcur(deps, document),
    // It was confirmed before: as failed, which is what we want, or as posted, which is another matter.
    recordedBefore: async (_item, { attemptedBefore }) =>
      (await stateInConcur(deps, document)) ?? (attemptedBefore ? { kind: 'recorded' } : 'refused'),
  });
}

async function close(
  { db }: ConcurDependencies,
  { id }: StoredDocument,
  { by, reason }: Leaving,
  answer: 'recorded' | 'recalled',
): Promise<DocumentEnd> {
  const outcome = answer === 'recorded' ? 'returned' : 'recalled';
  const detail =
    outcome === 'returned'
      ? `Returned to Concur by ${by}: ${onOneLine(reason)}`
      : 'Recalled in Concur before it could be returned; nothing of it is in the ERP.';
  await closeDocument(db, id, outcome, detail, { by, reason });
  return { outcome, detail };
}
