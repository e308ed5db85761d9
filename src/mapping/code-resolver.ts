import type { DimensionValue } from '../contracts/erp-documents.js';
import type { LedgerLeg, NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping, LiabilityTarget, PlanFacts } from '../contracts/mapping-rules.js';
import { vendorKey } from '../contracts/mapping-rules.js';
import type { Decided, NamedTable } from './code-lookup.js';
import { declaredDefault, noRowWhy, ownRow, placeText, rowOf, rowOrSame } from './code-lookup.js';
import { dimensionTables, dimensionsOf } from './dimension-resolver.js';
import type { PlanRefusal, Refusals } from './plan-types.js';
import { factsOf, ruled } from './rule-match.js';
import { taxAccount } from './tax-account.js';

export type CostLeg = Extract<LedgerLeg, { leg: 'expense' | 'personal' }>;
export type TaxLeg = Extract<LedgerLeg, { leg: 'inputTax' }>;
export type AdvanceLeg = Extract<LedgerLeg, { leg: 'advance' }>;
export type IntercompanyLeg = Extract<LedgerLeg, { leg: 'intercompany' }>;
export type PartyLeg = Extract<LedgerLeg, { leg: 'party' }>;

/**
 * Translates codes of Concur into codes of one ERP company, and says what has decided each. What has no mapping is refused, and
 * undefined is returned. Rules come before tables, tables before `sameCode`, a declared default comes last.
 */
export interface CodeResolver {
  account(leg: CostLeg): Decided | undefined;
  /** Procurement category of an account code. */
  category(leg: CostLeg): Decided | undefined;
  tax(leg: TaxLeg): Decided | undefined;
  advance(leg: AdvanceLeg): Decided | undefined;
  intercompany(leg: IntercompanyLeg): Decided | undefined;
  vendor(kind: 'employee' | 'supplier', code: string): Decided | undefined;
  card(leg: PartyLeg): Decided<LiabilityTarget> | undefined;
  clearing(of: 'payroll' | 'expense-pay' | 'concur-invoice-pay', documentAccount?: string): Decided | undefined;
  dimensions(leg: CostLeg): Decided<DimensionValue>[];
}

/** What of the document decides about codes. */
export type CodedDocument = Pick<
  NeutralDocument,
  'businessId' | 'docType' | 'currency' | 'documentOn' | 'payee' | 'employeeFields'
>;

/** Refuses for want of a mapping; its result stands for the code that is not there. */
export type Missing = (
  refusal: Required<Pick<PlanRefusal, 'code' | 'field' | 'message' | 'why' | 'unmapped'>>,
) => Decided<never> | undefined;

export function codeResolver(
  mapping: CompanyMapping,
  facts: Pick<PlanFacts, 'resolvedVendors' | 'resolvedBy'>,
  document: CodedDocument,
  refusals: Refusals,
): CodeResolver {
  const where = `${mapping.erp}/${mapping.company}`;
  const remedy = `Add the code to the mapping of ${where} in the connections file or its table.`;
  const { documentOn: day } = document;
  const rules = mapping.rules ?? [];
  const accounts: NamedTable<string> = { ...mapping.accounts, name: 'accounts' };
  const dimensions = dimensionTables(mapping);
  const missing: Missing = (refusal) => {
    refusals.add({ hold: 'mapping-missing', ...refusal, remedy });
    return undefined;
  };
  const setting = (path: string, value: string): Decided => ({
    value,
    why: `setting ${path}${placeText(ownRow(mapping.places ?? {}, path))}: ${value}`,
  });

  return {
    account: (leg) =>
      costAccount(mapping, accounts, document, leg) ??
      missing({
        code: 'account-unmapped',
        field: leg.account,
        message: `Account ${leg.account} has no mapping in ${where}.`,
        why: `${noRowWhy(accounts, leg.account, day)}, and no default is declared`,
        unmapped: { kind: 'account', code: leg.account },
      }),
    advance: ({ account: code }) => {
      const own = ownRow(mapping.advance, code);
      return (
        (own === undefined ? undefined : setting(`advance.${code}`, own)) ??
        rowOrSame(accounts, code, day) ??
        missing({
          code: 'advance-unmapped',
          field: code,
          message: `Cash advance account ${code} has no mapping in ${where}.`,
          why: `no row for ${code} in advance, ${noRowWhy(accounts, code, day)}`,
          unmapped: { kind: 'advance', code },
        })
      );
    },
    intercompany: (leg) => {
      const partner = `${leg.partner.erp}/${leg.partner.company}`;
      const side = leg.amount.startsWith('-') ? 'dueTo' : 'dueFrom';
      const found = mapping.intercompany?.find((row) => `${row.partner.erp}/${row.partner.company}` === partner);
      if (found !== undefined)
        return { value: found[side], why: `setting intercompany.${partner}.${side}: ${found[side]}` };
      return missing({
        code: 'intercompany-unmapped',
        field: partner,
        message: `${where} and ${partner} share this document, but ${where} has no accounts for what they owe each other.`,
        why: `no entry for ${partner} in intercompany of ${where}`,
        unmapped: { kind: 'intercompany', code: partner },
      });
    },
    category: ({ account: code }) => {
      const table = { byCode: {}, ...mapping.procurementCategories, name: 'procurementCategories' };
      return (
        rowOf(table, code, day) ??
        missing({
          code: 'category-unmapped',
          field: code,
          message: `Account ${code} has no procurement category in ${where}.`,
          why: noRowWhy(table, code, day),
          unmapped: { kind: 'category', code },
        })
      );
    },
    tax: (leg) => {
      const name = [leg.authority, leg.reclaimCode].join('/');
      return (
        ruled(
          rules,
          () => factsOf(document, leg),
          day,
          ({ set }) => set.taxAccount,
        ) ??
        taxAccount(mapping, leg, day) ??
        missing({
          code: 'tax-unmapped',
          field: name,
          message: `Input tax ${name} has no account in ${where}.`,
          why: `no rule and no row of inputTax for authority '${leg.authority}' and reclaim code '${leg.reclaimCode}' on ${day}`,
          unmapped: { kind: 'tax', code: name },
        })
      );
    },
    vendor: (kind, code) => vendorOf(mapping, facts, document, refusals, { kind, code }),
    card: (leg) =>
      cardLiability(mapping, document, leg) ??
      missing({
        code: 'card-unmapped',
        field: leg.party,
        message: `Card party ${leg.party} has no account in ${where}.`,
        why: `no rule, no row in cardPrograms or paymentTypes, and no setting cardLiabilities.${leg.party}`,
        unmapped: { kind: 'card', code: leg.party },
      }),
    clearing: (of, code) => {
      const name = clearingNames[of];
      const company = mapping[name];
      return (
        (code === undefined ? undefined : rowOf(accounts, code, day)) ??
        (company === undefined ? undefined : setting(name, company)) ??
        (code === undefined ? undefined : rowOrSame(accounts, code, day)) ??
        missing({
          code: 'clearing-unmapped',
          field: of,
          message: `Amounts settled by ${of} have no clearing account in ${where}.`,
          why: `no setting ${name}${code === undefined ? ', and the document names no account' : `, ${noRowWhy(accounts, code, day)}`}`,
          unmapped: { kind: 'clearing', code: code ?? of },
        })
      );
    },
    dimensions: (leg) => dimensionsOf(mapping, dimensions, document, leg, missing),
  };
}

const clearingNames = {
  payroll: 'payrollClearing',
  'expense-pay': 'expensePayClearing',
  'concur-invoice-pay': 'invoicePayClearing',
} as const;

/** Rules, expense types and the default speak of costs: personal items go to the account that Concur names for them. */
function costAccount(
  mapping: CompanyMapping,
  accounts: NamedTable<string>,
  document: CodedDocument,
  leg: CostLeg,
): Decided | undefined {
  const { documentOn: day } = document;
  if (leg.leg === 'personal') return rowOrSame(accounts, leg.account, day);
  const expenseType = leg.traits?.['expenseType'];
  const types = mapping.expenseTypes;
  const { rules = [] } = mapping;
  return (
    ruled(
      rules,
      () => factsOf(document, leg),
      day,
      ({ set }) => set.account,
    ) ??
    (types === undefined || expenseType === undefined
      ? undefined
      : rowOf({ ...types, name: 'expenseTypes' }, expenseType, day)) ??
    rowOrSame(accounts, leg.account, day) ??
    declaredDefault(accounts, `${leg.account} has no row`)
  );
}

/** A vendor never comes from a default (S92): a person's answer, a rule with a condition, a row, or the code itself. */
function vendorOf(
  mapping: CompanyMapping,
  { resolvedVendors, resolvedBy }: Pick<PlanFacts, 'resolvedVendors' | 'resolvedBy'>,
  document: CodedDocument,
  refusals: Refusals,
  { kind, code }: { kind: 'employee' | 'supplier'; code: string },
): Decided | undefined {
  const { erp, company, employees, vendors } = mapping;
  const { documentOn: day } = document;
  const key = vendorKey(erp, company, kind, code);
  const answer = ownRow(resolvedVendors, key);
  if (answer !== undefined) {
    const by = ownRow(resolvedBy ?? {}, key);
    return { value: answer, why: `manual resolution${by === undefined ? '' : ` by ${by}`}: ${code} → ${answer}` };
  }
  const table: NamedTable<string> =
    kind === 'employee' ? { ...employees, byCode: employees.byId, name: 'employees' } : { ...vendors, name: 'vendors' };
  const facts = (): Record<string, string> => ({ ...factsOf(document), [kind]: code });
  const found = ruled(mapping.rules ?? [], facts, day, ({ set }) => set.vendor) ?? rowOrSame(table, code, day);
  if (found === undefined) {
    refusals.add({
      hold: 'vendor-missing',
      code: 'vendor-unmapped',
      field: code,
      message: `The ${kind} ${code} has no vendor account in ${erp}/${company}.`,
      remedy: 'Create the vendor in the ERP, add it to the mapping, or resolve the vendor for this document.',
      vendorKey: key,
      why: noRowWhy(table, code, day),
      unmapped: { kind, code },
    });
  }
  return found;
}

/** What is said most closely counts: a rule, the card program, the payment type, the party. */
function cardLiability(
  mapping: CompanyMapping,
  document: CodedDocument,
  leg: PartyLeg,
): Decided<LiabilityTarget> | undefined {
  const { documentOn: day } = document;
  const { cardPrograms, paymentTypes, cardLiabilities, places = {} } = mapping;
  const paymentType = leg.traits?.['paymentType'];
  const found =
    ruled(
      mapping.rules ?? [],
      () => factsOf(document, leg),
      day,
      ({ set }) => set.liability,
    ) ??
    (cardPrograms === undefined || leg.cardProgram === undefined
      ? undefined
      : rowOf({ ...cardPrograms, name: 'cardPrograms' }, leg.cardProgram, day)) ??
    (paymentTypes === undefined || paymentType === undefined
      ? undefined
      : rowOf({ ...paymentTypes, name: 'paymentTypes' }, paymentType, day));
  if (found !== undefined || leg.party === 'EMPL' || leg.party === 'VENDOR') return found;
  const value = cardLiabilities[leg.party];
  const path = `cardLiabilities.${leg.party}`;
  return value === undefined ? undefined : { value, why: `setting ${path}${placeText(ownRow(places, path))}` };
}
