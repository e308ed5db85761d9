import { parse, stringify } from 'lossless-json';
import { ContractViolation, OutcomeUnknown, RateLimited, Unauthorized, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpRequest } from '../http/types.js';
import { isWriteRefusal, toFailure } from './odata-errors.js';

/** One create inside a changeset. */
export interface BatchCreate {
  /** Relative to the batch request's own URI: of the forms that OData allows, the one that needs no host. */
  path: string;
  body: Record<string, unknown>;
}

/** A multipart request body with the content type that names its boundary. */
export interface BatchBody {
  contentType: string;
  text: string;
}

/** Headers of every call but a batch itself, whose content is no JSON; also of the operations inside one. */
export const HEADERS = {
  Accept: 'application/json;odata.metadata=minimal',
  'OData-Version': '4.0',
  'OData-MaxVersion': '4.0',
};
const READ_HEADERS = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`);
const PART_HEADERS = ['Content-Type: application/json;odata.metadata=minimal', ...READ_HEADERS];
const DEFAULT_WAIT_MS = 30_000;

/** Operations per changeset (F&O spec 2): of a larger document the header goes first, then the lines in several changesets. */
export const MAX_OPERATIONS = 100;

/** Sends a batch and returns the multipart text of its answer. The outer status is judged here, the inner ones by the caller (trap 1). */
export async function sendBatch(
  http: HttpClient,
  call: FailedCall,
  { batch, kind, signal }: { batch: BatchBody; kind: HttpRequest['kind']; signal: AbortSignal },
): Promise<string> {
  const response = await http.send({
    operation: call.operation,
    method: 'POST',
    path: '/data/$batch',
    headers: { ...HEADERS, Accept: 'multipart/mixed', 'Content-Type': batch.contentType },
    text: batch.text,
    kind,
    signal,
  });
  if (response.status < 200 || response.status > 299) throw toFailure(response.status, response.text, call);
  return response.text;
}

/**
 * Writes creates as one changeset, which F&O executes as one transaction (F&O spec 2). The boundaries come from `key`,
 * so that the same changeset always has the same bytes and digest.
 */
export function buildChangeset(creates: readonly BatchCreate[], key: string): BatchBody {
  const name = key.replace(/[^A-Za-z0-9]/g, '');
  const [batch, changeset] = [`batch_${name}`, `changeset_${name}`];
  const parts = creates.flatMap(({ path, body }, index) => [
    `--${changeset}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${index + 1}`,
    '',
    `POST ${path} HTTP/1.1`,
    ...PART_HEADERS,
    '',
    stringify(body) ?? '{}',
    '',
  ]);
  const lines = [
    `--${batch}`,
    `Content-Type: multipart/mixed; boundary=${changeset}`,
    '',
    ...parts,
    `--${changeset}--`,
    '',
    `--${batch}--`,
    '',
  ];
  return { contentType: `multipart/mixed; boundary=${batch}`, text: lines.join('\r\n') };
}

/**
 * Reads the answer to one changeset of `expected` creates and returns the created rows in order. The outer status says
 * nothing (trap 1), so every inner answer is judged: a refusal of the transaction throws what the refusal means, and an
 * inner failure that is no refusal, or a missing part, throws `OutcomeUnknown`.
 */
export function readChangeset(text: string, expected: number, call: FailedCall): unknown[] {
  const answers = innerAnswers(text);
  for (const { status, body } of answers) {
    if (status < 200 || status > 299) throw failureOfPart(status, body, call);
  }
  if (answers.length !== expected) {
    const message = `The changeset answered ${answers.length} of ${expected} operations; it may have been executed.`;
    throw new OutcomeUnknown(message, call);
  }
  return answers.map(({ body }) => innerJson(body, call));
}

/** Queries of a batch come one after the other; so many may take as long as the longest call. */
export const MAX_READS = 16;

/** Writes reads as one request, in their order; paths are relative to the batch request's own URI, with their query. */
export function buildReads(paths: readonly string[]): BatchBody {
  // Nothing in an encoded path begins a line, so that a fixed boundary cannot occur in the parts.
  const batch = 'batch_reads';
  const parts = paths.flatMap((path, index) => [
    `--${batch}`,
    'Content-Type: application/http',
    'Content-Transfer-Encoding: binary',
    `Content-ID: ${index + 1}`,
    '',
    `GET ${path} HTTP/1.1`,
    ...READ_HEADERS,
    '',
    '',
  ]);
  return { contentType: `multipart/mixed; boundary=${batch}`, text: [...parts, `--${batch}--`, ''].join('\r\n') };
}

/**
 * The bodies of the answers to `expected` reads, in the order of the reads; undefined for a read that was refused, that was left out
 * after another one failed, or whose answer cannot be told from that of another (F&O spec 2): it has to be asked alone.
 */
export function readAnswers(text: string, expected: number): (string | undefined)[] {
  const answers = innerAnswers(text);
  const ids = new Set(answers.flatMap(({ contentId }) => contentId ?? []));
  if (ids.size === 0 && answers.length === expected) return answers.map(bodyOf);
  if (ids.size !== answers.length) return Array.from({ length: expected }, () => undefined);
  return Array.from({ length: expected }, (_, at) =>
    bodyOf(answers.find(({ contentId }) => contentId === String(at + 1))),
  );
}

const bodyOf = (answer: InnerAnswer | undefined): string | undefined =>
  answer?.status === 200 ? answer.body : undefined;

interface InnerAnswer {
  status: number;
  body: string;
  contentId: string | undefined;
}

/** Every `HTTP/1.1 …` message of a multipart text, up to the next boundary line; nesting does not matter for that. */
function innerAnswers(text: string): InnerAnswer[] {
  const normal = text.replaceAll('\r\n', '\n');
  const boundaries = [...normal.matchAll(/^--(\S+?)(?:--)?$/gm)].map((match) => match[1]);
  const names = new Set(boundaries.filter((name) => name !== undefined));
  const parts = splitAtBoundaries(normal.split('\n'), names);
  return parts.flatMap((part) => {
    const start = part.findIndex((line) => line.startsWith('HTTP/1.'));
    const status = /^HTTP\/1\.\d (\d{3})/.exec(part[start] ?? '')?.[1];
    if (status === undefined) return [];
    const blank = part.indexOf('', start);
    const body =
      blank < 0
        ? ''
        : part
            .slice(blank + 1)
            .join('\n')
            .trim();
    const head = part.slice(0, blank < 0 ? undefined : blank).join('\n');
    return [{ status: Number(status), body, contentId: /^Content-ID:[ \t]*(\S+)/im.exec(head)?.[1] }];
  });
}

function splitAtBoundaries(lines: readonly string[], names: ReadonlySet<string>): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    const name = line.startsWith('--') ? line.slice(2).replace(/--$/, '') : undefined;
    if (name !== undefined && names.has(name)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts;
}

function failureOfPart(status: number, body: string, call: FailedCall): Error {
  const failed = { ...call, status };
  if (status === 429) {
    return new RateLimited('Finance & Operations asked to wait; nothing was written.', failed, DEFAULT_WAIT_MS);
  }
  if (status === 401) return new Unauthorized('Finance & Operations refused the token inside a changeset.', failed);
  const isRefusal = status < 500 ? status !== 408 : status === 500 && isWriteRefusal(body);
  if (isRefusal) return toFailure(status, body, call);
  return new OutcomeUnknown(`The changeset failed with ${status}; it may have been executed.`, failed);
}

/** Parses a body inside a batch, every number as its digits. Throws `ContractViolation`. */
export function innerJson(body: string, call: FailedCall): unknown {
  try {
    return parse(body, null, (literal) => literal);
  } catch (cause) {
    throw new ContractViolation('An answer inside a batch is not JSON.', { ...call, cause });
  }
}
