import { parse, stringify } from 'lossless-json';
import type { Desk } from '../harness/server.js';
import type { ConcurMasterData, LoadDocuments } from '../harness/master-data.js';
import type { ConcurDocumentState } from '../harness/types.js';
import type { CompanyState } from './company-state.js';
import type { DocumentBodies } from './document-bodies.js';
import { documentFacts } from './document-facts.js';
import type { EventService } from './ess-service.js';
import type { EventState } from './ess-state.js';
import { emptyTokens, type TokenState } from './token-state.js';

/** One financial document with what the service needs besides the state that the journal shows. */
export interface DocumentRecord extends ConcurDocumentState {
  companyId: string;
  entityId: string;
  /** The `systemId` that last handled the document. */
  systemId: string | null;
  /** When posting success was confirmed; an invoice is Extracted shortly after. */
  confirmedAt?: string;
  dueInAll: string;
  payMethodType?: string;
  /** The processor takes it back once a client has seen it. */
  recallBefore?: true;
  /** When the corrected document is due, in milliseconds since 1970; set when the old one has failed or was recalled. */
  resubmitAt?: number;
}

/** State of the simulated Concur. */
export interface ConcurState {
  masterData: ConcurMasterData | undefined;
  /** When the administrator made the request token. */
  requestTokenAt: string | undefined;
  tokens: TokenState;
  documents: Map<string, DocumentRecord>;
  /** Services beyond FIS; absent until one of them is used. */
  company?: CompanyState;
  /** Subscriptions and deliveries; absent in states of simulators that knew no events. */
  events?: EventState;
}

/** What the handlers of all Concur services share. */
export interface ConcurContext {
  desk: Desk;
  state: ConcurState;
  bodies: DocumentBodies;
  accessTokenSeconds: number;
  extractedLagMs: number;
  /** From a failed posting or a recall to the corrected document. */
  correctionLagMs: number;
  events: EventService;
}

/** The three document types that this integration may touch. */
export const docTypes = ['expense', 'invoice', 'cashadvance'] as const;

interface SavedState extends Omit<ConcurState, 'documents'> {
  documents: DocumentRecord[];
}

/** JSON-safe copy for the state file. */
export function snapshotOf(state: ConcurState): unknown {
  return { ...state, documents: [...state.documents.values()] };
}

/** State of an earlier run, or an empty one. Documents whose body was lost in a crash are forgotten. */
export function restoreState(saved: unknown, bodies: DocumentBodies): ConcurState {
  if (saved === undefined) {
    return { masterData: undefined, requestTokenAt: undefined, tokens: emptyTokens(), documents: new Map() };
  }
  const { documents, ...rest } = saved as SavedState;
  const complete = documents.filter((document) => bodies.get(document.id) !== undefined);
  const tokens = { ...emptyTokens(), ...rest.tokens };
  return { ...rest, tokens, documents: new Map(complete.map((document) => [document.id, document])) };
}

/**
 * Loads the body of `POST /control/concur/documents` (type LoadDocuments) given as JSON text, so that number literals
 * survive. New documents become READY; known ids are left alone. Throws on a document that Concur would never deliver.
 */
export function loadDocuments(context: ConcurContext, json: string): { loaded: number; known: number } {
  const { documents } = parse(json) as { documents: LoadedDocument[] };
  const fresh = documents.filter(({ id }) => !context.state.documents.has(id));
  const records = fresh.map((loaded) => ({ loaded, record: readyRecord(loaded) }));
  for (const { loaded, record } of records) {
    context.bodies.add(record.id, rawText(loaded.document));
    if (loaded.corrected !== undefined) context.bodies.add(loaded.corrected.id, rawText(loaded.corrected.document));
    enqueue(context, record);
  }
  context.desk.changed();
  return { loaded: fresh.length, known: documents.length - fresh.length };
}

/** Puts a document into the queue: whoever subscribed to it hears of it. Its body must have been kept before. */
export function enqueue(context: ConcurContext, record: DocumentRecord): void {
  context.state.documents.set(record.id, record);
  context.events.documentReady(record, context.state.masterData?.companyUuid ?? '');
}

/** The document of this business id that was posted last, for services that know no FI document id. */
export function postedInvoice(state: ConcurState, requestId: string): DocumentRecord | undefined {
  const invoices = [...state.documents.values()].filter(
    (document) => document.docType === 'invoice' && document.businessId === requestId,
  );
  return invoices.find((document) => document.status === 'POSTING_CONFIRMED_SUCCESS') ?? invoices.at(-1);
}

type LoadedDocument = LoadDocuments['documents'][number];

function readyRecord(loaded: LoadedDocument): DocumentRecord {
  checkId(loaded.id);
  const facts = documentFacts(loaded.docType, rawText(loaded.document));
  if (loaded.corrected !== undefined) checkCorrection(loaded, loaded.corrected, facts.businessId);
  return {
    id: loaded.id,
    docType: loaded.docType,
    status: 'READY',
    companyId: loaded.companyId ?? '100200',
    entityId: loaded.entityId ?? 'p0000000sand',
    systemId: null,
    postingDocs: [],
    payments: [],
    invoicePayments: [],
    ...facts,
    ...(loaded.expected === undefined ? {} : { expected: loaded.expected }),
    ...(loaded.planted === undefined ? {} : { planted: loaded.planted }),
    ...(loaded.corrected === undefined ? {} : { corrected: loaded.corrected.id }),
    ...(loaded.recallBefore === true ? { recallBefore: true } : {}),
  };
}

function checkId(id: string): void {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new Error(`${id} is not an FI document id (32 hex, lower case)`);
}

/** A corrected report is a new document of the same report (concur-financial-integration.md 6). */
function checkCorrection(
  loaded: LoadedDocument,
  corrected: { id: string; document: unknown },
  businessId: string,
): void {
  checkId(corrected.id);
  const facts = documentFacts(loaded.docType, rawText(corrected.document));
  if (corrected.id === loaded.id) throw new Error(`the correction of ${loaded.id} needs an id of its own`);
  if (facts.businessId !== businessId) throw new Error(`the correction of ${loaded.id} has another business id`);
}

function rawText(document: unknown): string {
  const raw = stringify(document);
  if (raw === undefined) throw new Error('a document is missing');
  return raw;
}
