import { cancellationSignal } from '@temporalio/activity';
import { meaningOf } from '../clients/concur/fis-codes.js';
import type { FisItem, PostingConfirmation } from '../clients/concur/fis-client.js';
import { Unavailable } from '../clients/http/errors.js';
import type { DocumentEnd, Leaving } from '../contracts/leaving.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import { closeDocument, readDocument } from '../store/document-store.js';
import { readErpDocuments } from '../store/erp-document-store.js';
import { isWriteDone, mayBeInErp } from '../store/remote-write-store.js';
import { acknowledge, sendAcknowledgement } from './acknowledge.js';
import { askConcur, itemFor, refusalOf } from './concur-states.js';
import type { SendFacts } from './concur-writes.js';
import { writeToConcur } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';
import { returnOperation } from './concur-operations.js';
import { onOneLine, returnMessages } from './return-text.js';
import { hold } from './run-step.js';
import { unknownInErp } from './standing-in-erp.js';

const operation = returnOperation;
const refused = 'the return of the document';

/** What Concur makes of an error confirmation; a hold is for a person. */
type Answer = { kind: 'returned' } | { kind: 'recalled' } | { kind: 'held'; hold: Hold };

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
async function earlierAnswer(deps: ConcurDependencies, document: StoredDocument): Promise<Answer | undefined> {
  return (await isWriteDone(deps.db, operation, document.id)) ? stateInConcur(deps, document) : undefined;
}

async function stateInConcur(deps: ConcurDependencies, document: StoredDocument): Promise<Answer | undefined> {
  switch ((await askConcur(deps.fis, document, cancellationSignal()))?.status) {
    case 'POSTING_CONFIRMED_FAILURE':
      return { kind: 'returned' };
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

async function sendError(deps: ConcurDependencies, document: StoredDocument, leaving: Leaving): Promise<Answer> {
  const confirmation = { docId: document.fiId, status: 'error' as const, messages: returnMessages(leaving) };
  const { value } = await writeToConcur<Answer>({
    db: deps.db,
    documentId: document.id,
    operation,
    key: document.id,
    payload: confirmation,
    lookAgainSeconds: deps.lookAgainSeconds,
    look: () => stateInConcur(deps, document),
    isRefused: ({ kind }) => kind === 'held',
    send: async (facts) => {
      const item = await post(deps, document, confirmation);
      if (meaningOf('posting', item.code, item.result) !== 'not-acknowledged') {
        return answerOf(deps, document, item, facts);
      }
      // Concur has forgotten the acknowledgement: it is given again, then the error is repeated (code 111).
      const again = await sendAcknowledgement(deps, document);
      if (again.kind !== 'acknowledged') return again;
      return answerOf(deps, document, await post(deps, document, confirmation), facts);
    },
  });
  return value;
}

async function post(
  deps: ConcurDependencies,
  { docType, fiId }: StoredDocument,
  confirmation: PostingConfirmation,
): Promise<FisItem> {
  const { fis, systemId } = deps;
  const signal = cancellationSignal();
  return itemFor(
    await fis.confirmPosting({ docType, systemId, confirmations: [confirmation], signal }),
    fiId,
    operation,
  );
}

async function answerOf(
  deps: ConcurDependencies,
  document: StoredDocument,
  item: FisItem,
  { attemptedBefore }: SendFacts,
): Promise<Answer> {
  const meaning = meaningOf('posting', item.code, item.result);
  const heldFor = async (): Promise<Answer> => {
    return {
      kind: 'held',
      hold: await refusalOf(deps, document, item, { meaning, refused, signal: cancellationSignal() }),
    };
  };
  switch (meaning) {
    case 'done':
      return { kind: 'returned' };
    case 'recalled':
      return { kind: 'recalled' };
    case 'already-done': {
      // It was confirmed before: as failed, which is what we want, or as posted, which is another matter (code 113).
      const known = await stateInConcur(deps, document);
      if (known !== undefined) return known;
      return attemptedBefore ? { kind: 'returned' } : heldFor();
    }
    case 'retry':
    case 'not-ready':
    case 'not-acknowledged':
      throw new Unavailable(`Concur asks to try ${refused} later (code ${item.code}).`, {
        system: 'concur',
        operation,
      });
    default:
      return heldFor();
  }
}

async function close(
  { db }: ConcurDependencies,
  { id }: StoredDocument,
  { by, reason }: Leaving,
  outcome: 'returned' | 'recalled',
): Promise<DocumentEnd> {
  const detail =
    outcome === 'returned'
      ? `Returned to Concur by ${by}: ${onOneLine(reason)}`
      : 'Recalled in Concur before it could be returned; nothing of it is in the ERP.';
  await closeDocument(db, id, outcome, detail, { by, reason });
  return { outcome, detail };
}
