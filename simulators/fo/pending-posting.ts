import { Decimal } from 'decimal.js';
import { readDefaultDimensions, type Account } from './accounts.js';
import { delimiterOf, joinDisplayValue } from './display-values.js';
import { announceInvoices } from './announcements.js';
import { checkInvoiceNumbers, type NumberFinding } from './invoice-number-check.js';
import type { JournalContext } from './journal-context.js';
import { FoError } from './odata-errors.js';
import { removeAttachment } from './pending-attachments.js';
import { infoOf, invoiceLinesOf } from './pending-context.js';
import { vendInvoiceInfoTableBiEntities, vendorInvoiceHeaders, vendorInvoiceLines } from './pending-entities.js';
import { ledgerAccountOf, readBasis } from './pending-line-rules.js';
import {
  insertInvoiceHeader,
  insertInvoiceLine,
  invoiceTotal,
  type PendingInvoice,
  type PostedInvoice,
} from './posted-invoice-rows.js';
import { writePostedRows } from './posted-rows.js';
import { closedPeriod, heldVendor, type Leg } from './posting.js';
import { overReceipt, unreceived, type OrderLine } from './purchase-orders.js';
import type { Company } from './store.js';
import { text, type Row } from './values.js';

/** Reads a pending invoice. Throws FoError where set-up has changed so that a line names nothing usable any more. */
function readInvoice(context: JournalContext, company: Company, header: Row): PendingInvoice {
  const lines = invoiceLinesOf(context.store, header).map((line) => {
    const row = { ...line, VendorAccount: text(header, 'VendorAccount') };
    const basis = readBasis(context.store, company, row);
    return { row, basis, account: ledgerAccountOf(context.store, company, row, basis) };
  });
  return { company, header, lines };
}

/** The check of the vendor's invoice number, at submission and again at posting. */
export function invoiceNumberFinding(
  context: JournalContext,
  company: Company,
  header: Row,
): NumberFinding | undefined {
  const number = {
    account: text(header, 'InvoiceAccount'),
    invoice: text(header, 'InvoiceNumber'),
    day: text(header, 'Date'),
  };
  return checkInvoiceNumbers(context, company, [number]);
}

/** Order lines with all that the invoice takes from each of them. */
function orderedQuantities(invoice: PendingInvoice): Map<string, { orderLine: OrderLine; quantity: Decimal }> {
  const quantities = new Map<string, { orderLine: OrderLine; quantity: Decimal }>();
  for (const { row, basis } of invoice.lines) {
    const { orderLine } = basis;
    if (orderLine === undefined) continue;
    const key = `${orderLine.order.number}/${String(orderLine.line.line)}`;
    const before = quantities.get(key)?.quantity ?? new Decimal(0);
    quantities.set(key, { orderLine, quantity: before.plus(text(row, 'ReceiveNow')) });
  }
  return quantities;
}

function orderProblem(context: JournalContext, invoice: PendingInvoice): string | undefined {
  for (const { orderLine, quantity } of orderedQuantities(invoice).values()) {
    const problem = overReceipt(context.store, orderLine, quantity) ?? unreceived(context.store, orderLine, quantity);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(context: JournalContext, invoice: PendingInvoice): string | undefined {
  const { company, header } = invoice;
  const finding = invoiceNumberFinding(context, company, header);
  return (
    closedPeriod(company, [text(header, 'Date')]) ??
    heldVendor(company, [text(header, 'InvoiceAccount'), text(header, 'VendorAccount')]) ??
    (finding?.severity === 'refusal' ? finding.message : undefined) ??
    orderProblem(context, invoice)
  );
}

function vendorAccountOf(context: JournalContext, header: Row): Account {
  const { master } = context.store;
  const place = { aotName: vendorInvoiceHeaders.aotName, field: 'DimensionDisplayValue' };
  const { dimensions } = readDefaultDimensions(master, text(header, place.field), place);
  const number = text(header, 'InvoiceAccount');
  return { kind: 'Vend', number, dimensions, display: joinDisplayValue([number], delimiterOf(master)) };
}

function legsOf(context: JournalContext, invoice: PendingInvoice, voucher: string): Leg[] {
  const { header } = invoice;
  const shared = {
    voucher,
    currency: text(header, 'Currency'),
    day: text(header, 'Date'),
    documentDate: text(header, 'InvoiceDate'),
    dueDate: text(header, 'DueDate'),
    document: text(header, 'DocumentNumber'),
    invoice: text(header, 'InvoiceNumber'),
    approved: text(header, 'IsApproved'),
    paymentMethod: text(header, 'MethodOfPayment'),
  };
  const account = vendorAccountOf(context, header);
  const credit = {
    ...shared,
    account,
    amount: invoiceTotal(invoice).negated(),
    text: text(header, 'InvoiceDescription'),
  };
  const debits = invoice.lines.map((line): Leg => ({
    ...shared,
    account: line.account,
    amount: new Decimal(text(line.row, 'NetAmount')),
    text: text(line.row, 'LineDescription'),
  }));
  return [credit, ...debits];
}

function removePending(context: JournalContext, header: Row): void {
  const { store } = context;
  for (const line of invoiceLinesOf(store, header)) store.table(vendorInvoiceLines.set).remove(line);
  store.table(vendInvoiceInfoTableBiEntities.set).remove(infoOf(store, header));
  removeAttachment(store, header);
  store.table(vendorInvoiceHeaders.set).remove(header);
}

function post(context: JournalContext, invoice: PendingInvoice): void {
  const { store } = context;
  const { company, header } = invoice;
  const dataAreaId = text(header, 'dataAreaId');
  const number = String(store.nextNumber(`${dataAreaId}/voucher/VINV`)).padStart(6, '0');
  const [voucher, internalId] = [`VINV${number}`, `INV-${number}`];
  const origin = `${dataAreaId}/invoice ${internalId}`;
  const legs = legsOf(context, invoice, voucher);
  const posted: PostedInvoice = { invoice, dataAreaId, internalId, voucher, origin };
  store.transaction(() => {
    writePostedRows(context, { company, dataAreaId, origin, journal: '', transType: 'Purch', legs });
    announceInvoices(context, { dataAreaId, journal: '', legs });
    insertInvoiceHeader(context, posted);
    for (const line of invoice.lines) insertInvoiceLine(context, posted, line);
    removePending(context, header);
  });
}

/**
 * Posts a pending invoice: its rows disappear, and the posted invoice, the vendor transaction (TransType Purch, negative) and
 * the ledger entries are there (section 7). Answers why not if posting refuses it.
 */
export function postInvoice(context: JournalContext, company: Company, header: Row): string | undefined {
  try {
    const invoice = readInvoice(context, company, header);
    const problem = problemOf(context, invoice);
    if (problem === undefined) post(context, invoice);
    return problem;
  } catch (error) {
    // A category, an account or a dimension value may be gone or suspended since the line was written.
    if (!(error instanceof FoError)) throw error;
    return error.message;
  }
}
