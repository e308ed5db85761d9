import { randomUUID } from 'node:crypto';
import type { Desk, Operation, SimRequest, SimResponse } from '../harness/server.js';
import type { SimulatedService } from '../harness/simulated-service.js';
import type { ConcurMasterData } from '../harness/master-data.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import type { ConcurDocumentState, FaultLevel } from '../harness/types.js';
import { acknowledge } from './acknowledgements.js';
import { broken, expireToken, guarded, unauthorized } from './admission.js';
import { companyControl, routeCompanyService, type CompanyControl } from './company-services.js';
import { openDocumentBodies } from './document-bodies.js';
import { withLedger } from './document-ledger.js';
import { eventOperation } from './ess-routes.js';
import { EventService } from './ess-service.js';
import { defaultEventTiming, emptyEvents } from './ess-state.js';
import { updateInvoicePayments } from './invoice-payments.js';
import { confirmPayments } from './payment-confirmations.js';
import { readPaymentRequest } from './payment-requests.js';
import { confirmPostings } from './posting-confirmations.js';
import { processorReport, resubmitDue, type ProcessorReport } from './processor.js';
import { docTypes, loadDocuments, restoreState, snapshotOf, type ConcurContext } from './state.js';
import { issueToken } from './token-endpoint.js';
import { tokenEvents, type TokenEvents } from './token-events.js';
import { listTransactions } from './transactions.js';

/** The simulated Concur with what the control API may do to it behind the connector's back. */
export interface ConcurSimulator extends SimulatedService {
  loadMasterData(data: ConcurMasterData): void;
  /** Takes the JSON text of `LoadDocuments`; text, because number literals must survive. Known ids are left alone. */
  loadDocuments(json: string): { loaded: number; known: number };
  /** Recalls as a Concur processor does: only while READY or posting-failed. Throws otherwise. */
  recall(id: string): void;
  /** Another consumer of the queue acknowledges first. Throws unless READY. */
  acknowledgeAs(id: string, systemId: string): void;
  documents(): ConcurDocumentState[];
  /** What the processor has still to do, and how many documents are in which status. */
  processor(): ProcessorReport;
  /** What happens to the company's tokens behind the connector's back. */
  tokens: TokenEvents;
  /** Vendors, purchase requests and all else beyond FIS. */
  company: CompanyControl;
  /** The Event Subscription Service. */
  events: EventService;
}

const transactionsPath =
  /^\/financialintegration\/fi\/v4\/companies\/transactiontypes\/([^/]+)\/transactions(?:\/(acknowledgements|postingconfirmations|paymentconfirmations))?$/;
const paymentRequestPath = /^\/api\/v3\.0\/invoice\/paymentrequest\/([^/]+)$/;
const posts = {
  acknowledgements: acknowledge,
  postingconfirmations: confirmPostings,
  paymentconfirmations: confirmPayments,
};

/**
 * Simulates Concur's OAuth2 token endpoint, Financial Integration Service v4, Invoice Payment Confirmation v4 and the read of
 * a payment request. Operation names: `token`, `app-token`, `transactions`, `acknowledgements`, `postingconfirmations`,
 * `paymentconfirmations`, `bulkUpdate`, `paymentrequest`, `unknown`; those of the Event Subscription Service v4 stand in
 * ess-routes.ts, those of vendors, purchasing, reports and people in company-services.ts.
 */
export function createConcurSimulator(options: {
  desk: Desk;
  settings: SimulatorSettings;
  state: unknown;
  /** Level at this moment; without it that of the settings. */
  faultLevel?: () => FaultLevel;
}): ConcurSimulator {
  const { desk, settings, faultLevel = () => settings.faults } = options;
  const bodies = openDocumentBodies(settings.stateFolder);
  const state = restoreState(options.state, bodies);
  const timing = settings.concur.events ?? defaultEventTiming;
  const events = new EventService({ desk, state: (state.events ??= emptyEvents()), timing, faultLevel });
  const context: ConcurContext = {
    desk,
    state,
    events,
    bodies,
    accessTokenSeconds: settings.concur.accessTokenSeconds,
    extractedLagMs: settings.concur.extractedLagMs ?? 300,
    correctionLagMs: settings.concur.correctionLagMs ?? 1_000,
  };
  return {
    system: 'concur',
    route: (request) => correlated(route(context, request)),
    snapshot: () => snapshotOf(context.state),
    loadMasterData: (data) => {
      context.state.masterData = data;
      context.state.requestTokenAt = desk.now().toISOString();
      desk.changed();
    },
    loadDocuments: (json) => loadDocuments(context, json),
    recall: (id) => {
      recall(context, id);
    },
    acknowledgeAs: (id, systemId) => {
      acknowledgeAs(context, id, systemId);
    },
    documents: () => [...context.state.documents.values()].map((document) => withLedger(context, document)),
    processor: () => processorReport(context),
    tokens: tokenEvents(context),
    company: companyControl(context),
    events,
    tick: () => {
      resubmitDue(context);
      events.tick();
    },
    close: () => events.close(),
    expireToken: (request) => {
      expireToken(context, request);
    },
    unauthorized,
    faultBody,
  };
}

function route(context: ConcurContext, request: SimRequest): Operation {
  const { method, path } = request;
  if (path === '/oauth2/v0/token') {
    const execute = (): SimResponse =>
      method === 'POST' ? issueToken(context, request) : broken(context, 'token', 405, `${method} is not allowed`);
    // The app token serves events only; calls and losses of the company's tokens are counted apart from it.
    const isApp = new URLSearchParams(request.body).get('grant_type') === 'client_credentials';
    return { name: isApp ? 'app-token' : 'token', kind: 'write', execute };
  }
  if (path === '/invoice/payment-confirmation/v4/payments/bulkUpdate' && method === 'POST') {
    return guarded(context, request, 'bulkUpdate', 'invoice.paymentconfirmation.write', () =>
      updateInvoicePayments(context, request),
    );
  }
  const [, requestId] = paymentRequestPath.exec(path) ?? [];
  if (requestId !== undefined && method === 'GET') {
    return guarded(context, request, 'paymentrequest', 'INVPMT', () => readPaymentRequest(context, requestId, request));
  }
  const eventService = eventOperation(context, request);
  if (eventService !== undefined) return eventService;
  const companyService = routeCompanyService(context, request);
  if (companyService !== undefined) return companyService;
  const [, docType, action] = transactionsPath.exec(path) ?? [];
  return docType === undefined ? unknownAddress(context, request) : fisOperation(context, request, docType, action);
}

function fisOperation(
  context: ConcurContext,
  request: SimRequest,
  docType: string,
  action: string | undefined,
): Operation {
  const name = action ?? 'transactions';
  const { method } = request;
  return guarded(context, request, name, 'FISVC', () => {
    if (!docTypes.some((known) => known === docType)) {
      return broken(context, name, 404, `docType ${docType} is none of ours and must never be touched`);
    }
    if (action === undefined) {
      if (method === 'GET') return listTransactions(context, docType, request);
    } else if (method === 'POST') {
      return posts[action as keyof typeof posts](context, docType, request);
    }
    return broken(context, name, 405, `${method} is not allowed on ${request.path}`);
  });
}

/** A read of something that does not exist is only a 404; a write that this integration must never make is a violation. */
function unknownAddress(context: ConcurContext, request: SimRequest): Operation {
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  return {
    name: 'unknown',
    kind: isRead ? 'read' : 'write',
    execute: () =>
      isRead
        ? { status: 404, body: { message: 'Not Found' } }
        : broken(context, 'unknown', 404, `${request.method} ${request.path} must never be called`),
  };
}

function recall(context: ConcurContext, id: string): void {
  const document = context.state.documents.get(id);
  if (document?.status === 'READY') document.status = 'RECALLED';
  // After a failed posting the old document keeps its status; the corrected report comes as a new document.
  else if (document?.status !== 'POSTING_CONFIRMED_FAILURE') {
    throw new Error(`${id} is ${document?.status ?? 'unknown'} and cannot be recalled`);
  }
  context.desk.changed();
}

function acknowledgeAs(context: ConcurContext, id: string, systemId: string): void {
  const document = context.state.documents.get(id);
  if (document?.status !== 'READY') throw new Error(`${id} is ${document?.status ?? 'unknown'}, not READY`);
  document.status = 'ACKNOWLEDGED';
  document.systemId = systemId;
  context.desk.changed();
}

/** Every answer carries Concur's correlation id. */
function correlated(operation: Operation): Operation {
  return {
    ...operation,
    execute: () => {
      const response = operation.execute();
      return { ...response, headers: { 'concur-correlationid': randomUUID(), ...response.headers } };
    },
  };
}

/** Concur answers overload in JSON, with 429 or with a 400 of the older kind (FIS spec 2.1), and maintenance in HTML. */
function faultBody(status: number): unknown {
  if (status === 503) return '<html><body><h1>Service Unavailable</h1></body></html>';
  if (status === 429) return { message: 'Too many requests' };
  const Message = status === 400 ? 'Request limit exceeded. Please slow down.' : 'An unexpected error occurred.';
  return { StatusCode: status, Content: { Error: { Message, 'Server-Time': '', Id: randomUUID() } } };
}
