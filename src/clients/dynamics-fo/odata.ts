import { z } from 'zod';
import { ContractViolation, Unavailable, type FailedCall } from '../http/errors.js';
import type { Sharing } from '../http/shared-calls.js';
import type { HttpClient, HttpResponse } from '../http/types.js';
import { buildChangeset, readChangeset } from './batch.js';
import { wireName, type EntitySetOverrides, type LogicalSet, type WritableSet } from './entity-sets.js';
import { isMissingRow, toFailure } from './odata-errors.js';
import { shareReads } from './shared-reads.js';
import {
  TERMS_PER_READ,
  allOf,
  anyOf,
  inChunks,
  keyPredicate,
  sameCode,
  textEquals,
  type RowKey,
} from './odata-literals.js';

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

/** OData as F&O speaks it, over an `HttpClient` whose base URL is the environment. */
export interface ODataClient {
  /** Name of the connection, for errors. */
  readonly system: string;
  /**
   * Reads rows across companies with an explicit company filter, and refuses rows of any other company (S40, C16).
   * Throws `ContractViolation` for a wrong set name: an empty result always means "no such row" (trap 2).
   */
  read<T>(query: ReadQuery<T>): Promise<T[]>;
  /** Creates one row and returns it as F&O keeps it. Throws `DuplicateKey`, `Rejected`, `Unavailable`, `OutcomeUnknown`. */
  create<T>(set: WritableSet, body: Record<string, unknown>, row: z.ZodType<T>, signal: AbortSignal): Promise<T>;
  /** Creates all rows in one transaction; the same failures as `create`, seen inside the answer (trap 1). */
  createTogether(creates: ChangesetRow[], key: string, signal: AbortSignal): Promise<unknown[]>;
  /**
   * Deletes one header or line of a journal or pending invoice; one that is not there counts as deleted (F&O spec 2). Throws `ChangedMeanwhile`,
   * `Rejected`, `Unavailable`, `OutcomeUnknown`.
   */
  remove(set: WritableSet, key: RowKey, signal: AbortSignal): Promise<void>;
  /** Parses one row with its schema; throws `ContractViolation` that names paths, never values. */
  parseRow<T>(schema: z.ZodType<T>, row: unknown, call: FailedCall): T;
}

/** One row of a changeset. */
export interface ChangesetRow {
  set: WritableSet;
  body: Record<string, unknown>;
}

const MAX_PAGES = 1_000;
const HEADERS = {
  Accept: 'application/json;odata.metadata=minimal',
  'OData-Version': '4.0',
  'OData-MaxVersion': '4.0',
};
const pageSchema = z.object({
  value: z.array(z.record(z.string(), z.unknown())),
  '@odata.nextLink': z.string().optional(),
  '@odata.count': z.string().regex(/^\d+$/).optional(),
});

/** Makes the client of one environment; `sharing` says how long reads wait for others that they can be joined with. */
export function createODataClient(
  system: string,
  http: HttpClient,
  overrides: EntitySetOverrides,
  sharing?: Sharing,
): ODataClient {
  const pathOf = (set: LogicalSet): string => `/data/${wireName(set, overrides)}`;

  async function readPages<T>(query: ReadQuery<T>, chain: readonly string[] | undefined): Promise<T[]> {
    const call: FailedCall = { system, operation: `${query.set}.read` };
    const rows: T[] = [];
    let count = 0;
    let next: Record<string, string> | undefined = queryOptions(query, chain);
    for (let page = 0; next !== undefined; page += 1) {
      if (page === MAX_PAGES) throw new ContractViolation(`${call.operation} never comes to its last page.`, call);
      const response: HttpResponse = await http.send({
        operation: call.operation,
        method: 'GET',
        path: pathOf(query.set),
        query: next,
        headers: HEADERS,
        kind: 'read',
        signal: query.signal,
      });
      if (response.status !== 200) throw toFailure(response.status, response.text, call);
      const answer = parseRow(pageSchema, response.json(), call);
      const { value, '@odata.nextLink': link } = answer;
      if (page === 0) count = Number(answer['@odata.count'] ?? 0);
      for (const row of value) {
        assertCompany(row, query.company, call);
        rows.push(parseRow(query.row, row, call));
      }
      query.onPage?.();
      next = link === undefined ? undefined : continuation(link, pathOf(query.set), call);
    }
    if (rows.length < count) {
      throw new Unavailable(`${call.operation} gave ${rows.length} of ${count} rows; it is read again.`, call);
    }
    return rows;
  }

  async function read<T>(query: ReadQuery<T>): Promise<T[]> {
    if (query.anyOf === undefined) return readPages(query, undefined);
    const rows = [];
    for (const chain of inChunks([...new Set(query.anyOf)], TERMS_PER_READ)) {
      rows.push(...(await readPages(query, chain)));
    }
    return rows;
  }

  return {
    system,
    parseRow,
    read: shareReads(read, sharing),
    async create(set, body, row, signal) {
      const call: FailedCall = { system, operation: `${set}.create` };
      const response = await http.send({
        operation: call.operation,
        method: 'POST',
        path: pathOf(set),
        headers: HEADERS,
        json: body,
        kind: 'write',
        signal,
      });
      if (response.status < 200 || response.status > 299) throw toFailure(response.status, response.text, call);
      return parseRow(row, response.json(), call);
    },
    async createTogether(creates, key, signal) {
      const call: FailedCall = { system, operation: 'batch' };
      const batch = buildChangeset(
        creates.map(({ set, body }) => ({ path: wireName(set, overrides), body })),
        key,
      );
      const response = await http.send({
        operation: call.operation,
        method: 'POST',
        path: '/data/$batch',
        headers: { ...HEADERS, Accept: 'multipart/mixed', 'Content-Type': batch.contentType },
        text: batch.text,
        kind: 'write',
        signal,
      });
      if (response.status < 200 || response.status > 299) throw toFailure(response.status, response.text, call);
      return readChangeset(response.text, creates.length, call);
    },
    async remove(set, key, signal) {
      const call: FailedCall = { system, operation: `${set}.delete` };
      const response = await http.send({
        operation: call.operation,
        method: 'DELETE',
        path: `${pathOf(set)}${keyPredicate({ ...key, company: companyId(key.company) })}`,
        query: { 'cross-company': 'true' },
        headers: HEADERS,
        kind: 'write',
        signal,
      });
      const { status, text } = response;
      if (status > 299 && !isMissingRow(status, text)) throw toFailure(status, text, call);
    },
  };
}

function queryOptions<T>(query: ReadQuery<T>, chain: readonly string[] | undefined): Record<string, string> {
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

/** A company as `dataAreaId` has it: lower case (F&O spec 2). */
export const companyId = (company: string): string => company.toLowerCase();

function assertCompany(row: Record<string, unknown>, company: string | undefined, call: FailedCall): void {
  if (company === undefined) return;
  const found = row['dataAreaId'];
  if (typeof found === 'string' && sameCode(found, company)) return;
  throw new ContractViolation(`${call.operation} returned a row that does not say it is of company ${company}.`, call);
}

/**
 * The query of the next page. Only the query is taken from the link: it is sent to the configured host and the same
 * set, so that no link can lead the token elsewhere (trap 21).
 */
function continuation(link: string, path: string, call: FailedCall): Record<string, string> {
  // F&O links absolutely; OData also knows links relative to the request.
  const base = `http://relative.invalid${path}`;
  const url = URL.canParse(link, base) ? new URL(link, base) : undefined;
  if (url === undefined || decodeURIComponent(url.pathname) !== path) {
    throw new ContractViolation(`${call.operation} links its next page to another place.`, call);
  }
  return Object.fromEntries(url.searchParams);
}

function parseRow<T>(schema: z.ZodType<T>, row: unknown, call: FailedCall): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const paths = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || '(root)'))];
  throw new ContractViolation(`${call.operation} answered with an unexpected shape at ${paths.join(', ')}.`, call);
}
