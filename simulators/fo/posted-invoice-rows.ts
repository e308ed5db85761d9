import type { Decimal } from 'decimal.js';
import type { Account } from './accounts.js';
import { completeRow } from './entity-definition.js';
import type { JournalContext } from './journal-context.js';
import { infoOf, markOfInvoice } from './pending-context.js';
import { vendInvoiceJourBiEntities, vendInvoiceTransBiEntities } from './pending-entities.js';
import type { LineBasis } from './pending-line-rules.js';
import type { Company } from './store.js';
import { emptyDay, sum, text, toInstant, type Row } from './values.js';

/** A pending invoice with what its lines are invoiced for. */
export interface PendingInvoice {
  company: Company;
  header: Row;
  lines: { row: Row; basis: LineBasis; account: Account }[];
}

/** Sum of the lines: what the vendor is owed. */
export function invoiceTotal(invoice: PendingInvoice): Decimal {
  return sum(invoice.lines.map(({ row }) => text(row, 'NetAmount')));
}

/** What all rows of the posted invoice share. */
export interface PostedInvoice {
  invoice: PendingInvoice;
  dataAreaId: string;
  internalId: string;
  voucher: string;
  origin: string;
}

/** Inserts the header of the posted invoice, while the pending one is still there. */
export function insertInvoiceHeader(context: JournalContext, posted: PostedInvoice): void {
  const { store, desk } = context;
  const { header } = posted.invoice;
  const [recId, now] = [store.nextRecId(), desk.now()];
  const total = invoiceTotal(posted.invoice).toFixed();
  const documentDate = text(header, 'InvoiceDate');
  store.table(vendInvoiceJourBiEntities.set).insert(
    completeRow(vendInvoiceJourBiEntities, {
      dataAreaId: posted.dataAreaId,
      SourceKey: recId,
      InvoiceId: text(header, 'InvoiceNumber'),
      InvoiceAccount: text(header, 'InvoiceAccount'),
      OrderAccount: text(header, 'VendorAccount'),
      LedgerVoucher: posted.voucher,
      CurrencyCode: text(header, 'Currency'),
      ParmId: text(infoOf(store, header), 'ParmId'),
      InternalInvoiceId: posted.internalId,
      DocumentNum: text(header, 'DocumentNumber'),
      Description: text(header, 'InvoiceDescription'),
      PurchId: text(header, 'PurchaseOrderNumber'),
      InvoiceAmount: total,
      InvoiceAmountMST: total,
      InvoiceDate: documentDate === emptyDay ? text(header, 'Date') : documentDate,
      DocumentDate: documentDate,
      DueDate: text(header, 'DueDate'),
      SysDataAreaId: posted.dataAreaId,
      CreatedOn: toInstant(now),
      SysModifiedDateTime: toInstant(now),
      $recId: recId,
      $reference: text(header, 'HeaderReference'),
      $mark: markOfInvoice(header),
      $origin: posted.origin,
      $postedAt: now.toISOString(),
    }),
  );
}

/** Inserts one line of the posted invoice. */
export function insertInvoiceLine(
  context: JournalContext,
  posted: PostedInvoice,
  line: PendingInvoice['lines'][number],
): void {
  const { store, desk } = context;
  const { header } = posted.invoice;
  const { row, basis } = line;
  const recId = store.nextRecId();
  store.table(vendInvoiceTransBiEntities.set).insert(
    completeRow(vendInvoiceTransBiEntities, {
      dataAreaId: posted.dataAreaId,
      SourceKey: recId,
      InvoiceId: text(header, 'InvoiceNumber'),
      InternalInvoiceId: posted.internalId,
      PurchID: basis.orderLine?.order.number ?? '',
      PurchaseLineLineNumber: String(basis.orderLine?.line.line ?? 0),
      ItemId: text(row, 'ItemNumber'),
      Name: text(row, 'LineDescription'),
      CurrencyCode: text(row, 'Currency'),
      LineNum: text(row, 'InvoiceLineNumber'),
      Qty: text(row, 'ReceiveNow'),
      PurchPrice: text(row, 'UnitPrice'),
      LineAmount: text(row, 'NetAmount'),
      InvoiceDate: text(header, 'Date'),
      SysDataAreaId: posted.dataAreaId,
      CreatedOn: toInstant(desk.now()),
      $recId: recId,
    }),
  );
}
