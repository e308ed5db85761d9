import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf, uuidOf } from './company-book.js';
import { vendorKey, type CompanyState, type PurchaseRequestLine, type PurchaseRequestRecord } from './company-state.js';
import { isObject, parsedBody } from './post-body.js';
import { orderFromLines } from './purchase-orders.js';
import { purchaseRequestFaults, purchaseRequestLines, type PurchaseRequestFault } from './purchase-requests-body.js';
import type { ConcurContext } from './state.js';

/** The address in the answer is http and on a host of long ago. */
const legacyHost = 'http://us.api.concursolutions.invalid';

/**
 * `POST /purchaserequest/v4/purchaserequests` (concur-platform.md 4.4): 202, the request is created later. A vendor that is
 * not approved shows only then.
 */
export function createPurchaseRequest(context: ConcurContext, request: SimRequest): SimResponse {
  const operation = 'purchaseRequestCreate';
  const body = parsedBody(request);
  const company = companyOf(context);
  const faults = isObject(body)
    ? purchaseRequestFaults(company, body)
    : [{ errorCode: request.body === '' ? 'missingRequestBody' : 'invalidRequestBody', dataPath: '', data: false }];
  if (!isObject(body) || faults.length > 0) {
    const program = faults.filter(({ data }) => !data).map(({ errorCode, dataPath }) => `${errorCode} ${dataPath}`);
    if (program.length > 0) context.desk.violation(operation, program.join(', '));
    return refusal(400, faults);
  }
  company.lastNumber += 1;
  const number = String(100_000 + company.lastNumber);
  const id = uuidOf(`purchase request ${number}`);
  const lines = purchaseRequestLines(body);
  const unapproved = lines.find((line) => company.vendors[keyOf(line)]?.fields['Approved'] !== 'Y');
  company.purchaseRequests[id] = {
    id,
    number,
    pendingReads: 1 + (company.lastNumber % 2),
    workflowStatus: 'Submitted',
    currency: String(body['currencyCode']),
    lines,
    orders: [],
    ...(unapproved === undefined ? {} : { failure: `Vendor ${keyOf(unapproved)} is not approved` }),
  };
  context.desk.write({ operation, key: id, outcome: 'applied' });
  context.desk.changed();
  return { status: 202, body: { id, uri: `${legacyHost}${request.path}/${id}?mode=COMPACT` } };
}

/** `GET …/{id}?mode=COMPACT`: the first read or two find it still in the queue. */
export function readPurchaseRequest(context: ConcurContext, id: string, request: SimRequest): SimResponse {
  if (request.query.get('mode') !== 'COMPACT') {
    context.desk.violation('purchaseRequest', 'mode=COMPACT is missing');
    return refusal(400, [{ errorCode: 'invalidMode', dataPath: 'mode' }]);
  }
  const record = companyOf(context).purchaseRequests[id];
  if (record === undefined) return refusal(404, [{ errorCode: 'purchaseRequestNotFound', dataPath: 'id' }]);
  if (record.pendingReads > 0) {
    record.pendingReads -= 1;
    context.desk.changed();
    return { status: 200, body: { purchaseRequestId: id, purchaseRequestQueueStatus: 'PENDING_CREATION' } };
  }
  return { status: 200, body: record.failure === undefined ? created(record) : failed(record, record.failure) };
}

/**
 * What an approver does: the request is approved and becomes one purchase order per vendor. Orders take the given numbers,
 * then numbers of their own. Throws for a request that does not exist, failed or is approved already.
 */
export function approvePurchaseRequest(context: ConcurContext, id: string, numbers: readonly string[]): string[] {
  const company = companyOf(context);
  const record = company.purchaseRequests[id];
  if (record === undefined || record.failure !== undefined) throw new Error(`${id} is no purchase request to approve`);
  if (record.orders.length > 0) throw new Error(`${id} is approved already`);
  const perVendor = new Map<string, PurchaseRequestLine[]>();
  for (const line of record.lines) perVendor.set(keyOf(line), [...(perVendor.get(keyOf(line)) ?? []), line]);
  record.orders = [...perVendor.values()].map((lines, index) => {
    const number = numbers[index] ?? nextOrderNumber(company);
    if (company.purchaseOrders[number] !== undefined) throw new Error(`purchase order ${number} exists already`);
    company.purchaseOrders[number] = orderFromLines(record, number, lines, context.desk.now());
    return number;
  });
  record.pendingReads = 0;
  record.workflowStatus = 'Approved';
  context.desk.changed();
  return record.orders;
}

function nextOrderNumber(company: CompanyState): string {
  company.lastNumber += 1;
  return `PO-${company.lastNumber}`;
}

function created(record: PurchaseRequestRecord): unknown {
  const purchaseOrders = record.orders.map((purchaseOrderNumber) => ({ purchaseOrderNumber }));
  return {
    purchaseRequestId: record.id,
    purchaseRequestNumber: record.number,
    purchaseRequestQueueStatus: 'CREATED',
    purchaseRequestWorkflowStatus: record.workflowStatus,
    ...(purchaseOrders.length > 0 ? { purchaseOrders } : {}),
  };
}

function failed(record: PurchaseRequestRecord, message: string): unknown {
  const exception = { message, eventCode: 'CREATE', exceptionCode: 'VENDOR', isCleared: false, prExceptionId: '1' };
  return {
    purchaseRequestId: record.id,
    purchaseRequestQueueStatus: 'CREATE_FAILED',
    purchaseRequestExceptions: [exception],
  };
}

function refusal(status: number, faults: Pick<PurchaseRequestFault, 'errorCode' | 'dataPath'>[]): SimResponse {
  const errors = faults.map(({ errorCode, dataPath }) => ({
    errorCode,
    errorMessage: `${dataPath} is refused: ${errorCode}`,
    dataPath,
  }));
  return { status, body: { errors } };
}

function keyOf(line: PurchaseRequestLine): string {
  return vendorKey(line.vendorCode, line.vendorAddressCode);
}
