import type { FoPendingInvoice } from '../../src/contracts/erp-documents.js';
import type { HttpResponse } from '../../src/clients/http/types.js';
import { environment, vendTrans } from './fo-fixtures.js';
import { duplicate, EMPTY, MemoryFo, Refusal, respond, type Row } from './fo-memory.js';

const headers = 'VendorInvoiceHeaders';
const lines = 'VendorInvoiceLines';
const refused = (text: string): Refusal =>
  new Refusal(400, `Write failed for table row of type 'X'. Infolog: Error: ${text}`);

/** The memory environment with pending vendor invoices: keys of the client, no posting by itself. */
export class PendingFo extends MemoryFo {
  alterHeader: (header: Row) => Row = (header) => header;

  protected override insert(set: string, body: Row): Row {
    if (set === headers) return this.insertInvoice(body);
    if (set === lines) return this.insertInvoiceLine(body);
    return super.insert(set, body);
  }

  private insertInvoice(body: Row): Row {
    for (const field of ['HeaderReference', 'InvoiceAccount', 'InvoiceNumber']) {
      if (body[field] === undefined) throw refused(`Mandatory field '${field}' not set.`);
    }
    if (this.rows(headers).some((row) => sameInvoice(row, body))) throw new Refusal(400, duplicate('Header reference'));
    const row = this.alterHeader({
      ...{ VendorInvoiceReviewStatus: 'Draft', IsOnHold: 'No', Log: '', DueDate: EMPTY, DimensionDisplayValue: '' },
      ...body,
    });
    this.rows(headers).push(row);
    return row;
  }

  private insertInvoiceLine(body: Row): Row {
    if (!this.rows(headers).some((row) => sameInvoice(row, body))) throw refused('There is no such invoice.');
    const isSame = (row: Row): boolean =>
      sameInvoice(row, body) && row['InvoiceLineNumber'] === body['InvoiceLineNumber'];
    if (this.rows(lines).some(isSame)) throw new Refusal(400, duplicate('Invoice line number'));
    const empty = {
      ProcurementCategoryName: '',
      ProcurementCategoryHierarchyName: '',
      PurchaseOrder: '',
      PurchLineNumber: 0,
    };
    const row = this.alterLine({ ...empty, Unit: '', DimensionDisplayValue: '', ...body });
    this.rows(lines).push(row);
    return row;
  }

  protected override remove(path: string, query: Record<string, string>): HttpResponse {
    const [, set = '', key = ''] = /^(\w+)\((.*)\)$/.exec(path) ?? [];
    if (set !== headers && set !== lines) return super.remove(path, query);
    const [, company, reference, number] =
      /^dataAreaId='(\w+)',HeaderReference='([^']+)'(?:,InvoiceLineNumber=(\d+))?$/.exec(key) ?? [];
    const isRow = (row: Row): boolean =>
      row['dataAreaId'] === company &&
      row['HeaderReference'] === reference &&
      (set === headers || row['InvoiceLineNumber'] === Number(number));
    if (query['cross-company'] !== 'true' || !this.rows(set).some(isRow)) return respond(404, '');
    const dependent = this.rows(lines).some((row) => row['HeaderReference'] === reference);
    if (set === headers && dependent) throw refused('It cannot be deleted while dependent lines exist.');
    this.tables.set(
      set,
      this.rows(set).filter((row) => !isRow(row)),
    );
    return respond(204, '');
  }

  /** Posts a pending invoice as F&O's workflow would: its rows go, the posted invoice and the vendor's entry come. */
  postInvoice(reference: string, voucher = 'VINV000001', changes: { posted?: Row; entry?: Row } = {}): void {
    const header = this.rows(headers).find((row) => row['HeaderReference'] === reference)!;
    const own = this.rows(lines).filter((row) => row['HeaderReference'] === reference);
    const total = own.reduce((sum, row) => sum + (row['NetAmount'] as number), 0);
    this.tables.set(
      headers,
      this.rows(headers).filter((row) => row !== header),
    );
    this.tables.set(
      lines,
      this.rows(lines).filter((row) => !own.includes(row)),
    );
    this.rows('VendInvoiceJourBiEntities').push({
      ...{ dataAreaId: header['dataAreaId'], SourceKey: 68_719_482_833, InvoiceId: header['InvoiceNumber'] },
      ...{ InvoiceAccount: header['InvoiceAccount'], LedgerVoucher: voucher, InvoiceDate: header['InvoiceDate'] },
      ...{ InvoiceAmount: total, CurrencyCode: header['Currency'], DocumentNum: header['DocumentNumber'] },
      ...changes.posted,
    });
    this.rows('VendTransBiEntities').push(
      vendTrans(5_637_149_900, {
        ...{ AccountNum: header['InvoiceAccount'], Invoice: header['InvoiceNumber'], Voucher: voucher },
        ...{ TransType: 'Purch', TransDate: header['Date'], AmountCur: -total, CurrencyCode: header['Currency'] },
        ...changes.entry,
      }),
    );
    this.bookInvoice(header, own, voucher);
  }

  /** The general ledger of a posted invoice: the vendor's side, and one booking for each line on accounts of F&O's choice. */
  private bookInvoice(header: Row, own: readonly Row[], voucher: string): void {
    const key = 900 + this.rows('GeneralJournalEntryBiEntities').length;
    this.rows('GeneralJournalEntryBiEntities').push({
      ...{ SourceKey: key, SubledgerVoucher: voucher, SubledgerVoucherDataAreaId: header['dataAreaId'] },
      ...{ DocumentNumber: header['DocumentNumber'], AccountingDate: header['Date'] },
    });
    const book = (account: string, dimensions: unknown, amount: number, type: string): void => {
      const [Department = '', CostCenter = ''] = String(dimensions).split('-');
      this.rows('GeneralJournalAccountEntryBiEntities').push({
        ...{ SourceKey: 1, GeneralJournalEntry: key, PostingType: type, TransactionCurrencyAmount: amount },
        ...{ LedgerAccount: `${account}-${CostCenter}-${Department}`, TransactionCurrencyCode: header['Currency'] },
        LedgerDimensionValuesJson: JSON.stringify([
          { MAINACCOUNT: account },
          { DEPARTMENT: Department },
          { COSTCENTER: CostCenter },
        ]),
      });
    };
    for (const line of own) {
      book('618160', line['DimensionDisplayValue'], line['NetAmount'] as number, 'PurchExpense');
      // The product receipt of an order is taken back by the posting of its invoice.
      if (line['PurchaseOrder'] === '') continue;
      book('618190', line['DimensionDisplayValue'], -(line['NetAmount'] as number), 'PurchPckSlpPurchase');
      book('200190', '', line['NetAmount'] as number, 'PurchPckSlpPurchaseOffsetAccount');
    }
    const total = own.reduce((sum, row) => sum + Math.round((row['NetAmount'] as number) * 100), 0) / 100;
    book('200100', '', -total, 'VendBalance');
  }
}

const sameInvoice = (left: Row, right: Row): boolean =>
  left['dataAreaId'] === right['dataAreaId'] && left['HeaderReference'] === right['HeaderReference'];

/** The usual environment, with pending invoices. */
export function pendingEnvironment(): PendingFo {
  const fo = new PendingFo();
  for (const [set, rows] of environment().tables) fo.tables.set(set, rows);
  return fo;
}

export const seed = '7E0A1F3C9E7B4A53';
export const reference = '7e0a1f3c-9e7b-5a53-9a53-0c1f7f3f2a11';

/** An invoice with a category line, an order line and a credit line. */
export function pendingInvoice(fields: Partial<FoPendingInvoice> = {}): FoPendingInvoice {
  return {
    route: 'fo-pending-invoice',
    part: 1,
    docType: 'invoice',
    erp: 'fo',
    company: 'USMF',
    keySeed: seed,
    reference: '48399',
    currency: 'USD',
    documentOn: '2026-03-20',
    postingOn: '2026-03-31',
    dueOn: '2026-04-20',
    debitTotal: '1200',
    payable: { vendorAccount: 'US-101', amount: '1200', invoiceNumber: '48399' },
    headerReference: reference,
    vendorAccount: 'US-101',
    invoiceNumber: '48399',
    description: `Concur INV ${seed} 48399`,
    documentNumber: seed,
    amount: '1200',
    dimensions: [{ dimension: 'Department', value: '001' }],
    lines: [
      {
        lineNumber: 1,
        goods: { category: 'Catering', hierarchy: 'Procurement', unit: 'ea' },
        quantity: '1',
        unitPrice: '1000.10',
        amount: '1000.10',
        dimensions: [
          { dimension: 'CostCenter', value: '024' },
          { dimension: 'Department', value: '001' },
        ],
        text: 'Catering 20 March',
      },
      {
        lineNumber: 2,
        goods: { purchaseOrder: 'PO-77', purchaseLine: '10' },
        quantity: '4',
        unitPrice: '52.5',
        amount: '210',
        dimensions: [{ dimension: 'Department', value: '001' }],
        text: 'Chairs',
      },
      {
        lineNumber: 3,
        goods: { category: 'Catering', hierarchy: 'Procurement', unit: 'ea' },
        quantity: '-1',
        unitPrice: '10.10',
        amount: '-10.10',
        dimensions: [{ dimension: 'Department', value: '001' }],
        text: 'Discount',
      },
    ],
    ...fields,
  };
}
