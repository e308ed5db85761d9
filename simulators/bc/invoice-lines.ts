import { Decimal } from 'decimal.js';
import type { Call } from './calls.js';
import { checkAccount } from './checks.js';
import { withDimensions } from './dimension-lines.js';
import { businessError, fieldError, notFound } from './errors.js';
import { checkedBody } from './odata-body.js';
import type { Scalar } from './odata-fields.js';
import type { AccountRow, InvoiceLineRow, InvoiceRow } from './records.js';
import { purchaseInvoiceLines } from './sets-invoices.js';
import type { Company } from './world.js';

/** The invoice that a line belongs to. */
export function invoiceOfLine(company: Company, line: InvoiceLineRow): InvoiceRow {
  const invoice = company.invoices.get(line.documentId);
  if (invoice === undefined) throw notFound('purchaseInvoices');
  return invoice;
}

/** Adds a line at the next sequence; it inherits the header's dimensions before its own are added. */
export function addInvoiceLine(call: Call, invoice: InvoiceRow, json: unknown): InvoiceLineRow {
  const { values, parts } = checkedBody(purchaseInvoiceLines, json);
  if (values['documentId'] !== undefined && values['documentId'] !== invoice.id) {
    throw businessError('The value for "documentId" cannot be modified.');
  }
  const highest = Math.max(0, ...invoice.lines.map((other) => other.sequence));
  const sequence = Number(values['sequence'] ?? highest + 10_000);
  const blank: InvoiceLineRow = {
    ...call.world.newRecord(),
    documentId: invoice.id,
    sequence,
    ...{ lineType: 'Comment', accountNumber: '', description: '', description2: '', taxCode: '' },
    ...{ unitCost: '0', quantity: '0', dimensions: [] },
  };
  const changed = { ...blank, ...changedLine(call.company, blank, values) };
  const inherited = changed.lineType === 'Comment' ? [] : invoice.dimensions;
  const dimensions = withDimensions(call, inherited, parts['dimensionSetLines'] ?? []);
  const line = { ...changed, dimensions };
  call.company.invoices.update(invoice, { lines: [...invoice.lines, line] });
  return line;
}

/** PATCH of a line of a draft. */
export function updateInvoiceLine(call: Call, line: InvoiceLineRow, json: unknown): InvoiceLineRow {
  const { values } = checkedBody(purchaseInvoiceLines, json);
  if (values['documentId'] !== undefined) throw businessError('The value for "documentId" cannot be modified.');
  if (values['sequence'] !== undefined && values['sequence'] !== line.sequence) {
    throw businessError('The value for sequence cannot be modified. Delete and insert the line again.');
  }
  return replaceInvoiceLine(call, line, changedLine(call.company, line, values));
}

/** DELETE of a line of a draft. */
export function deleteInvoiceLine(call: Call, line: InvoiceLineRow): void {
  const invoice = invoiceOfLine(call.company, line);
  call.company.invoices.update(invoice, { lines: invoice.lines.filter((other) => other.id !== line.id) });
}

/** Puts a changed line in the place of the old one, with a new etag. */
export function replaceInvoiceLine(call: Call, line: InvoiceLineRow, patch: Partial<InvoiceLineRow>): InvoiceLineRow {
  const invoice = invoiceOfLine(call.company, line);
  const modifiedAt = call.world.desk.now().toISOString();
  const changed: InvoiceLineRow = { ...line, ...patch, version: line.version + 1, modifiedAt };
  call.company.invoices.update(invoice, {
    lines: invoice.lines.map((other) => (other.id === line.id ? changed : other)),
  });
  return changed;
}

function changedLine(company: Company, line: InvoiceLineRow, values: Record<string, Scalar>): Partial<InvoiceLineRow> {
  const patch: Partial<InvoiceLineRow> = {};
  for (const name of ['description', 'description2', 'taxCode'] as const) {
    if (values[name] !== undefined) patch[name] = String(values[name]);
  }
  if (values['unitCost'] !== undefined) patch.unitCost = decimal('Direct Unit Cost', String(values['unitCost']));
  if (values['quantity'] !== undefined) patch.quantity = decimal('Quantity', String(values['quantity']));
  const account = namedAccount(company, values);
  const implied = account === undefined ? line.lineType : 'Account';
  const lineType = String(values['lineType'] ?? implied);
  if (lineType !== 'Comment' && lineType !== 'Account') throw businessError(`${lineType} does not exist.`);
  if (account !== undefined) {
    if (lineType === 'Comment') throw fieldError('Type must not be Comment in Purchase Line with a No.');
    checkAccount(account);
    patch.accountNumber = account.number;
  }
  return { ...patch, lineType };
}

function namedAccount(company: Company, values: Record<string, Scalar>): AccountRow | undefined {
  const [number, id] = [values['lineObjectNumber'], values['accountId']];
  if ((number === undefined || number === '') && id === undefined) return undefined;
  const account = company.accounts.find(
    (row) => (number === undefined || row.number === number) && (id === undefined || row.id === id),
  );
  if (account === undefined) throw businessError('Account does not exist.');
  return account;
}

function decimal(name: string, text: string): string {
  const value = new Decimal(text);
  if (value.decimalPlaces() > 5) throw fieldError(`${name} must not have more than 5 decimal places: ${text}`);
  return value.toFixed();
}
