import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { acknowledgingSystemId, meaningOf } from '../clients/concur/fis-codes.js';
import type { FiDocument } from '../clients/concur/fis-client.js';
import { Unavailable } from '../clients/http/errors.js';
import type { StepResult } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import { reachStage, readDocument } from '../store/document-store.js';
import { askConcur, itemFor } from './concur-states.js';
import { writeToConcur } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';
import { hold } from './run-step.js';

const operation = 'fis.acknowledge';
/** "Not ready" may pass; after so many tries a person should know (FIS spec 5.2). */
const notReadyAttempts = 20;

type Meaning =
  | { kind: 'acknowledged' }
  | { kind: 'recalled' }
  | { kind: 'elsewhere'; message: string }
  | { kind: 'refused'; message: string };

/** Takes a document off Concur's queue, once; a document that is acknowledged or closed causes no call (S64, S118). */
export async function acknowledge(deps: ConcurDependencies, documentId: string): Promise<StepResult<object>> {
  const { db, fis, systemId } = deps;
  const document = await readDocument(db, documentId);
  if (document.acknowledgedAt) return { status: 'done' };
  if (document.outcome !== null) {
    return {
      status: 'ended',
      outcome: document.outcome,
      detail: 'The document is complete; nothing is left to be done.',
    };
  }
  const { value } = await writeToConcur<Meaning>({
    db,
    documentId,
    operation,
    key: documentId,
    payload: { ids: [document.fiId], systemId },
    lookAgainSeconds: deps.lookAgainSeconds,
    look: async () => acknowledgedAlready(deps, await askConcur(fis, document, cancellationSignal())),
    send: () => send(deps, document),
  });
  return settle(deps, document, value);
}

async function send(deps: ConcurDependencies, document: StoredDocument): Promise<Meaning> {
  const { docType, fiId } = document;
  const signal = cancellationSignal();
  const items = await deps.fis.acknowledge({ docType, systemId: deps.systemId, ids: [fiId], signal });
  const item = itemFor(items, fiId, operation);
  switch (meaningOf('acknowledge', item.code, item.result)) {
    case 'done':
      return { kind: 'acknowledged' };
    case 'recalled':
      return { kind: 'recalled' };
    case 'already-done':
      return whoAcknowledged(deps, document, item.message);
    case 'not-ready':
      if (activityInfo().attempt < notReadyAttempts) throw later(item.code);
      return {
        kind: 'refused',
        message: 'Concur lists the document but says again and again that it is not ready (103).',
      };
    case 'retry':
      throw later(item.code);
    default:
      return { kind: 'refused', message: `Concur refused the acknowledgement (code ${item.code}). ${item.message}` };
  }
}

const later = (code: number): Unavailable =>
  new Unavailable(`Concur asks to try the acknowledgement later (code ${code}).`, { system: 'concur', operation });

/** Code 101 is a question, not an error: who holds the document? (decisions 5, C2) */
async function whoAcknowledged(deps: ConcurDependencies, document: StoredDocument, message: string): Promise<Meaning> {
  const known = acknowledgedAlready(deps, await askConcur(deps.fis, document, cancellationSignal()));
  if (known) return known;
  // Where the document itself names nobody, the text of the 101 is the only witness (FIS spec 5.2).
  return acknowledgingSystemId(message) === deps.systemId ? { kind: 'acknowledged' } : { kind: 'elsewhere', message };
}

/** What Concur's record says; undefined where it names no acknowledgement, or nobody who made it. */
function acknowledgedAlready({ systemId }: ConcurDependencies, state: FiDocument | undefined): Meaning | undefined {
  if (state?.status === 'RECALLED') return { kind: 'recalled' };
  if (state === undefined || state.status === 'READY' || state.erpSystemId === undefined) return undefined;
  return state.erpSystemId === systemId ? { kind: 'acknowledged' } : { kind: 'elsewhere', message: '' };
}

async function settle(
  deps: ConcurDependencies,
  document: StoredDocument,
  meaning: Meaning,
): Promise<StepResult<object>> {
  switch (meaning.kind) {
    case 'acknowledged':
      await reachStage(deps.db, document.id, 'acknowledged', { acknowledged: true });
      return { status: 'done' };
    case 'recalled':
      return {
        status: 'ended',
        outcome: 'recalled',
        detail: 'Recalled in Concur before it was acknowledged; nothing was written to the ERP.',
      };
    case 'elsewhere':
      return {
        status: 'hold',
        hold: hold(
          'acknowledged-elsewhere',
          `Another system has acknowledged this document in Concur. Find out which one posts it; nothing has been written to the ERP. ${meaning.message}`.trim(),
        ),
      };
    case 'refused':
      return { status: 'hold', hold: hold('concur-refused', meaning.message) };
  }
}
