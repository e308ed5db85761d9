import type { FoMasterData } from '../harness/master-data.js';
import type { AccountRole } from '../harness/types.js';
import { delimiterMember, delimiterOf } from './display-values.js';
import { organisationRows } from './organisation-rows.js';
import type { FoSetUp } from './set-up.js';
import type { Company } from './store.js';
import type { Row } from './values.js';
import { vendorRows } from './vendor-rows.js';

const chart = 'Shared';
const openEnd = '2154-12-31';

const mainAccountTypes: Record<AccountRole, string> = {
  cost: 'Expense',
  tax: 'Asset',
  advance: 'Asset',
  liability: 'Liability',
};

/** F&O calls the type of vendor invoice journals PurchaseLedger ("Vendor invoice recording" is only its label). */
const journalTypes = { Daily: 'Daily', VendInvoiceRecording: 'PurchaseLedger', Payment: 'Payment' } as const;

const yes = (flag: boolean | undefined): string => (flag === true ? 'Yes' : 'No');

function journalNameRow(company: Company, journalName: Company['journalNames'][number]): Row {
  return {
    dataAreaId: company.company.toLowerCase(),
    Name: journalName.name,
    Description: journalName.name,
    Type: journalTypes[journalName.type],
    NewVoucher: journalName.type === 'Daily' ? 'OneVoucher' : 'BalanceSheet',
    VoucherSeriesCode: `${journalName.name}-V`,
    PostingLineLimit: '0',
  };
}

function formatRows(setUp: FoSetUp): Row[] {
  const { dimensions, formats } = setUp;
  const row = (name: string, type: string, parts: readonly string[], isActive: boolean): Row => ({
    DimensionFormatName: name,
    DimensionFormatType: type,
    FinancialDimensionFormat: parts.join(delimiterOf(setUp)),
    IsActive: yes(isActive),
  });
  const names = dimensions.map(({ name }) => name);
  const rows = [row('Default dimensions', 'DataEntityDefaultDimensionFormat', names, formats.default !== undefined)];
  if (formats.ledger !== undefined) {
    const parts = ['MainAccount', ...formats.ledger.map(({ name }) => name)];
    rows.push(row('Ledger dimensions', 'DataEntityLedgerDimensionFormat', parts, true));
  }
  return rows;
}

function mainAccountRows(master: FoMasterData): Row[] {
  return master.mainAccounts.map((account, index) => ({
    ChartOfAccounts: chart,
    MainAccountId: account.account,
    Name: account.name,
    MainAccountType: mainAccountTypes[account.role],
    MainAccountRecId: mainAccountRecId(index),
    ChartOfAccountsRecId: '5637144577',
    IsSuspended: yes(account.suspended),
    ActiveTo: openEnd,
  }));
}

/** Record id of a main account by its position in the master data. */
export function mainAccountRecId(index: number): string {
  return String(68_719_482_000 + index);
}

/** Record id of a company's ledger by its position in the master data. */
export function ledgerRecId(index: number): string {
  return String(68_719_400_000 + index);
}

/** Rows of every master-data set, by set name; fields that are not named take their defaults. */
export function masterRows(master: FoSetUp): Map<string, Row[]> {
  const companies = master.companies;
  return new Map<string, Row[]>([
    ...vendorRows(companies),
    ...organisationRows(companies),
    ['JournalNames', companies.flatMap((company) => company.journalNames.map((name) => journalNameRow(company, name)))],
    ['MainAccounts', mainAccountRows(master)],
    [
      'MainAccountLegalEntities',
      companies.flatMap((company) =>
        master.mainAccounts.map((account) => ({
          MainAccountId: account.account,
          ChartOfAccounts: chart,
          LegalEntityId: company.company.toLowerCase(),
          IsSuspended: yes(account.suspended),
          ActiveTo: openEnd,
        })),
      ),
    ],
    [
      'DimensionAttributes',
      ['MainAccount', ...master.dimensions.map((dimension) => dimension.name)]
        .filter((name) => name !== master.inactiveDimension)
        .map((name) => ({ DimensionName: name, ReportColumnName: name, UseValuesFrom: name })),
    ],
    [
      'FinancialDimensionValues',
      master.dimensions.flatMap((dimension) =>
        dimension.values.map((value) => ({
          FinancialDimension: dimension.name,
          LegalEntityId: '',
          DimensionValue: value.value,
          Description: value.value,
          IsSuspended: yes(value.suspended),
          ActiveTo: openEnd,
        })),
      ),
    ],
    ['FinancialDimensionValueLegalEntityOverridesV2', []],
    ['DimensionIntegrationFormats', formatRows(master)],
    ['DimensionParameters', [{ Key: '0', DimensionSegmentDelimiter: delimiterMember(master) }]],
    [
      'Ledgers',
      companies.map((company, index) => ({
        LegalEntityId: company.company.toLowerCase(),
        Name: company.company.toUpperCase(),
        ChartOfAccounts: chart,
        AccountingCurrency: company.currency,
        ReportingCurrency: company.currency,
        FiscalCalendar: 'Fiscal',
        LedgerRecId: ledgerRecId(index),
      })),
    ],
  ]);
}
