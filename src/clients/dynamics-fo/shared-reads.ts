import { setMaxListeners } from 'node:events';
import { ContractViolation } from '../http/errors.js';
import { isRefusedAsInvalid, shareCalls, type Sharing } from '../http/shared-calls.js';
import { TERMS_PER_READ } from './odata-literals.js';
import type { QueryInOrder, ReadOutcome, ReadQuery, Reader } from './odata-reads.js';

/** Rows of several queries, each answered after the one ahead of it. */
export type ReadInOrder = <Rows extends readonly [unknown, ...unknown[]]>(
  queries: { readonly [At in keyof Rows]: ReadQuery<Rows[At]> },
  signal: AbortSignal,
) => Promise<{ [At in keyof Rows]: Rows[At][] }>;

/** Reads as the adapter asks for them. */
export interface SharedReads {
  read: <T>(query: ReadQuery<T>) => Promise<T[]>;
  readInOrder: ReadInOrder;
}

type Query = ReadQuery<unknown>;
/** What one caller asks for at one moment. */
interface Question {
  queries: readonly Query[];
}
/** The outcomes of its queries, for one question and no other. */
interface Reply {
  question: Question;
  outcomes: readonly ReadOutcome[];
}
/** Queries that become one. */
interface Group {
  key: string;
  rank: number;
  queries: Query[];
  terms: Set<string>;
}

/** Terms that gather for one request: it is departed with when they are more. */
const MAX_TERMS = 200;

/**
 * Joins what is asked for within a moment, or while such reads are under way, into one request: the remote budget is what limits a
 * month-end, and documents that are written side by side ask the same questions (F&O spec 3). Reads of the same rows of one set and
 * company become one `or` chain where they say by `isOwn` which rows are theirs; what then is left to ask travels in one batch.
 * Each caller gets its own rows, as if it had asked alone, its own failures only, and each request stands in the audit trail of
 * every document that it served. Without sharing, or with a wait of 0, nothing is joined.
 */
export function shareReads(reader: Reader, sharing: Sharing | undefined): SharedReads {
  if (sharing === undefined || sharing.waitMilliseconds === 0) return unshared(reader);
  const ask = shareCalls<Question, Reply>(
    {
      operation: 'read',
      maximumItems: MAX_TERMS,
      sizeOf: ({ queries }) => queries.reduce((sum, { anyOf }) => sum + (anyOf?.length ?? 1), 0),
      send: (questions, signal) => answer(reader, questions, signal),
      isAnswerTo: (reply, question) => reply.question === question,
    },
    sharing,
  );

  async function rowsOf(queries: readonly Query[], signal: AbortSignal): Promise<unknown[][]> {
    // Who asks many things at once listens for his end as many times; that is no leak.
    setMaxListeners(0, signal);
    try {
      const [reply] = await ask({ queries }, signal);
      return (reply?.outcomes ?? []).map(rowsOrThrow);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  return {
    async read<T>(query: ReadQuery<T>): Promise<T[]> {
      if (query.anyOf?.length === 0) return [];
      const isBulk = query.top !== undefined || query.complete === true || query.onPage !== undefined;
      if (isBulk) return reader.read(query);
      const [rows = []] = await rowsOf([query as Query], query.signal);
      return rows as T[];
    },
    readInOrder: (queries, signal) => rowsOf(queries, signal) as never,
  };
}

function unshared(reader: Reader): SharedReads {
  return {
    read: (query) => reader.read(query),
    async readInOrder(queries) {
      const rows = [];
      for (const query of queries) rows.push(await reader.read(query));
      return rows as never;
    },
  };
}

function rowsOrThrow(outcome: ReadOutcome): unknown[] {
  if ('error' in outcome) throw outcome.error;
  return outcome.rows;
}

async function answer(reader: Reader, questions: readonly Question[], signal: AbortSignal): Promise<Reply[]> {
  const groups = grouped(questions);
  const outcomes = await reader.readTogether(groups.map(joined), signal);
  const found = new Map<Query, { group: Group; outcome: ReadOutcome }>();
  for (const [at, group] of groups.entries()) {
    const outcome = outcomes[at] ?? { rows: [] };
    for (const query of group.queries) found.set(query, { group, outcome });
  }
  return Promise.all(
    questions.map(async (question): Promise<Reply> => {
      const own = question.queries.flatMap((query) => found.get(query) ?? []);
      // A row that only one of them has asked for must not keep the others from theirs; a read may be repeated.
      const isBlamed = own.some(({ group, outcome }) => group.queries.length > 1 && isFaultOfOne(outcome));
      if (isBlamed) return { question, outcomes: await askedAlone(reader, question, signal) };
      return { question, outcomes: own.map(({ outcome }, at) => ownRows(outcome, question.queries[at])) };
    }),
  );
}

const askedAlone = (reader: Reader, { queries }: Question, signal: AbortSignal): Promise<ReadOutcome[]> =>
  reader.readTogether(
    queries.map((query, rank) => ({ query, rank })),
    signal,
  );

function isFaultOfOne(outcome: ReadOutcome): boolean {
  if (!('error' in outcome)) return false;
  const { error } = outcome;
  // A set that the environment does not publish is missing for everybody.
  return isRefusedAsInvalid(error) || (error instanceof ContractViolation && error.call.status !== 404);
}

function ownRows(outcome: ReadOutcome, query: Query | undefined): ReadOutcome {
  if ('error' in outcome) return outcome;
  const { isOwn } = query ?? {};
  return { rows: isOwn === undefined ? [...outcome.rows] : outcome.rows.filter(isOwn) };
}

/** Each query in the first group that it fits into; its rank keeps the order of its own question. */
function grouped(questions: readonly Question[]): Group[] {
  const groups: Group[] = [];
  const schemas: unknown[] = [];
  for (const { queries } of questions) {
    for (const [rank, query] of queries.entries()) {
      // The schema is an object of its own per kind of row: equal columns read by another schema are another question.
      if (!schemas.includes(query.row)) schemas.push(query.row);
      const key = keyOf(query, rank, schemas.indexOf(query.row));
      const terms = query.anyOf ?? [];
      const group = groups.find((each) => each.key === key && fits(each.terms, terms));
      if (group === undefined) groups.push({ key, rank, queries: [query], terms: new Set(terms) });
      else {
        group.queries.push(query);
        for (const term of terms) group.terms.add(term);
      }
    }
  }
  return groups;
}

/** Reads that do not say which rows are theirs are joined with the very same ones only. */
function keyOf(query: Query, rank: number, schema: number): string {
  const { set, company, select, orderBy, filter, anyOf, isOwn } = query;
  const rows = isOwn === undefined ? [anyOf ?? null] : [];
  return JSON.stringify([rank, schema, set, company?.toLowerCase(), select, orderBy, filter, ...rows]);
}

/** The terms of one caller are never spread over two requests for the sake of others: a row that fits both would come twice. */
function fits(gathered: ReadonlySet<string>, terms: readonly string[]): boolean {
  const all = new Set([...gathered, ...terms]).size;
  const isSame = all === gathered.size && all === new Set(terms).size;
  return isSame || all <= TERMS_PER_READ;
}

function joined({ queries, rank, terms }: Group): QueryInOrder {
  const [first] = queries;
  if (first === undefined) throw new RangeError('A group of reads is never empty.');
  return { query: first.anyOf === undefined ? first : { ...first, anyOf: [...terms] }, rank };
}
