import { createFoAdapter, type FoAdapterOptions } from '../../src/clients/dynamics-fo/fo-adapter.js';
import type { FoGeneralJournal, FoVendorInvoiceJournal } from '../../src/contracts/erp-documents.js';
import type { ErpPort, TrackedErpDocument } from '../../src/contracts/erp-port.js';
import { EMPTY, MemoryFo } from './fo-memory.js';

export const NOW = Date.parse('2026-04-01T08:00:00Z');
export const signal = new AbortController().signal;

/** An environment with one chart of accounts, two dimensions and two companies. */
export function environment(): MemoryFo {
  const fo = new MemoryFo();
  fo.rows('DimensionIntegrationFormats').push(
    format('DataEntityLedgerDimensionFormat', 'MainAccount-Department-CostCenter', 'Yes'),
    format('DataEntityLedgerDimensionFormat', 'MainAccount-CostCenter', 'No'),
    format('DataEntityDefaultDimensionFormat', 'Department-CostCenter-Project', 'Yes'),
  );
  fo.rows('DimensionParameters').push({ Key: 0, DimensionSegmentDelimiter: 'Hyphen' });
  fo.rows('Ledgers').push(
    { LegalEntityId: 'USMF', ChartOfAccounts: 'Shared' },
    { LegalEntityId: 'DEMF', ChartOfAccounts: 'Shared' },
  );
  fo.rows('MainAccounts').push(account('618160'), account('618170'), account('210700'));
  fo.rows('FinancialDimensionValues').push(
    dimensionValue('CostCenter', '024'),
    dimensionValue('CostCenter', '025'),
    dimensionValue('Department', '001'),
  );
  fo.rows('JournalNames').push(journalName('CNQREXP'), journalName('CNQRINV'));
  fo.rows('VendorsV3').push(vendor('EMP-00042'), vendor('US-101'));
  return fo;
}

function format(type: string, text: string, active: string) {
  return {
    DimensionFormatName: `${type} ${text}`,
    DimensionFormatType: type,
    FinancialDimensionFormat: text,
    IsActive: active,
  };
}

export function account(id: string, fields: object = {}) {
  return {
    ChartOfAccounts: 'Shared',
    MainAccountId: id,
    MainAccountType: 'Expense',
    IsSuspended: 'No',
    ActiveFrom: EMPTY,
    ActiveTo: EMPTY,
    DoNotAllowManualEntry: 'No',
    ...fields,
  };
}

export function dimensionValue(dimension: string, value: string, fields: object = {}) {
  return {
    FinancialDimension: dimension,
    LegalEntityId: '',
    DimensionValue: value,
    IsSuspended: 'No',
    IsBlockedForManualEntry: 'No',
    IsTotal: 'No',
    ActiveFrom: EMPTY,
    ActiveTo: '2154-12-31T23:59:59Z',
    ...fields,
  };
}

export function journalName(name: string, fields: object = {}) {
  return {
    dataAreaId: 'usmf',
    Name: name,
    NewVoucher: 'OneVoucher',
    DeleteLinesAfterPosting: 'No',
    DetailLevel: 'Detail',
    ...fields,
  };
}

export function vendor(number: string, fields: object = {}) {
  return { dataAreaId: 'usmf', VendorAccountNumber: number, OnHoldStatus: 'No', ...fields };
}

export function adapter(fo: MemoryFo, options: Partial<FoAdapterOptions> = {}): ErpPort {
  return createFoAdapter({ name: 'fo', companies: {}, now: () => NOW, ...options }, fo);
}

/** A report with one employee and two debits, in a company that is not the service user's default one. */
export function expense(fields: Partial<FoGeneralJournal> = {}): FoGeneralJournal {
  const seed = fields.keySeed ?? '6D0A1F3C9E7B4A52';
  return {
    route: 'fo-general-journal',
    part: 1,
    docType: 'expense',
    erp: 'fo',
    company: 'USMF',
    keySeed: seed,
    reference: 'R-1',
    currency: 'USD',
    documentOn: '2026-03-28',
    postingOn: '2026-03-31',
    dueOn: '2026-04-07',
    debitTotal: '128.40',
    payable: { vendorAccount: 'EMP-00042', amount: '128.40', invoiceNumber: `EXP-${seed.slice(0, 12)}` },
    journalName: 'CNQREXP',
    journalBatchNumber: 'CQ0000ABCD',
    description: `Concur EXP ${seed} R-1`,
    lines: [
      {
        accountType: 'Vend',
        account: 'EMP-00042',
        dimensions: [],
        credit: '128.40',
        text: '1/3 Expense report March',
        invoice: `EXP-${seed.slice(0, 12)}`,
        document: seed,
      },
      {
        accountType: 'Ledger',
        account: '618160',
        dimensions: [
          { dimension: 'CostCenter', value: '024' },
          { dimension: 'Department', value: '001' },
        ],
        debit: '100.00',
        text: '2/3 Hotel',
        document: seed,
      },
      {
        accountType: 'Ledger',
        account: '618170',
        dimensions: [{ dimension: 'CostCenter', value: '025' }],
        debit: '28.40',
        text: '3/3 Taxi',
        document: seed,
      },
    ],
    ...fields,
  };
}

export function invoice(fields: Partial<FoVendorInvoiceJournal> = {}): FoVendorInvoiceJournal {
  const seed = '7E0A1F3C9E7B4A53';
  return {
    ...expense({ keySeed: seed }),
    route: 'fo-vendor-invoice-journal',
    docType: 'invoice',
    reference: '48399',
    debitTotal: '1200.00',
    payable: { vendorAccount: 'US-101', amount: '1200.00', invoiceNumber: '48399' },
    journalName: 'CNQRINV',
    journalBatchNumber: 'CQ0000WXYZ',
    description: `Concur INV ${seed} 48399`,
    lines: [
      {
        lineNumber: 1,
        accountType: 'Vend',
        account: 'US-101',
        dimensions: [{ dimension: 'Department', value: '001' }],
        credit: '1200.00',
        text: '1/2 Catering',
        invoice: '48399',
        document: seed,
      },
      {
        lineNumber: 2,
        accountType: 'Ledger',
        account: '618160',
        dimensions: [],
        debit: '1200.00',
        text: '2/2 Catering',
        document: seed,
      },
    ],
    ...fields,
  };
}

export function tracked(document: FoGeneralJournal | FoVendorInvoiceJournal, journal: string): TrackedErpDocument {
  return { documentId: `doc-${document.keySeed}`, document, keys: { journal } };
}

/** Posts a journal as a person in F&O would: header, voucher of the lines, vendor entries. */
export function post(fo: MemoryFo, journal: string, voucher = 'GNJL000001'): void {
  for (const [headers, lines, side] of [
    ['LedgerJournalHeaders', 'LedgerJournalLines', 'CreditAmount'],
    ['VendInvoiceJournalHeaders', 'VendInvoiceJournalLines', 'Credit'],
  ] as const) {
    for (const header of fo.rows(headers).filter((row) => row['JournalBatchNumber'] === journal)) {
      header['IsPosted'] = 'Yes';
      for (const line of fo.rows(lines).filter((row) => row['JournalBatchNumber'] === journal)) {
        line['Voucher'] = voucher;
        if (line['AccountType'] !== 'Vend') continue;
        fo.rows('VendTransBiEntities').push(
          vendTrans(5_637_149_876 + fo.rows('VendTransBiEntities').length, {
            AccountNum: String(line['AccountDisplayValue']).replaceAll('\\-', '-'),
            Invoice: line['Invoice'],
            Voucher: voucher,
            TransDate: line['TransDate'] ?? line['Date'],
            AmountCur: -(line[side] as number),
            CurrencyCode: line['CurrencyCode'] ?? line['Currency'],
          }),
        );
      }
    }
  }
}

export function vendTrans(key: number, fields: object) {
  return {
    dataAreaId: 'usmf',
    SourceKey: key,
    AccountNum: 'EMP-00042',
    Invoice: '',
    Voucher: '',
    JournalNum: '',
    TransType: 'Vend',
    TransDate: '2026-03-31T12:00:00Z',
    AmountCur: 0,
    CurrencyCode: 'USD',
    SysModifiedDateTime: '2026-03-31T15:00:00Z',
    ...fields,
  };
}
