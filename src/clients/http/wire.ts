import { randomUUID } from 'node:crypto';
import { request as undiciRequest, type Dispatcher } from 'undici';
import type { EncodedBody } from './request-body.js';
import type { HttpClientOptions, HttpRequest } from './types.js';

/** One request on its way: what all steps of an attempt share. */
export interface Sending {
  options: HttpClientOptions;
  dispatcher: Dispatcher | undefined;
  request: HttpRequest;
  body: EncodedBody | undefined;
}

/** A whole answer as the network delivered it; header names in lower case. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  bytes: Buffer;
}

/**
 * Sends and reads to the end within the time limit. Throws whatever the network throws; redirects are answers, and the
 * body goes out with a Content-Length in one piece (Concur refuses chunks, `concur-platform.md` 7).
 */
export async function overTheWire(
  { options, dispatcher, request, body }: Sending,
  url: string,
  headers: Record<string, string>,
): Promise<Answer> {
  const limit = AbortSignal.timeout(request.timeoutMs ?? options.timeoutMs);
  const response = await undiciRequest(url, {
    method: request.method,
    headers,
    body: body?.bytes ?? null,
    signal: request.signal === undefined ? limit : AbortSignal.any([request.signal, limit]),
    // The one total limit above rules; undici's own limits would cut long postings at five minutes.
    headersTimeout: 0,
    bodyTimeout: 0,
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
  const bytes = Buffer.from(await response.body.arrayBuffer());
  return { status: response.statusCode, headers: singleValues(response.headers), bytes };
}

/** The headers of one attempt: defaults, then the caller's, then authorization, which nothing may override. */
export function outgoingHeaders(
  { options, request, body }: Sending,
  authorization: Record<string, string>,
): Record<string, string> {
  return {
    accept: 'application/json',
    // No compression: the announced length must be the length that is read.
    'accept-encoding': 'identity',
    'user-agent': options.userAgent,
    ...(options.sendCorrelationId ? { [options.correlationHeader.toLowerCase()]: randomUUID() } : {}),
    ...(body?.contentType === undefined ? {} : { 'content-type': body.contentType }),
    ...lowerCased(request.headers ?? {}),
    ...lowerCased(authorization),
  };
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function singleValues(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const single: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) single[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return single;
}
