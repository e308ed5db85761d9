import type { Desk, Operation, SimRequest, SimResponse, Simulator } from '../harness/server.js';
import type { FoMasterData, Journal, PostedErpDocument, SimulatorSettings } from '../harness/types.js';
import { batchKind, runBatch } from './batch-runner.js';
import { allEntities, findEntity } from './entity-catalogue.js';
import { originOf, readByKey, readSet } from './entity-reader.js';
import { methodRefused, operationName, performWrite } from './entity-writer.js';
import type { JournalContext } from './journal-context.js';
import { parseMasterData, parseVendor, type MasterVendor } from './master-data-schema.js';
import { metadataDocument } from './metadata-document.js';
import { faultBodyOf, FoError, routeNotFound, unauthorizedResponse } from './odata-errors.js';
import { runPayments } from './payment-run.js';
import { postedDocuments, tamperWithLedger, unpostedJournals } from './posted-documents.js';
import { runPostingBatch } from './posting-batch.js';
import { parseKey, parseResourcePath } from './resource-path.js';
import { jsonResponse } from './row-format.js';
import { FoStore, type FoState } from './store.js';

/** What the F&O simulator needs to know about access tokens; the Entra simulator gives it. */
export interface TokenJudge {
  isValidToken(token: string, audience: string): boolean;
  expire(token: string): void;
}

/** The simulated Finance & Operations environment: OData, posting batch and payment run. */
export interface FoSimulator extends Simulator {
  /** All state; given back as `state` it makes the simulator go on where it was. */
  snapshot(): FoState;
  /** Replaces the master data; journals, postings and vendors made by createVendor stay. */
  loadMasterData(data: FoMasterData): void;
  /** To be called often; the batch and the payment run happen when they are due. */
  tick(): void;
  posted(): PostedErpDocument[];
  unposted(): Journal['unposted'];
  tamper(): string | undefined;
  /** Adds a vendor, or replaces the one with its account. Throws for an unknown company. */
  createVendor(company: string, vendor: MasterVendor): void;
  pause(flags: { batch?: boolean; payments?: boolean }): void;
  expireToken(request: SimRequest): void;
  unauthorized(): SimResponse;
  faultBody(status: number): unknown;
}

interface FoOptions {
  desk: Desk;
  settings: SimulatorSettings;
  /** Snapshot of an earlier run, or undefined. */
  state: unknown;
  tokens: TokenJudge;
}

function bearerOf(request: SimRequest): string {
  return /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

/** One inner or outer entity request; throws FoError for refusals. */
function entityCall(context: JournalContext, request: SimRequest): SimResponse {
  const uri = `${originOf(request)}${request.rawUrl}`;
  const resource = parseResourcePath(request.path);
  const definition = resource === undefined ? undefined : findEntity(resource.set);
  if (resource === undefined || definition === undefined) throw routeNotFound(uri);
  const key = resource.predicate === undefined ? undefined : parseKey(definition, resource.predicate);
  if (resource.predicate !== undefined && key === undefined) throw routeNotFound(uri);
  const operation = operationName(definition.set, request.method);
  const note = (message: string): void => {
    context.desk.violation(operation, message);
  };
  switch (request.method) {
    case 'GET':
      return key === undefined
        ? readSet(context.store, definition, request, note)
        : readByKey(context.store, definition, key, request, note);
    case 'POST':
      if (key !== undefined) throw routeNotFound(uri);
      return performWrite(context, { operation, method: 'POST', definition, request });
    case 'PATCH':
    case 'PUT':
    case 'DELETE':
      if (key === undefined) throw routeNotFound(uri);
      return performWrite(context, { operation, method: request.method, definition, key, request });
    default:
      throw methodRefused(request.method);
  }
}

function serviceDocument(request: SimRequest): SimResponse {
  const value = allEntities().map(({ set }) => ({ name: set, kind: 'EntitySet', url: set }));
  return jsonResponse(200, { '@odata.context': `${originOf(request)}/data/$metadata`, value });
}

function routed(context: JournalContext, request: SimRequest): Operation {
  const { method, path } = request;
  if (path === '/data/$batch' && method === 'POST') {
    const execute = (): SimResponse => runBatch(context, request, entityCall);
    return { name: 'batch', kind: batchKind(request.body), execute };
  }
  if (method === 'GET' && (path === '/data' || path === '/data/')) {
    return { name: 'data.read', kind: 'read', execute: () => serviceDocument(request) };
  }
  if (method === 'GET' && path === '/data/$metadata') {
    const execute = (): SimResponse => ({
      status: 200,
      headers: { 'Content-Type': 'application/xml' },
      body: metadataDocument(),
    });
    return { name: 'metadata.read', kind: 'read', execute };
  }
  const set = parseResourcePath(path)?.set;
  const name = operationName(set !== undefined && findEntity(set) !== undefined ? set : 'unknown', method);
  return { name, kind: method === 'GET' ? 'read' : 'write', execute: () => entityCall(context, request) };
}

/** Runs an operation behind the token check and turns refusals into answers. */
function guarded(operation: Operation, request: SimRequest, tokens: TokenJudge): Operation {
  const execute = (): SimResponse => {
    if (!tokens.isValidToken(bearerOf(request), originOf(request))) return unauthorizedResponse();
    try {
      return operation.execute();
    } catch (error) {
      if (error instanceof FoError) return jsonResponse(error.status, error.body);
      throw error;
    }
  };
  return { ...operation, execute };
}

/**
 * Creates the simulated environment. Tokens must be of the audience `http://<Host header>`, because the environment's URL
 * is the audience (section 1).
 */
export function createFoSimulator({ desk, settings, state, tokens }: FoOptions): FoSimulator {
  const store = new FoStore(state);
  const context: JournalContext = { store, desk };
  let paused: { batch?: boolean; payments?: boolean } = {};
  return {
    system: 'fo',
    route: (request) => guarded(routed(context, request), request, tokens),
    snapshot: () => store.snapshot(),
    loadMasterData(data) {
      store.loadMaster(parseMasterData(data));
      desk.changed();
    },
    tick() {
      const now = desk.now().getTime();
      if (now - store.lastBatchMs < settings.fo.batchEveryMs) return;
      store.lastBatchMs = now;
      const posted = paused.batch !== true && runPostingBatch(context, settings.fo.postingDelayMs);
      const paid = paused.payments !== true && runPayments(context, settings.fo);
      if (posted || paid) desk.changed();
    },
    posted: () => postedDocuments(store),
    unposted: () => unpostedJournals(store),
    tamper() {
      const description = tamperWithLedger(store);
      if (description !== undefined) desk.changed();
      return description;
    },
    createVendor(company, vendor) {
      store.addVendor(company, parseVendor(vendor));
      desk.changed();
    },
    pause(flags) {
      paused = { ...paused, ...flags };
    },
    expireToken(request) {
      tokens.expire(bearerOf(request));
    },
    unauthorized: unauthorizedResponse,
    faultBody: faultBodyOf,
  };
}
