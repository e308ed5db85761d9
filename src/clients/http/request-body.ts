import { createHash } from 'node:crypto';
import { stringify } from 'lossless-json';
import type { HttpRequest } from './types.js';

/** The bytes of a request body with the content type that belongs to them. */
export interface EncodedBody {
  bytes: Buffer;
  /** Absent for raw text: its caller names the type in the headers. */
  contentType?: string;
}

/**
 * Serialises the one body a request may have; undefined without one. The result is one buffer, so that it always goes
 * out with a Content-Length and never chunked. A `LosslessNumber` in a JSON body becomes its numeric literal.
 */
export function encodeBody(request: HttpRequest): EncodedBody | undefined {
  const given = [request.json, request.form, request.text].filter((body) => body !== undefined);
  if (given.length > 1) throw new TypeError(`${request.operation} has more than one body`);
  if (request.json !== undefined) {
    return { bytes: Buffer.from(stringify(request.json) ?? 'null'), contentType: 'application/json' };
  }
  if (request.form !== undefined) {
    const bytes = Buffer.from(new URLSearchParams(request.form).toString());
    return { bytes, contentType: 'application/x-www-form-urlencoded' };
  }
  return request.text === undefined ? undefined : { bytes: Buffer.from(request.text) };
}

/** Joins base URL, path and query. */
export function requestUrl(baseUrl: string, request: HttpRequest): string {
  if (!request.path.startsWith('/')) throw new TypeError(`${request.operation} has a path without leading slash`);
  return `${baseUrl.replace(/\/+$/, '')}${withQuery(request.path, request.query ?? {})}`;
}

/** Appends query options. Spaces become `%20` (OData services do not read `+`), `$` of option names stays. */
export function withQuery(path: string, options: Readonly<Record<string, string>>): string {
  const query = Object.entries(options)
    .map(([name, value]) => `${encodeURIComponent(name).replaceAll('%24', '$')}=${encodeURIComponent(value)}`)
    .join('&');
  return query === '' ? path : `${path}?${query}`;
}

/** SHA-256 of a body in hexadecimal, for the audit trail. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
