import { queryInvalid } from './odata-errors.js';

/** One operation inside a `$batch`. */
export interface BatchCall {
  contentId: string | undefined;
  method: string;
  /** As in the request line: absolute, rooted or relative to `/data/`. */
  target: string;
  headers: Record<string, string>;
  body: string;
}

/** One part of a `$batch`: a single operation, or a changeset that happens as a whole or not at all. */
export type BatchPart = { kind: 'single'; call: BatchCall } | { kind: 'changeset'; calls: BatchCall[] };

/** Answer to one operation. */
export interface BatchAnswer {
  contentId: string | undefined;
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Answer to one part. */
export type BatchPartAnswer = { kind: 'single'; answer: BatchAnswer } | { kind: 'changeset'; answers: BatchAnswer[] };

/** Operations of one request that are accepted (section 2). */
export const maximumBatchCalls = 200;

function boundaryOf(contentType: string | undefined): string {
  const match = /^multipart\/mixed\s*;.*\bboundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType ?? '');
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined)
    throw queryInvalid('The content type of a batch must be multipart/mixed with a boundary.');
  return boundary;
}

/** Parts between the boundaries. Line ends are CRLF; anything else is not multipart. */
function splitParts(body: string, boundary: string): string[] {
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  const closing = pieces.findIndex((piece) => piece.startsWith('--'));
  if (pieces.length < 2 || closing < 1)
    throw queryInvalid(`The multipart body with boundary '${boundary}' is malformed.`);
  return pieces.slice(1, closing).map((piece) => {
    if (!piece.startsWith('\r\n')) throw queryInvalid('A boundary is not followed by CRLF.');
    return piece.slice(2);
  });
}

function splitHead(message: string): { lines: string[]; body: string } {
  const end = message.indexOf('\r\n\r\n');
  if (end < 0) throw queryInvalid('A part has no blank line after its headers.');
  return { lines: message.slice(0, end).split('\r\n'), body: message.slice(end + 4) };
}

function readHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1) throw queryInvalid(`The header line '${line}' is malformed.`);
    headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function readCall(partHeaders: Record<string, string>, message: string): BatchCall {
  const { lines, body } = splitHead(message);
  const [requestLine = '', ...headerLines] = lines;
  const match = /^(GET|POST|PATCH|PUT|DELETE) (\S+) HTTP\/1\.1$/.exec(requestLine);
  if (match === null) throw queryInvalid(`The request line '${requestLine}' is malformed.`);
  const [, method = '', target = ''] = match;
  return {
    contentId: partHeaders['content-id'],
    method,
    target,
    headers: readHeaders(headerLines),
    body: body.replace(/\r\n$/, ''),
  };
}

function readSingle(part: string): BatchCall {
  const { lines, body } = splitHead(part);
  const headers = readHeaders(lines);
  if (!/^application\/http\b/i.test(headers['content-type'] ?? ''))
    throw queryInvalid('A part must be application/http.');
  return readCall(headers, body);
}

function readPart(part: string): BatchPart {
  const { lines, body } = splitHead(part);
  const contentType = readHeaders(lines)['content-type'] ?? '';
  if (!/^multipart\/mixed/i.test(contentType)) return { kind: 'single', call: readSingle(part) };
  const calls = splitParts(body, boundaryOf(contentType)).map(readSingle);
  for (const call of calls) {
    if (call.method === 'GET') throw queryInvalid('A changeset must not contain a query operation.');
    if (call.contentId === undefined) throw queryInvalid('An operation in a changeset must have a Content-ID.');
  }
  return { kind: 'changeset', calls };
}

/** Reads a `$batch` body. Throws OData's 400 for malformed ones and for more operations than are accepted. */
export function parseBatch(contentType: string | undefined, body: string): BatchPart[] {
  const parts = splitParts(body, boundaryOf(contentType)).map(readPart);
  const calls = parts.reduce((count, part) => count + (part.kind === 'single' ? 1 : part.calls.length), 0);
  if (calls > maximumBatchCalls)
    throw queryInvalid(`The batch has ${String(calls)} operations; ${String(maximumBatchCalls)} are allowed.`);
  return parts;
}

const reasons: Record<number, string> = {
  200: 'OK',
  201: 'Created',
  204: 'No Content',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  412: 'Precondition Failed',
  500: 'Internal Server Error',
};

function writeAnswer(answer: BatchAnswer): string {
  const outer = ['Content-Type: application/http', 'Content-Transfer-Encoding: binary'];
  if (answer.contentId !== undefined) outer.push(`Content-ID: ${answer.contentId}`);
  const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  const status = `HTTP/1.1 ${String(answer.status)} ${reasons[answer.status] ?? 'Error'}`;
  return [...outer, '', status, ...headers, '', answer.body].join('\r\n');
}

function multipart(boundary: string, parts: readonly string[]): string {
  return [...parts.flatMap((part) => [`--${boundary}`, part]), `--${boundary}--`, ''].join('\r\n');
}

/** Writes the answer of a `$batch`; `id` makes the boundaries unique. */
export function writeBatch(id: string, answers: readonly BatchPartAnswer[]): { contentType: string; body: string } {
  const boundary = `batchresponse_${id}`;
  const parts = answers.map((part, index) => {
    if (part.kind === 'single') return writeAnswer(part.answer);
    const inner = `changesetresponse_${id}_${String(index)}`;
    return `Content-Type: multipart/mixed; boundary=${inner}\r\n\r\n${multipart(inner, part.answers.map(writeAnswer))}`;
  });
  return { contentType: `multipart/mixed; boundary=${boundary}`, body: multipart(boundary, parts) };
}
