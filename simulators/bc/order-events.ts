import { Decimal } from 'decimal.js';
import { businessError } from './errors.js';
import { postInvoice } from './invoice-posting.js';
import type { InvoiceRow, OrderRow, PurchaseLineRow } from './records.js';
import { isFullyReceived, outstanding } from './sets-orders.js';
import { nextNumber, type Company, type World } from './world.js';

/** What people of the company do with an order. */
export type OrderAct = 'release' | 'reopen' | 'receive' | 'invoice' | 'delete';

/**
 * Does it. Receiving takes `share` of what is still to come and posts a receipt; invoicing posts an invoice for what was
 * received, and an order with nothing left to invoice is gone (section 13).
 */
export function actOnOrder(world: World, company: Company, order: OrderRow, act: OrderAct, share: string): void {
  switch (act) {
    case 'release':
    case 'reopen':
      company.orders.update(order, { released: act === 'release' });
      return;
    case 'receive':
      receive(world, company, order, new Decimal(share));
      return;
    case 'invoice':
      invoice(world, company, order);
      return;
    case 'delete':
      company.orders.remove(order);
  }
}

function receive(world: World, company: Company, order: OrderRow, share: Decimal): void {
  const coming = order.lines.map((line) => outstanding(line, 'receivedQuantity').times(share).toDecimalPlaces(5));
  const record = world.newRecord();
  const { draftNumber, vendorNumber, payToVendorNumber, currencyCode, texts, dimensions, lines } = order;
  company.receipts.insert({
    ...record,
    ...{ vendorNumber, payToVendorNumber, currencyCode, texts, dimensions },
    draftNumber: String(nextNumber(company, 'receipt')),
    ...{ orderNumber: draftNumber, postingDate: world.today() },
    lines: lines.map((line, at) => ({ ...copied(world, line, record.id), quantity: quantity(coming[at]) })),
  });
  company.orders.update(order, {
    released: true,
    lines: lines.map((line, at) => ({
      ...line,
      receivedQuantity: quantity(new Decimal(line.receivedQuantity ?? 0).plus(coming[at] ?? 0)),
    })),
  });
}

function invoice(world: World, company: Company, order: OrderRow): void {
  const due = order.lines.map((line) => new Decimal(line.receivedQuantity ?? 0).minus(line.invoicedQuantity ?? 0));
  if (due.every((amount) => amount.isZero())) throw businessError('There is nothing to post.');
  const record = world.newRecord();
  const { draftNumber, vendorNumber, payToVendorNumber, currencyCode, texts, dimensions, lines } = order;
  const today = world.today();
  const posted: InvoiceRow = company.invoices.insert({
    ...record,
    ...{ vendorNumber, payToVendorNumber, currencyCode, texts, dimensions },
    draftNumber: String(nextNumber(company, 'draft')),
    ...{ postingDate: today, invoiceDate: today, dueDate: today },
    vendorInvoiceNumber: `ORDER-${draftNumber}-${String(nextNumber(company, 'receipt'))}`,
    ...{ postedNumber: '', postedAt: 0, vendorEntryId: '', order: { id: order.id, number: draftNumber } },
    lines: lines.map((line, at) => ({ ...copied(world, line, record.id), quantity: quantity(due[at]) })),
  });
  postInvoice(world, company, posted);
  company.orders.update(order, {
    lines: lines.map((line) => ({ ...line, invoicedQuantity: line.receivedQuantity ?? '0' })),
  });
  const isInvoiced = order.lines.every((line) => outstanding(line, 'invoicedQuantity').isZero());
  if (isFullyReceived(order) && isInvoiced) company.orders.remove(order);
}

function copied(world: World, line: PurchaseLineRow, documentId: string): PurchaseLineRow {
  const { receivedQuantity: _received, invoicedQuantity: _invoiced, ...rest } = line;
  return { ...rest, ...world.newRecord(), documentId };
}

function quantity(value: Decimal | undefined): string {
  return (value ?? new Decimal(0)).toFixed();
}
