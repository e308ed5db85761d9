import type { Call } from './calls.js';
import { checkVendor } from './checks.js';
import { withDimensions } from './dimension-lines.js';
import { checkedBody } from './odata-body.js';
import { changedDates, hasTwin, newDates, refusePosted } from './purchase-documents.js';
import { blankHeader, changedHeader, refuseOtherVendor, requiredVendor } from './purchase-headers.js';
import { invoiceKey, purchaseKinds } from './purchase-kinds.js';
import { addLine } from './purchase-lines.js';
import type { InvoiceRow } from './records.js';
import { purchaseInvoices } from './sets-invoices.js';
import { nextNumber } from './world.js';

/** POST of a draft with dimensions and lines, in this order: lines inherit the header's dimensions. */
export function createInvoice(call: Call, json: unknown): InvoiceRow {
  const { values, parts } = checkedBody(purchaseInvoices, json);
  const { company } = call;
  const vendorInvoiceNumber = String(values['vendorInvoiceNumber'] ?? '');
  call.key = invoiceKey(company, { vendorNumber: String(values['vendorNumber'] ?? ''), vendorInvoiceNumber });
  const vendor = requiredVendor(company, values);
  call.key = invoiceKey(company, { vendorNumber: vendor.number, vendorInvoiceNumber });
  checkVendor(vendor, 'create');
  const { date, dueDate } = newDates(values, 'invoiceDate', call.world.today());
  const blank = blankHeader(call, vendor, String(nextNumber(company, 'draft')));
  const invoice = company.invoices.insert({
    ...{ ...blank, ...changedHeader(company, blank, values) },
    ...{ postedNumber: '', postedAt: 0, vendorEntryId: '', vendorInvoiceNumber },
    ...{ invoiceDate: date, dueDate },
  });
  if (vendorInvoiceNumber !== '' && hasTwin(company.invoices.all(), invoice, 'vendorInvoiceNumber')) {
    call.repeatMessage = `a second invoice ${vendorInvoiceNumber} of vendor ${vendor.number} was drafted`;
  }
  const dimensions = withDimensions(call, invoice.dimensions, parts['dimensionSetLines'] ?? []);
  company.invoices.update(invoice, { dimensions });
  for (const line of parts['purchaseInvoiceLines'] ?? []) addLine(call, purchaseKinds.purchaseInvoices, invoice, line);
  return invoice;
}

/** PATCH of a draft; a posted invoice is immutable. */
export function updateInvoice(call: Call, invoice: InvoiceRow, json: unknown): InvoiceRow {
  call.key = invoiceKey(call.company, invoice);
  refusePosted(call, invoice);
  const { values } = checkedBody(purchaseInvoices, json);
  refuseOtherVendor(call.company, invoice, values);
  const before = { date: invoice.invoiceDate, dueDate: invoice.dueDate };
  const { date, dueDate } = changedDates(values, 'invoiceDate', before);
  return call.company.invoices.update(invoice, {
    ...changedHeader(call.company, invoice, values),
    ...{ invoiceDate: date, dueDate },
    vendorInvoiceNumber: String(values['vendorInvoiceNumber'] ?? invoice.vendorInvoiceNumber),
  });
}
