import { cancellationSignal } from '@temporalio/activity';
import type { FisItem, PostingConfirmation } from '../clients/concur/fis-client.js';
import { meaningOf } from '../clients/concur/fis-codes.js';
import { Unavailable } from '../clients/http/errors.js';
import type { Hold } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import { sendAcknowledgement } from './acknowledge.js';
import { itemFor, refusalOf } from './concur-states.js';
import type { SendFacts } from './concur-writes.js';
import { writeToConcur } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';

/** What Concur makes of a posting result, success or error; a hold is for a person. */
export type PostingAnswer = { kind: 'recorded' } | { kind: 'recalled' } | { kind: 'held'; hold: Hold };

/** One posting result for one document. */
export interface PostingResult {
  operation: string;
  key: string;
  confirmation: PostingConfirmation;
  /** Completes "Concur asks to try … later" and "Concur refused …". */
  name: string;
  /** What Concur's record says of this result; undefined if nothing. */
  look: () => Promise<PostingAnswer | undefined>;
  /** Code 113: a result was recorded before, which may be another one. */
  recordedBefore: (item: FisItem, facts: SendFacts) => Promise<PostingAnswer | 'refused'>;
}

/**
 * Tells Concur once what became of a document in the ERP, and reads the answer by its code (FIS spec 5.1, 5.2). Where Concur
 * has forgotten the acknowledgement, it is given again and the result is repeated (code 111).
 */
export async function tellPostingResult(
  deps: ConcurDependencies,
  document: StoredDocument,
  result: PostingResult,
): Promise<PostingAnswer> {
  const { operation, key, confirmation, look } = result;
  const { value } = await writeToConcur<PostingAnswer>({
    db: deps.db,
    documentId: document.id,
    operation,
    key,
    payload: confirmation,
    lookAgainSeconds: deps.lookAgainSeconds,
    look,
    isRefused: ({ kind }) => kind === 'held',
    send: async (facts) => {
      const item = await post(deps, document, result);
      if (meaningOf('posting', item.code, item.result) !== 'not-acknowledged') {
        return answerOf(deps, document, result, item, facts);
      }
      const again = await sendAcknowledgement(deps, document);
      if (again.kind !== 'acknowledged') return again;
      return answerOf(deps, document, result, await post(deps, document, result), facts);
    },
  });
  return value;
}

async function post(
  { fis, systemId }: ConcurDependencies,
  { docType, fiId }: StoredDocument,
  { confirmation, operation }: PostingResult,
): Promise<FisItem> {
  const signal = cancellationSignal();
  const items = await fis.confirmPosting({ docType, systemId, confirmations: [confirmation], signal });
  return itemFor(items, fiId, operation);
}

async function answerOf(
  deps: ConcurDependencies,
  document: StoredDocument,
  { operation, name, recordedBefore }: PostingResult,
  item: FisItem,
  facts: SendFacts,
): Promise<PostingAnswer> {
  const meaning = meaningOf('posting', item.code, item.result);
  switch (meaning) {
    case 'done':
      return { kind: 'recorded' };
    case 'recalled':
      return { kind: 'recalled' };
    case 'retry':
    case 'not-ready':
    case 'not-acknowledged':
      throw new Unavailable(`Concur asks to try ${name} later (code ${item.code}).`, { system: 'concur', operation });
    case 'already-done': {
      const before = await recordedBefore(item, facts);
      if (before !== 'refused') return before;
      break;
    }
    default:
      break;
  }
  const given = { meaning, refused: name, signal: cancellationSignal() };
  return { kind: 'held', hold: await refusalOf(deps, document, item, given) };
}
