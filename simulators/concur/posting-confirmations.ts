import type { SimRequest, SimResponse } from '../harness/server.js';
import { broken } from './admission.js';
import {
  answerItems,
  applied,
  isObject,
  isText,
  parsedBody,
  refused,
  repeated,
  type ItemCall,
  type JsonObject,
} from './post-body.js';
import type { ConcurContext, DocumentRecord } from './state.js';

const operation = 'postingconfirmations';

/** `POST …/{docType}/transactions/postingconfirmations` (concur-financial-integration.md 5.1, codes 5.2). */
export function confirmPostings(context: ConcurContext, docType: string, request: SimRequest): SimResponse {
  const body = parsedBody(request);
  if (!isObject(body)) return broken(context, operation, 400, 'the body is not a JSON object');
  const { systemId, postingConfirmations: confirmations } = body;
  if (!isText(systemId, 50)) {
    return broken(context, operation, 400, 'systemId is missing or longer than 50 characters');
  }
  if (!Array.isArray(confirmations) || confirmations.length === 0 || !confirmations.every(isObject)) {
    return broken(context, operation, 400, 'postingConfirmations is not a filled array of objects');
  }
  const items = answerItems(context, operation, confirmations, {
    run: (call, item: JsonObject) => [confirmOne(call, docType, systemId, item)],
    failed: (item) => answer(199, idOf(item), null, 'SYSTEM_ERROR_OCCURRED', 'Unknown error. Please try later.'),
  });
  return { status: 200, body: items };
}

function confirmOne(call: ItemCall, docType: string, systemId: string, item: JsonObject): JsonObject {
  const id = idOf(item);
  const fault = shapeFault(item);
  if (fault !== undefined) {
    refused(call, id, fault);
    return answer(198, id, null, 'FAILURE', fault);
  }
  const document = call.context.state.documents.get(id);
  if (document === undefined) {
    refused(call, id, 'confirmed a document that does not exist (116)');
    return answer(116, id, null, 'FAILURE', 'This document does not exist.');
  }
  if (document.docType !== docType) {
    refused(call, id, `confirmed as ${docType} but is ${document.docType} (115)`);
    return answer(115, id, document.systemId, 'FAILURE', 'This document has another docType.');
  }
  return stateFault(call, document, systemId, item) ?? record(call, document, item);
}

function stateFault(
  call: ItemCall,
  document: DocumentRecord,
  systemId: string,
  item: JsonObject,
): JsonObject | undefined {
  const { id, status } = document;
  if (status === 'READY') {
    refused(call, id, 'posting confirmed before the acknowledgement (111)');
    return answer(111, id, null, 'NOT_YET_ACKNOWLEDGED', 'This document was not acknowledged.');
  }
  if (status === 'RECALLED') {
    refused(call, id, 'posting confirmed of a recalled document (112)');
    return answer(112, id, null, 'WAS_RECALLED', 'This document was recalled.');
  }
  if (systemId !== document.systemId) {
    refused(call, id, `confirmed with systemId ${systemId}, acknowledged with ${document.systemId ?? 'null'} (99)`);
    return answer(99, id, document.systemId, 'FAILURE', 'The system id differs from the one in FI.');
  }
  if (status === 'ACKNOWLEDGED') return undefined;
  const before = status === 'POSTING_CONFIRMED_FAILURE' ? 'error' : 'success';
  if (item['overallPostingStatusCode'] === before) repeated(call, id, 'posting confirmed again (113)');
  else refused(call, id, `posting confirmed as ${String(item['overallPostingStatusCode'])} after ${before} (113)`);
  return answer(113, id, document.systemId, 'FAILURE', 'A posting confirmation was already posted.');
}

function record(call: ItemCall, document: DocumentRecord, item: JsonObject): JsonObject {
  const isSuccess = item['overallPostingStatusCode'] === 'success';
  document.status = isSuccess ? 'POSTING_CONFIRMED_SUCCESS' : 'POSTING_CONFIRMED_FAILURE';
  document.postingDocs = (item['postingDocs'] as JsonObject[]).map((posting) => ({
    companyId: String(posting['companyId']),
    documentNumber: textOr(posting['documentNumber'], ''),
    ...(typeof posting['fiscalYear'] === 'string' ? { fiscalYear: posting['fiscalYear'] } : {}),
    ...(typeof posting['postingDate'] === 'string' ? { postingDate: posting['postingDate'] } : {}),
  }));
  if (isSuccess) document.confirmedAt = call.context.desk.now().toISOString();
  applied(call, document.id, isSuccess ? 'success' : 'error');
  return answer(0, document.id, document.systemId, 'SUCCESS', '');
}

/** What is wrong with the item's shape, in the service's words where they are known. */
function shapeFault(item: JsonObject): string | undefined {
  const { docId, overallPostingStatusCode: code, postingDocs, systemMessages } = item;
  if (!isText(docId, 32) || docId === '') return 'docId may not be blank';
  if (code !== 'success' && code !== 'error') return 'overallPostingStatusCode must be success or error';
  if (postingDocs === undefined || postingDocs === null) return 'postingDocs may not be blank';
  if (!Array.isArray(postingDocs)) return 'postingDocs must be an array';
  if (!Array.isArray(systemMessages)) return 'systemMessages may not be blank';
  if (code === 'error' && systemMessages.length === 0) return 'an error needs a message for the employee';
  if (code === 'error' && postingDocs.length > 0) return 'an error must not name posted documents';
  for (const posting of postingDocs) {
    const fault = postingFault(posting);
    if (fault !== undefined) return fault;
  }
  return systemMessages.every(isMessage) ? undefined : 'a system message is malformed';
}

function postingFault(posting: unknown): string | undefined {
  if (!isObject(posting)) return 'a posting document must be an object';
  const { companyId, documentNumber, fiscalYear, postingDate, paymentRelevantLineItems } = posting;
  if (!isText(companyId, 32) || companyId === '') return 'companyId may not be blank or longer than 32';
  if (documentNumber !== undefined && !isText(documentNumber, 80)) return 'documentNumber must be a string up to 80';
  if (fiscalYear !== undefined && !isText(fiscalYear, 4)) return 'fiscalYear must be a string';
  if (paymentRelevantLineItems !== undefined && !Array.isArray(paymentRelevantLineItems)) {
    return 'paymentRelevantLineItems must be an array';
  }
  const isDate = postingDate === undefined || (isText(postingDate, 10) && /^\d{4}-\d{2}-\d{2}$/.test(postingDate));
  return isDate ? undefined : 'postingDate must be YYYY-MM-DD';
}

function isMessage(message: unknown): boolean {
  if (!isObject(message)) return false;
  const { concurTransactionLineItemId, messageId, messageLanguage, messageShortText, messageLongText } = message;
  const texts = [concurTransactionLineItemId, messageId, messageLanguage, messageShortText, messageLongText];
  return texts.every((text) => text === undefined || isText(text, 1_300));
}

function idOf(item: JsonObject): string {
  return textOr(item['docId'], '(no docId)');
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

function answer(code: number, docId: string, systemId: string | null, result: string, message: string): JsonObject {
  return { code, docId, systemId, postingConfirmationResult: result, errorMessage: message, detailMessage: null };
}
