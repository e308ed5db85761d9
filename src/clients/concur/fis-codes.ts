/** The three POST operations of the Financial Integration Service. */
export type FisPhase = 'acknowledge' | 'posting' | 'payment';

/**
 * What one item of an answer means for the document (FIS spec 5.2):
 * - `done`: Concur has recorded it
 * - `already-done`: recorded before; ours only if our ledger knows an attempt (101, 113), always for payments
 * - `recalled`: taken back in Concur; never post, reverse what is posted
 * - `not-ready`: repeat a few times, then drop; it will be listed again
 * - `retry`: nothing is certain; repeat later
 * - `not-acknowledged`: acknowledge first, then repeat
 * - `not-posting-confirmed`: confirm the posting first, then repeat
 * - `foreign-system`: our `systemId` is not the one on the document; a fault of configuration
 * - `unknown-document`: Concur does not know the id; the usual cause is a business id in its place (trap 1)
 * - `wrong-type`: the document is not of the type under which it was sent; a fault of ours
 * - `unclear-state`: Concur cannot say in which state the document is
 * - `refused`: repeating changes nothing; a person must look
 */
export type FisMeaning =
  | 'done'
  | 'already-done'
  | 'recalled'
  | 'not-ready'
  | 'retry'
  | 'not-acknowledged'
  | 'not-posting-confirmed'
  | 'foreign-system'
  | 'unknown-document'
  | 'wrong-type'
  | 'unclear-state'
  | 'refused';

/** Codes that mean the same in every phase. */
const ANY_PHASE: Readonly<Record<number, FisMeaning>> = {
  99: 'foreign-system',
  102: 'recalled',
  103: 'not-ready',
  104: 'unknown-document',
  105: 'wrong-type',
  111: 'not-acknowledged',
  112: 'recalled',
  114: 'unclear-state',
  115: 'wrong-type',
  116: 'unknown-document',
  198: 'refused',
  199: 'retry',
  298: 'refused',
};

/** Codes that mean "recorded before", each only in its own phase; the table files 213 under both. */
const ALREADY_DONE: Readonly<Record<FisPhase, readonly number[]>> = {
  acknowledge: [101],
  posting: [113, 213],
  payment: [213],
};

/** Result words that decide where the code is unknown; a known code is decided by itself (FIS spec 5.1). */
const RESULT_WORDS: Readonly<Record<string, FisMeaning>> = {
  NOT_YET_ACKNOWLEDGED: 'not-acknowledged',
  WAS_RECALLED: 'recalled',
  DOCUMENT_NOT_FOUND: 'unknown-document',
  SYSTEM_ERROR_OCCURRED: 'retry',
};

/** The meaning of one item by its code, with the result word as second opinion. Unknown codes are `refused`. */
export function meaningOf(phase: FisPhase, code: number, result: string): FisMeaning {
  const word = result.toUpperCase();
  if (phase === 'payment') {
    // Both words are decided without a code of their own: NOOP comes with 298, the other's code is not documented.
    if (word === 'NOOP') return 'already-done';
    if (word === 'NOT_POSTING_CONFIRMED') return 'not-posting-confirmed';
  }
  if (ALREADY_DONE[phase].includes(code)) return 'already-done';
  // "0, FAILURE" contradicts itself; asking again gives the code that tells what happened.
  if (code === 0) return word === 'SUCCESS' || word === '' ? 'done' : (RESULT_WORDS[word] ?? 'retry');
  return ANY_PHASE[code] ?? RESULT_WORDS[word] ?? 'refused';
}

/**
 * The `systemId` that acknowledged a document, from the text of a 101: the only place where Concur tells it. Undefined
 * where the text names none, or `null`.
 */
export function acknowledgingSystemId(message: string): string | undefined {
  const named = /system\s?id\s*:?\s*["']?([^"']*?)["']?\s*\.?\s*$/i.exec(message)?.[1]?.trim();
  return named === undefined || named === '' || named.toLowerCase() === 'null' ? undefined : named;
}
