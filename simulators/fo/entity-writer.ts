import type { SimRequest, SimResponse } from '../harness/server.js';
import type { EntityDefinition } from './entity-definition.js';
import { findVisibleRow, originOf } from './entity-reader.js';
import type { JournalContext } from './journal-context.js';
import { bodyInvalid, FoError, rowNotFound, securityRefusal, updateConflict } from './odata-errors.js';
import { keyedPath } from './resource-path.js';
import { etagOf, jsonResponse, wireRow } from './row-format.js';
import { writerOf } from './row-writers.js';
import type { Row } from './values.js';
import { parseBody } from './write-body.js';

/** One write, alone or as part of a changeset. */
export interface WriteCall {
  operation: string;
  method: string;
  definition: EntityDefinition;
  /** Absent for POST to the set. */
  key?: readonly string[];
  request: Pick<SimRequest, 'query' | 'headers' | 'body'>;
  /** Whether another write has changed the journal since this one came in (trap 11). */
  isOvertaken?: (() => boolean) | undefined;
}

function checkContentType(call: WriteCall): void {
  const contentType = call.request.headers['content-type'] ?? '';
  if (/^application\/json\b/i.test(contentType)) return;
  throw new FoError(415, { Message: `The media type '${contentType}' is not supported.` }, 'unsupported media type');
}

function checkIfMatch(call: WriteCall, row: Row): void {
  const expected = call.request.headers['if-match'];
  if (expected === undefined || expected === '*' || expected === etagOf(row)) return;
  throw new FoError(412, { Message: 'The ETag does not match: the row was changed.' }, 'precondition failed');
}

function create(context: JournalContext, call: WriteCall): SimResponse {
  checkContentType(call);
  const { definition, operation, request } = call;
  const sent = parseBody(definition, request.body, (message) => {
    context.desk.violation(operation, message);
  });
  const writer = writerOf(definition.set);
  if (writer === undefined) throw readOnly(context, call);
  const row = writer.create(context, operation, sent);
  const origin = originOf(request);
  const body = { '@odata.context': `${origin}/data/$metadata#${definition.set}/$entity`, ...wireRow(definition, row) };
  return jsonResponse(201, body, { Location: `${origin}/data/${keyedPath(definition, row)}`, ETag: etagOf(row) });
}

function readOnly(context: JournalContext, call: WriteCall): FoError {
  context.desk.violation(call.operation, `${call.definition.set} is not the connector's to write`);
  return securityRefusal(`Access denied: ${call.method} on ${call.definition.set}.`);
}

function change(context: JournalContext, call: WriteCall, key: readonly string[]): SimResponse {
  const { definition, operation, request } = call;
  const writer = writerOf(definition.set);
  if (writer === undefined) throw readOnly(context, call);
  const note = (message: string): void => {
    context.desk.violation(operation, message);
  };
  const row = findVisibleRow(context.store, definition, key, request, note);
  if (row === undefined) throw rowNotFound();
  checkIfMatch(call, row);
  if (call.method === 'DELETE') {
    writer.remove(context, operation, row);
  } else {
    checkContentType(call);
    const sent = parseBody(definition, request.body, note);
    writer.update(context, operation, row, sent);
  }
  const recordKey = keyedPath(definition, row);
  context.store.onCommit(() => {
    context.desk.write({ operation, key: recordKey, outcome: 'applied' });
  });
  return { status: 204, headers: { 'OData-Version': '4.0' } };
}

/**
 * Does one write: 201 with the full row for POST, 204 for PATCH, PUT (which here does what PATCH does) and DELETE. Throws
 * FoError for refusals, which are recorded as refused writes.
 */
export function performWrite(context: JournalContext, call: WriteCall): SimResponse {
  try {
    return context.store.transaction(() => {
      if (call.isOvertaken?.() === true) throw updateConflict(call.definition.aotName);
      const response = call.key === undefined ? create(context, call) : change(context, call, call.key);
      context.desk.changed();
      return response;
    });
  } catch (error) {
    const detail = error instanceof Error ? error.message.slice(0, 300) : String(error);
    context.desk.write({ operation: call.operation, key: refusedKey(call), outcome: 'refused', detail });
    throw error;
  }
}

function refusedKey(call: WriteCall): string {
  return call.key === undefined ? call.definition.set : `${call.definition.set}(${call.key.join(',')})`;
}

/** Name of an operation on a set, as stalls and faults use it. */
export function operationName(set: string, method: string): string {
  const verbs: Record<string, string> = { POST: 'create', PATCH: 'update', PUT: 'update', DELETE: 'delete' };
  return `${set}.${verbs[method] ?? 'read'}`;
}

/** Thrown for methods that the service does not know. */
export function methodRefused(method: string): FoError {
  const { body, message } = bodyInvalid(`The requested resource does not support http method '${method}'.`);
  return new FoError(405, body, message);
}
