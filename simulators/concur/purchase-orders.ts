import { isLosslessNumber } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf } from './company-book.js';
import type { PurchaseRequestLine, PurchaseRequestRecord } from './company-state.js';
import { applied, isObject, parsedBody, refused, repeated, type ItemCall, type JsonObject } from './post-body.js';
import { orderFault, type OrderFault } from './purchase-orders-checks.js';
import type { ConcurContext } from './state.js';
import { legacyHost, v3Answer, v3Broken, v3Refused } from './v3-answers.js';

/** `POST` and `PUT /api/v3.0/invoice/purchaseorders` (concur-platform.md 4.5): one order, 200 in both outcomes. */
export function writePurchaseOrder(context: ConcurContext, request: SimRequest): SimResponse {
  const isCreate = request.method === 'POST';
  const operation = isCreate ? 'purchaseOrderCreate' : 'purchaseOrderUpdate';
  const body = plainOrder(parsedBody(request));
  if (!isObject(body)) return v3Broken(context, operation, request, 400, 'the body is not one purchase order');
  const company = companyOf(context);
  const call: ItemCall = { context, operation, lost: false };
  const given = typeof body['PurchaseOrderNumber'] === 'string' ? body['PurchaseOrderNumber'] : '';
  const known = company.purchaseOrders[given];
  if (isCreate && known !== undefined) {
    repeated(call, given, 'purchase order created again');
    return outcome(request, given, { code: '1000', message: `Purchase order ${given} exists already` });
  }
  const fault = context.desk.itemFault('item-failure', operation)
    ? { code: '9999', message: 'Unexpected error', data: true }
    : (numberFault(isCreate, given, known) ?? orderFault(company, body) ?? policyFault(body, known));
  if (fault !== undefined) {
    const detail = `${fault.code}: ${fault.message}`;
    if (fault.data === true) context.desk.write({ operation, key: given, outcome: 'refused', detail });
    else refused(call, given, detail);
    return outcome(request, given, fault);
  }
  if (given === '') company.lastNumber += 1;
  const number = given === '' ? `PO-${company.lastNumber}` : given;
  company.purchaseOrders[number] = stored(body, number);
  applied(call, number);
  context.desk.changed();
  return outcome(request, number, undefined);
}

/** `GET /api/v3.0/invoice/purchaseorders/{purchaseOrderNumber}`. */
export function readPurchaseOrder(context: ConcurContext, number: string, request: SimRequest): SimResponse {
  const order = companyOf(context).purchaseOrders[number];
  if (order === undefined) return v3Refused(request, 404, `Purchase order ${number} was not found`);
  return v3Answer(request, 200, 'PurchaseOrder', order);
}

/** The order that an approved purchase request becomes. */
export function orderFromLines(
  request: PurchaseRequestRecord,
  number: string,
  lines: readonly PurchaseRequestLine[],
  now: Date,
): JsonObject {
  const [first] = lines;
  const address = {
    ExternalID: 'HQ',
    Address1: 'Am Markt 1',
    City: 'Kiel',
    StateProvince: 'SH',
    PostalCode: '24103',
    CountryCode: 'DE',
  };
  const order = {
    Name: number,
    CurrencyCode: request.currency,
    OrderDate: now.toISOString().slice(0, 10),
    PolicyExternalID: 'PO',
    PurchaseRequestNumber: request.number,
    VendorCode: first?.vendorCode,
    VendorAddressCode: first?.vendorAddressCode,
    BillToAddress: address,
    ShipToAddress: address,
    LineItem: lines.map((line, index) => ({
      ExternalID: `${number}-${index + 1}`,
      LineNumber: String(index + 1),
      Description: line.description,
      Quantity: line.quantity,
      UnitPrice: line.unitPrice,
      ExpenseType: 'OFFIC',
    })),
  };
  return stored(order, number);
}

/** The answer of all writes about purchase orders: 200, whatever came of them. */
export function outcome(request: SimRequest, number: string, fault: OrderFault | undefined): SimResponse {
  return v3Answer(request, 200, 'PurchaseOrderResult', {
    Status: fault === undefined ? 'SUCCESS' : 'FAILURE',
    ErrorCode: fault?.code ?? '',
    ErrorMessage: fault?.message ?? '',
    FieldCode: fault?.fieldCode ?? '',
    LineItemExternalID: fault?.line ?? '',
    Message: '',
    PurchaseOrderNumber: number,
  });
}

/** All scalars as text: the service takes numbers as text or as numbers. */
export function plainOrder(value: unknown): unknown {
  if (isLosslessNumber(value)) return value.value;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(plainOrder);
  if (!isObject(value)) return value;
  const filled = Object.entries(value).filter(([, content]) => content !== null);
  return Object.fromEntries(filled.map(([name, content]) => [name, plainOrder(content)]));
}

function stored(body: JsonObject, number: string): JsonObject {
  const URI = `${legacyHost}/api/v3.0/invoice/purchaseorders/${number}`;
  return { Status: 'Transmitted', ...body, PurchaseOrderNumber: number, ID: number, URI };
}

function numberFault(isCreate: boolean, number: string, known: JsonObject | undefined): OrderFault | undefined {
  if (isCreate || known !== undefined) return undefined;
  return { code: '1000', message: 'PurchaseOrderNumber is missing or unknown', data: number !== '' };
}

function policyFault(order: JsonObject, known: JsonObject | undefined): OrderFault | undefined {
  const isOther = known !== undefined && known['PolicyExternalID'] !== order['PolicyExternalID'];
  return isOther
    ? { code: '4002', message: 'The policy cannot change', fieldCode: 'HeaderPolicyExternalID' }
    : undefined;
}
