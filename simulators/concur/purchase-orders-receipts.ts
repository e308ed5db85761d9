import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf } from './company-book.js';
import type { CompanyState } from './company-state.js';
import { applied, isObject, parsedBody, refused, repeated, type ItemCall, type JsonObject } from './post-body.js';
import { outcome, plainOrder } from './purchase-orders.js';
import type { OrderFault } from './purchase-orders-checks.js';
import type { ConcurContext } from './state.js';
import { unknownParameter, v3Answer, v3Broken, v3Refused } from './v3-answers.js';

const fields = [
  ...['PurchaseOrderNumber', 'LineItemExternalID', 'GoodsReceiptNumber', 'ReceivedDate', 'ReceivedQuantity'],
  ...['UnitOfMeasureCode', 'DeliverySlipNumber', 'Deleted', 'Version'],
];
/** Query parameters with the field that each of them asks for. */
const keys = {
  purchaseOrderNumber: 'PurchaseOrderNumber',
  goodsReceiptNumber: 'GoodsReceiptNumber',
  lineItemExternalID: 'LineItemExternalID',
};
const mostRows = 2000;

/** `POST` and `PUT /api/v3.0/invoice/purchaseorderreceipts` of version 2.0 (concur-platform.md 4.6). */
export function writeReceipt(context: ConcurContext, request: SimRequest): SimResponse {
  const isCreate = request.method === 'POST';
  const operation = isCreate ? 'receiptCreate' : 'receiptUpdate';
  const body = plainOrder(parsedBody(request));
  if (!isObject(body)) return v3Broken(context, operation, request, 400, 'the body is not one receipt');
  const company = companyOf(context);
  const call: ItemCall = { context, operation, lost: false };
  const receipt = Object.fromEntries(fields.map((name) => [name, textIn(body, name)]));
  const order = textIn(receipt, 'PurchaseOrderNumber');
  const key = keyOf(receipt);
  const known = company.receipts.find((other) => keyOf(other) === key);
  if (isCreate && known !== undefined) {
    repeated(call, key, 'receipt created again');
    return outcome(request, order, { code: '1011', message: 'This receipt exists already' });
  }
  const unknown =
    isCreate || known !== undefined ? undefined : { code: '1011', message: 'No such receipt', data: true };
  const fault = formFault(body, receipt) ?? orderReference(company, receipt) ?? unknown;
  if (fault !== undefined) {
    const detail = `${fault.code}: ${fault.message}`;
    if (fault.data === true) context.desk.write({ operation, key, outcome: 'refused', detail });
    else refused(call, key, detail);
    return outcome(request, order, { ...fault, line: textIn(receipt, 'LineItemExternalID') });
  }
  company.receipts = [...company.receipts.filter((other) => other !== known), receipt];
  applied(call, key);
  context.desk.changed();
  return outcome(request, order, undefined);
}

/** `GET` of the same address: at most 2000 rows, and only `Info` tells that there are more. */
export function listReceipts(context: ConcurContext, request: SimRequest): SimResponse {
  const found = wanted(companyOf(context), request.query);
  if (typeof found === 'string') return v3Broken(context, 'receipts', request, 400, found);
  return v3Answer(request, 200, 'ReceiptsCollection', {
    PurchaseOrderReceipt: found.slice(0, mostRows),
    NextPage: null,
    TotalCount: found.length,
    Info: found.length > mostRows ? `Only the first ${mostRows} receipts are returned` : '',
  });
}

/** `DELETE` of the same address. */
export function deleteReceipts(context: ConcurContext, request: SimRequest): SimResponse {
  const operation = 'receiptDelete';
  const company = companyOf(context);
  const found = wanted(company, request.query);
  if (typeof found === 'string') return v3Broken(context, operation, request, 400, found);
  if (found.length === 0) return v3Refused(request, 400, 'No such receipt');
  company.receipts = company.receipts.filter((receipt) => !found.includes(receipt));
  for (const receipt of found) context.desk.write({ operation, key: keyOf(receipt), outcome: 'applied' });
  context.desk.changed();
  return outcome(request, request.query.get('purchaseOrderNumber') ?? '', undefined);
}

function wanted(company: CompanyState, query: URLSearchParams): Record<string, string>[] | string {
  const unknown = unknownParameter(query, new Set(Object.keys(keys)));
  if (unknown !== undefined) return unknown;
  if (!query.has('purchaseOrderNumber') && !query.has('goodsReceiptNumber')) {
    return 'purchaseOrderNumber or goodsReceiptNumber is required';
  }
  return company.receipts.filter((receipt) =>
    Object.entries(keys).every(([parameter, field]) => [null, receipt[field]].includes(query.get(parameter))),
  );
}

function formFault(body: JsonObject, receipt: Record<string, string>): OrderFault | undefined {
  const unknown = Object.keys(body).find((name) => !fields.includes(name));
  if (unknown !== undefined) return { code: '1007', message: `${unknown} is not on the form` };
  const required = ['GoodsReceiptNumber', 'ReceivedDate', 'ReceivedQuantity'];
  const missing = required.find((name) => textIn(receipt, name) === '');
  if (missing !== undefined) return { code: '10010', message: `${missing} is required` };
  if (receipt['Version'] !== '2.0') return { code: '1011', message: 'Version must be 2.0' };
  if (!/^\d{4}-\d{2}-\d{2}$/.test(textIn(receipt, 'ReceivedDate'))) {
    return { code: '1004', message: 'ReceivedDate must be YYYY-MM-DD' };
  }
  if (!/^\d+(\.\d+)?$/.test(textIn(receipt, 'ReceivedQuantity'))) {
    return { code: '1003', message: 'ReceivedQuantity is no number' };
  }
  return textIn(receipt, 'UnitOfMeasureCode').length < 10
    ? undefined
    : { code: '1005', message: 'UnitOfMeasureCode is unknown' };
}

function orderReference(company: CompanyState, receipt: Record<string, string>): OrderFault | undefined {
  const order = company.purchaseOrders[textIn(receipt, 'PurchaseOrderNumber')];
  if (order === undefined) return { code: '1000', message: 'Purchase order is unknown', data: true };
  const lines = Array.isArray(order['LineItem']) ? order['LineItem'].filter(isObject) : [];
  const isLine = lines.some((line) => line['ExternalID'] === receipt['LineItemExternalID']);
  return isLine ? undefined : { code: '1001', message: 'Line item is unknown', data: true };
}

function keyOf(receipt: Record<string, string>): string {
  return Object.values(keys)
    .map((field) => receipt[field] ?? '')
    .join('/');
}

function textIn(part: JsonObject, name: string): string {
  const value = part[name];
  return typeof value === 'string' ? value : '';
}
