import { allocationFields, entryFields, journalFields } from './fis-fields.js';
import type { SampleEntity, SamplePerson, SampleTax } from './sample-firm.js';
import { balanceAccounts, sampleCostObjects } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { jsonAmount, shareOf } from './whole-cents.js';

type Fields = Record<string, unknown>;

/** One entry of a generated report with what the report needs to know about it; cents are smallest units of its currency. */
export interface GeneratedEntry {
  entry: Fields;
  approvedCents: number;
  /** What the entry owes to the employee, negative if he owes. */
  employeeCents: number;
}

export interface EntryOrder {
  random: SeededRandom;
  person: SamplePerson;
  on: string;
  /** Replaces the expense account: for planted trouble. */
  account?: string;
}

/** A journal line: who is credited besides the company, or, where the amount is negative, who pays (FIS spec 9.1, E8). */
export interface LinePlan {
  party: 'EMPL' | 'IBCP' | 'CBCP' | 'COPD';
  cents: number;
  account: string;
  /** Tax in the line, and the part of it that is reclaimed. */
  tax?: TaxSums;
  /** Which tax rows of the allocation the line names; all of them unless given. */
  rows?: number[];
  /** The line comes from a real card charge. */
  isCharge?: boolean;
}

export interface TaxSums {
  tax: number;
  reclaim: number;
}

/** A tax row; its amounts may be in the currency of the spending (trap 25). */
export interface TaxPlan extends TaxSums {
  of: SampleTax;
}

export interface AllocationPlan {
  /** Null on personal entries, which are not allocated. */
  percent: number | null;
  lines: LinePlan[];
  taxes?: TaxPlan[];
  /** Instead of drawn ones. */
  costObjects?: Fields;
}

export interface EntryPlan {
  type: { code: string; name: string };
  allocations: AllocationPlan[];
  /** What differs from a plain cash entry in the reimbursement currency. */
  fields?: Fields;
}

/** Writes an amount of the company's currency. */
export function moneyOf(entity: SampleEntity): (cents: number) => number {
  return (cents) => jsonAmount(cents, entity.decimals ?? 2);
}

/** Writes an entry with every member that the service delivers; its approved amount is what its lines sum to (E3). */
export function entryOf(order: EntryOrder, { type, allocations, fields = {} }: EntryPlan): GeneratedEntry {
  const { random, person, on } = order;
  const lines = allocations.flatMap((allocation) => allocation.lines);
  const approvedCents = sum(lines.map(({ cents }) => cents));
  const money = moneyOf(person.entity);
  const entry = {
    ...entryFields,
    entryId: random.hex(32).toUpperCase(),
    legacyEntryId: random.between(1_000, 9_999_999),
    entryApprovedAmount: money(approvedCents),
    reportEntryTransactionAmount: money(approvedCents),
    entryCurrAlphaCode: person.entity.currency,
    expenseTypeCode: type.code,
    expenseTypeName: type.name,
    entryDate: `${on}T00:00:00.000Z`,
    clearingAccountCode: balanceAccounts.personalCard,
    entryCountryCode: person.entity.country,
    entryOrgUnit1Code: person.entity.companyCode,
    ...fields,
    allocation: allocations.map((allocation) => allocationOf(order, allocation)),
  };
  const employeeCents = sum(lines.filter(({ party }) => party === 'EMPL').map(({ cents }) => cents));
  return { entry, approvedCents, employeeCents };
}

function allocationOf({ random, person }: EntryOrder, plan: AllocationPlan): Fields {
  const { percent, lines, taxes = [], costObjects } = plan;
  const money = moneyOf(person.entity);
  const rows = taxes.map(({ of, tax, reclaim }) => ({
    taxGuid: random.hex(32).toUpperCase(),
    amountTax: money(tax),
    amountReclaim: money(reclaim),
    taxReclaimCode: of.reclaimCode,
    taxCode: of.taxCode,
    nonDomesticCode: of.reclaimCode,
    taxAuthorityLabel: of.authority,
    taxSource: 'SYST',
    locationCountryCode: person.entity.country,
    locationCountrySubCode: null,
  }));
  return {
    allocationId: percent === null ? null : random.hex(32).toUpperCase(),
    allocationPercentage: percent,
    ...allocationFields,
    ...(percent === null ? {} : (costObjects ?? sampleCostObjects(random))),
    journal: lines.map((line) => {
      const named = line.rows ?? rows.map((_, index) => index);
      return journalLine(
        money,
        line,
        named.flatMap((index) => rows[index]?.taxGuid ?? []),
      );
    }),
    tax: rows,
  };
}

/** Who pays and who is paid follows from the sign (E8): a refund has both swapped and is negative (trap 20). */
function journalLine(money: (cents: number) => number, line: LinePlan, taxGuid: string[]): Fields {
  const { party, cents, account, tax } = line;
  const [journalPayer, journalPayee] = cents < 0 ? [party, 'COMP'] : ['COMP', party];
  return {
    ...journalFields,
    journalPayer,
    journalPayee,
    journalAccountCode: account,
    amountGross: money(cents),
    amountNetOfTax: money(cents - (tax?.tax ?? 0)),
    amountNetOfReclaim: money(cents - (tax?.reclaim ?? 0)),
    ...(line.isCharge ? { amountGrossCard: money(cents) } : {}),
    taxGuid,
  };
}

/** The taxes that are contained in an amount of the company's country; each is reclaimed by its percentage. */
export function containedTaxes(
  entity: SampleEntity,
  grossCents: number,
  reclaimPercents: readonly number[],
): TaxPlan[] {
  const whole = 100 + sum(entity.taxes.map(({ rate }) => rate));
  return entity.taxes.map((of, index) => {
    const tax = shareOf(grossCents, of.rate, whole);
    return { of, tax, reclaim: shareOf(tax, reclaimPercents[index] ?? 0, 100) };
  });
}

/** What tax rows come to. */
export function taxSums(rows: readonly TaxSums[]): TaxSums {
  return { tax: sum(rows.map(({ tax }) => tax)), reclaim: sum(rows.map(({ reclaim }) => reclaim)) };
}

export function sum(cents: readonly number[]): number {
  return cents.reduce((total, amount) => total + amount, 0);
}
