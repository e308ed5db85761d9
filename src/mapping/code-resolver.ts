import type { DimensionValue } from '../contracts/erp-documents.js';
import type { LedgerLeg, NeutralDocument, Party } from '../contracts/ledger.js';
import type { CompanyMapping, LiabilityTarget, PlanFacts } from '../contracts/mapping-rules.js';
import { vendorKey } from '../contracts/mapping-rules.js';
import type { Refusals } from './plan-types.js';

/** Account and vendor codes have at most 20 characters in both ERPs (F&O spec 10, NAV spec 8). */
const codeLimit = 20;

type CostLeg = Extract<LedgerLeg, { leg: 'expense' | 'personal' }>;
type TaxLeg = Extract<LedgerLeg, { leg: 'inputTax' }>;

/** Translates codes of Concur into codes of one ERP company. What has no mapping is refused, and undefined is returned. */
export interface CodeResolver {
  account(code: string): string | undefined;
  /** Procurement category of an account code. */
  category(code: string): string | undefined;
  tax(leg: TaxLeg): string | undefined;
  advance(code: string): string | undefined;
  vendor(kind: 'employee' | 'supplier', code: string): string | undefined;
  card(party: Exclude<Party, 'EMPL' | 'VENDOR'>): LiabilityTarget | undefined;
  clearing(of: 'payroll' | 'expense-pay' | 'concur-invoice-pay', documentAccount?: string): string | undefined;
  dimensions(leg: CostLeg): DimensionValue[];
}

/** Refuses for want of a mapping; its result stands for the code that is not there. */
type Missing = (code: string, field: string, message: string) => string | undefined;

function ownRow(rows: Record<string, string>, code: string): string | undefined {
  return Object.hasOwn(rows, code) ? rows[code] : undefined;
}

export function codeResolver(
  mapping: CompanyMapping,
  facts: Pick<PlanFacts, 'resolvedVendors'>,
  document: Pick<NeutralDocument, 'businessId'>,
  refusals: Refusals,
): CodeResolver {
  const where = `${mapping.erp}/${mapping.company}`;
  const remedy = `Add the code to the mapping of ${where} in the connections file or its table.`;
  const missing: Missing = (code, field, message) => {
    refusals.add({ hold: 'mapping-missing', code, field, message, remedy });
    return undefined;
  };
  const sameCode = (table: { sameCode: boolean }, code: string): string | undefined =>
    table.sameCode && code.length <= codeLimit ? code : undefined;
  const accountOrNone = (code: string): string | undefined =>
    ownRow(mapping.accounts.byCode, code) ?? sameCode(mapping.accounts, code);

  return {
    account: (code) =>
      accountOrNone(code) ?? missing('account-unmapped', code, `Account ${code} has no mapping in ${where}.`),
    advance: (code) =>
      ownRow(mapping.advance, code) ??
      accountOrNone(code) ??
      missing('advance-unmapped', code, `Cash advance account ${code} has no mapping in ${where}.`),
    category: (code) =>
      ownRow(mapping.procurementCategories?.byCode ?? {}, code) ??
      missing('category-unmapped', code, `Account ${code} has no procurement category in ${where}.`),
    tax: (leg) => {
      const name = [leg.authority, leg.reclaimCode].join('/');
      return taxAccount(mapping, leg) ?? missing('tax-unmapped', name, `Input tax ${name} has no account in ${where}.`);
    },
    vendor: (kind, code) => {
      const key = vendorKey(mapping.erp, mapping.company, kind, code);
      const found =
        ownRow(facts.resolvedVendors, key) ??
        ownRow(kind === 'employee' ? mapping.employees.byId : mapping.vendors.byCode, code) ??
        sameCode(kind === 'employee' ? mapping.employees : mapping.vendors, code);
      if (found === undefined) {
        refusals.add({
          hold: 'vendor-missing',
          code: 'vendor-unmapped',
          field: code,
          message: `The ${kind} ${code} has no vendor account in ${where}.`,
          remedy: 'Create the vendor in the ERP, add it to the mapping, or resolve the vendor for this document.',
          vendorKey: key,
        });
      }
      return found;
    },
    card: (party) => {
      const target = mapping.cardLiabilities[party];
      if (target === undefined) {
        missing('card-unmapped', party, `Card party ${party} has no account in ${where}.`);
      }
      return target;
    },
    clearing: (of, documentAccount) =>
      clearingAccount(mapping, of, documentAccount) ??
      (documentAccount === undefined ? undefined : accountOrNone(documentAccount)) ??
      missing('clearing-unmapped', of, `Amounts settled by ${of} have no clearing account in ${where}.`),
    dimensions: (leg) => mapping.dimensions.flatMap((rule) => dimensionOf(rule, leg, document, missing)),
  };
}

function taxAccount(mapping: CompanyMapping, leg: TaxLeg): string | undefined {
  const rows = mapping.inputTax.filter((row) => row.authority === leg.authority);
  const candidates = [leg.reclaimCode, leg.taxCode, '*'].filter((code) => code !== null && code !== '');
  return candidates
    .map((code) => rows.find((row) => row.code === code)?.account)
    .find((account) => account !== undefined);
}

/** The document's own account where a row names it, else the company's; the caller falls back to equal codes. */
function clearingAccount(
  mapping: CompanyMapping,
  of: 'payroll' | 'expense-pay' | 'concur-invoice-pay',
  documentAccount: string | undefined,
): string | undefined {
  const company = {
    payroll: mapping.payrollClearing,
    'expense-pay': mapping.expensePayClearing,
    'concur-invoice-pay': mapping.invoicePayClearing,
  }[of];
  return (documentAccount === undefined ? undefined : ownRow(mapping.accounts.byCode, documentAccount)) ?? company;
}

/**
 * The first filled field decides; if its code has no mapping the document holds, it never falls on to the next field or
 * to the employee's own cost centre (S98). Personal items have no cost objects, so nothing is required of them.
 */
function dimensionOf(
  rule: CompanyMapping['dimensions'][number],
  leg: CostLeg,
  document: Pick<NeutralDocument, 'businessId'>,
  missing: Missing,
): DimensionValue[] {
  const field = rule.from.find((name) => !name.startsWith('employee') && Object.hasOwn(leg.fields, name));
  const code = field === undefined ? undefined : leg.fields[field];
  if (field === undefined || code === undefined) {
    if (rule.required && leg.leg === 'expense') {
      const message = `${rule.dimension} is required, but ${rule.from.join(', ')} are empty (${document.businessId}, ${leg.text}).`;
      missing('dimension-empty', rule.from.join(', '), message);
    }
    return [];
  }
  const value = ownRow(rule.byCode, code) ?? (rule.sameCode ? code : undefined);
  if (value === undefined) {
    missing('dimension-unmapped', field, `${rule.dimension}: the code ${code} of ${field} has no mapping.`);
    return [];
  }
  return [{ dimension: rule.dimension, value }];
}
