import { stringify } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { parseAddress, type Place, type Segment } from './address.js';
import { rolledBack, type WriteNote } from './calls.js';
import { BcError, badRequest, errorBody, errorResponse, faultBody, notFound } from './errors.js';
import { jsonBody } from './odata-body.js';
import { standardSets } from './root-sets.js';
import { operationOf, readBelowCompany, readCompanies, writeBelowCompany } from './service.js';
import type { World } from './world.js';

/** Most inner requests; one more is a 500. */
const MAX_PARTS = 100;

const PART_HEADERS = { 'content-type': 'application/json; odata.metadata=minimal', 'odata-version': '4.0' };

interface Part {
  id: unknown;
  request: SimRequest;
}

/**
 * JSON `$batch`. With `Isolation: snapshot` the envelope is one transaction: it stops at the first failure, everything is
 * taken back, and the parts before the failure still say 201 with ids that do not exist.
 */
export function runBatch(world: World, place: Place, request: SimRequest, notes: WriteNote[]): SimResponse {
  const key = `$batch/${world.nextBatch()}`;
  try {
    const parts = partsOf(request);
    const transactional = isolation(request) === 'snapshot';
    const goesOn = !transactional && /odata\.continue-on-error(?!=false)/i.test(String(request.headers.prefer ?? ''));
    const mark = world.undo.mark();
    const inner: WriteNote[] = [];
    const responses: { id: unknown; status: number; headers: Record<string, string>; body?: unknown }[] = [];
    let failed = false;
    for (const part of parts) {
      const { status, headers = {}, body } = runPart(world, place, part, inner);
      responses.push({
        ...{ id: part.id, status },
        ...(body === undefined ? { headers } : { headers: { ...PART_HEADERS, ...headers }, body }),
      });
      failed ||= status >= 400;
      if (status >= 400 && !goesOn) break;
    }
    const undone = failed && transactional;
    if (undone) world.undo.rollBackTo(mark);
    notes.push(...(undone ? rolledBack(inner) : inner), {
      operation: 'batch',
      key,
      outcome: undone ? 'refused' : 'applied',
    });
    return { status: 200, body: { responses } };
  } catch (error) {
    notes.push({ operation: 'batch', key, outcome: 'refused' });
    return errorResponse(error);
  }
}

function isolation(request: SimRequest): string {
  return String(request.headers['isolation'] ?? request.headers['odata-isolation'] ?? '').toLowerCase();
}

function partsOf(request: SimRequest): Part[] {
  const envelope = jsonBody(request.headers, request.body) as { requests?: unknown } | null;
  if (!Array.isArray(envelope?.requests)) throw badRequest("The batch must have a property 'requests'.");
  const requests = envelope.requests as unknown[];
  if (requests.length > MAX_PARTS) {
    const message = `The current change set contains too many operations. The maximum number of '${MAX_PARTS}' query operations and change sets is exceeded.`;
    throw new BcError(500, 'Internal_ServerError', message);
  }
  return requests.map((part) => partOf(request, part));
}

function partOf(outer: SimRequest, source: unknown): Part {
  const { id = null, method, url, headers, body } = (source ?? {}) as Record<string, unknown>;
  if (typeof method !== 'string' || typeof url !== 'string') throw badRequest("A request needs 'method' and 'url'.");
  const rawUrl = url.startsWith('/') ? url : `${outer.path.replace(/\$batch$/i, '')}${url}`;
  const parsed = new URL(rawUrl, 'http://loopback');
  const named = Object.entries((headers ?? {}) as Record<string, unknown>);
  return {
    id,
    request: {
      method: method.toUpperCase(),
      path: decoded(parsed.pathname),
      rawUrl,
      query: parsed.searchParams,
      headers: {
        ...Object.fromEntries(named.map(([name, value]) => [name.toLowerCase(), String(value)])),
        host: outer.headers.host,
      },
      body: body === undefined ? '' : (stringify(body) ?? ''),
    },
  };
}

/** A malformed escape stays as sent and so names nothing. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function runPart(world: World, place: Place, part: Part, notes: WriteNote[]): SimResponse {
  const { request } = part;
  const address = parseAddress(request.path, place);
  if (address.api !== 'v2.0') return errorResponse(notFound(request.path));
  const { segments } = address;
  const { name, kind } = operationOf(request.method, segments);
  if (kind === 'read') return readPart(world, segments, request);
  if (world.desk.itemFault('item-failure', name)) {
    notes.push({ operation: name, key: request.path, outcome: 'refused', detail: 'deadlock' });
    return { status: 409, body: faultBody(409) };
  }
  return writeBelowCompany(world, segments, request, notes, true);
}

function readPart(world: World, segments: readonly Segment[], request: SimRequest): SimResponse {
  const [head] = segments;
  if (head === undefined) return { status: 404, body: errorBody('BadRequest_NotFound', 'Bad Request') };
  if (segments.length === 1 && head.name === 'companies') return readCompanies(world, head, request);
  return readBelowCompany(world, segments, request, { sets: standardSets, replicaOnly: false });
}
