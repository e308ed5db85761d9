import type { ErpRoute } from '../../../contracts/erp-documents.js';
import type { LogicalSet } from '../entity-sets.js';
import { fiscalPeriodColumns, ledgerPeriodColumns } from '../fiscal-periods.js';
import { journalKinds, lineColumns, type FoJournal } from '../journal-kinds.js';
import {
  pendingHeaderColumns,
  pendingLineColumns,
  pendingStatusColumns,
  postedInvoiceColumns,
} from '../pending-schemas.js';
import {
  accountEntryColumns,
  dimensionParametersColumns,
  dimensionValueColumns,
  formatColumns,
  headerColumns,
  journalDetailColumns,
  ledgerColumns,
  ledgerEntryColumns,
  mainAccountColumns,
  payableEntryColumns,
  vendorColumns,
  vendSettlementColumns,
} from '../schemas.js';
import { paymentLineColumns } from '../payment-lines.js';
import { vendorMasterColumns } from '../vendors.js';
import type { FoUse } from './fo-set-up.js';
import {
  batchJobColumns,
  dimensionAttributeColumns,
  journalNameSetUpColumns,
  journalStateColumns,
  ledgerSetUpColumns,
  legalEntityColumns,
  vendorParameterColumns,
} from './set-up-schemas.js';

/** How much depends on a set: documents, the watch for payments, something smaller, or nothing of this configuration. */
export type Need = 'documents' | 'payments' | 'comfort' | 'nothing';

/** One entity set that the connector touches (F&O spec 14), with the fields that it reads. */
export interface SurfaceRow {
  set: LogicalSet;
  /** What it holds, in words for the person who gives the rights. */
  holds: string;
  need: Need;
  /** What is missed without it, where that is not said by `need`. */
  without?: string;
  fields: readonly string[];
  /** Fields that a create sends; only for sets that are written. */
  sends?: readonly string[];
  /** Rows belong to a company each. */
  ofCompany: boolean;
}

type Shape = Omit<SurfaceRow, 'need' | 'ofCompany'>;

const ofEverything: readonly Shape[] = [
  { set: 'LegalEntities', holds: 'legal entities', fields: legalEntityColumns },
  { set: 'Ledgers', holds: 'ledgers of the companies', fields: [...ledgerColumns, ...ledgerSetUpColumns] },
  { set: 'MainAccounts', holds: 'main accounts', fields: mainAccountColumns },
  { set: 'DimensionAttributes', holds: 'financial dimensions', fields: dimensionAttributeColumns },
  { set: 'FinancialDimensionValues', holds: 'values of financial dimensions', fields: dimensionValueColumns },
  { set: 'DimensionIntegrationFormats', holds: 'dimension formats for integrations', fields: formatColumns },
  { set: 'DimensionParameters', holds: 'dimension parameters', fields: dimensionParametersColumns },
  // The look for duplicates before every write needs them, and so does the proof of a posting.
  { set: 'VendTransBiEntities', holds: 'vendor transactions', fields: [...payableEntryColumns, 'SysModifiedDateTime'] },
];

const ofJournals: readonly Shape[] = [
  { set: 'JournalNames', holds: 'journal names', fields: journalNameSetUpColumns },
  {
    set: 'LedgerJournalTableBiEntities',
    holds: 'states of journals',
    fields: [...journalDetailColumns, ...journalStateColumns],
  },
];

const offset = ['OffsetAccountType', 'OffsetAccountDisplayValue'];

const journalHeaders = (route: FoJournal['route'], name: string): Shape => ({
  set: journalKinds[route].headers,
  holds: `${name} (headers)`,
  fields: headerColumns,
  sends: ['dataAreaId', 'JournalName', 'Description'],
});

function journalLines(route: FoJournal['route'], name: string): Shape {
  const kind = journalKinds[route];
  const own = [
    'dataAreaId',
    'JournalBatchNumber',
    'AccountType',
    'AccountDisplayValue',
    'Invoice',
    'Document',
    'DueDate',
  ];
  const numbers = kind.clientLineNumbers ? ['LineNumber'] : [];
  return {
    set: kind.lines,
    holds: `${name} (lines)`,
    fields: [...lineColumns(kind), ...offset],
    sends: [...own, ...numbers, ...Object.values(kind.fields)],
  };
}

const pendingHeaders: Shape = {
  set: 'VendorInvoiceHeaders',
  holds: 'pending vendor invoices (headers)',
  fields: pendingHeaderColumns,
};
const pendingSends = ['ImportedAmount', 'PurchaseOrderNumber'];
const pendingLines: Shape = {
  set: 'VendorInvoiceLines',
  holds: 'pending vendor invoices (lines)',
  fields: pendingLineColumns,
  sends: [...pendingLineColumns, 'UnitPrice'],
};
const ofPendingInvoices: readonly Shape[] = [
  { set: 'VendInvoiceJourBiEntities', holds: 'posted vendor invoices', fields: postedInvoiceColumns },
  { set: 'VendInvoiceInfoTableBiEntities', holds: 'states of pending invoices', fields: pendingStatusColumns },
];

const settlements: Shape = {
  set: 'VendSettlementBiEntities',
  holds: 'settlements of vendor transactions',
  fields: vendSettlementColumns,
};

const advice = 'nothing but advice of this report';
const proofWithoutLines = 'the proof of postings whose journal lines have been deleted';
const ofComfort: readonly Shape[] = [
  { set: 'VendorParameters', holds: 'accounts payable parameters', without: advice, fields: vendorParameterColumns },
  { set: 'LedgerFiscalPeriods', holds: 'periods of ledgers', without: advice, fields: ledgerPeriodColumns },
  { set: 'FiscalPeriods', holds: 'periods of fiscal calendars', without: advice, fields: fiscalPeriodColumns },
  { set: 'BatchJobs', holds: 'batch jobs', without: advice, fields: batchJobColumns },
  {
    set: 'VendorPaymentJournalLines',
    holds: 'vendor payment journal lines',
    without: 'nothing but the numbers of cheques in payment confirmations',
    fields: ['JournalBatchNumber', 'LineNumber', ...paymentLineColumns],
  },
];

/** Pending invoices are proven by them in any case. */
const ofLedger: readonly Shape[] = [
  {
    set: 'GeneralJournalEntryBiEntities',
    holds: 'posted general ledger entries (vouchers)',
    fields: ledgerEntryColumns,
  },
  {
    set: 'GeneralJournalAccountEntryBiEntities',
    holds: 'posted general ledger entries (bookings)',
    fields: accountEntryColumns,
  },
];

/** Asked for because people want to know (S38); nothing of this version reads them. */
const ofNothing: readonly Shape[] = [
  { set: 'PurchaseOrderHeadersV2', holds: 'purchase orders', fields: ['dataAreaId', 'PurchaseOrderNumber'] },
];

/**
 * What an environment has to offer for the given use. The fields are those of the code that reads them, so that the check can
 * never lag behind.
 */
export function requiredSurface({ companies }: FoUse): SurfaceRow[] {
  const routes = new Set(companies.flatMap((company) => Object.values(company.routes)));
  const has = (...those: ErpRoute[]): boolean => those.some((route) => routes.has(route));
  const needed = (isNeeded: boolean): Need => (isNeeded ? 'documents' : 'nothing');
  const invoices = companies.some((company) => company.routes.invoice !== undefined);
  const [isGeneral, isInvoice, isPending] = [
    has('fo-general-journal'),
    has('fo-vendor-invoice-journal'),
    has('fo-pending-invoice'),
  ];
  const tellsVendors = companies.some((company) => company.tellsVendors);
  return [
    ...ofEverything.map(as('documents')),
    as('documents')({
      set: 'VendorsV3',
      holds: 'vendors',
      fields: tellsVendors ? [...vendorColumns, ...vendorMasterColumns] : vendorColumns,
    }),
    ...ofJournals.map(as(needed(isGeneral || isInvoice))),
    as(needed(isGeneral))(journalHeaders('fo-general-journal', 'general journals')),
    // A number that waits in somebody's journal would be posted a second time: lines are looked through by other routes, too.
    as(needed(isGeneral || isPending))(journalLines('fo-general-journal', 'general journals')),
    as(needed(isInvoice))(journalHeaders('fo-vendor-invoice-journal', 'vendor invoice journals')),
    as(needed(routes.size > 0))(journalLines('fo-vendor-invoice-journal', 'vendor invoice journals')),
    as(needed(isPending || invoices))(
      isPending ? { ...pendingHeaders, sends: [...pendingHeaderSends, ...pendingSends] } : pendingHeaders,
    ),
    as(needed(isPending))(pendingLines),
    ...ofPendingInvoices.map(as(needed(isPending))),
    as('payments')(settlements),
    ...ofComfort.map(as('comfort')),
    ...ofLedger.map((shape) =>
      isPending ? as('documents')(shape) : as('comfort')({ ...shape, without: proofWithoutLines }),
    ),
    ...ofNothing.map(as('nothing')),
  ];
}

/** F&O itself sets the others. */
const pendingHeaderSends = pendingHeaderColumns.filter(
  (field) => !['VendorInvoiceReviewStatus', 'IsOnHold', 'Log'].includes(field),
);

const as =
  (need: Need) =>
  (shape: Shape): SurfaceRow => ({ ...shape, need, ofCompany: shape.fields.includes('dataAreaId') });
