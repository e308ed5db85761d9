import { ContractViolation } from '../http/errors.js';
import { isRefusedAsInvalid, shareCalls, type Sharing } from '../http/shared-calls.js';
import type { ReadQuery } from './odata.js';
import { TERMS_PER_READ } from './odata-literals.js';

type Read = <T>(query: ReadQuery<T>) => Promise<T[]>;
type Query = ReadQuery<unknown>;
type Ask = (query: Query, signal: AbortSignal) => Promise<unknown[]>;

/**
 * Joins reads of the same rows of one set and company that are asked for within a moment, or while such a read is under way, into
 * one `or` chain: the remote budget is what limits a month-end, and documents that are written side by side ask the same questions
 * (F&O spec 3). Only reads that say by `isOwn` which rows are theirs take part; each gets its own rows, as if it had asked alone,
 * and stands in the audit trail of every document that it served. Left out, or with a wait of 0, nothing is joined.
 */
export function shareReads(read: Read, sharing: Sharing | undefined): Read {
  if (sharing === undefined || sharing.waitMilliseconds === 0) return read;
  // The schema is an object of its own per kind of row: equal columns read by another schema are another question.
  const questions = new Map<unknown, Map<string, Ask>>();

  const askerOf = (query: Query): Ask => {
    const ofSchema = questions.get(query.row) ?? new Map<string, Ask>();
    questions.set(query.row, ofSchema);
    const key = JSON.stringify([query.set, query.company?.toLowerCase(), query.select, query.orderBy]);
    const ask = ofSchema.get(key) ?? shareCalls<Query, unknown>(callOf(read, query), sharing);
    ofSchema.set(key, ask);
    return ask;
  };

  return async <T>(query: ReadQuery<T>): Promise<T[]> => {
    const isShared = query.isOwn !== undefined && query.anyOf !== undefined && query.anyOf.length > 0;
    if (!isShared || query.filter !== undefined || query.top !== undefined || query.complete === true) {
      return read(query);
    }
    try {
      return (await askerOf(query as Query)(query as Query, query.signal)) as T[];
    } catch (error) {
      query.signal.throwIfAborted();
      throw error;
    }
  };
}

function callOf(read: Read, { set }: Query) {
  return {
    operation: `${set}.read`,
    // The terms of one caller are never spread over two requests: a row that fits both would come twice.
    maximumItems: TERMS_PER_READ,
    sizeOf: ({ anyOf = [] }: Query) => anyOf.length,
    send: async (queries: readonly Query[], signal: AbortSignal): Promise<unknown[]> => {
      const [first] = queries;
      return first === undefined ? [] : read({ ...first, anyOf: queries.flatMap(({ anyOf = [] }) => anyOf), signal });
    },
    isAnswerTo: (row: unknown, { isOwn }: Query) => isOwn?.(row) === true,
    // A read may be repeated: a row that only one of them has asked for must not keep the others from theirs.
    isFaultOfOne: (error: unknown) => isRefusedAsInvalid(error) || error instanceof ContractViolation,
  };
}
