import type { Operation, SimRequest, SimResponse } from '../harness/server.js';
import { createdAnswer, listAnswer, recordAnswer, updatedAnswer } from './answers.js';
import type { Segment } from './address.js';
import { runWrite, type Call, type WriteNote } from './calls.js';
import { BcError, errorResponse, methodNotAllowed, notFound } from './errors.js';
import { checkIfMatch } from './if-match.js';
import { jsonBody } from './odata-body.js';
import type { View } from './odata-fields.js';
import { checkAccess } from './access.js';
import { isPosted, purchaseKinds } from './purchase-kinds.js';
import type { PurchaseDocumentRow } from './records.js';
import { actionName, resolveTarget, type Target } from './resolve.js';
import { standardSets, type RootSet } from './root-sets.js';
import { companies } from './sets-master.js';
import { actionOf, handlerOf } from './write-handlers.js';
import type { Company, World } from './world.js';

const VERBS: Record<string, string> = { GET: 'read', POST: 'create', PATCH: 'update', DELETE: 'delete' };

/** Name and kind of what a request below the API root asks for, known before anything is looked up. */
export function operationOf(method: string, segments: readonly Segment[]): Pick<Operation, 'name' | 'kind'> {
  const last = segments.at(-1);
  const action = last === undefined ? undefined : actionName(last);
  const entity = (action === undefined ? last : segments.at(-2))?.name ?? 'unknown';
  const kind = method === 'GET' ? 'read' : 'write';
  return { name: `${entity}.${action ?? VERBS[method] ?? 'unknown'}`, kind };
}

/** Reads the environment's companies, or one of them. */
export function readCompanies(world: World, segment: Segment, request: SimRequest): SimResponse {
  return answered(() => {
    const [first] = world.served;
    if (first === undefined) return { status: 200, body: { value: [] } };
    if (request.method !== 'GET') throw methodNotAllowed('companies');
    const view = viewOf(world, first, request, false);
    const roots: Record<string, RootSet> = { companies: { set: companies, rows: () => [...world.served] } };
    return read(resolveTarget(view, roots, [segment]), view, request);
  });
}

/** Reads below a company. `lagging` reads come from the replica whatever the client asks for. */
export function readBelowCompany(
  world: World,
  segments: readonly Segment[],
  request: SimRequest,
  source: { sets: Record<string, RootSet>; replicaOnly: boolean },
): SimResponse {
  return answered(() => {
    const [head, ...rest] = segments;
    const company = companyOf(world, head);
    const view = viewOf(world, company, request, source.replicaOnly);
    const target = resolveTarget(view, source.sets, rest);
    if (target.action !== undefined) throw methodNotAllowed(target.set.name);
    checkAccess(world, target.set, 'Read');
    if (!view.replica) moveDraftEtag(world, company, target);
    return read(target, view, request);
  });
}

/** Writes below a company, atomically; what was done is added to `notes`. */
export function writeBelowCompany(
  world: World,
  segments: readonly Segment[],
  request: SimRequest,
  notes: WriteNote[],
  enveloped: boolean,
): SimResponse {
  return answered(() => {
    const [head, ...rest] = segments;
    const company = companyOf(world, head);
    const view: View = { world, company, replica: false, nowMs: world.nowMs() };
    const operation = operationOf(request.method, segments).name;
    const call: Call = { world, company, view, request, operation, key: request.path, enveloped };
    return runWrite(call, notes, () => {
      const target = resolveTarget(view, standardSets, rest);
      checkAccess(world, target.set, request.method === 'POST' ? 'Insert' : 'Modify');
      return write(call, target);
    });
  });
}

function answered(work: () => SimResponse): SimResponse {
  try {
    return work();
  } catch (error) {
    return errorResponse(error);
  }
}

function companyOf(world: World, segment: Segment | undefined): Company {
  const id = segment?.key?.replace(/^id=/, '').toLowerCase();
  const company = world.served.find((candidate) => candidate.id === id);
  if (segment?.name !== 'companies' || company === undefined) {
    throw new BcError(404, 'Internal_CompanyNotFound', 'Cannot find the company. The default company cannot be found.');
  }
  return company;
}

function viewOf(world: World, company: Company, request: SimRequest, replicaOnly: boolean): View {
  const intent = String(request.headers['data-access-intent'] ?? '').toLowerCase();
  return { world, company, replica: replicaOnly || intent !== 'readwrite', nowMs: world.nowMs() };
}

function read(target: Target, view: View, request: SimRequest): SimResponse {
  if (target.row !== undefined) return recordAnswer(target, target.row, view, request);
  return listAnswer(target, view, request);
}

/** Reading a draft with write intent may redistribute its discounts: the etag moves between two reads. */
function moveDraftEtag(world: World, company: Company, target: Target): void {
  const { row, set } = target;
  if (row === undefined || (set.name !== 'purchaseInvoices' && set.name !== 'purchaseOrders')) return;
  const document = row as PurchaseDocumentRow;
  if (isPosted(document)) return;
  purchaseKinds[set.name].table(company).touch(document);
  world.desk.changed();
}

function write(call: Call, target: Target): SimResponse {
  const { request, view } = call;
  const { row, action } = target;
  if (action !== undefined) {
    if (row === undefined) throw notFound(`Microsoft.NAV.${action}`);
    if (request.method !== 'POST') throw methodNotAllowed(target.set.name);
    actionOf(call, target, action)(call, row);
    return { status: 204 };
  }
  if (request.method === 'POST' && row === undefined) {
    const create = handlerOf(call, target, 'create');
    return createdAnswer(target, create(call, target, jsonBody(request.headers, request.body)), view, request);
  }
  if (row === undefined) throw methodNotAllowed(target.set.name);
  if (request.method === 'PATCH') {
    const update = handlerOf(call, target, 'update');
    checkIfMatch(call, row);
    const { modifiedAt } = row;
    const changed = update(call, target, row, jsonBody(request.headers, request.body));
    return updatedAnswer(target, changed, view, request, modifiedAt);
  }
  if (request.method !== 'DELETE') throw methodNotAllowed(target.set.name);
  const remove = handlerOf(call, target, 'remove');
  checkIfMatch(call, row);
  remove(call, target, row);
  return { status: 204 };
}
