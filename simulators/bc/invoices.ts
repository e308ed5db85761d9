import type { Call } from './calls.js';
import { checkVendor } from './checks.js';
import { withDimensions, withShortcut } from './dimension-lines.js';
import { businessError } from './errors.js';
import { addInvoiceLine } from './invoice-lines.js';
import { checkedBody } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import type { InvoiceRow, VendorRow } from './records.js';
import { HEADER_TEXT_NAMES, purchaseInvoices } from './sets-invoices.js';
import { currencyId, shortcutDimension } from './sets-master.js';
import { nextNumber, type Company } from './world.js';

/** Key of an invoice for the desk: company, vendor and the vendor's own number. */
export function invoiceKey(
  company: Company,
  invoice: Pick<InvoiceRow, 'vendorNumber' | 'vendorInvoiceNumber'>,
): string {
  return `${company.name}/${invoice.vendorNumber}/${invoice.vendorInvoiceNumber}`;
}

/** POST of a draft with dimensions and lines, in this order: lines inherit the header's dimensions. */
export function createInvoice(call: Call, json: unknown): InvoiceRow {
  const { values, parts } = checkedBody(purchaseInvoices, json);
  const { company } = call;
  const vendorInvoiceNumber = String(values['vendorInvoiceNumber'] ?? '');
  call.key = invoiceKey(company, { vendorNumber: String(values['vendorNumber'] ?? ''), vendorInvoiceNumber });
  const vendor = namedVendor(company, values, { number: 'vendorNumber', id: 'vendorId' });
  if (vendor === undefined) throw businessError('A "vendorNumber" or a "vendorID" must be provided.');
  call.key = invoiceKey(company, { vendorNumber: vendor.number, vendorInvoiceNumber });
  checkVendor(vendor, 'create');
  const invoice = company.invoices.insert({
    ...blankInvoice(call, vendor),
    ...changedHeader(company, values, vendor),
    vendorInvoiceNumber,
  });
  if (vendorInvoiceNumber !== '' && hasTwin(company, invoice)) {
    call.repeatMessage = `a second invoice ${vendorInvoiceNumber} of vendor ${vendor.number} was drafted`;
  }
  const shortcuts = withShortcuts(company, invoice, values);
  const dimensions = withDimensions(call, shortcuts, parts['dimensionSetLines'] ?? []);
  company.invoices.update(invoice, { dimensions });
  for (const line of parts['purchaseInvoiceLines'] ?? []) addInvoiceLine(call, invoice, line);
  return invoice;
}

/** PATCH of a draft; a posted invoice is immutable. */
export function updateInvoice(call: Call, invoice: InvoiceRow, json: unknown): InvoiceRow {
  call.key = invoiceKey(call.company, invoice);
  refusePosted(call, invoice);
  const { values } = checkedBody(purchaseInvoices, json);
  const vendor = namedVendor(call.company, values, { number: 'vendorNumber', id: 'vendorId' });
  if (vendor !== undefined && vendor.number !== invoice.vendorNumber) {
    throw businessError('The vendor of an invoice with lines cannot be changed.');
  }
  const dimensions = withShortcuts(call.company, invoice, values);
  const header = changedHeader(call.company, values, vendor);
  return call.company.invoices.update(invoice, {
    ...header,
    dimensions,
    texts: { ...invoice.texts, ...header.texts },
    vendorInvoiceNumber: String(values['vendorInvoiceNumber'] ?? invoice.vendorInvoiceNumber),
  });
}

/** DELETE of an invoice. The service really deletes a posted one, which no connector may ask for. */
export function deleteInvoice(call: Call, invoice: InvoiceRow): void {
  call.key = invoiceKey(call.company, invoice);
  if (invoice.postedAt > 0) call.world.desk.violation(call.operation, `posted invoice ${invoice.postedNumber} deleted`);
  call.company.invoices.remove(invoice);
}

/** Refuses a change of a posted invoice, and records it. */
export function refusePosted(call: Call, invoice: InvoiceRow): void {
  if (invoice.postedAt === 0) return;
  call.world.desk.violation(call.operation, `change of the posted invoice ${invoice.postedNumber}`);
  throw businessError('The invoice has been posted and can no longer be modified.');
}

function hasTwin(company: Company, invoice: InvoiceRow): boolean {
  const { id, vendorNumber, vendorInvoiceNumber } = invoice;
  const twin = (row: InvoiceRow): boolean =>
    row.id !== id && row.vendorNumber === vendorNumber && row.vendorInvoiceNumber === vendorInvoiceNumber;
  return company.invoices.find(twin) !== undefined;
}

function namedVendor(
  company: Company,
  values: Record<string, Scalar>,
  names: { number: string; id: string },
): VendorRow | undefined {
  const [number, id] = [values[names.number], values[names.id]];
  if (number === undefined && id === undefined) return undefined;
  const matches = (row: VendorRow): boolean =>
    (number === undefined || row.number === number) && (id === undefined || row.id === id);
  const vendor = company.vendors.find(matches);
  if (vendor === undefined) throw businessError('The vendor cannot be found.');
  return vendor;
}

function blankInvoice(call: Call, vendor: VendorRow): InvoiceRow {
  const today = call.world.today();
  return {
    ...call.world.newRecord(),
    draftNumber: String(nextNumber(call.company, 'draft')),
    postedNumber: '',
    postedAt: 0,
    vendorNumber: vendor.number,
    payToVendorNumber: vendor.number,
    vendorInvoiceNumber: '',
    invoiceDate: today,
    postingDate: today,
    dueDate: today,
    currencyCode: vendor.currencyCode,
    texts: {},
    dimensions: [],
    lines: [],
    vendorEntryId: '',
  };
}

function changedHeader(
  company: Company,
  values: Record<string, Scalar>,
  vendor: VendorRow | undefined,
): Partial<InvoiceRow> & { texts: Record<string, string> } {
  const header: Partial<InvoiceRow> & { texts: Record<string, string> } = { texts: {} };
  for (const name of ['invoiceDate', 'postingDate', 'dueDate'] as const) {
    if (values[name] !== undefined) header[name] = String(values[name]);
  }
  if (header.invoiceDate !== undefined && header.dueDate === undefined && vendor !== undefined) {
    header.dueDate = header.invoiceDate;
  }
  for (const name of HEADER_TEXT_NAMES) if (values[name] !== undefined) header.texts[name] = String(values[name]);
  const payTo = namedVendor(company, values, { number: 'payToVendorNumber', id: 'payToVendorId' });
  if (payTo !== undefined) header.payToVendorNumber = payTo.number;
  const currencyCode = changedCurrency(company, values);
  if (currencyCode !== undefined) header.currencyCode = currencyCode;
  return header;
}

/** The local currency's code and a blank both mean local currency, which is kept blank. */
function changedCurrency(company: Company, values: Record<string, Scalar>): string | undefined {
  const [code, id] = [values['currencyCode'], values['currencyId']];
  if (code === undefined) {
    if (id === undefined || id === currencyId('')) return id === undefined ? undefined : '';
    throw businessError('The "currencyId" does not match to a Currency.');
  }
  const known = code === '' || /^[A-Z]{3}$/.test(String(code));
  if (!known) throw businessError('The "currencyCode" does not match to a Currency.');
  const kept = code === company.currency ? '' : String(code);
  if (id !== undefined && id !== currencyId(kept)) {
    throw businessError('The currency values do not match to a specific Currency.');
  }
  return kept;
}

function withShortcuts(
  company: Company,
  invoice: InvoiceRow,
  values: Record<string, Scalar>,
): InvoiceRow['dimensions'] {
  let dimensions = invoice.dimensions;
  for (const position of [1, 2]) {
    const property = `shortcutDimension${position}Code`;
    const value = values[property];
    if (value === undefined) continue;
    const code = shortcutDimension(company, position);
    dimensions = withShortcut(company, dimensions, { property, code, value: String(value) });
  }
  return dimensions;
}
