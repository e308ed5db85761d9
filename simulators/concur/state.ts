import { parse, stringify } from 'lossless-json';
import type { Desk } from '../harness/server.js';
import type { ConcurDocumentState, ConcurMasterData } from '../harness/types.js';
import type { DocumentBodies } from './document-bodies.js';
import { documentFacts } from './document-facts.js';
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
  employee?: { id: string; due: string };
  payMethodType?: string;
}

/** State of the simulated Concur. */
export interface ConcurState {
  masterData: ConcurMasterData | undefined;
  /** When the administrator made the request token. */
  requestTokenAt: string | undefined;
  tokens: TokenState;
  documents: Map<string, DocumentRecord>;
}

/** What the handlers of all Concur services share. */
export interface ConcurContext {
  desk: Desk;
  state: ConcurState;
  bodies: DocumentBodies;
  accessTokenSeconds: number;
  extractedLagMs: number;
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
  return { ...rest, documents: new Map(complete.map((document) => [document.id, document])) };
}

/**
 * Loads the body of `POST /control/concur/documents` (type LoadDocuments) given as JSON text, so that number literals
 * survive. New documents become READY; known ids are left alone. Throws on a document that Concur would never deliver.
 */
export function loadDocuments(context: ConcurContext, json: string): { loaded: number; known: number } {
  const { documents } = parse(json) as { documents: LoadedDocument[] };
  const fresh = documents.filter(({ id }) => !context.state.documents.has(id));
  const records = fresh.map((loaded) => ({ record: readyRecord(loaded), raw: rawText(loaded.document) }));
  for (const { record, raw } of records) {
    context.bodies.add(record.id, raw);
    context.state.documents.set(record.id, record);
  }
  context.desk.changed();
  return { loaded: fresh.length, known: documents.length - fresh.length };
}

/** The document of this business id that was posted last, for services that know no FI document id. */
export function postedInvoice(state: ConcurState, requestId: string): DocumentRecord | undefined {
  const invoices = [...state.documents.values()].filter(
    (document) => document.docType === 'invoice' && document.businessId === requestId,
  );
  return invoices.find((document) => document.status === 'POSTING_CONFIRMED_SUCCESS') ?? invoices.at(-1);
}

interface LoadedDocument {
  docType: string;
  id: string;
  document: unknown;
  companyId?: string;
  entityId?: string;
  expected?: string;
  planted?: string;
}

function readyRecord(loaded: LoadedDocument): DocumentRecord {
  if (!/^[0-9a-f]{32}$/.test(loaded.id)) throw new Error(`${loaded.id} is not an FI document id (32 hex, lower case)`);
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
    ...documentFacts(loaded.docType, rawText(loaded.document)),
    ...(loaded.expected === undefined ? {} : { expected: loaded.expected }),
    ...(loaded.planted === undefined ? {} : { planted: loaded.planted }),
  };
}

function rawText(document: unknown): string {
  const raw = stringify(document);
  if (raw === undefined) throw new Error('a document is missing');
  return raw;
}
