import type { DocType } from '../contracts/documents.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, LegalEntityRule } from '../contracts/mapping-rules.js';
import { checkerCodes } from './checker-codes.js';
import { bcCompanyFragment, foCompanyFragment } from './connection-fragments.js';
import { foVendors } from './fo-vendors.js';
import type { SandboxChart } from './sandbox-chart.js';
import { sandboxChart } from './sandbox-chart.js';
import type { SandboxCompany, SandboxVendors } from './sandbox-companies.js';
import { companiesFor, foJournalNames, mappingFor, vendorsFor } from './sandbox-companies.js';
import type { SandboxReading } from './sandbox-reading.js';
import { readSandboxDocument, troubleWith } from './sandbox-reading.js';
import type {
  BcSandboxData,
  CorrectionKind,
  FoSandboxData,
  SandboxDocument,
  SandboxOrder,
  SandboxPlan,
} from './sandbox-types.js';

interface EquippedCompany extends SandboxCompany {
  vendors: SandboxVendors;
  mapping: CompanyMapping;
  /** F&O: the connector chooses journal numbers (strong mode) in every other company. */
  isStrong: boolean;
}

/**
 * Invents the two ERPs for the given documents: one company per currency found, with master data and rules by which every
 * document can be posted, except for planted trouble. Pure: the same documents give the same plan.
 */
export function planSandbox(documents: SandboxDocument[], order: SandboxOrder): SandboxPlan {
  const readings = documents.flatMap(withCorrection).map(readSandboxDocument);
  const currencies = [...new Set(readings.flatMap(({ neutral }) => (neutral ? [neutral.currency] : [])))].sort();
  const companies = companiesFor(currencies, order);
  const judged = readings.map((reading) => withErpTrouble(reading, companies));
  const chart = sandboxChart(documentsToMap(judged));
  const equipped = companies.map((company, index) => equip(company, companies.slice(0, index), judged, chart));
  const legalEntity = legalEntityRules(companies);
  return {
    rules: {
      fo: equipped.filter(isFo).map(({ mapping, isStrong }) => foCompanyFragment(mapping, isStrong)),
      bc: equipped.filter(({ erp }) => erp === 'bc').map(({ mapping }) => bcCompanyFragment(mapping)),
      nav: equipped.filter(({ erp }) => erp === 'nav').map(({ mapping }) => bcCompanyFragment(mapping)),
      legalEntity: legalEntity.map(({ path, docTypes = [], codes }) => ({ path, documentTypes: docTypes, codes })),
    },
    masterData: {
      fo: foData(equipped.filter(isFo), chart),
      bc: bcData(
        equipped.filter(({ erp }) => erp === 'bc'),
        chart,
      ),
      nav: bcData(
        equipped.filter(({ erp }) => erp === 'nav'),
        chart,
      ),
    },
    codes: equipped.map(({ mapping, vendors }) => checkerCodes(mapping, vendors)),
    expected: Object.fromEntries(judged.flatMap((reading) => expectedOf(reading, companies))),
    planted: Object.fromEntries(
      judged.flatMap(({ source, trouble }): [string, HoldReason | CorrectionKind][] => {
        const planted = source.correction?.kind ?? trouble;
        return planted === undefined ? [] : [[source.id, planted]];
      }),
    ),
    mapping: equipped.map(({ mapping }) => mapping),
    legalEntity,
  };
}

/** The correction is prepared for like any document: it will come to the same company. */
function withCorrection(source: SandboxDocument): SandboxDocument[] {
  const { docType, correction } = source;
  if (correction === undefined) return [source];
  return [source, { id: correction.id, docType, document: undefined, documentText: correction.documentText }];
}

function isFo(company: SandboxCompany): boolean {
  return company.erp === 'fo';
}

function companyOf(neutral: NeutralDocument | undefined, companies: SandboxCompany[]): SandboxCompany | undefined {
  return companies.find(({ currency }) => currency === neutral?.currency);
}

function withErpTrouble(reading: SandboxReading, companies: SandboxCompany[]): SandboxReading {
  const { neutral } = reading;
  const company = companyOf(neutral, companies);
  const trouble = reading.trouble ?? (neutral && company && troubleWith(neutral, company.routes[neutral.docType]));
  return { ...reading, ...(trouble === undefined ? {} : { trouble }) };
}

/** Codes that only occur in documents with the planted trouble `mapping-missing` stay without mapping. */
function documentsToMap(readings: SandboxReading[]): NeutralDocument[] {
  return readings.flatMap(({ neutral, trouble }) => (neutral && trouble !== 'mapping-missing' ? [neutral] : []));
}

function equip(
  company: SandboxCompany,
  earlier: SandboxCompany[],
  readings: SandboxReading[],
  chart: SandboxChart,
): EquippedCompany {
  const vendors = vendorsFor(readings.filter(({ neutral }) => neutral?.currency === company.currency));
  const isStrong = earlier.filter(isFo).length % 2 === 0;
  return { ...company, vendors, mapping: mappingFor(company, chart, vendors), isStrong };
}

const currencyPaths: Record<DocType, string> = {
  expense: 'report.employeeCurrencyAlphaCode',
  invoice: 'requestHeader.currencyAlphaCode',
  cashadvance: 'cashAdvanceData.employeeCurrencyAlphaCode',
};

function legalEntityRules(companies: SandboxCompany[]): LegalEntityRule[] {
  const codes = Object.fromEntries(companies.map(({ currency, erp, company }) => [currency, { erp, company }]));
  return (['expense', 'invoice', 'cashadvance'] as const).map((docType) => ({
    path: currencyPaths[docType],
    docTypes: [docType],
    codes,
  }));
}

function expectedOf({ source, neutral }: SandboxReading, companies: SandboxCompany[]): [string, string][] {
  const company = companyOf(neutral, companies);
  return company === undefined ? [] : [[source.id, `${company.erp}/${company.company}`]];
}

function foData(companies: EquippedCompany[], chart: SandboxChart): FoSandboxData {
  return {
    companies: companies.map(({ company, name, currency, vendors, isStrong }) => ({
      company,
      name,
      currency,
      manualJournalNumbers: isStrong,
      journalNames: foJournalNames,
      vendors: foVendors(vendors, currency),
    })),
    mainAccounts: chart.accounts,
    procurementCategories: chart.procurement.categories,
    dimensions: chart.dimensions.map(({ name, byCode }) => ({
      name,
      values: Object.values(byCode).map((value) => ({ value })),
    })),
  };
}

function bcData(companies: EquippedCompany[], chart: SandboxChart): BcSandboxData {
  return {
    companies: companies.map(({ name, currency, vendors }) => ({
      name,
      currency,
      vendors: vendors.vendors.map((vendor) => ({
        number: vendor.code,
        displayName: vendor.name,
        ...(vendor.isBlocked ? { blocked: 'All' as const } : {}),
      })),
      accounts: chart.accounts.map(({ account, name: displayName, role }) => ({ number: account, displayName, role })),
      dimensions: chart.dimensions.map((dimension) => ({
        code: dimension.name.toUpperCase(),
        values: Object.values(dimension.byCode).map((code) => ({ code })),
      })),
    })),
  };
}
