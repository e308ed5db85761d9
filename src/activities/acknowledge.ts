import { cancellationSignal } from '@temporalio/activity';
import { acknowledgingSystemId, meaningOf } from '../clients/concur/fis-codes.js';
import type { FiDocument, FisItem } from '../clients/concur/fis-client.js';
import { Unavailable } from '../clients/http/errors.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import { markAdopted, reachStage, readDocument } from '../store/document-store.js';
import { askConcur, itemFor, refusalOf } from './concur-states.js';
import type { SendFacts } from './concur-writes.js';
import { PassingRefusal, writeToConcur } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';
import { hold } from './run-step.js';

const operation = 'fis.acknowledge';
/** "Not ready" may pass; after so many answers within an hour a person should know (FIS spec 5.2). */
const notReadyTries = 20;

/** What an acknowledgement has brought about. */
export type Acknowledgement =
  | {
      kind: 'acknowledged';
      /** Concur holds it under our system id, but our ledger knows of no attempt: its database was lost, for example. */
      isAdopted?: true;
    }
  | { kind: 'recalled' }
  | { kind: 'held'; hold: Hold };

/** Takes a document off Concur's queue, once; a document that is acknowledged or closed causes no call (S64, S118). */
export async function acknowledge(deps: ConcurDependencies, documentId: string): Promise<StepResult<object>> {
  const document = await readDocument(deps.db, documentId);
  if (document.acknowledgedAt) return { status: 'done' };
  if (document.outcome !== null) {
    return {
      status: 'ended',
      outcome: document.outcome,
      detail: 'The document is complete; nothing is left to be done.',
    };
  }
  return settle(deps, document, await sendAcknowledgement(deps, document));
}

/** Sends the acknowledgement of a document, whatever our ledger says about earlier ones. */
export async function sendAcknowledgement(
  deps: ConcurDependencies,
  document: StoredDocument,
): Promise<Acknowledgement> {
  const { value } = await writeToConcur<Acknowledgement>({
    db: deps.db,
    documentId: document.id,
    operation,
    key: document.id,
    payload: { ids: [document.fiId], systemId: deps.systemId },
    lookAgainSeconds: deps.lookAgainSeconds,
    look: async () => acknowledgedAlready(deps, await askConcur(deps.fis, document, cancellationSignal())),
    isRefused: ({ kind }) => kind === 'held',
    send: (facts) => send(deps, document, facts),
  });
  return value;
}

async function send(deps: ConcurDependencies, document: StoredDocument, facts: SendFacts): Promise<Acknowledgement> {
  const { docType, fiId } = document;
  const signal = cancellationSignal();
  const items = await deps.fis.acknowledge({ docType, systemId: deps.systemId, ids: [fiId], signal });
  const item = itemFor(items, fiId, operation);
  const meaning = meaningOf('acknowledge', item.code, item.result);
  const call = { system: 'concur', operation };
  switch (meaning) {
    case 'done':
      return { kind: 'acknowledged' };
    case 'recalled':
      return { kind: 'recalled' };
    case 'already-done':
      return whoAcknowledged(deps, document, item, facts);
    case 'not-ready':
      throw new PassingRefusal(
        `Concur lists the document but says that it is not ready to be acknowledged (code ${item.code}).`,
        call,
        'concur-refused',
        notReadyTries,
      );
    case 'retry':
      throw new Unavailable(`Concur asks to try the acknowledgement later (code ${item.code}).`, call);
    default:
      return {
        kind: 'held',
        hold: await refusalOf(deps, document, item, { meaning, refused: 'the acknowledgement', signal }),
      };
  }
}

/**
 * Code 101 is a question, not an error: who holds the document? (decisions 5, C2) Its own record decides, then the item. What is
 * ours but unknown to our ledger is adopted: every step that writes to the ERP looks there for it first, so that whatever an
 * earlier life of this connector has posted is found and not posted again.
 */
async function whoAcknowledged(
  deps: ConcurDependencies,
  document: StoredDocument,
  item: FisItem,
  { attemptedBefore }: SendFacts,
): Promise<Acknowledgement> {
  const state = await askConcur(deps.fis, document, cancellationSignal());
  const shown = acknowledgedAlready(deps, state);
  const isNamed = (item.systemId ?? acknowledgingSystemId(item.message)) === deps.systemId;
  if (shown === undefined && isNamed && state?.status !== 'ACKNOWLEDGED') {
    throw new PassingRefusal(
      `Concur says that we have acknowledged the document before (code ${item.code}), but shows ${state === undefined ? 'no such document' : 'it as not acknowledged'}.`,
      { system: 'concur', operation },
      'concur-refused',
      notReadyTries,
    );
  }
  const answer = shown ?? (isNamed ? ({ kind: 'acknowledged' } as const) : elsewhere(item.message));
  return answer.kind === 'acknowledged' && !attemptedBefore ? { ...answer, isAdopted: true } : answer;
}

/** Statuses that say that Concur was told of a posting: by us, in an earlier life, if the document is ours at all. */
const toldAsPosted: ReadonlySet<string> = new Set(['POSTING_CONFIRMED_SUCCESS', 'PAYMENT_CONFIRMED_SUCCESS']);

/** Statuses that forbid a posting, in words (FIS spec 7.1); what most of them mean SAP does not explain. */
const statusWords: Readonly<Record<string, string>> = {
  POSTING_CONFIRMED_FAILURE: 'its posting has failed, and a corrected one comes as a new document',
  PAYMENT_CONFIRMED_REVERSED: 'its payment was taken back',
  PAYMENT_CONFIRMED_OBSOLETE: 'its payment was declared obsolete',
  PAID: 'paid',
  PENDING_SYSTEM_REFRESH: 'waiting for a refresh of Concur',
  FLAG_DUPLICATE: 'marked as a duplicate',
  DELAYED: 'delayed',
  VOID: 'void',
  CANCEL: 'cancelled',
};

/** What Concur's record says; undefined where it names no acknowledgement, or nobody who made it. */
function acknowledgedAlready(
  { systemId }: ConcurDependencies,
  state: FiDocument | undefined,
): Acknowledgement | undefined {
  if (state?.status === 'RECALLED') return { kind: 'recalled' };
  if (state === undefined || state.status === 'READY') return undefined;
  if (state.erpSystemId !== undefined && state.erpSystemId !== systemId) return elsewhere('');
  if (state.status === 'ACKNOWLEDGED') return state.erpSystemId === undefined ? undefined : { kind: 'acknowledged' };
  return toldAsPosted.has(state.status) && state.erpSystemId !== undefined
    ? { kind: 'acknowledged', isAdopted: true }
    : { kind: 'held', hold: hold('concur-refused', notToBePosted(state.status)) };
}

/** Only what is acknowledged may be posted; any other or unknown status means "do not" (FIS spec 7.1). */
function notToBePosted(status: string): string {
  const words = statusWords[status] ?? 'a status that the connector does not know';
  return `Concur shows the document as ${status} (${words}), not as acknowledged, so that it must not be posted; nothing has been written to the ERP. Ask your Concur processor what has become of it. If a corrected document has come, end this one with ignoreDocument.`;
}

function elsewhere(message: string): Acknowledgement {
  const text = `Another system has acknowledged this document in Concur. Find out which one posts it; nothing has been written to the ERP. ${message}`;
  return { kind: 'held', hold: hold('acknowledged-elsewhere', text.trim()) };
}

async function settle(
  deps: ConcurDependencies,
  document: StoredDocument,
  answer: Acknowledgement,
): Promise<StepResult<object>> {
  switch (answer.kind) {
    case 'acknowledged': {
      const detail = answer.isAdopted ? { adopted: 'acknowledged under our system id before; the ERP decides' } : {};
      if (answer.isAdopted) await markAdopted(deps.db, document.id);
      await reachStage(deps.db, document.id, 'acknowledged', { acknowledged: true, detail });
      return { status: 'done' };
    }
    case 'recalled':
      return {
        status: 'ended',
        outcome: 'recalled',
        detail: 'Recalled in Concur before it was acknowledged; nothing was written to the ERP.',
      };
    case 'held':
      return { status: 'hold', hold: answer.hold };
  }
}
