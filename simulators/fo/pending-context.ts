import type { JournalContext } from './journal-context.js';
import { vendInvoiceInfoTableBiEntities, vendorInvoiceHeaders, vendorInvoiceLines } from './pending-entities.js';
import type { FoStore } from './store.js';
import { text, type Row } from './values.js';

/** Header of a pending invoice; undefined once it is posted. */
export function invoiceOf(store: FoStore, company: string, reference: string): Row | undefined {
  return store.table(vendorInvoiceHeaders.set).byKey([company, reference]);
}

/** Lines of a pending invoice in order of creation. */
export function invoiceLinesOf(store: FoStore, header: Row): Row[] {
  const table = store.table(vendorInvoiceLines.set);
  const candidates = table.candidates('HeaderReference', text(header, 'HeaderReference')) ?? [];
  return table.inOrder(candidates).filter((line) => line['dataAreaId'] === header['dataAreaId']);
}

/** Status row of a pending invoice. Throws if it has none. */
export function infoOf(store: FoStore, header: Row): Row {
  const candidates = store
    .table(vendInvoiceInfoTableBiEntities.set)
    .candidates('$reference', text(header, 'HeaderReference'));
  for (const row of candidates ?? []) if (row['dataAreaId'] === header['dataAreaId']) return row;
  throw new Error(`pending invoice ${text(header, 'HeaderReference')} has no status row`);
}

/** What the client calls the invoice: its document number, else the reference. */
export function markOfInvoice(row: Row): string {
  return text(row, 'DocumentNumber') || text(row, 'HeaderReference');
}

/** Sets status columns; the review status and the log show in the header as well. */
export function setInvoiceStatus(store: FoStore, header: Row, status: Row): void {
  store.table(vendInvoiceInfoTableBiEntities.set).update(infoOf(store, header), status);
  const { RequestStatus, Log } = status;
  const shown: Row = {
    ...(RequestStatus === undefined ? {} : { VendorInvoiceReviewStatus: RequestStatus }),
    ...(Log === undefined ? {} : { Log }),
  };
  if (Object.keys(shown).length > 0) store.table(vendorInvoiceHeaders.set).update(header, shown);
}

/** Status columns that follow from the header. */
export function mirroredColumns(header: Row): Row {
  return {
    Num: text(header, 'InvoiceNumber'),
    InvoiceAccount: text(header, 'InvoiceAccount'),
    OrderAccount: text(header, 'VendorAccount'),
    PurchId: text(header, 'PurchaseOrderNumber'),
    DocumentNum: text(header, 'DocumentNumber'),
    Description: text(header, 'InvoiceDescription'),
    CurrencyCode: text(header, 'Currency'),
    Payment: text(header, 'TermsOfPayment'),
    PaymMode: text(header, 'MethodOfPayment'),
    ImportedAmount: text(header, 'ImportedAmount'),
    DocumentDate: text(header, 'InvoiceDate'),
    TransDate: text(header, 'Date'),
    FixedDueDate: text(header, 'DueDate'),
    Hold: text(header, 'IsOnHold'),
    Approved: text(header, 'IsApproved'),
  };
}

/** Brings the status row up to date after a write: what was submitted or complained about begins anew. */
export function touchInvoice(context: JournalContext, header: Row): void {
  const included = infoOf(context.store, header)['IncludeInAutomatedProcessing'] === 'Yes';
  setInvoiceStatus(context.store, header, {
    ...mirroredColumns(header),
    RequestStatus: 'Draft',
    AutomationStatus: included ? 'Included' : 'NotApplicable',
    ParmJobStatus: 'Waiting',
    Log: '',
    $touchedAt: String(context.desk.now().getTime()),
  });
}
