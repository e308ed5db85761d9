import type { AccountRole, FoMasterData } from '../harness/types.js';
import { delimiterMember, delimiterOf } from './display-values.js';
import type { Row } from './values.js';

const chart = 'Shared';
const openEnd = '2154-12-31';
const periodYears = [2024, 2025, 2026, 2027, 2028, 2029, 2030];

const mainAccountTypes: Record<AccountRole, string> = {
  cost: 'Expense',
  tax: 'Asset',
  advance: 'Asset',
  liability: 'Liability',
};

/** F&O calls the type of vendor invoice journals PurchaseLedger ("Vendor invoice recording" is only its label). */
const journalTypes = { Daily: 'Daily', VendInvoiceRecording: 'PurchaseLedger', Payment: 'Payment' } as const;

type Company = FoMasterData['companies'][number];

const yes = (flag: boolean | undefined): string => (flag === true ? 'Yes' : 'No');

function vendorRow(company: Company, vendor: Company['vendors'][number]): Row {
  return {
    dataAreaId: company.company.toLowerCase(),
    VendorAccountNumber: vendor.account,
    VendorOrganizationName: vendor.name,
    VendorSearchName: vendor.name.slice(0, 20),
    VendorGroupId: vendor.group ?? '10',
    VendorPartyType: 'Organization',
    CurrencyCode: vendor.currency ?? company.currency,
    DefaultPaymentTermsName: 'Net30',
    DefaultVendorPaymentMethodName: 'ELEC',
    OnHoldStatus: vendor.onHold ?? 'No',
  };
}

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

function fiscalPeriodRows(company: Company): Row[] {
  const id = company.company.toLowerCase();
  return periodYears.flatMap((year) =>
    Array.from({ length: 12 }, (_, month) => {
      const lastDay = new Date(Date.UTC(year, month + 1, 0)).toISOString().slice(0, 10);
      const closed = company.openFrom !== undefined && lastDay < company.openFrom;
      return {
        LedgerName: id,
        Calendar: 'Fiscal',
        YearName: String(year),
        PeriodName: `Period ${String(month + 1)}`,
        LegalEntityId: id,
        PeriodStatus: closed ? 'Closed' : 'Open',
      };
    }),
  );
}

function formatRows(master: FoMasterData): Row[] {
  const names = master.dimensions.map((dimension) => dimension.name);
  const format = (name: string, type: string, parts: string[]): Row => ({
    DimensionFormatName: name,
    DimensionFormatType: type,
    FinancialDimensionFormat: parts.join(delimiterOf(master)),
    IsActive: 'Yes',
  });
  return [
    format('Default dimensions', 'DataEntityDefaultDimensionFormat', names),
    format('Ledger dimensions', 'DataEntityLedgerDimensionFormat', ['MainAccount', ...names]),
  ];
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
export function masterRows(master: FoMasterData): Map<string, Row[]> {
  const companies = master.companies;
  return new Map<string, Row[]>([
    ['VendorsV3', companies.flatMap((company) => company.vendors.map((vendor) => vendorRow(company, vendor)))],
    ['VendorParameters', companies.map((company) => ({ dataAreaId: company.company.toLowerCase() }))],
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
      ['MainAccount', ...master.dimensions.map((dimension) => dimension.name)].map((name) => ({
        DimensionName: name,
        ReportColumnName: name,
        UseValuesFrom: name,
      })),
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
      'LegalEntities',
      companies.map((company) => ({
        LegalEntityId: company.company.toLowerCase(),
        Name: company.name,
        CompanyName: company.name,
        LanguageId: 'en-US',
      })),
    ],
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
    ['LedgerFiscalPeriods', companies.flatMap(fiscalPeriodRows)],
  ]);
}
