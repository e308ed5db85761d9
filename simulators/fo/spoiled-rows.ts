import { namedBy, type SetUpFaults } from './set-up-faults.js';
import type { Row } from './values.js';

type Rows = Map<string, Row[]>;
type RowTest = (row: Row) => boolean;

function change(rows: Rows, set: string, cells: Row, fits: RowTest = () => true): void {
  const changed = (rows.get(set) ?? []).map((row) => (fits(row) ? { ...row, ...cells } : row));
  rows.set(set, changed);
}

function remove(rows: Rows, set: string, fits: RowTest): void {
  const kept = (rows.get(set) ?? []).filter((row) => !fits(row));
  rows.set(set, kept);
}

const equal = (left: string | null | undefined, right: string | undefined): boolean =>
  (left ?? '').toLowerCase() === right?.toLowerCase();

function spoilCompany(rows: Rows, faults: SetUpFaults, company: string): void {
  const ofCompany: RowTest = (row) => equal(row['LegalEntityId'], company) || equal(row['dataAreaId'], company);
  if (faults['company-missing'] === true) for (const set of rows.keys()) remove(rows, set, ofCompany);
  if (faults['no-ledger'] === true) for (const set of ['Ledgers', 'LedgerFiscalPeriods']) remove(rows, set, ofCompany);
}

function spoilJournalNames(rows: Rows, faults: SetUpFaults): void {
  const set = 'JournalNames';
  const missing = namedBy(faults['journal-name-missing']);
  const mistyped = namedBy(faults['journal-name-wrong-type']);
  remove(rows, set, (row) => equal(row['Name'], missing));
  // A payment journal takes neither expenses nor invoices.
  change(rows, set, { Type: 'Payment' }, (row) => equal(row['Name'], mistyped));
  if (faults['manual-voucher'] === true) {
    change(rows, set, { NewVoucher: 'Manually' }, (row) => row['Type'] === 'Daily');
  }
  if (faults['voucher-at-posting'] === true) change(rows, set, { VoucherAllocationAtPosting: 'Yes' });
  if (faults['lines-deleted-after-posting'] === true) change(rows, set, { DeleteLinesAfterPosting: 'Yes' });
  if (faults['summary-detail-level'] === true) change(rows, set, { DetailLevel: 'Summary' });
  if (faults['workflow-on-journal'] === true) {
    change(rows, set, { IsWorkflowApprovalActive: 'Yes', WorkflowId: 'LJW-000001' });
  }
  if (faults['amounts-include-tax'] === true) change(rows, set, { AmountsIncludeSalesTax: 'Yes' });
  if (faults['no-voucher-series'] === true) change(rows, set, { VoucherSeriesCode: '' });
}

/** Changes the rows of the master-data sets as the faults say; `company` is the one that faults of a company hit. */
export function spoilRows(rows: Rows, faults: SetUpFaults, company: string): void {
  spoilCompany(rows, faults, company);
  spoilJournalNames(rows, faults);
  if (faults['batch-off'] === true) change(rows, 'BatchJobs', { Status: 'Hold' });
}
