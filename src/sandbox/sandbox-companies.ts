import type { NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping } from '../contracts/mapping-rules.js';
import { codeBook } from './code-book.js';
import type { SandboxChart } from './sandbox-chart.js';
import type { SandboxReading } from './sandbox-reading.js';
import { partyLegs } from './sandbox-reading.js';

/** One ERP company of the sandbox; there is one per currency. */
export interface SandboxCompany {
  erp: 'fo' | 'bc';
  company: string;
  name: string;
  currency: string;
}

const foCompanies: Record<string, string> = { USD: 'usmf', EUR: 'demf', GBP: 'gbsi', CAD: 'camf' };

/** Companies for the currencies; with both ERPs they take turns. Names of Business Central hold what URLs stumble over. */
export function companiesFor(currencies: string[], erp: 'fo' | 'bc' | 'both'): SandboxCompany[] {
  return currencies.map((currency, index) => {
    const side = erp === 'both' ? (index % 2 === 0 ? 'fo' : 'bc') : erp;
    const name = `CRONUS O'Brien & Söhne ${currency}`;
    const company = side === 'fo' ? (foCompanies[currency] ?? `${currency.toLowerCase()}1`) : name;
    return { erp: side, company, name: side === 'fo' ? `Contoso ${currency}` : name, currency };
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

/**
 * The rules of one company; every code of its documents leads somewhere, except in planted trouble. `isPending`: its invoices
 * become pending vendor invoices of F&O instead of journals.
 */
export function mappingFor(
  company: SandboxCompany,
  chart: SandboxChart,
  vendors: SandboxVendors,
  isPending: boolean,
): CompanyMapping {
  const isFo = company.erp === 'fo';
  const foInvoice = isPending ? 'fo-pending-invoice' : 'fo-vendor-invoice-journal';
  return {
    ...chart.mapping,
    erp: company.erp,
    company: company.company,
    kind: isFo ? 'dynamics-fo' : 'business-central',
    currency: company.currency,
    isTest: true,
    postingDate: 'today',
    routes: isFo
      ? { expense: 'fo-general-journal', cashadvance: 'fo-general-journal', invoice: foInvoice }
      : { expense: 'bc-general-journal', cashadvance: 'bc-general-journal', invoice: 'bc-purchase-invoice' },
    journalNames: isFo ? journalNames : {},
    vendors: { sameCode: true, byCode: {} },
    employees: { sameCode: false, byId: vendors.employees },
    ...(isPending ? { procurementCategories: chart.procurement.mapping } : {}),
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
