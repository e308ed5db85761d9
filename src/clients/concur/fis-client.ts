import { z } from 'zod';
import { ContractViolation } from '../http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../http/types.js';
import { concurCall, concurRefusal, parseAnswer } from './concur-answers.js';
import {
  paymentConfirmationBody,
  postingConfirmationBody,
  type PaymentConfirmation,
  type PostingConfirmation,
} from './confirmations.js';
import { readFiPage, type FiDocument, type FiPage, type FisDocType } from './fi-documents.js';

export type {
  Clearing,
  PaymentConfirmation,
  PostedDocument,
  PostingConfirmation,
  PostingMessage,
} from './confirmations.js';
export type { FiDocument, FiPage, FisDocType, UnreadableDocument } from './fi-documents.js';

/** One page of the ready queue; the queue shifts while documents are acknowledged (FIS spec 3.4). */
export interface FisReadyPage extends FiPage {
  /** Whether no page follows this one. */
  isLast: boolean;
}

/** Concur's answer for one document; its meaning is `meaningOf(phase, code, result)`. */
export interface FisItem {
  docId: string;
  code: number;
  /** `SUCCESS`, `FAILURE`, … as Concur wrote it; empty where absent. */
  result: string;
  /** Concur's text, for people; it may name a system id. */
  message: string;
  systemId?: string;
  paymentRef?: string;
}

/**
 * The four operations of the Financial Integration Service v4. All throw the errors of `HttpClient.send` and
 * `Unauthorized` (403), `Rejected`, `ContractViolation`; reads throw `Unavailable` for 400 and 202, writes
 * `OutcomeUnknown` for 202. A POST resolves with one item per document that Concur answered for: a document without an
 * item has an unknown outcome, which the caller must notice. All may be called twice; the codes tell.
 */
export interface FisClient {
  /** Documents in status READY; `page` counts from zero. */
  listReady(query: { docType: FisDocType; page: number; limit: number; signal?: AbortSignal }): Promise<FisReadyPage>;
  /** All FI documents of a report, invoice or advance, in any status: none, one, or several after a failed posting. */
  findByBusinessId(query: { docType: FisDocType; businessId: string; signal?: AbortSignal }): Promise<FiDocument[]>;
  /** Takes documents off the queue and locks them in Concur. `ids` are FI document ids. */
  acknowledge(call: { docType: FisDocType; systemId: string; ids: string[]; signal?: AbortSignal }): Promise<FisItem[]>;
  /** Reports the posting in the ERP; a success cannot be taken back. */
  confirmPosting(call: {
    docType: FisDocType;
    systemId: string;
    confirmations: PostingConfirmation[];
    signal?: AbortSignal;
  }): Promise<FisItem[]>;
  /** Reports payments of expense documents, the only type that has this operation. */
  confirmPayment(call: {
    systemId: string;
    confirmations: PaymentConfirmation[];
    signal?: AbortSignal;
  }): Promise<FisItem[]>;
}

/** Concur answers within 60 s or not at all (FIS spec 2.1); a search by id needs no more than one page. */
const FIND_LIMIT = 25;
const SYSTEM_ID_LIMIT = 50;

const wireItemSchema = z.object({
  docId: z.string().min(1),
  code: z.string().transform(Number).pipe(z.number().int()),
  acknowledgeResult: z.string().nullish(),
  postingConfirmationResult: z.string().nullish(),
  paymentConfirmationResult: z.string().nullish(),
  errorMessage: z.string().nullish(),
  detailMessage: z.string().nullish().catch(undefined),
  systemId: z.string().nullish(),
  paymentRef: z.string().nullish(),
});

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createFisClient(http: HttpClient): FisClient {
  return {
    async listReady({ docType, page, limit, signal }) {
      const query = { page: String(page), limit: String(limit) };
      const found = await read(http, 'fis.list', docType, query, signal);
      const received = found.documents.length + found.unreadable.length;
      // Without page numbers (older envelope) a full page may have a successor.
      const isLast =
        received === 0 || (found.totalPages === undefined ? received < limit : page + 1 >= found.totalPages);
      return { ...found, isLast };
    },
    async findByBusinessId({ docType, businessId, signal }) {
      const query = { docId: businessId, ignoreDocumentStatus: 'yes', page: '0', limit: String(FIND_LIMIT) };
      const { documents, unreadable } = await read(http, 'fis.find', docType, query, signal);
      const [first] = unreadable;
      if (first === undefined) return documents;
      // Left out silently, a document would seem not to exist.
      const call = { system: 'concur', operation: 'fis.find' };
      throw new ContractViolation(`Concur fis.find answered a document that cannot be read: ${first.problem}.`, call);
    },
    async acknowledge({ docType, systemId, ids, signal }) {
      const body = { systemId: checked(systemId), ids };
      return write(http, 'fis.acknowledge', `${transactionsPath(docType)}/acknowledgements`, body, signal);
    },
    async confirmPosting({ docType, systemId, confirmations, signal }) {
      const body = { systemId: checked(systemId), postingConfirmations: confirmations.map(postingConfirmationBody) };
      return write(http, 'fis.confirm-posting', `${transactionsPath(docType)}/postingconfirmations`, body, signal);
    },
    async confirmPayment({ systemId, confirmations, signal }) {
      const body = { systemId: checked(systemId), processingConfirmation: confirmations.map(paymentConfirmationBody) };
      return write(http, 'fis.confirm-payment', `${transactionsPath('expense')}/paymentconfirmations`, body, signal);
    },
  };
}

function transactionsPath(docType: FisDocType): string {
  return `/financialintegration/fi/v4/companies/transactiontypes/${docType}/transactions`;
}

async function read(
  http: HttpClient,
  operation: string,
  docType: FisDocType,
  query: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<FiPage> {
  const request: HttpRequest = { operation, method: 'GET', path: transactionsPath(docType), query, kind: 'read' };
  const headers = { accept: 'application/json', documentformatas: 'json' };
  const response = await http.send({ ...request, headers, ...(signal === undefined ? {} : { signal }) });
  if (response.status !== 200) throw concurRefusal('read', concurCall(operation, response));
  return readFiPage(response.text, docType, concurCall(operation, response));
}

async function write(
  http: HttpClient,
  operation: string,
  path: string,
  json: unknown,
  signal: AbortSignal | undefined,
): Promise<FisItem[]> {
  const request: HttpRequest = { operation, method: 'POST', path, json, kind: 'write' };
  const headers = { accept: 'application/json' };
  const response = await http.send({ ...request, headers, ...(signal === undefined ? {} : { signal }) });
  if (response.status !== 200) throw concurRefusal('write', concurCall(operation, response));
  return readItems(response, operation);
}

/** Items that name no document or no code cannot be matched: they count as missing, which is an unknown outcome. */
function readItems(response: HttpResponse, operation: string): FisItem[] {
  const items = parseAnswer(z.array(z.unknown()), response.json(), concurCall(operation, response));
  return items.flatMap((value) => {
    const item = wireItemSchema.safeParse(value);
    if (!item.success) return [];
    const { docId, code, systemId, paymentRef, errorMessage, detailMessage } = item.data;
    const result =
      item.data.acknowledgeResult ?? item.data.postingConfirmationResult ?? item.data.paymentConfirmationResult ?? '';
    return [
      {
        docId,
        code,
        result,
        message: [errorMessage, detailMessage].find((text) => text !== undefined && text !== null && text !== '') ?? '',
        ...(systemId === undefined || systemId === null ? {} : { systemId }),
        ...(paymentRef === undefined || paymentRef === null ? {} : { paymentRef }),
      },
    ];
  });
}

/** An empty `systemId` makes code 101 undecidable (trap 8). */
function checked(systemId: string): string {
  if (systemId === '' || systemId.length > SYSTEM_ID_LIMIT) throw new RangeError('systemId has 1 to 50 characters');
  return systemId;
}
