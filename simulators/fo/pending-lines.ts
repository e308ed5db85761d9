import { completeRow } from './entity-definition.js';
import type { JournalContext } from './journal-context.js';
import { companyOfBody } from './journal-headers.js';
import { duplicateKey, fieldRefused, mandatoryFieldMissing, notRelated, updateNotAllowed } from './odata-errors.js';
import { invoiceOf, touchInvoice } from './pending-context.js';
import { vendorInvoiceLines } from './pending-entities.js';
import { settleInvoiceLine } from './pending-line-rules.js';
import type { FoStore } from './store.js';
import { text, type Row } from './values.js';

const { aotName, keys, readOnly, set } = vendorInvoiceLines;

/** A posted invoice is gone, so that its lines find no header (section 7). */
function headerOfLine(store: FoStore, dataAreaId: string, reference: string): Row {
  if (reference === '') throw mandatoryFieldMissing('Header reference');
  const header = invoiceOf(store, dataAreaId, reference);
  if (header !== undefined) return header;
  throw notRelated(aotName, 'HeaderReference', 'Header reference', reference, 'Vendor invoice header');
}

function freeLineNumber(store: FoStore, dataAreaId: string, reference: string, sent: Row): string {
  const number = sent['InvoiceLineNumber'] ?? '';
  if (number === '') throw mandatoryFieldMissing('Invoice line number');
  if (store.table(set).byKey([dataAreaId, reference, number]) !== undefined) {
    const table = 'Vendor invoice line (VendInvoiceInfoLine)';
    throw duplicateKey(aotName, table, `Header reference: ${reference}, Invoice line number: ${number}`);
  }
  return number;
}

/** Creates a line of a pending invoice (section 6.4); header reference and line number guard against a second one. */
export function createInvoiceLine(context: JournalContext, operation: string, sent: Row): Row {
  const { store, desk } = context;
  const computed = readOnly.find((field) => field in sent);
  if (computed !== undefined) throw fieldRefused(aotName, computed, `Field '${computed}' cannot be set.`);
  const company = companyOfBody(context, aotName, operation, sent);
  const dataAreaId = company.company.toLowerCase();
  const header = headerOfLine(store, dataAreaId, sent['HeaderReference'] ?? '');
  const reference = text(header, 'HeaderReference');
  const number = freeLineNumber(store, dataAreaId, reference, sent);
  const given = completeRow(vendorInvoiceLines, {
    Tax1099Type: null,
    Unit: 'ea',
    LineNumber: number,
    ...sent,
    dataAreaId,
    HeaderReference: reference,
    InvoiceLineNumber: number,
    InvoiceAccount: text(header, 'InvoiceAccount'),
    VendorAccount: text(header, 'VendorAccount'),
    $recId: store.nextRecId(),
  });
  const line = settleInvoiceLine(store, company, { header, line: given, sent, isNew: true });
  store.table(set).insert(line);
  touchInvoice(context, header);
  store.onCommit(() => {
    desk.write({ operation, key: `${dataAreaId}/${reference}/${number}`, outcome: 'applied' });
  });
  return line;
}

/** Changes a line of a pending invoice; keys and what the server fills may not be sent. */
export function updateInvoiceLine(context: JournalContext, _operation: string, row: Row, sent: Row): void {
  const { store } = context;
  const locked = [...readOnly, ...keys].find((field) => field in sent);
  if (locked !== undefined) throw updateNotAllowed(locked);
  const dataAreaId = text(row, 'dataAreaId');
  const company = store.findCompany(dataAreaId);
  if (company === undefined) throw notRelated(aotName, 'dataAreaId', 'Company', dataAreaId, 'Legal entities');
  const header = headerOfLine(store, dataAreaId, text(row, 'HeaderReference'));
  const line = { ...row, ...sent };
  store.table(set).update(row, settleInvoiceLine(store, company, { header, line, sent, isNew: false }));
  touchInvoice(context, header);
}

/** Deletes a line of a pending invoice. */
export function deleteInvoiceLine(context: JournalContext, _operation: string, row: Row): void {
  const { store } = context;
  store.table(set).remove(row);
  touchInvoice(context, headerOfLine(store, text(row, 'dataAreaId'), text(row, 'HeaderReference')));
}
