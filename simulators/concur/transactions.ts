import { hashOf } from '../harness/random.js';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { broken } from './admission.js';
import { recallListed } from './processor.js';
import type { ConcurContext, DocumentRecord } from './state.js';

/** The published examples show such a host; who follows the links leaves the simulator and fails. */
const foreignHost = 'https://internal-fis.concur.invalid';
const defaultLimit = 25;

/** `GET …/{docType}/transactions` (concur-financial-integration.md 3). */
export function listTransactions(context: ConcurContext, docType: string, request: SimRequest): SimResponse {
  const { query, headers } = request;
  const page = wholeNumber(query.get('page'), 0, 0);
  const limit = wholeNumber(query.get('limit'), defaultLimit, 1);
  if (page === undefined || limit === undefined) {
    return broken(context, 'transactions', 400, `page or limit is not a number: ${request.rawUrl}`);
  }
  const found = matching(context, docType, query);
  // The header is not always heeded (concur-financial-integration.md 3.1).
  const wantsText = String(headers['documentformatas'] ?? 'json').toLowerCase() === 'text';
  const asText = context.desk.itemFault('document-as-text', 'transactions') || wantsText;
  const listed = found.slice(page * limit, (page + 1) * limit);
  const content = listed.map((document) => transactionJson(context, document, asText));
  const isOlder = context.desk.itemFault('older-envelope', 'transactions');
  const body = isOlder ? olderEnvelope(content) : envelope(content, docType, { page, limit, found: found.length });
  if (query.get('docId') === null) recallListed(context, listed);
  return { status: 200, headers: { 'content-type': 'application/json;charset=UTF-8' }, body };
}

function envelope(content: string[], docType: string, of: { page: number; limit: number; found: number }): string {
  const { page, limit, found } = of;
  const totalPages = Math.ceil(found / limit);
  const links = JSON.stringify(pageLinks(docType, page, limit, totalPages));
  const sizes = JSON.stringify({ size: limit, totalElements: found, totalPages, number: page });
  return `{"content":[${content.join(',')}],"links":${links},"page":${sizes}}`;
}

/** The envelope of all published example files: it says nothing about further pages (3.3). */
function olderEnvelope(content: string[]): string {
  return `{"fIDocuments":[${content.join(',')}],"offset":null,"nextPage":null,"numberReturned":${String(content.length)}}`;
}

/** READY documents, or those of one business id; the order is none that a client could rely on. */
function matching(context: ConcurContext, docType: string, query: URLSearchParams): DocumentRecord[] {
  const businessId = query.get('docId');
  const systemId = query.get('systemId');
  // Without docId the parameter is silently treated as `no`.
  const anyStatus = businessId !== null && query.get('ignoreDocumentStatus')?.toLowerCase() === 'yes';
  return [...context.state.documents.values()]
    .filter((document) => document.docType === docType)
    .filter((document) => anyStatus || document.status === 'READY')
    .filter((document) => businessId === null || document.businessId === businessId)
    .filter((document) => systemId === null || document.systemId === systemId)
    .map((document) => ({ document, order: hashOf(document.id) }))
    .sort((left, right) => left.order - right.order)
    .map(({ document }) => document);
}

/** One element of `content`, put together as text so that the document's number literals stay as they are. */
function transactionJson(context: ConcurContext, document: DocumentRecord, asText: boolean): string {
  const raw = context.bodies.get(document.id) ?? 'null';
  const envelope = JSON.stringify({
    id: document.id,
    docType: document.docType,
    companyId: document.companyId,
    entityId: document.entityId,
    companyUuid: context.state.masterData?.companyUuid ?? null,
    erpSystemId: document.systemId,
    docStatus: document.status,
  });
  return `${envelope.slice(0, -1)},"document":${asText ? JSON.stringify(raw) : raw},"links":[]}`;
}

function pageLinks(docType: string, page: number, limit: number, totalPages: number): unknown[] {
  const link = (rel: string, number: number): unknown => ({
    rel,
    href: `${foreignHost}/fi/v4/companies/transactiontypes/${docType}/transactions?limit=${String(limit)}&page=${String(number)}&size=${String(limit)}`,
    hreflang: null,
    media: null,
    title: null,
    type: null,
    deprecation: null,
  });
  return [
    link('first', 0),
    link('self', page),
    ...(page + 1 < totalPages ? [link('next', page + 1)] : []),
    link('last', Math.max(totalPages - 1, 0)),
  ];
}

function wholeNumber(text: string | null, fallback: number, least: number): number | undefined {
  if (text === null) return fallback;
  return /^\d{1,6}$/.test(text) && Number(text) >= least ? Number(text) : undefined;
}
