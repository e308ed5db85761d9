import { stringify } from 'lossless-json';
import { shuffled } from '../harness/random.js';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { paidByConcur, payMethodOf } from './company-book.js';
import {
  applied,
  decimalOf,
  isObject,
  isText,
  parsedBody,
  refused,
  repeated,
  type ItemCall,
  type JsonObject,
} from './post-body.js';
import { extractedAt } from './payment-requests.js';
import { postedInvoice, type ConcurContext, type DocumentRecord } from './state.js';

const operation = 'bulkUpdate';
const notExtracted = 'Request does not have a Payment Status of Extracted';

/** `POST /invoice/payment-confirmation/v4/payments/bulkUpdate` (concur-platform.md 4.3). */
export function updateInvoicePayments(context: ConcurContext, request: SimRequest): SimResponse {
  const body = parsedBody(request);
  if (!Array.isArray(body) || body.length === 0 || !body.every(isObject)) {
    const errorMessage = 'the body must be a bare, filled array of objects';
    context.desk.violation(operation, errorMessage);
    return { status: 400, body: { errors: [{ errorCode: 'BAD_REQUEST', errorMessage }] } };
  }
  const ids = body.map((item) => item['requestId']);
  if (new Set(ids).size < ids.length) context.desk.violation(operation, 'a requestId stands twice in one call');
  const successes: JsonObject[] = [];
  const failures: JsonObject[] = [];
  for (const item of body) {
    const lost = context.desk.itemFault('item-missing', operation);
    const failed = context.desk.itemFault('item-failure', operation);
    const errorMessage = failed ? 'Internal error, please try again' : updateOne({ context, operation, lost }, item);
    if (lost) continue;
    if (errorMessage === undefined) successes.push(item);
    else failures.push({ ...item, errorMessage });
  }
  context.desk.changed();
  return answer(shuffled(successes, context.desk.random), shuffled(failures, context.desk.random));
}

/** Does the work of one item and says why it failed, or undefined when it did not. */
function updateOne(call: ItemCall, item: JsonObject): string | undefined {
  const { requestId } = item;
  if (!isText(requestId, 20) || requestId === '') {
    refused(call, '(no requestId)', 'requestId is missing');
    return 'Missing parameter requestId/invoiceNumber';
  }
  const document = postedInvoice(call.context.state, requestId);
  if (document === undefined) {
    refused(call, requestId, 'no such invoice');
    return `No request found for requestId ${requestId}`;
  }
  const fault = shapeFault(call.context, item, document);
  if (fault !== undefined) {
    refused(call, requestId, fault);
    return fault;
  }
  const status = item['paymentStatus'] as 'PAID' | 'VOID' | 'CANCEL';
  return status === 'PAID' ? pay(call, document, item) : takeBack(call, document, item, status);
}

function pay(call: ItemCall, document: DocumentRecord, item: JsonObject): string | undefined {
  const key = document.businessId;
  if (document.invoicePayments.at(-1)?.paymentStatus === 'PAID') {
    repeated(call, key, 'invoice confirmed as paid again');
    return notExtracted;
  }
  if (document.status !== 'POSTING_CONFIRMED_SUCCESS') {
    refused(call, key, `invoice confirmed as paid while it is ${document.status}`);
    return notExtracted;
  }
  if (call.context.desk.now().getTime() < extractedAt(call.context, document)) return notExtracted;
  addPayment(document, item, 'PAID');
  applied(call, key, `PAID ${document.invoicePayments.at(-1)?.paymentAmount ?? ''}`);
  return undefined;
}

function takeBack(call: ItemCall, document: DocumentRecord, item: JsonObject, status: string): string | undefined {
  const key = `${document.businessId}/${status}`;
  const last = document.invoicePayments.at(-1);
  if (last?.paymentStatus !== 'PAID') {
    refused(call, key, `${status} of an invoice that is not paid`);
    return notExtracted;
  }
  addPayment(document, item, status);
  applied(call, key, status);
  return undefined;
}

function addPayment(document: DocumentRecord, item: JsonObject, paymentStatus: string): void {
  document.invoicePayments.push({
    paymentStatus,
    paymentAmount: decimalOf(item['paymentAmount'])?.toFixed() ?? document.gross,
    date: String(item['paymentStatusDate']),
  });
}

function shapeFault(context: ConcurContext, item: JsonObject, document: DocumentRecord): string | undefined {
  const { paymentStatus, paymentStatusDate, checkNumbers } = item;
  if (paymentStatus === undefined) return 'paymentStatus is missing and would mean PAID';
  if (paymentStatus !== 'PAID' && paymentStatus !== 'VOID' && paymentStatus !== 'CANCEL')
    return 'Invalid paymentStatus';
  if (!isText(paymentStatusDate, 10) || !/^\d{4}-\d{2}-\d{2}$/.test(paymentStatusDate)) {
    return 'paymentStatusDate must be YYYY-MM-DD';
  }
  const numbersAreFine =
    checkNumbers === undefined || (Array.isArray(checkNumbers) && checkNumbers.every((number) => isText(number, 100)));
  if (!numbersAreFine) return 'checkNumbers must be an array of strings up to 100';
  return methodFault(payMethodOf(context, document), item) ?? amountFault(item, document);
}

function methodFault(vendorMethod: string, item: JsonObject): string | undefined {
  const method = item['paymentMethodType'] ?? vendorMethod;
  if (typeof method !== 'string') return 'paymentMethodType must be a string';
  if (method === 'ACH' || method === 'CHECK') {
    return `paymentMethodType ${method} hands the invoice to Concur's own payment run: it would be paid twice`;
  }
  if (paidByConcur.includes(vendorMethod)) return `Concur pays this vendor itself (${vendorMethod})`;
  return method === vendorMethod ? undefined : `paymentMethodType ${method} is not the vendor's (${vendorMethod})`;
}

function amountFault(item: JsonObject, document: DocumentRecord): string | undefined {
  const invoiceAmount = decimalOf(item['invoiceAmount']);
  if (invoiceAmount === undefined) return 'invoiceAmount must be a number';
  if (!invoiceAmount.eq(document.gross)) return `invoiceAmount differs from the invoice's ${document.gross}`;
  const { paymentAmount } = item;
  if (paymentAmount === undefined) return undefined;
  const amount = decimalOf(paymentAmount);
  if (amount === undefined || amount.lte(0)) return 'paymentAmount must be a positive number';
  return amount.gt(document.gross) ? `paymentAmount exceeds the invoice's ${document.gross}` : undefined;
}

/** 200, 207 or 400 by what became of the items; the echoes keep the client's number literals. */
function answer(successes: JsonObject[], failures: JsonObject[]): SimResponse {
  const status = failures.length === 0 ? 200 : successes.length === 0 ? 400 : 207;
  const names = { 200: 'OK', 207: 'MULTI_STATUS', 400: 'BAD_REQUEST' };
  const body = {
    status: names[status],
    successCount: successes.length,
    failureCount: failures.length,
    successfulPayments: successes,
    ...(failures.length > 0 ? { failedPayments: failures } : {}),
  };
  return { status, body: stringify(body) ?? '' };
}
