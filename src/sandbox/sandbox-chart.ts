import type { LedgerLeg, NeutralDocument } from '../contracts/ledger.js';
import type { CompanyMapping } from '../contracts/mapping-rules.js';
import { codeBook } from './code-book.js';
import type { AccountRole } from './sandbox-types.js';

/** Chart of accounts, dimensions and the mapping rows that lead to them; the same for all companies of the sandbox. */
export interface SandboxChart {
  accounts: { account: string; name: string; role: AccountRole }[];
  dimensions: { name: string; from: string; byCode: Record<string, string> }[];
  /** Procurement categories of F&O, one per cost account, and the Concur codes that lead to them. */
  procurement: {
    categories: { hierarchy: string; name: string; account: string }[];
    mapping: NonNullable<CompanyMapping['procurementCategories']>;
  };
  mapping: Pick<
    CompanyMapping,
    | 'accounts'
    | 'advance'
    | 'inputTax'
    | 'cardLiabilities'
    | 'payrollClearing'
    | 'expensePayClearing'
    | 'invoicePayClearing'
  >;
}

const fixedAccounts = {
  COPD: 'LCOPD',
  IBCP: 'LIBCP',
  CBCP: 'LCBCP',
  payroll: 'LPAYROLL',
  expensePay: 'LEXPENSEPAY',
  invoicePay: 'LINVOICEPAY',
} as const;

const accountForm = /^[A-Za-z0-9]{1,20}$/;
const dimensionValueForm = /^[A-Za-z0-9][A-Za-z0-9-]{0,19}$/;
const dimensionNames = ['BusinessUnit', 'Department', 'CostCenter', 'Project'];

/** Opens an account and a dimension value for every code of the documents. */
export function sandboxChart(documents: NeutralDocument[]): SandboxChart {
  const legs = documents.flatMap((document) => document.legs);
  const taken = new Set<string>(Object.values(fixedAccounts));
  // Advance accounts first: they keep their own code where an expense line uses the same one.
  const advances = codeBook('ADV', accountForm, taken);
  const costs = codeBook('COST', accountForm, taken);
  const taxes = codeBook('TAX', /^$/, taken);
  const inputTax = new Map<string, CompanyMapping['inputTax'][number]>();
  for (const code of codesOf(legs, ['advance'])) {
    advances.assign(code);
  }
  for (const code of codesOf(legs, ['expense', 'personal'])) {
    costs.assign(code);
  }
  for (const leg of legs) {
    if (leg.leg === 'inputTax') {
      const code = leg.reclaimCode || leg.taxCode || '*';
      const key = `${leg.authority}/${code}`;
      inputTax.set(key, { authority: leg.authority, code, account: taxes.assign(key) });
    }
  }
  const { COPD, IBCP, CBCP, payroll, expensePay, invoicePay } = fixedAccounts;
  const rows = (book: ReadonlyMap<string, string>, role: AccountRole, what: string): SandboxChart['accounts'] =>
    [...book].map(([code, account]) => ({ account, name: `${what} ${code}`, role }));
  return {
    accounts: [
      ...rows(costs.codes, 'cost', 'Cost'),
      ...rows(advances.codes, 'advance', 'Cash advances'),
      ...rows(taxes.codes, 'tax', 'Input tax'),
      ...Object.entries(fixedAccounts).map(([of, account]) => ({
        account,
        name: `Clearing ${of}`,
        role: 'liability' as const,
      })),
    ],
    dimensions: dimensionsOf(legs),
    procurement: procurementOf(costs.codes),
    mapping: {
      accounts: { sameCode: false, byCode: Object.fromEntries(costs.codes) },
      advance: Object.fromEntries(advances.codes),
      inputTax: [...inputTax.values()],
      cardLiabilities: { COPD: { ledger: COPD }, IBCP: { ledger: IBCP }, CBCP: { ledger: CBCP } },
      payrollClearing: payroll,
      expensePayClearing: expensePay,
      invoicePayClearing: invoicePay,
    },
  };
}

const hierarchy = 'Procurement';

function procurementOf(costs: ReadonlyMap<string, string>): SandboxChart['procurement'] {
  const rows = [...costs].map(([code, account]) => ({ code, account, name: `Category ${account}` }));
  return {
    categories: rows.map(({ name, account }) => ({ hierarchy, name, account })),
    mapping: { hierarchy, unit: 'ea', byCode: Object.fromEntries(rows.map(({ code, name }) => [code, name])) },
  };
}

function codesOf(legs: LedgerLeg[], kinds: LedgerLeg['leg'][]): string[] {
  const codes = legs.flatMap((leg) =>
    kinds.includes(leg.leg) && 'account' in leg && leg.account !== '' ? [leg.account] : [],
  );
  return [...new Set(codes)];
}

/** One dimension per `allocationCustomN` field that any document fills, in order of N. */
function dimensionsOf(legs: LedgerLeg[]): SandboxChart['dimensions'] {
  const valuesByField = new Map<string, Set<string>>();
  for (const leg of legs) {
    for (const [field, value] of Object.entries('costObjects' in leg ? leg.costObjects : {})) {
      valuesByField.set(field, (valuesByField.get(field) ?? new Set()).add(value));
    }
  }
  const positioned = [...valuesByField].map(([field, values]) => ({
    position: Number(/\d+/.exec(field)?.[0]),
    field,
    values,
  }));
  return positioned
    .sort((left, right) => left.position - right.position)
    .map(({ position, field, values }) => {
      const book = codeBook('V', dimensionValueForm);
      for (const value of values) {
        book.assign(value);
      }
      const name = dimensionNames[position - 1] ?? `Custom${position}`;
      return { name, from: field, byCode: Object.fromEntries(book.codes) };
    });
}
