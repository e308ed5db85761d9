import { stringify } from 'lossless-json';
import type { SimResponse } from '../harness/server.js';
import type { EntityDefinition } from './entity-definition.js';
import { toWire, type Row } from './values.js';

/** Weak ETag of a row; it changes with every update and means nothing else. */
export function etagOf(row: Row): string {
  const opaque = Buffer.from(`${row['$version'] ?? '1'},${row['$recId'] ?? '0'}`).toString('base64');
  return `W/"${opaque}"`;
}

/** Row as the wire shows it, all fields or the selected ones. */
export function wireRow(definition: EntityDefinition, row: Row, selected?: readonly string[]): Record<string, unknown> {
  const shown: Record<string, unknown> = { '@odata.etag': etagOf(row) };
  for (const field of selected ?? Object.keys(definition.fields)) {
    const type = definition.fields[field];
    if (type !== undefined) shown[field] = toWire(type, row[field]);
  }
  return shown;
}

/** A JSON answer with OData's headers; numbers keep their digits. */
export function jsonResponse(status: number, body: unknown, headers: Record<string, string> = {}): SimResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json; odata.metadata=minimal', 'OData-Version': '4.0', ...headers },
    body: stringify(body) ?? '',
  };
}
