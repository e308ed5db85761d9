import { readDefaultDimensions } from './accounts.js';
import { completeRow } from './entity-definition.js';
import type { JournalContext } from './journal-context.js';
import { companyOfBody, descriptionLength } from './journal-headers.js';
import { invoiceLength, knownCurrencies } from './line-rules.js';
import {
  duplicateKey,
  fieldRefused,
  mandatoryFieldMissing,
  notRelated,
  updateNotAllowed,
  writeRefusal,
} from './odata-errors.js';
import { removeAttachment } from './pending-attachments.js';
import { invoiceLinesOf, infoOf, invoiceOf, mirroredColumns, touchInvoice } from './pending-context.js';
import { vendInvoiceInfoTableBiEntities, vendInvoiceJourBiEntities, vendorInvoiceHeaders } from './pending-entities.js';
import { findOrder } from './purchase-orders.js';
import type { Company, FoStore } from './store.js';
import { text, toDay, toInstant, type Row } from './values.js';

const { aotName, keys, readOnly, set } = vendorInvoiceHeaders;

/** Accounts are plain here, not display values: an escaped one names nobody (section 6.4). */
function plainVendor(company: Company, field: string, label: string, value: string): Company['vendors'][number] {
  const found = company.vendors.find((vendor) => vendor.account.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw notRelated(aotName, field, label, value, 'Vendors');
  return found;
}

/** Validates a header as it would be after the write and answers it as F&O keeps it. */
function settleHeader(store: FoStore, company: Company, row: Row): Row {
  if (text(row, 'InvoiceAccount') === '') throw mandatoryFieldMissing('Invoice account');
  if (text(row, 'InvoiceNumber') === '') throw mandatoryFieldMissing('Invoice number');
  const payee = plainVendor(company, 'InvoiceAccount', 'Invoice account', text(row, 'InvoiceAccount'));
  const vendor = plainVendor(company, 'VendorAccount', 'Vendor account', text(row, 'VendorAccount') || payee.account);
  const currency = text(row, 'Currency') || (vendor.currency ?? company.currency);
  if (!knownCurrencies.has(currency)) throw notRelated(aotName, 'Currency', 'Currency', currency, 'Currencies');
  const order = text(row, 'PurchaseOrderNumber');
  if (order !== '' && findOrder(store.master, company, order) === undefined) {
    throw notRelated(aotName, 'PurchaseOrderNumber', 'Purchase order', order, 'Purchase orders');
  }
  const place = { aotName, field: 'DimensionDisplayValue' };
  return {
    ...row,
    InvoiceAccount: payee.account,
    VendorAccount: vendor.account,
    VendorName: vendor.name,
    Currency: currency,
    InvoiceNumber: text(row, 'InvoiceNumber').slice(0, invoiceLength),
    InvoiceDescription: text(row, 'InvoiceDescription').slice(0, descriptionLength),
    DimensionDisplayValue: readDefaultDimensions(store.master, text(row, place.field), place).display,
  };
}

function freeReference(store: FoStore, dataAreaId: string, sent: Row): string {
  const reference = sent['HeaderReference'] ?? '';
  if (reference === '') throw mandatoryFieldMissing('Header reference');
  if (invoiceOf(store, dataAreaId, reference) !== undefined) {
    const table = 'Vendor invoice header (VendInvoiceInfoTable)';
    throw duplicateKey(aotName, table, `Header reference: ${reference}, ${sent['InvoiceNumber'] ?? ''}`);
  }
  return reference;
}

function insertInfo(context: JournalContext, company: Company, header: Row): void {
  const { store, desk } = context;
  const dataAreaId = text(header, 'dataAreaId');
  const recId = text(header, '$recId');
  const included = company.invoiceAutomation !== false;
  const number = String(store.nextNumber(`${dataAreaId}/vendInvoiceInfo`)).padStart(8, '0');
  store.table(vendInvoiceInfoTableBiEntities.set).insert(
    completeRow(vendInvoiceInfoTableBiEntities, {
      ...mirroredColumns(header),
      dataAreaId,
      TableRefId: `VII${number}`,
      ParmId: `PRM${number}`,
      SourceKey: recId,
      IncludeInAutomatedProcessing: included ? 'Yes' : 'No',
      AutomationStatus: included ? 'Included' : 'NotApplicable',
      VendInvoiceSaveStatus: 'Pending',
      ParmJobStatus: 'Waiting',
      DocumentOrigin: 'Service',
      SysDataAreaId: dataAreaId,
      CreatedOn: toInstant(desk.now()),
      $recId: recId,
      $reference: text(header, 'HeaderReference'),
      $touchedAt: String(desk.now().getTime()),
    }),
  );
}

/** Key under which writes of a header are recorded: company and reference. */
function keyOf(header: Row): string {
  return `${text(header, 'dataAreaId')}/${text(header, 'HeaderReference')}`;
}

/**
 * Creates the header of a pending invoice (section 6.4). The reference is unique among pending invoices only: after posting
 * the row is gone and the reference free again, which is recorded as a repeat.
 */
export function createInvoice(context: JournalContext, operation: string, sent: Row): Row {
  const { store, desk } = context;
  const computed = readOnly.find((field) => field in sent);
  if (computed !== undefined) throw fieldRefused(aotName, computed, `Field '${computed}' cannot be set.`);
  const company = companyOfBody(context, aotName, operation, sent);
  const dataAreaId = company.company.toLowerCase();
  const reference = freeReference(store, dataAreaId, sent);
  const header = settleHeader(
    store,
    company,
    completeRow(vendorInvoiceHeaders, {
      Date: toDay(desk.now()),
      TermsOfPayment: 'Net30',
      MethodOfPayment: 'ELEC',
      IsApproved: 'Yes',
      ...sent,
      dataAreaId,
      HeaderReference: reference,
      $recId: store.nextRecId(),
    }),
  );
  store.table(set).insert(header);
  insertInfo(context, company, header);
  const posted = [...(store.table(vendInvoiceJourBiEntities.set).candidates('$reference', reference) ?? [])];
  const repeated = posted.some((row) => row['dataAreaId'] === dataAreaId);
  store.onCommit(() => {
    if (repeated) desk.repeat(operation, keyOf(header), `invoice ${reference} is posted in ${dataAreaId} already`);
    else desk.write({ operation, key: keyOf(header), outcome: 'applied', detail: text(header, 'InvoiceNumber') });
  });
  return header;
}

/** Changes a header that is not posted yet; what was submitted to the workflow is a draft again. */
export function updateInvoice(context: JournalContext, _operation: string, row: Row, sent: Row): void {
  const { store } = context;
  const locked = [...readOnly, ...keys].find((field) => field in sent);
  if (locked !== undefined) throw updateNotAllowed(locked);
  const company = store.findCompany(text(row, 'dataAreaId'));
  if (company === undefined) throw notRelated(aotName, 'dataAreaId', 'Company', text(row, 'dataAreaId'), 'Companies');
  store.table(set).update(row, settleHeader(store, company, { ...row, ...sent }));
  touchInvoice(context, row);
}

/** Deletes a header without lines. */
export function deleteInvoice(context: JournalContext, _operation: string, row: Row): void {
  const { store } = context;
  if (invoiceLinesOf(store, row).length > 0) {
    throw writeRefusal('Vendor invoice header cannot be deleted while dependent Vendor invoice lines exist.');
  }
  store.table(vendInvoiceInfoTableBiEntities.set).remove(infoOf(store, row));
  removeAttachment(store, row);
  store.table(set).remove(row);
}
