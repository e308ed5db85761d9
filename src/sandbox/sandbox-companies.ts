import type { DocType } from '../contracts/documents.js';
import type { ErpRoute } from '../contracts/erp-documents.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping } from '../contracts/mapping-rules.js';
import { codeBook } from './code-book.js';
import type { SandboxChart } from './sandbox-chart.js';
import type { SandboxReading } from './sandbox-reading.js';
import { partyLegs } from './sandbox-reading.js';
import type { SandboxOrder } from './sandbox-types.js';

/** One ERP company of the sandbox; there is one per currency. */
export interface SandboxCompany {
  erp: 'fo' | 'bc' | 'nav';
  company: string;
  name: string;
  currency: string;
  routes: Record<DocType, ErpRoute>;
}

const foCompanies: Record<string, string> = { USD: 'usmf', EUR: 'demf', GBP: 'gbsi', CAD: 'camf' };

const sides = { fo: ['fo'], nav: ['bc'], classic: ['nav'], both: ['fo', 'bc'] } as const;

/** Companies for the currencies; with both ERPs they take turns. Names of Business Central hold what URLs stumble over. */
export function companiesFor(
  currencies: string[],
  { erp: erps, reportsAsInvoices = false }: SandboxOrder,
): SandboxCompany[] {
  return currencies.map((currency, index) => {
    const side = sides[erps][index % sides[erps].length] ?? 'fo';
    const position = Math.floor(index / sides[erps].length);
    const name = `CRONUS O'Brien & Söhne ${currency}`;
    const company = side === 'fo' ? (foCompanies[currency] ?? `${currency.toLowerCase()}1`) : name;
    const routes = routesFor(side, position, reportsAsInvoices);
    return { erp: side, company, name: side === 'fo' ? `Contoso ${currency}` : name, currency, routes };
  });
}

export interface SandboxVendor {
  code: string;
  name: string;
  isBlocked: boolean;
}

export interface SandboxVendors {
  vendors: SandboxVendor[];
  employees: Record<string, string>;
}

/**
 * Vendor accounts of one company: suppliers under their own code where an ERP can hold it, employees under generated
 * accounts. Payees of documents with the planted trouble `vendor-missing` get none.
 */
export function vendorsFor(readings: SandboxReading[]): SandboxVendors {
  const known = readings.filter(({ neutral, trouble }) => neutral !== undefined && trouble !== 'vendor-missing');
  const suppliers = new Map<string, SandboxVendor>();
  const people = new Map<string, string>();
  for (const { neutral, trouble } of known) {
    if (neutral?.payee.kind === 'supplier') {
      const { id: code, name } = neutral.payee;
      const isBlocked = trouble === 'vendor-blocked' || suppliers.get(code)?.isBlocked === true;
      suppliers.set(code, { code, name, isBlocked });
    } else if (neutral !== undefined) {
      for (const id of employeeIds(neutral)) {
        people.set(id, neutral.payee.name);
      }
    }
  }
  const taken = new Set([...suppliers.keys()].map((code) => code.toUpperCase()));
  const accounts = codeBook('E', /^$/, taken);
  // In order of appearance, as all codes: documents that come later must not move the accounts of those before them.
  const employeeVendors = [...people].map(([id, name]) => ({ code: accounts.assign(id), name, isBlocked: false }));
  return { vendors: [...suppliers.values(), ...employeeVendors], employees: Object.fromEntries(accounts.codes) };
}

function employeeIds(neutral: NeutralDocument): string[] {
  return [neutral.payee.id, ...partyLegs(neutral).flatMap((leg) => (leg.party === 'EMPL' && leg.id ? [leg.id] : []))];
}

const journalNames = { expense: 'CNQREXP', cashadvance: 'CNQRADV', invoice: 'CNQRINV' };

const kinds = { fo: 'dynamics-fo', bc: 'business-central', nav: 'dynamics-nav' } as const;

/**
 * Routes of the companies of an ERP, in turns: invoices of every third one of F&O are pending vendor invoices instead of journals,
 * and reports of every second one of Business Central and NAV are purchase invoices against the employee's vendor, if that is
 * wanted.
 */
function routesFor(erp: SandboxCompany['erp'], position: number, reportsAsInvoices: boolean): SandboxCompany['routes'] {
  if (erp === 'fo') {
    const invoice = position % 3 === 2 ? 'fo-pending-invoice' : 'fo-vendor-invoice-journal';
    return { expense: 'fo-general-journal', cashadvance: 'fo-general-journal', invoice };
  }
  const expense = reportsAsInvoices && position % 2 === 1 ? 'bc-purchase-invoice' : 'bc-general-journal';
  return { expense, cashadvance: 'bc-general-journal', invoice: 'bc-purchase-invoice' };
}

/** The rules of one company; every code of its documents leads somewhere, except in planted trouble. */
export function mappingFor(company: SandboxCompany, chart: SandboxChart, vendors: SandboxVendors): CompanyMapping {
  const isFo = company.erp === 'fo';
  return {
    ...chart.mapping,
    erp: company.erp,
    company: company.company,
    kind: kinds[company.erp],
    currency: company.currency,
    isTest: true,
    postingDate: 'today',
    routes: company.routes,
    journalNames: isFo ? journalNames : {},
    vendors: { sameCode: true, byCode: {} },
    employees: { sameCode: false, byId: vendors.employees },
    ...(company.routes.invoice === 'fo-pending-invoice' ? { procurementCategories: chart.procurement.mapping } : {}),
    dimensions: chart.dimensions.map(({ name, from, byCode }) => ({
      dimension: isFo ? name : name.toUpperCase(),
      from: [from],
      required: false,
      sameCode: false,
      byCode,
    })),
  };
}

/** Journal names that an F&O company of the sandbox has. */
export const foJournalNames: { name: string; type: 'Daily' | 'VendInvoiceRecording' | 'Payment' }[] = [
  { name: journalNames.expense, type: 'Daily' },
  { name: journalNames.cashadvance, type: 'Daily' },
  { name: journalNames.invoice, type: 'VendInvoiceRecording' },
  { name: 'VendPay', type: 'Payment' },
];
