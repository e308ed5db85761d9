import { z } from 'zod';
import type { ErpWriteContext } from '../../contracts/erp-port.js';
import type { ErpOrderKeys, ErpOrderState, ErpPurchaseOrder } from '../../contracts/purchase-orders.js';
import { Conflict, Rejected } from '../http/errors.js';
import { settleDimensions } from './dimensions.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import {
  findCandidates,
  isTouched,
  orderDifferences,
  orderJson,
  ownership,
  purchaseOrderSchema,
  readOrder,
  undimensionedLines,
  type PurchaseOrderRecord,
} from './purchase-order-drafts.js';
import { isRefusal } from './refusals.js';
import { createdSchema } from './schemas.js';
import { quoted } from './wire-text.js';

/** One order on its way: what all steps share. */
interface OrderWrite {
  parts: BcParts;
  company: BcCompany;
  order: ErpPurchaseOrder;
  knownSince: string;
  context: ErpWriteContext;
}

/**
 * Route C (NAV spec 13): looks by marker, creates one draft, reads it back and compares. The draft is left as it is: it is
 * neither released, received and invoiced, nor ever deleted, since Business Central would let it vanish.
 */
export async function writePurchaseOrder(
  parts: BcParts,
  company: BcCompany,
  order: ErpPurchaseOrder,
  knownSince: string,
  context: ErpWriteContext,
): Promise<ErpOrderKeys & { adopted: boolean }> {
  const write: OrderWrite = { parts, company, order, knownSince, context };
  const { value, adopted } = await context.writes.create<{ id: string }>({
    // Not under the names of documents: their store knows nothing of orders.
    operation: 'purchase-order.create',
    key: `${order.erp}/${order.company}/${order.requestId}/${order.orderNumber}`,
    payload: order,
    look: () => lookForOurs(write),
    create: () => createDraft(write),
  });
  const { id, number } = await settled(write, value.id);
  return { id, number, adopted };
}

async function createDraft({ parts, company, order, context }: OrderWrite): Promise<{ id: string }> {
  const call = { operation: 'bc.orders.create', path: `${company.path}/purchaseOrders`, signal: context.signal };
  try {
    return await parts.odata.create({ ...call, json: orderJson(order, true) }, createdSchema);
  } catch (error) {
    if (!isRefusal(error, 'dimension-exists')) throw error;
    // The refused insert left nothing behind; the safe order of section 9 follows on the lines.
    return parts.odata.create({ ...call, json: orderJson(order, false) }, createdSchema);
  }
}

/**
 * Our order, or undefined where there is none yet.
 * @throws Conflict where a person must look: two of ours, or one that lost its comment lines; none of them is deleted
 */
async function lookForOurs(write: OrderWrite): Promise<{ id: string } | undefined> {
  const { parts, company, order, knownSince, context } = write;
  const found = await findCandidates(parts, company, order, knownSince, context.signal);
  const ours = found.filter((record) => ownership(order, record) === 'ours');
  const [first, second] = ours;
  if (first !== undefined && second === undefined) return { id: first.id };
  const call = { system: parts.odata.system, operation: 'bc.orders.find' };
  if (first !== undefined) {
    const numbers = ours.map(({ number }) => number).join(' and ');
    throw new Conflict(
      `Possible duplicate: ${company.name} holds purchase orders ${numbers} for the same order ${order.orderNumber} of Concur. Remove all but one of them by hand.`,
      call,
    );
  }
  const doubtful = found.find((record) => ownership(order, record) === 'doubtful');
  if (doubtful === undefined) return undefined;
  throw new Conflict(
    `Possible duplicate: purchase order ${doubtful.number} in ${company.name} names this request (${doubtful.shipToContact}) but has lost the comment lines that tell which order of Concur it is. Restore its lines ${order.markers.join(' and ')}, or remove the reference from its header.`,
    call,
  );
}

/** The order as it stands, once all of it is as it was meant. */
async function settled(write: OrderWrite, id: string): Promise<PurchaseOrderRecord> {
  const { parts, company, order, context } = write;
  const localCurrency = await parts.facts.localCurrency(company, context.signal);
  const record = await existing(write, id);
  refuseDifferent(write, record, localCurrency);
  const pending = await undimensionedLines(parts, company, order, record, context.signal);
  if (pending.length === 0) return record;
  if (record.status !== 'Draft') throw lostDimensions(write, record, pending.length);
  for (const line of pending) {
    const parent = { set: 'purchaseOrderLines' as const, id: line.id };
    await settleDimensions(parts.odata, company, parent, line.planned.dimensions, context.signal);
  }
  const again = await existing(write, id);
  refuseDifferent(write, again, localCurrency);
  const lost = await undimensionedLines(parts, company, order, again, context.signal);
  if (lost.length > 0) throw lostDimensions(write, again, lost.length);
  return again;
}

async function existing(write: OrderWrite, id: string): Promise<PurchaseOrderRecord> {
  const { parts, company, order, context } = write;
  const record = await readOrder(parts, company, id, context.signal);
  if (record !== undefined) return record;
  throw refusal(write, `The order for ${order.orderNumber} was removed in Business Central.`, 'erp-document-changed');
}

function refuseDifferent(write: OrderWrite, record: PurchaseOrderRecord, localCurrency: string | undefined): void {
  const differences = orderDifferences(write.order, record, localCurrency);
  if (differences.length === 0) return;
  const message = `Purchase order ${record.number} differs from what was meant: ${differences.join('; ')}.`;
  throw refusal(write, message, 'erp-document-changed');
}

const lostDimensions = (write: OrderWrite, { number }: PurchaseOrderRecord, count: number): Rejected =>
  refusal(write, `Business Central lost dimensions of ${count} lines of purchase order ${number}.`, 'dimension-lost');

function refusal({ parts }: OrderWrite, message: string, code: string): Rejected {
  return new Rejected(message, { system: parts.odata.system, operation: 'bc.orders.read' }, code);
}

const invoiceSchema = z.object({ number: z.string().default('') });

/**
 * What has become of a written order. Business Central deletes an order once it is received and invoiced in full; then an
 * invoice names it. Gone without one, a person has removed it.
 */
export async function lookAtOrder(
  parts: BcParts,
  company: BcCompany,
  { id, number }: ErpOrderKeys,
  signal: AbortSignal,
): Promise<ErpOrderState> {
  const record = (await readOrder(parts, company, id, signal)) ?? (await byNumber(parts, company, number, signal));
  if (record !== undefined) return isTouched(record) ? 'received' : 'open';
  const call = {
    operation: 'bc.orders.invoices',
    path: `${company.path}/purchaseInvoices`,
    query: { $filter: `orderNumber eq ${quoted(number)}` },
    fresh: true,
    signal,
  };
  return (await parts.odata.list(call, invoiceSchema)).length > 0 ? 'completed' : 'removed';
}

/** A missing record looks like a missing set (trap 15): a list that answers shows that the set is there. */
async function byNumber(
  { odata }: BcParts,
  company: BcCompany,
  number: string,
  signal: AbortSignal,
): Promise<PurchaseOrderRecord | undefined> {
  const query = { $filter: `number eq ${quoted(number)}`, $expand: 'purchaseOrderLines' };
  const call = { operation: 'bc.orders.find', path: `${company.path}/purchaseOrders`, query, fresh: true, signal };
  return (await odata.list(call, purchaseOrderSchema))[0];
}
