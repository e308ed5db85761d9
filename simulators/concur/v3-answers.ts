import { isLosslessNumber, stringify } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import type { ConcurContext } from './state.js';

/** Links to a next page name a host of long ago; who follows them leaves the simulator and fails. */
export const legacyHost = 'https://www.concursolutions.invalid';

/** The services below `/api/v3.x` answer XML unless JSON is asked for (concur-platform.md 7). */
export function v3Answer(request: SimRequest, status: number, root: string, body: unknown): SimResponse {
  const isJson = (request.headers.accept ?? '').toLowerCase().includes('application/json');
  return isJson
    ? { status, body: stringify(body) ?? '' }
    : { status, headers: { 'content-type': 'application/xml' }, body: element(root, body) };
}

/** A refusal in the form of the v3 services. */
export function v3Refused(request: SimRequest, status: number, message: string): SimResponse {
  return v3Answer(request, status, 'Error', { Message: message });
}

/** Refuses what only a wrong program asks for, and counts a violation. */
export function v3Broken(
  context: ConcurContext,
  operation: string,
  request: SimRequest,
  status: number,
  message: string,
): SimResponse {
  context.desk.violation(operation, message);
  return v3Refused(request, status, message);
}

/** Says which query parameter the service does not know, or undefined if it knows all. */
export function unknownParameter(query: URLSearchParams, known: ReadonlySet<string>): string | undefined {
  const unknown = [...query.keys()].find((name) => !known.has(name));
  return unknown === undefined ? undefined : `${unknown} is not a query parameter of this service`;
}

/** One page of rows with the link to the next one; null on the last page. */
export interface V3Page<Row> {
  rows: Row[];
  next: string | null;
}

/** Cuts the page that `limit` and `offset` ask for, or says what is wrong with them. Offsets are opaque. */
export function v3Page<Row>(
  request: SimRequest,
  rows: readonly Row[],
  sizes: { usual: number; most: number },
): V3Page<Row> | string {
  const limit = request.query.get('limit') ?? String(sizes.usual);
  if (!/^\d{1,6}$/.test(limit) || Number(limit) < 1 || Number(limit) > sizes.most) {
    return `limit ${limit} is not between 1 and ${sizes.most}`;
  }
  const start = startOf(request.query.get('offset'));
  if (start === undefined) return 'offset is not one that this service gave';
  const end = start + Number(limit);
  return { rows: rows.slice(start, end), next: end < rows.length ? linkTo(request, end) : null };
}

function startOf(offset: string | null): number | undefined {
  if (offset === null) return 0;
  const [, start] = /^row:(\d+)$/.exec(Buffer.from(offset, 'base64url').toString('utf8')) ?? [];
  return start === undefined ? undefined : Number(start);
}

function linkTo(request: SimRequest, start: number): string {
  const query = new URLSearchParams(request.query);
  query.set('offset', Buffer.from(`row:${start}`).toString('base64url'));
  return `${legacyHost}${request.path}?${query.toString()}`;
}

/** Null and undefined leave no element, an array repeats its element. */
function element(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => element(name, one)).join('');
  if (typeof value === 'object' && !isLosslessNumber(value)) {
    const members = Object.entries(value).map(([member, content]) => element(member, content));
    return `<${name}>${members.join('')}</${name}>`;
  }
  return `<${name}>${escaped(typeof value === 'string' ? value : (stringify(value) ?? ''))}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
