import { z } from 'zod';
import type { Desk, Operation, SimRequest, SimResponse, Simulator } from '../harness/server.js';
import type { FoMasterData } from '../harness/master-data.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import type { Journal, PostedErpDocument } from '../harness/types.js';
import type { BusinessEvent } from './business-event-bodies.js';
import type { EventState } from './business-event-state.js';
import { BusinessEvents, type BusinessEventReport } from './business-events.js';
import { batchKind, batchReads, runBatch } from './batch-runner.js';
import { findEntity } from './entity-catalogue.js';
import { originOf, readByKey, readSet } from './entity-reader.js';
import { methodRefused, operationName, performWrite } from './entity-writer.js';
import type { JournalContext } from './journal-context.js';
import { watchJournal } from './line-overlap.js';
import { parseMasterData, parseVendor, type MasterVendor } from './master-data-schema.js';
import { metadataDocument } from './metadata-document.js';
import { paymentProgress, strayLines, type PaymentProgress } from './loose-ends.js';
import { faultBodyOf, FoError, routeNotFound, securityRefusal, unauthorizedResponse } from './odata-errors.js';
import { postJournalsJob } from './organisation-rows.js';
import { runReversals } from './payment-reversal.js';
import { isPayable, runPayments } from './payment-run.js';
import { runInvoiceAutomation } from './pending-run.js';
import { postedDocuments, tamperWithLedger, unpostedJournals } from './posted-documents.js';
import { runPostingBatch } from './posting-batch.js';
import { callPostingService, postingServiceOperation, postingServicePath } from './posting-service.js';
import { parseKey, parseResourcePath } from './resource-path.js';
import { jsonResponse } from './row-format.js';
import { servedEntities, servedEntity } from './served-entities.js';
import type { SetUpFaults } from './set-up-faults.js';
import { FoStore, type FoState } from './store.js';

/** What the F&O simulator needs to know about access tokens; the Entra simulator gives it. */
export interface TokenJudge {
  isValidToken(token: string, audience: string): boolean;
  expire(token: string): void;
}

/** What the control API does with the environment behind the connector's back. */
export interface FoControls {
  /** What is wrong with the set-up at the moment. */
  setUpFaults(): SetUpFaults;
  /** Switches faults of the set-up; what is not named stays. Throws for unknown names and values. */
  changeSetUpFaults(changes: unknown): void;
  businessEvents(): BusinessEventReport;
  /** Saves an endpoint with its events in place of the one before; it gets the test message. Throws for a wrong order. */
  activateBusinessEvents(order: unknown): void;
}

/** The simulated Finance & Operations environment: OData, posting batch and payment run. */
export interface FoSimulator extends Simulator, FoControls {
  /** All state; given back as `state` it makes the simulator go on where it was. */
  snapshot(): FoState & { businessEvents: EventState };
  /** Replaces the master data; journals, postings and vendors made by createVendor stay. */
  loadMasterData(data: FoMasterData): void;
  /** To be called often; the batch and the payment run happen when they are due. */
  tick(): void;
  posted(): PostedErpDocument[];
  unposted(): Journal['unposted'];
  /** Lines without a header, as sentences. */
  strayLines(): string[];
  /** How far payment runs and reversals are. */
  paymentProgress(): PaymentProgress;
  tamper(): string | undefined;
  /** Adds a vendor, or replaces the one with its account. Throws for an unknown company. */
  createVendor(company: string, vendor: MasterVendor): void;
  /** Breaks off deliveries of business events; they go on after a restart. */
  close(): Promise<void>;
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
function entityCall(context: JournalContext, request: SimRequest, isOvertaken?: () => boolean): SimResponse {
  const uri = `${originOf(request)}${request.rawUrl}`;
  const resource = parseResourcePath(request.path);
  const faults = context.store.setUpFaults;
  const definition = resource === undefined ? undefined : servedEntity(faults, resource.set);
  if (resource === undefined || definition === undefined) throw routeNotFound(uri);
  const key = resource.predicate === undefined ? undefined : parseKey(definition, resource.predicate);
  if (resource.predicate !== undefined && key === undefined) throw routeNotFound(uri);
  const operation = operationName(definition.set, request.method);
  const note = (message: string): void => {
    context.desk.violation(operation, message);
  };
  switch (request.method) {
    case 'GET':
      if (definition.set === faults['role-missing']) throw securityRefusal(`Access denied: ${definition.set}.`);
      return key === undefined
        ? readSet(context.store, definition, request, note)
        : readByKey(context.store, definition, key, request, note);
    case 'POST':
      if (key !== undefined) throw routeNotFound(uri);
      return performWrite(context, { operation, method: 'POST', definition, request, isOvertaken });
    case 'PATCH':
    case 'PUT':
    case 'DELETE':
      if (key === undefined) throw routeNotFound(uri);
      return performWrite(context, { operation, method: request.method, definition, key, request, isOvertaken });
    default:
      throw methodRefused(request.method);
  }
}

function serviceDocument(faults: SetUpFaults, request: SimRequest): SimResponse {
  const value = servedEntities(faults).map(({ set }) => ({ name: set, kind: 'EntitySet', url: set }));
  return jsonResponse(200, { '@odata.context': `${originOf(request)}/data/$metadata`, value });
}

function routed(context: JournalContext, settings: SimulatorSettings['fo'], request: SimRequest): Operation {
  const { method, path } = request;
  if (path === postingServicePath && method === 'POST') {
    const execute = (): SimResponse => callPostingService(context, settings, request);
    return { name: postingServiceOperation, kind: 'write', execute };
  }
  if (path === '/data/$batch' && method === 'POST') {
    const execute = (): SimResponse => runBatch(context, request, entityCall);
    const inside = batchReads(request.body).map((set) => operationName(set, 'GET'));
    const kind = batchKind(request.body);
    return { name: kind === 'read' ? 'batch.read' : 'batch', kind, inside, execute };
  }
  if (method === 'GET' && (path === '/data' || path === '/data/')) {
    return { name: 'data.read', kind: 'read', execute: () => serviceDocument(context.store.setUpFaults, request) };
  }
  if (method === 'GET' && path === '/data/$metadata') {
    const execute = (): SimResponse => ({
      status: 200,
      headers: { 'Content-Type': 'application/xml' },
      body: metadataDocument(servedEntities(context.store.setUpFaults)),
    });
    return { name: 'metadata.read', kind: 'read', execute };
  }
  const set = parseResourcePath(path)?.set;
  const name = operationName(set !== undefined && findEntity(set) !== undefined ? set : 'unknown', method);
  const isOvertaken = watchJournal(context, request);
  return { name, kind: method === 'GET' ? 'read' : 'write', execute: () => entityCall(context, request, isOvertaken) };
}

/** Runs an operation behind the token check and turns refusals into answers. */
function guarded(operation: Operation, request: SimRequest, tokens: TokenJudge, store: FoStore): Operation {
  const execute = (): SimResponse => {
    if (!tokens.isValidToken(bearerOf(request), originOf(request))) return unauthorizedResponse();
    const unknownClient = store.setUpFaults['no-entra-application'];
    if (unknownClient === 403) return { status: 403, body: '' };
    if (unknownClient === true) return unauthorizedResponse();
    try {
      return operation.execute();
    } catch (error) {
      if (error instanceof FoError) return jsonResponse(error.status, error.body);
      throw error;
    }
  };
  return { ...operation, execute };
}

const savedEvents = z.object({ businessEvents: z.unknown().optional() }).nullish();

function isBatchOn(store: FoStore): boolean {
  return store.table('BatchJobs').byKey([postJournalsJob])?.['Status'] === 'Waiting';
}

/**
 * Creates the simulated environment. Tokens must be of the audience `http://<Host header>`, because the environment's URL
 * is the audience (section 1).
 */
export function createFoSimulator({ desk, settings, state, tokens }: FoOptions): FoSimulator {
  const store = new FoStore(state, desk.now);
  const events = new BusinessEvents(desk, savedEvents.parse(state)?.businessEvents);
  const announce = (event: BusinessEvent): void => {
    store.onCommit(() => {
      events.publish(event);
    });
  };
  const context: JournalContext = { store, desk, announce };
  let paused: { batch?: boolean; payments?: boolean } = {};
  return {
    system: 'fo',
    route: (request) => guarded(routed(context, settings.fo, request), request, tokens, store),
    snapshot: () => ({ ...store.snapshot(), businessEvents: events.snapshot() }),
    loadMasterData(data) {
      store.loadMaster(parseMasterData(data));
      desk.changed();
    },
    tick() {
      events.tick();
      const now = desk.now().getTime();
      if (now - store.lastBatchMs < settings.fo.batchEveryMs) return;
      store.lastBatchMs = now;
      const posted = paused.batch !== true && isBatchOn(store) && runPostingBatch(context, settings.fo);
      const invoiced = paused.batch !== true && runInvoiceAutomation(context, settings.fo);
      const reversed = paused.payments !== true && runReversals(context, settings.fo.reverseDelayMs ?? 0);
      const paid = paused.payments !== true && runPayments(context, settings.fo);
      if (posted || invoiced || reversed || paid) desk.changed();
    },
    posted: () => postedDocuments(store),
    unposted: () => unpostedJournals(store),
    strayLines: () => strayLines(store),
    paymentProgress: () => paymentProgress(store, (row) => isPayable(context, row, 0)),
    tamper() {
      const description = tamperWithLedger(store);
      if (description !== undefined) desk.changed();
      return description;
    },
    createVendor(company, vendor) {
      store.addVendor(company, parseVendor(vendor));
      desk.changed();
    },
    setUpFaults: () => store.setUpFaults,
    changeSetUpFaults(changes) {
      store.changeSetUpFaults(changes);
      desk.changed();
    },
    businessEvents: () => events.report(),
    activateBusinessEvents(order) {
      events.activate(order);
    },
    close: () => events.close(),
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
