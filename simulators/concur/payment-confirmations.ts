import { Decimal } from 'decimal.js';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { broken } from './admission.js';
import { clearingFault, readClearing, type Clearing } from './clearing-details.js';
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

const operation = 'paymentconfirmations';
const statusAfter: Record<string, string | undefined> = {
  CP: 'PAYMENT_CONFIRMED_SUCCESS',
  RE: 'PAYMENT_CONFIRMED_REVERSED',
  OB: 'PAYMENT_CONFIRMED_OBSOLETE',
};
const processingCodes = ['CP', 'PP', 'RE', 'OB'];

/** `POST …/expense/transactions/paymentconfirmations` (concur-financial-integration.md 5.3, codes 5.2). */
export function confirmPayments(context: ConcurContext, docType: string, request: SimRequest): SimResponse {
  if (docType !== 'expense') {
    return broken(context, operation, 400, `payment confirmation is not supported for ${docType}`);
  }
  const body = parsedBody(request);
  if (!isObject(body)) return broken(context, operation, 400, 'the body is not a JSON object');
  const { systemId, processingConfirmation: confirmations } = body;
  if (!isText(systemId, 50)) {
    return broken(context, operation, 400, 'systemId is missing or longer than 50 characters');
  }
  if (!Array.isArray(confirmations) || confirmations.length === 0 || !confirmations.every(isObject)) {
    return broken(context, operation, 400, 'processingConfirmation is not a filled array of objects');
  }
  const items = answerItems(context, operation, confirmations, {
    run: (call, item: JsonObject) => confirmOne(call, systemId, item),
    failed: (item) => answer(199, idOf(item), 'SYSTEM_ERROR_OCCURRED', null, 'Unknown error. Please try later.'),
  });
  return { status: 200, body: items };
}

function confirmOne(call: ItemCall, systemId: string, item: JsonObject): JsonObject[] {
  const id = idOf(item);
  const fault = shapeFault(item);
  if (fault !== undefined) {
    refused(call, id, fault);
    return [answer(298, id, 'FAILURE', null, fault)];
  }
  const document = call.context.state.documents.get(id);
  if (document === undefined) {
    refused(call, id, 'payment of a document that does not exist (116)');
    return [answer(116, id, 'DOCUMENT_NOT_FOUND', null, 'This document does not exist.')];
  }
  return stateFault(call, document, systemId) ?? payEach(call, document, item);
}

function stateFault(call: ItemCall, document: DocumentRecord, systemId: string): JsonObject[] | undefined {
  const { id, status } = document;
  if (document.docType !== 'expense') {
    refused(call, id, `payment confirmed as expense but is ${document.docType}`);
    return [answer(298, id, 'FAILURE', null, 'This document has another docType.')];
  }
  if (!status.startsWith('POSTING_CONFIRMED_SUCCESS') && !status.startsWith('PAYMENT_CONFIRMED')) {
    refused(call, id, `payment confirmed while the document is ${status}`);
    return [answer(298, id, 'NOT_POSTING_CONFIRMED', null, 'Posting success was not confirmed.')];
  }
  if (systemId !== document.systemId) {
    refused(call, id, `payment with systemId ${systemId}, acknowledged with ${document.systemId ?? 'null'} (99)`);
    return [answer(99, id, 'FAILURE', null, 'The system id differs from the one in FI.')];
  }
  return undefined;
}

/** Each clearing detail is answered by itself; only the status of the item moves the document. */
function payEach(call: ItemCall, document: DocumentRecord, item: JsonObject): JsonObject[] {
  const code = String(item['processingStatusCode']);
  const clearings = (item['clearingDetails'] as unknown[]).map(readClearing);
  const answers = clearings.map((clearing) => payOne(call, document, code, clearing));
  const next = statusAfter[code];
  if (next !== undefined && answers.some((given) => given['code'] === 0)) document.status = next;
  return answers;
}

function payOne(call: ItemCall, document: DocumentRecord, code: string, clearing: Clearing): JsonObject {
  const { paymentRef } = clearing;
  const key = `${document.id}/${paymentRef}`;
  if (document.payments.some((payment) => payment.paymentRef === paymentRef)) {
    repeated(call, key, 'payment confirmed again with the same paymentRef (298 NOOP)');
    return answer(298, document.id, 'NOOP', paymentRef, 'This paymentRef is already known.');
  }
  const isPayment = code === 'CP' || code === 'PP';
  if (isPayment && document.status !== 'POSTING_CONFIRMED_SUCCESS') {
    refused(call, key, `another payment after the document is ${document.status} (213)`);
    return answer(213, document.id, 'FAILURE', paymentRef, 'A payment confirmation was already posted.');
  }
  const fault = isPayment ? amountFault(document, clearing) : undefined;
  if (fault !== undefined) {
    refused(call, key, fault);
    return answer(298, document.id, 'FAILURE', paymentRef, fault);
  }
  document.payments.push({
    status: code,
    amount: clearing.amount.toFixed(),
    currency: clearing.currency,
    paymentRef,
    date: clearing.date,
    ...(clearing.receiverId === undefined ? {} : { receiverId: clearing.receiverId }),
  });
  applied(call, key, `${code} ${clearing.amount.toFixed()} ${clearing.currency}`);
  return answer(0, document.id, 'SUCCESS', paymentRef, null);
}

/** Nobody can have been paid more than was due, neither the employee nor all payees together. */
function amountFault(document: DocumentRecord, clearing: Clearing): string | undefined {
  if (clearing.currency !== document.currency) {
    return `payment in ${clearing.currency}, the report is in ${document.currency}`;
  }
  const total = paidSoFar(document).plus(clearing.amount);
  if (total.gt(document.dueInAll)) return `payments of ${total.toFixed()} exceed the ${document.dueInAll} due in all`;
  const { employee } = document;
  if (employee === undefined || clearing.receiverId !== employee.id) return undefined;
  const toEmployee = paidSoFar(document, employee.id).plus(clearing.amount);
  return toEmployee.gt(employee.due)
    ? `payments of ${toEmployee.toFixed()} exceed the ${employee.due} due to the employee`
    : undefined;
}

function paidSoFar(document: DocumentRecord, receiverId?: string): Decimal {
  return document.payments
    .filter((payment) => payment.status === 'CP' || payment.status === 'PP')
    .filter((payment) => receiverId === undefined || payment.receiverId === receiverId)
    .reduce((total, payment) => total.plus(payment.amount), new Decimal(0));
}

function shapeFault(item: JsonObject): string | undefined {
  const { docId, processingStatusCode: code, clearingDetails } = item;
  if (!isText(docId, 32) || docId === '') return 'docId may not be blank';
  if (typeof code !== 'string' || !processingCodes.includes(code)) {
    return 'processingStatusCode must be CP, PP, RE or OB';
  }
  if (!Array.isArray(clearingDetails) || clearingDetails.length === 0) return 'clearingDetails may not be blank';
  return clearingDetails.map(clearingFault).find((fault) => fault !== undefined);
}

function idOf(item: JsonObject): string {
  return typeof item['docId'] === 'string' ? item['docId'] : '(no docId)';
}

function answer(
  code: number,
  docId: string,
  paymentConfirmationResult: string,
  paymentRef: string | null,
  errorMessage: string | null,
): JsonObject {
  return { code, docId, systemId: null, paymentConfirmationResult, paymentRef, errorMessage, detailMessage: null };
}
