import type { z } from 'zod';
import type { FailedCall } from '../http/errors.js';
import type { Sharing } from '../http/shared-calls.js';
import type { HttpClient } from '../http/types.js';
import { HEADERS, buildChangeset, readChangeset, sendBatch } from './batch.js';
import { wireName, type EntitySetOverrides, type WritableSet } from './entity-sets.js';
import { isMissingRow, toFailure } from './odata-errors.js';
import { companyId, keyPredicate, type RowKey } from './odata-literals.js';
import { createReader, parseRow, type ReadQuery } from './odata-reads.js';
import { shareReads, type ReadInOrder } from './shared-reads.js';

/** OData as F&O speaks it, over an `HttpClient` whose base URL is the environment. */
export interface ODataClient {
  /** Name of the connection, for errors. */
  readonly system: string;
  /**
   * Reads rows across companies with an explicit company filter, and refuses rows of any other company (S40, C16).
   * Throws `ContractViolation` for a wrong set name: an empty result always means "no such row" (trap 2).
   */
  read<T>(query: ReadQuery<T>): Promise<T[]>;
  /**
   * The same for several queries, none of which is answered before the one ahead of it: what moves from the rows of one to those of
   * the next meanwhile is seen at least once. As one request where reads are joined.
   */
  readInOrder: ReadInOrder;
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

/** Makes the client of one environment; `sharing` says how long reads wait for others that they can be joined with. */
export function createODataClient(
  system: string,
  http: HttpClient,
  overrides: EntitySetOverrides,
  sharing?: Sharing,
): ODataClient {
  const pathOf = (set: WritableSet): string => `/data/${wireName(set, overrides)}`;
  const { read, readInOrder } = shareReads(createReader(system, http, overrides), sharing);

  return {
    system,
    parseRow,
    read,
    readInOrder,
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
      const answer = await sendBatch(http, call, { batch, kind: 'write', signal });
      return readChangeset(answer, creates.length, call);
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
