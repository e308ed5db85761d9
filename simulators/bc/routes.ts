import type { Operation, SimRequest, SimResponse } from '../harness/server.js';
import { parseAddress, type Segment } from './address.js';
import { runBatch, type BatchPlace } from './batch.js';
import { reportWrites, type WriteNote } from './calls.js';
import { errorResponse, notFound } from './errors.js';
import { metadataAnswer } from './metadata.js';
import { analyticsSets, standardSets } from './root-sets.js';
import { operationOf, readBelowCompany, readCompanies, writeBelowCompany } from './service.js';
import type { World } from './world.js';

/** Names the operation of a request to either API. Nothing is looked up or done before `execute`. */
export function routeRequest(world: World, place: BatchPlace, request: SimRequest): Operation {
  const address = parseAddress(request.path, place.tenant, place.environment);
  if (address.api === 'v2.0') return standardOperation(world, place, request, address.segments);
  const kind = request.method === 'GET' ? 'read' : 'write';
  if (address.api === 'unknown' || kind === 'write') {
    return { name: 'unknown', kind, execute: () => errorResponse(notFound(request.path)) };
  }
  const source = { sets: analyticsSets, replicaOnly: true };
  const execute = (): SimResponse => readBelowCompany(world, address.segments, request, source);
  return { ...operationOf(request.method, address.segments), execute };
}

function standardOperation(world: World, place: BatchPlace, request: SimRequest, segments: Segment[]): Operation {
  const named = operationOf(request.method, segments);
  const [head] = segments;
  if (head?.name === '$metadata') return { name: 'metadata.read', kind: 'read', execute: metadataAnswer };
  if (head?.name === '$batch') {
    const execute = reporting(world, (notes) => runBatch(world, place, request, notes));
    return { name: 'batch', kind: 'write', execute };
  }
  if (segments.length === 1 && head?.name === 'companies') {
    return { ...named, execute: () => readCompanies(world, head, request) };
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
