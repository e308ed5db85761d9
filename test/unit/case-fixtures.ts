import { readdirSync, readFileSync } from 'node:fs';
import type { DocType } from '../../src/contracts/documents.js';
import type { ErpRoute } from '../../src/contracts/erp-documents.js';
import type { PublishedLedger } from '../../src/contracts/ledger.js';
import type { CompanyMapping, LegalEntityRule, MappingRules } from '../../src/contracts/mapping-rules.js';
import { loadDocuments } from '../../src/sandbox/load-documents.js';

const fixtures = new URL('../fixtures/fis/', import.meta.url);

/** One fixture of a case: the document as FIS delivers it. */
export interface CaseFixture {
  name: string;
  docType: DocType;
  /** FI document id. */
  id: string;
  text: string;
}

/** Every fixture of `test/fixtures/fis/cases`, by name. */
export function caseFixtures(): CaseFixture[] {
  return readdirSync(new URL('cases/', fixtures))
    .map((file) => file.replace(/\.json$/, ''))
    .sort()
    .map((name) => {
      const { documents } = loadDocuments([
        { name, text: readFileSync(new URL(`cases/${name}.json`, fixtures), 'utf8') },
      ]);
      const [document] = documents;
      if (document === undefined) throw new Error(`${name} holds no document`);
      const { docType, id, documentText: text } = document;
      return { name, docType, id, text };
    });
}

/** Expected ledgers by name of the fixture: derived from FIS spec 10.1 with other means than the mapping. */
export function expectedLedgers(): Record<string, PublishedLedger> {
  return JSON.parse(readFileSync(new URL('expected-ledgers.json', fixtures), 'utf8')) as Record<
    string,
    PublishedLedger
  >;
}

/** The firm of the fixtures: Concur's company code, its currency, and its company in either ERP. */
const companies = [
  { code: 'US01', currency: 'USD', fo: 'usmf', bc: 'CRONUS US' },
  { code: 'DE01', currency: 'EUR', fo: 'demf', bc: 'CRONUS DE' },
  { code: 'GB01', currency: 'GBP', fo: 'gbsi', bc: 'CRONUS GB' },
  { code: 'GB02', currency: 'GBP', fo: 'gbsu', bc: 'CRONUS GB 2' },
  { code: 'CA01', currency: 'CAD', fo: 'camf', bc: 'CRONUS CA' },
  { code: 'JP01', currency: 'JPY', fo: 'jpmf', bc: 'CRONUS JP' },
  { code: 'KW01', currency: 'KWD', fo: 'kwmf', bc: 'CRONUS KW' },
] as const;

const costs = ['6100', '6110', '6115', '6120', '6130', '6140', '6145', '6150', '6160', '6300', '1910'];
const purchases = ['7100', '7200', '7300', '7400', '7500'];
const employees = Array.from({ length: 40 }, (_, index) => String(10_001 + index));

/** Accounts of the ERPs follow Concur's, so that a reader of the golden files finds his way: 6100 is 610000. */
export const erpAccount = (concur: string): string => `${concur}00`;
/** Vendor accounts of employees by the number in their id: KX10004 and emil.brandt.10007@… are E-10004 and E-10007. */
export const employeeVendor = (id: string): string => `E-${/\d{5}/.exec(id)?.[0] ?? ''}`;
export const taxAccountOf = (authority: string): string => `1576${authority}`;
export const cardAccount = (party: string): string => `2100${party}`;
export const category = (concur: string): string => `Goods ${concur}`;

/** Accounts of those who pay instead of the ERP, and of other companies. */
export const otherAccounts = {
  payroll: '224000',
  expensePay: '225000',
  invoicePay: '226000',
  dueFrom: '130500',
  dueTo: '240500',
} as const;

const firstNames = [
  'ada',
  'bruno',
  'chiara',
  'dorit',
  'emil',
  'farah',
  'goran',
  'hanna',
  'ivo',
  'jutta',
  'kofi',
  'lene',
];
const lastNames = 'albrecht brandt castell dorn ebner falk gruber hollis iversen jansen kessler'.split(' ');

/** Every seventh employee has an e-mail address for an id. */
const employeeIds = employees.map((number, index) =>
  index % 7 === 6
    ? `${firstNames[index % 12]}.${lastNames[Math.floor(index / 3) % 11]}.${number}@firm.example`
    : `KX${number}`,
);

function companyMapping(erp: 'fo' | 'bc', of: (typeof companies)[number], invoice: ErpRoute): CompanyMapping {
  const isFo = erp === 'fo';
  return {
    erp,
    company: of[erp],
    kind: isFo ? 'dynamics-fo' : 'business-central',
    currency: of.currency,
    isTest: false,
    postingDate: 'document',
    routes: { invoice },
    journalNames: isFo ? { expense: 'CNQREXP', cashadvance: 'CNQRADV', invoice: 'CNQRINV', general: 'CNQRIC' } : {},
    vendors: { sameCode: true, byCode: {} },
    employees: { sameCode: false, byId: Object.fromEntries(employeeIds.map((id) => [id, employeeVendor(id)])) },
    accounts: {
      sameCode: false,
      byCode: Object.fromEntries([...costs, ...purchases].map((code) => [code, erpAccount(code)])),
    },
    procurementCategories: {
      hierarchy: 'Procurement',
      unit: 'ea',
      byCode: Object.fromEntries(purchases.map((code) => [code, category(code)])),
    },
    cardLiabilities: {
      IBCP: { ledger: cardAccount('IBCP') },
      CBCP: { ledger: cardAccount('CBCP') },
      COPD: { ledger: cardAccount('COPD') },
    },
    inputTax: ['DEVAT', 'GBVAT', 'CAGST', 'CAPSK', 'JPCTX'].map((authority) => ({
      ...{ authority, code: '*', account: taxAccountOf(authority) },
    })),
    advance: { 1620: erpAccount('1620') },
    payrollClearing: otherAccounts.payroll,
    expensePayClearing: otherAccounts.expensePay,
    invoicePayClearing: otherAccounts.invoicePay,
    intercompany: companies
      .filter(({ code }) => code !== of.code)
      .map((partner) => ({
        partner: { erp, company: partner[erp] },
        dueFrom: otherAccounts.dueFrom,
        dueTo: otherAccounts.dueTo,
      })),
    dimensions: ['BusinessUnit', 'Department', 'CostCenter', 'Project'].map((dimension, index) => ({
      dimension: isFo ? dimension : dimension.toUpperCase(),
      from: [`allocationCustom${index + 1}Code`],
      ...{ required: false, sameCode: true, byCode: {} },
    })),
  };
}

/** The mapping of the whole firm into one ERP; invoices take the given route. */
export function caseRules(erp: 'fo' | 'bc', invoice: ErpRoute): MappingRules {
  const codes = Object.fromEntries(companies.map((each) => [each.code, { erp, company: each[erp] }]));
  const rule = (path: string, docType: DocType): LegalEntityRule => ({ path, docTypes: [docType], codes });
  const heads = [
    rule('report.ledgerCode', 'expense'),
    rule('requestHeader.ledgerCode', 'invoice'),
    rule('employeeData.employeeOrgUnit1Code', 'cashadvance'),
  ];
  return {
    version: 'cases',
    legalEntity: [
      rule('expenseEntry.allocation.allocationCustom5Code', 'expense'),
      rule('lineItem.allocation.allocationCustom5Code', 'invoice'),
      ...heads,
    ],
    payingEntity: heads,
    companies: companies.map((each) => companyMapping(erp, each, invoice)),
  };
}
