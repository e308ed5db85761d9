import type { z } from 'zod';
import { ContractViolation } from '../http/errors.js';
import { isRefusedAsInvalid, shareCalls, type Sharing } from '../http/shared-calls.js';
import type { BcOData, BcRead } from './odata.js';
import { asCode, chainSize, equalsAny, inChunks } from './wire-text.js';

/** A question for the rows whose field has one of some values. */
export interface ChainRead<T> extends Omit<BcRead, 'onPage'> {
  /** One field: Business Central refuses chains over several (NAV spec 4). */
  field: string;
  values: readonly string[];
  /** How a value is written in the filter. @default a quoted text */
  literal?: (value: string) => string;
  /** What must hold beside the chain, for every value. */
  condition?: string;
  /** The field in a row. Codes are compared as the server keeps them. */
  valueOf: (row: T) => string;
  /** The answer is not urgent, and others are about to ask the same: worth a longer wait for company. */
  isPatient?: boolean;
  row: z.ZodType<T>;
}

/** Rows with one of the values; with no value nothing is asked. Throws as `BcOData.list`. */
export type ReadChain = <T>(question: ChainRead<T>) => Promise<T[]>;

/** Postings of one company come one after the other, seconds apart: so many times as long does a patient question wait. */
const patience = 16;

/**
 * Makes the reads over one field that all parts use. Those that ask for the same kind of rows of one company within a moment are
 * joined into one chain: 6,000 requests in five minutes are what limits a month-end, and documents that are written side by side
 * ask the same questions (NAV spec 5). Each gets its own rows, as if it had asked alone, and stands in the audit trail of every
 * document that it served. A read begins after the last question has joined it, so that no answer is older than its question.
 * @param sharing how long a question waits for others; left out, or 0, nothing is joined
 */
export function createChainReads(odata: BcOData, sharing: Sharing | undefined): ReadChain {
  if (sharing === undefined || sharing.waitMilliseconds === 0) return (question) => readAlone(odata, question);
  // The schema is an object of its own per kind of row: the same rows read by another schema are another question.
  const askers = new Map<unknown, Map<string, Ask>>();

  const askerOf = (question: Question): Ask => {
    const ofSchema = askers.get(question.row) ?? new Map<string, Ask>();
    askers.set(question.row, ofSchema);
    const { operation, route, path, query, fresh, field, condition, isPatient = false } = question;
    const key = JSON.stringify([operation, route, path, query, fresh, field, condition, isPatient]);
    const ask = ofSchema.get(key) ?? shareCalls<Question, unknown>(callOf(odata, question), waits(sharing, isPatient));
    ofSchema.set(key, ask);
    return ask;
  };

  return async <T>(question: ChainRead<T>): Promise<T[]> => {
    if (question.values.length === 0) return [];
    try {
      return (await askerOf(question as Question)(question as Question, question.signal)) as T[];
    } catch (error) {
      question.signal.throwIfAborted();
      throw error;
    }
  };
}

type Question = ChainRead<unknown>;
type Ask = (question: Question, signal: AbortSignal) => Promise<unknown[]>;

function waits(sharing: Sharing, isPatient: boolean): Sharing {
  if (!isPatient) return sharing;
  const { waitMilliseconds, stopping } = sharing;
  return { waitMilliseconds: waitMilliseconds * patience, stopping };
}

function callOf(odata: BcOData, { operation }: Question) {
  return {
    operation,
    maximumItems: chainSize,
    sizeOf: ({ values }: Question) => values.length,
    send: async (questions: readonly Question[], signal: AbortSignal): Promise<unknown[]> => {
      const [first] = questions;
      if (first === undefined) return [];
      return readAlone(odata, { ...first, values: questions.flatMap(({ values }) => values), signal });
    },
    isAnswerTo: (row: unknown, question: Question) => isOwn(question, row),
    // A read may be repeated: a row that only one of them has asked for must not keep the others from theirs.
    isFaultOfOne: (error: unknown) => isRefusedAsInvalid(error) || error instanceof ContractViolation,
  };
}

/** One request per piece of the chain. An asterisk in a value is a wildcard to the server: only what is meant is given back. */
async function readAlone<T>(odata: BcOData, question: ChainRead<T>): Promise<T[]> {
  const { field, values, literal, condition, query, row, valueOf: _, isPatient: __, ...call } = question;
  const distinct = [...new Map(values.map((value) => [asCode(value), value])).values()];
  const rows: T[] = [];
  for (const chunk of inChunks(distinct)) {
    const chain = equalsAny(field, chunk, literal);
    const both = chunk.length === 1 ? `${chain} and ${condition}` : `(${chain}) and ${condition}`;
    const $filter = condition === undefined ? chain : both;
    rows.push(...(await odata.list({ ...call, query: { ...query, $filter } }, row)));
  }
  return rows.filter((each) => isOwn(question, each));
}

function isOwn<T>({ values, valueOf }: ChainRead<T>, row: T): boolean {
  const value = asCode(valueOf(row));
  return values.some((each) => asCode(each) === value);
}
