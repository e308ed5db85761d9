import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import { z } from 'zod';
import type { ErpPurchaseOrder, ErpPurchaseOrderLine } from '../../contracts/purchase-orders.js';
import { dimensionsJson, dimensionsOf, lostDimensions } from './dimensions.js';
import { isInCurrency } from './invoice-drafts.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { dimensionSetLineSchema } from './schemas.js';
import { asCode, canExist, decodeName, fieldLengths, quoted } from './wire-text.js';

const text = z.string().default('');
const name = text.transform(decodeName);
const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/)
  .default('0');

const orderLineSchema = z.object({
  id: z.string(),
  sequence: z.string().regex(/^\d+$/).default('0'),
  lineType: name,
  lineObjectNumber: text,
  description: text,
  quantity: decimal,
  directUnitCost: decimal,
  receivedQuantity: decimal,
  invoicedQuantity: decimal,
  dimensionSetLines: z.array(dimensionSetLineSchema).optional(),
});
export type PurchaseOrderLine = z.infer<typeof orderLineSchema>;

export const purchaseOrderSchema = z.object({
  id: z.string(),
  number: text,
  vendorNumber: text,
  status: name,
  orderDate: text,
  requestedReceiptDate: text,
  currencyCode: text,
  shipToContact: text,
  pricesIncludeTax: z.boolean().default(false),
  fullyReceived: z.boolean().default(false),
  purchaseOrderLines: z.array(orderLineSchema).optional(),
});
/** A purchase order as Business Central holds it; `status` is Draft, In Review (to be approved) or Open (released). */
export type PurchaseOrderRecord = z.infer<typeof purchaseOrderSchema>;

const everything = { $expand: 'purchaseOrderLines($expand=dimensionSetLines)' };
const dayMs = 86_400_000;

/** An order with its lines and their dimensions, from the primary database; undefined where it does not exist. */
export function readOrder(
  { odata }: BcParts,
  company: BcCompany,
  id: string,
  signal: AbortSignal,
): Promise<PurchaseOrderRecord | undefined> {
  const path = `${company.path}/purchaseOrders(${id})`;
  return odata.find({ operation: 'bc.orders.read', path, query: everything, fresh: true, signal }, purchaseOrderSchema);
}

/**
 * Orders that may be ours: those with our text in the header field where it is ours, and those of the vendor that were touched
 * since a day before the order can have been written (NAV spec 13). There is no reference field to ask for.
 */
export async function findCandidates(
  { odata }: BcParts,
  company: BcCompany,
  { vendorNumber, shipToContact }: ErpPurchaseOrder,
  knownSince: string,
  signal: AbortSignal,
): Promise<PurchaseOrderRecord[]> {
  const since = new Date(Date.parse(knownSince) - dayMs).toISOString();
  const filters = [
    ...(shipToContact === undefined ? [] : [`shipToContact eq ${quoted(shipToContact)}`]),
    ...(canExist(vendorNumber, fieldLengths.number)
      ? [`vendorNumber eq ${quoted(asCode(vendorNumber))} and lastModifiedDateTime gt ${since}`]
      : []),
  ];
  const found = new Map<string, PurchaseOrderRecord>();
  for (const $filter of filters) {
    const call = {
      operation: 'bc.orders.find',
      path: `${company.path}/purchaseOrders`,
      query: { ...everything, $filter },
      fresh: true,
      signal,
    };
    for (const order of await odata.list(call, purchaseOrderSchema)) found.set(order.id, order);
  }
  return [...found.values()];
}

const marks = /^CONCUR-(PR|PO):/;

/**
 * Whether an order carries our two comment lines, the first in either of its forms; a header with our text and none of our lines
 * is `doubtful`.
 */
export function ownership(order: ErpPurchaseOrder, record: PurchaseOrderRecord): 'ours' | 'other' | 'doubtful' {
  const comments = (record.purchaseOrderLines ?? []).map(({ description }) => description.trim());
  const requestMark = `CONCUR-PR:${order.requestId}`;
  const isOfRequest = [requestMark, `${requestMark}/${order.orderNumber}`].some((mark) => comments.includes(mark));
  if (isOfRequest && comments.includes(order.markers[1])) return 'ours';
  const isMarked = comments.some((comment) => marks.test(comment));
  return !isMarked && order.shipToContact !== undefined && record.shipToContact.trim() === order.shipToContact
    ? 'doubtful'
    : 'other';
}

/** Body of the deep insert: both markers, then one account line per line of the order, with its dimensions. */
export function orderJson(order: ErpPurchaseOrder, withDimensions: boolean): object {
  const lines = order.lines.map(({ accountNumber, description, quantity, unitPrice, dimensions }) => ({
    lineType: 'Account',
    lineObjectNumber: accountNumber,
    description,
    quantity: numberOf(quantity),
    directUnitCost: numberOf(unitPrice),
    ...(withDimensions ? dimensionsJson(dimensions) : {}),
  }));
  return {
    vendorNumber: order.vendorNumber,
    orderDate: order.orderedOn,
    currencyCode: order.currency,
    ...(order.neededOn === undefined ? {} : { requestedReceiptDate: order.neededOn }),
    ...(order.shipToContact === undefined ? {} : { shipToContact: order.shipToContact }),
    purchaseOrderLines: [...order.markers.map((description) => ({ lineType: 'Comment', description })), ...lines],
  };
}

const numberOf = (literal: string): LosslessNumber => new LosslessNumber(new Decimal(literal).toFixed());

/** Sentences about everything in which an order differs from what was meant, dimensions left out; empty where nothing does. */
export function orderDifferences(
  order: ErpPurchaseOrder,
  record: PurchaseOrderRecord,
  localCurrency: string | undefined,
): string[] {
  const pairs = pairLines(order, record);
  const facts: [boolean, string][] = [
    [asCode(record.vendorNumber) === asCode(order.vendorNumber), 'the vendor differs'],
    [isInCurrency(order.currency, record, localCurrency), 'the currency differs'],
    [record.orderDate === order.orderedOn, 'the order date differs'],
    [
      order.neededOn === undefined || record.requestedReceiptDate === order.neededOn,
      'the requested receipt date differs',
    ],
    [order.shipToContact === undefined || record.shipToContact === order.shipToContact, 'the reference differs'],
    // Read-only in the API: the vendor's own setting decides, and Concur's prices are without tax.
    [!record.pricesIncludeTax, 'its prices count as including tax, as the vendor is set up'],
    [pairs !== undefined, 'the number of lines differs'],
  ];
  const lines = (pairs ?? []).flatMap(({ planned, actual }, index): [boolean, string][] => [
    [asCode(actual.lineObjectNumber) === asCode(planned.accountNumber), `line ${index + 1} has another account`],
    [new Decimal(actual.quantity).eq(planned.quantity), `line ${index + 1} has another quantity`],
    [new Decimal(actual.directUnitCost).eq(planned.unitPrice), `line ${index + 1} has another price`],
  ]);
  return [...facts, ...lines].filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

/** Lines that do not carry their planned dimensions. Empty also where the lines do not match the plan. */
export async function undimensionedLines(
  { odata }: BcParts,
  company: BcCompany,
  order: ErpPurchaseOrder,
  record: PurchaseOrderRecord,
  signal: AbortSignal,
): Promise<{ planned: ErpPurchaseOrderLine; id: string }[]> {
  const lost = [];
  for (const { planned, actual } of pairLines(order, record) ?? []) {
    if (planned.dimensions.length === 0) continue;
    const carried = await dimensionsOf(odata, company, { set: 'purchaseOrderLines', ...actual }, signal);
    if (lostDimensions(planned.dimensions, carried).length > 0) lost.push({ planned, id: actual.id });
  }
  return lost;
}

/** Whether anything of an order was received or invoiced. */
export const isTouched = ({ fullyReceived, purchaseOrderLines = [] }: PurchaseOrderRecord): boolean =>
  fullyReceived ||
  purchaseOrderLines.some(
    ({ receivedQuantity, invoicedQuantity }) =>
      !new Decimal(receivedQuantity).isZero() || !new Decimal(invoicedQuantity).isZero(),
  );

/** Planned and actual lines in order, comments left out; undefined where there is one too many or too few. */
function pairLines(
  order: ErpPurchaseOrder,
  record: PurchaseOrderRecord,
): { planned: ErpPurchaseOrderLine; actual: PurchaseOrderLine }[] | undefined {
  const actual = [...(record.purchaseOrderLines ?? [])]
    .sort((left, right) => Number(left.sequence) - Number(right.sequence))
    .filter(({ lineType }) => lineType !== 'Comment');
  if (actual.length !== order.lines.length) return undefined;
  return order.lines.flatMap((planned, index) => {
    const line = actual[index];
    return line === undefined ? [] : [{ planned, actual: line }];
  });
}
