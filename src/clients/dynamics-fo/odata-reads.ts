import { z } from 'zod';
import { ContractViolation, Rejected, Unavailable, type FailedCall } from '../http/errors.js';
import { withQuery } from '../http/request-body.js';
import type { HttpClient } from '../http/types.js';
import { HEADERS, MAX_READS, buildReads, innerJson, readAnswers, sendBatch } from './batch.js';
import { wireName, type EntitySetOverrides, type LogicalSet } from './entity-sets.js';
import { RoleMissing, isUnreadable, toFailure } from './odata-errors.js';
import { TERMS_PER_READ, allOf, anyOf, companyId, inChunks, sameCode, textEquals } from './odata-literals.js';

/** One read of an entity set; all pages are read. */
export interface ReadQuery<T> {
  set: LogicalSet;
  /** Rows of this company only; left out for sets without `dataAreaId`. */
  company?: string;
  filter?: string;
  /** One `or` chain in chunks, one request each; with an empty list nothing is asked. */
  anyOf?: readonly string[];
  select: readonly string[];
  orderBy?: string;
  /** Most rows that are wanted; all of them where it is left out. */
  top?: number;
  /**
   * The caller concludes from what is missing: the rows are counted, and a read that lost some on its way throws
   * `Unavailable`. Wants an `orderBy` of the key, or pages overlap.
   */
  complete?: boolean;
  /** Called after each page. */
  onPage?: () => void;
  /** Which rows this caller has asked for: the read may then be joined with others of the same kind. Never stricter than F&O. */
  isOwn?: (row: T) => boolean;
  row: z.ZodType<T>;
  signal: AbortSignal;
}

/** One of several queries that are asked together. */
export interface QueryInOrder {
  query: ReadQuery<unknown>;
  /** It is answered after every query of a lower rank. */
  rank: number;
}

/** Rows of one query, or why there are none. */
export type ReadOutcome = { rows: unknown[] } | { error: unknown };

/** Reads from one environment. */
export interface Reader {
  read<T>(query: ReadQuery<T>): Promise<T[]>;
  /**
   * Asks several queries in as few requests as it takes, each with an outcome of its own. Throws where the whole of them failed
   * for a reason that is nobody's: the service was not reached, or asked to wait.
   */
  readTogether(queries: readonly QueryInOrder[], signal: AbortSignal): Promise<ReadOutcome[]>;
}

type Query = ReadQuery<unknown>;
type Options = Record<string, string>;
/** One request for a part of a query: one chain at most. */
interface Ask {
  query: Query;
  options: Options;
  rank: number;
}
/** What one page held, and where the next one is. */
interface Page {
  rows: unknown[];
  next: Options | undefined;
  count: number;
}

const MAX_PAGES = 1_000;
const pageSchema = z.object({
  value: z.array(z.record(z.string(), z.unknown())),
  '@odata.context': z.string().optional(),
  '@odata.nextLink': z.string().optional(),
  '@odata.count': z.string().regex(/^\d+$/).optional(),
});

/** Makes the reader of one environment. */
export function createReader(system: string, http: HttpClient, overrides: EntitySetOverrides): Reader {
  /** Nobody has documented reads inside a batch for F&O: an environment that refuses them is not asked again so. */
  let takesBatches = true;
  /** Sets that cannot be read: one of them inside a batch would keep F&O from what comes after it. */
  const unreadable = new Set<LogicalSet>();
  const pathOf = (set: LogicalSet): string => `/data/${wireName(set, overrides)}`;
  const callOf = ({ set }: Query): FailedCall => ({ system, operation: `${set}.read` });

  function pageOf(query: Query, json: unknown): Page {
    const call = callOf(query);
    const answer = parseRow(pageSchema, json, call);
    const rows = answer.value.map((row) => {
      assertCompany(row, query.company, call);
      return parseRow(query.row, row, call);
    });
    const link = answer['@odata.nextLink'];
    const next = link === undefined ? undefined : continuation(link, pathOf(query.set), call);
    return { rows, next, count: Number(answer['@odata.count'] ?? 0) };
  }

  /** Reads page after page, each as a request of its own. */
  async function readAlone({ query, options }: Ask): Promise<unknown[]> {
    const call = callOf(query);
    const rows: unknown[] = [];
    let count = 0;
    let next: Options | undefined = options;
    for (let at = 0; next !== undefined; at += 1) {
      if (at === MAX_PAGES) throw new ContractViolation(`${call.operation} never comes to its last page.`, call);
      const response = await http.send({
        operation: call.operation,
        method: 'GET',
        path: pathOf(query.set),
        query: next,
        headers: HEADERS,
        kind: 'read',
        signal: query.signal,
      });
      if (response.status !== 200) throw toFailure(response.status, response.text, call);
      const page = pageOf(query, response.json());
      if (at === 0) count = page.count;
      rows.push(...page.rows);
      query.onPage?.();
      next = page.next;
    }
    if (rows.length < count) {
      throw new Unavailable(`${call.operation} gave ${rows.length} of ${count} rows; it is read again.`, call);
    }
    return rows;
  }

  /** Rows of each ask that one request has answered wholly; the others have to be asked alone. */
  async function readBatch(asks: readonly Ask[], signal: AbortSignal): Promise<(unknown[] | undefined)[]> {
    const call: FailedCall = { system, operation: 'batch.read' };
    const paths = asks.map(({ query, options }) => withQuery(wireName(query.set, overrides), options));
    const batch = buildReads(paths);
    const answer = await sendBatch(http, call, { batch, kind: 'read', signal });
    return readAnswers(answer, asks.length).map((body, at) => {
      const query = asks[at]?.query;
      if (body === undefined || query === undefined || !isAbout(body, wireName(query.set, overrides))) return undefined;
      try {
        const { rows, next } = pageOf(query, innerJson(body, call));
        return next === undefined ? rows : undefined;
      } catch (error) {
        // Asked alone, it either says the same again to its own caller, or was an accident of the batch.
        if (error instanceof ContractViolation) return undefined;
        throw error;
      }
    });
  }

  async function batched(asks: readonly Ask[], signal: AbortSignal): Promise<(unknown[] | undefined)[]> {
    const answered = new Map<Ask, unknown[] | undefined>();
    const fit = asks.filter(({ query }) => !unreadable.has(query.set));
    try {
      for (const chunk of takesBatches && fit.length > 1 ? inChunks(fit, MAX_READS) : []) {
        const answers = await readBatch(chunk, signal);
        for (const [at, ask] of chunk.entries()) answered.set(ask, answers[at]);
      }
    } catch (error) {
      const isRefused = [Rejected, ContractViolation, RoleMissing].some((kind) => error instanceof kind);
      if (!isRefused) throw error;
      takesBatches = false;
    }
    // What comes after a read that is repeated has to be answered after it, too.
    const ranks = asks.filter((ask) => answered.get(ask) === undefined).map(({ rank }) => rank);
    return asks.map((ask) => (ask.rank > Math.min(...ranks) ? undefined : answered.get(ask)));
  }

  const asksOf = (query: Query, rank: number): Ask[] =>
    chainsOf(query).map((chain) => ({ query, options: queryOptions(query, chain), rank }));

  return {
    async read<T>(query: ReadQuery<T>): Promise<T[]> {
      const rows = [];
      for (const ask of asksOf(query as Query, 0)) rows.push(...(await readAlone(ask)));
      return rows as T[];
    },
    async readTogether(queries, signal) {
      const asks = queries
        .flatMap(({ query, rank }, at) => asksOf({ ...query, signal }, rank).map((ask) => ({ ...ask, at })))
        .sort((left, right) => left.rank - right.rank);
      const answered = await batched(asks, signal);
      const outcomes = queries.map((): ReadOutcome => ({ rows: [] }));
      const settle = (at: number, rows: unknown[]): void => {
        const before = outcomes[at];
        if (before !== undefined && 'rows' in before) outcomes[at] = { rows: [...before.rows, ...rows] };
      };
      const left = asks.filter((ask, index) => {
        const rows = answered[index];
        if (rows !== undefined) settle(ask.at, rows);
        return rows === undefined;
      });
      for (const rank of new Set(left.map((ask) => ask.rank))) {
        await Promise.all(
          left
            .filter((ask) => ask.rank === rank)
            .map(async (ask) => {
              try {
                settle(ask.at, await readAlone(ask));
              } catch (error) {
                if (isUnreadable(error)) unreadable.add(ask.query.set);
                outcomes[ask.at] = { error };
              }
            }),
        );
      }
      return outcomes;
    },
  };
}

/** Parses one row with its schema; throws `ContractViolation` that names paths, never values. */
export function parseRow<T>(schema: z.ZodType<T>, row: unknown, call: FailedCall): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const paths = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || '(root)'))];
  throw new ContractViolation(`${call.operation} answered with an unexpected shape at ${paths.join(', ')}.`, call);
}

function chainsOf({ anyOf: terms }: Query): (readonly string[] | undefined)[] {
  return terms === undefined ? [undefined] : inChunks([...new Set(terms)], TERMS_PER_READ);
}

function queryOptions(query: Query, chain: readonly string[] | undefined): Options {
  const terms = [
    ...(query.company === undefined ? [] : [textEquals('dataAreaId', companyId(query.company))]),
    ...(query.filter === undefined ? [] : [query.filter]),
    ...(chain === undefined ? [] : [anyOf(chain)]),
  ];
  return {
    'cross-company': 'true',
    ...(terms.length === 0 ? {} : { $filter: allOf(...terms) }),
    $select: query.select.join(','),
    ...(query.orderBy === undefined ? {} : { $orderby: query.orderBy }),
    ...(query.top === undefined ? {} : { $top: String(query.top) }),
    ...(query.complete === true ? { $count: 'true' } : {}),
  };
}

function assertCompany(row: Record<string, unknown>, company: string | undefined, call: FailedCall): void {
  if (company === undefined) return;
  const found = row['dataAreaId'];
  if (typeof found === 'string' && sameCode(found, company)) return;
  throw new ContractViolation(`${call.operation} returned a row that does not say it is of company ${company}.`, call);
}

/** An answer names its set in `@odata.context`: an empty list must not be taken for the answer to another question. */
function isAbout(body: string, set: string): boolean {
  const named = /"@odata\.context"\s*:\s*"[^"#]*#(\w+)/.exec(body)?.[1];
  return named === undefined || sameCode(named, set);
}

/**
 * The query of the next page. Only the query is taken from the link: it is sent to the configured host and the same
 * set, so that no link can lead the token elsewhere (trap 21).
 */
function continuation(link: string, path: string, call: FailedCall): Options {
  // F&O links absolutely; OData also knows links relative to the request.
  const base = `http://relative.invalid${path}`;
  const url = URL.canParse(link, base) ? new URL(link, base) : undefined;
  if (url === undefined || decodeURIComponent(url.pathname) !== path) {
    throw new ContractViolation(`${call.operation} links its next page to another place.`, call);
  }
  return Object.fromEntries(url.searchParams);
}
