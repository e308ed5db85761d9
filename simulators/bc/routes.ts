import type { Operation, SimRequest, SimResponse } from '../harness/server.js';
import { parseAddress, type Address, type Place, type Segment } from './address.js';
import { runBatch } from './batch.js';
import { reportWrites, type WriteNote } from './calls.js';
import { errorResponse, faultBody, methodNotAllowed, notFound } from './errors.js';
import { publishedPages } from './ledger-pages.js';
import { metadataAnswer } from './metadata.js';
import { actionName } from './resolve.js';
import { analyticsSets, runtimeSets, standardSets } from './root-sets.js';
import { operationOf, readBelowCompany, readCompanies, writeBelowCompany } from './service.js';
import { namesSubscriptions, readSubscriptions, writeSubscription } from './subscriptions.js';
import type { World } from './world.js';

/** Names the operation of a request to any of the APIs. Nothing is looked up or done before `execute`. */
export function routeRequest(world: World, place: Place, request: SimRequest): Operation {
  const address = parseAddress(request.path, place);
  const operation = operationAt(world, place, request, address);
  const execute = (): SimResponse => refusalBySetUp(world, address, request) ?? operation.execute();
  return { ...operation, execute };
}

/** Company, as the path names it, whose ledgers a posting action locks; undefined for every other request. */
export function postingCompany(place: Place, { method, path }: SimRequest): string | undefined {
  const address = parseAddress(path, place);
  const last = address.api === 'v2.0' ? address.segments.at(-1) : undefined;
  const action = last === undefined ? undefined : actionName(last);
  if (method !== 'POST' || address.api !== 'v2.0' || action === undefined) return undefined;
  return address.segments[0]?.key?.toLowerCase();
}

/** What the whole API answers while it is not there. */
function refusalBySetUp({ setUpFaults }: World, { api }: Address, request: SimRequest): SimResponse | undefined {
  if (setUpFaults['environment-upgrading'] === true) return { status: 503, body: faultBody(503) };
  if (setUpFaults['api-missing'] === 405) return errorResponse(methodNotAllowed('api'));
  if (setUpFaults['api-missing'] === true && api !== 'analytics' && api !== 'pages')
    return errorResponse(notFound(request.path));
  if (setUpFaults['analytics-missing'] === true && api === 'analytics') return errorResponse(notFound(request.path));
  return undefined;
}

function operationAt(world: World, place: Place, request: SimRequest, address: Address): Operation {
  if (address.api === 'v2.0') return standardOperation(world, place, request, address.segments);
  const kind = request.method === 'GET' ? 'read' : 'write';
  if (address.api === 'pages' && kind === 'read') {
    return { name: `${address.service.name}.read`, kind, execute: () => readPage(world, address, request) };
  }
  if (address.api === 'pages' || address.api === 'unknown' || kind === 'write') {
    return { name: 'unknown', kind, execute: () => errorResponse(notFound(request.path)) };
  }
  const source = { sets: address.api === 'runtime' ? runtimeSets : analyticsSets, replicaOnly: true };
  const execute = (): SimResponse => readBelowCompany(world, address.segments, request, source);
  return { ...operationOf(request.method, address.segments), execute };
}

/** A page knows its company by name only. */
function readPage(
  world: World,
  { company, service }: Extract<Address, { api: 'pages' }>,
  request: SimRequest,
): SimResponse {
  const name = company ?? request.query.get('company');
  const key = world.served.find((each) => each.name === name)?.id ?? '';
  const source = { sets: publishedPages, replicaOnly: false };
  return readBelowCompany(world, [{ name: 'companies', key }, service], request, source);
}

function standardOperation(world: World, place: Place, request: SimRequest, segments: Segment[]): Operation {
  const named = operationOf(request.method, segments);
  const [head] = segments;
  if (head?.name === '$metadata') {
    return { name: 'metadata.read', kind: 'read', execute: () => metadataAnswer(world.setUpFaults) };
  }
  if (head?.name === '$batch') {
    const execute = reporting(world, (notes) => runBatch(world, place, request, notes));
    return { name: 'batch', kind: 'write', execute };
  }
  if (segments.length === 1 && head?.name === 'companies') {
    return { ...named, execute: () => readCompanies(world, head, request) };
  }
  if (head !== undefined && namesSubscriptions(segments)) {
    if (named.kind === 'read') return { ...named, execute: () => readSubscriptions(world, head, request) };
    const { before, run } = writeSubscription(world, head, request, named.name);
    return { ...named, before, execute: reporting(world, run) };
  }
  if (named.kind === 'write') {
    const execute = reporting(world, (notes) => writeBelowCompany(world, segments, request, notes, false));
    return { ...named, execute };
  }
  const source = { sets: standardSets, replicaOnly: false };
  return { ...named, execute: () => readBelowCompany(world, segments, request, source) };
}

/** Tells the desk what was written, once it is known whether it stands. */
function reporting(world: World, work: (notes: WriteNote[]) => SimResponse): () => SimResponse {
  return () => {
    const notes: WriteNote[] = [];
    const response = work(notes);
    reportWrites(world, notes);
    return response;
  };
}
