import type { EntryOrder, GeneratedEntry } from './fis-entry.js';
import { moneyOf, sum } from './fis-entry.js';
import { employeeFields, reportFields } from './fis-fields.js';
import { cardEntry, cashEntry, foreignEntry, offsetEntry, personalEntry, refundEntry } from './generated-entries.js';
import type { SamplePerson } from './sample-firm.js';
import { balanceAccounts } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';

type Fields = Record<string, unknown>;

/** A cash advance that was issued earlier and is not used up; reports take from it. */
export interface OpenAdvance {
  cashAdvanceId: string;
  cents: number;
}

/** Who reports what under which number. */
export interface ReportFrame {
  random: SeededRandom;
  person: SamplePerson;
  /** `YYYY-MM-DD`. */
  on: string;
  number: number;
}

export interface ReportOrder extends ReportFrame {
  openAdvances: OpenAdvance[];
  /** Set for planted trouble: one plain cash report, nothing else. */
  planted?: { account?: string; isInconsistent?: boolean };
}

/** Advance money that a report uses, one row for each of the amounts; `returnedCents` of it is given back. */
export interface AppliedAdvance {
  cashAdvanceId: string;
  amounts: number[];
  returnedCents: number;
  account?: string;
}

/** An expense report with the variety that Concur documents: see FIS spec 10.1 to 10.4. */
export function generatedReport(order: ReportOrder): Fields {
  const { random, person, planted } = order;
  const account = planted?.account;
  const entryOrder = { random, person, on: order.on, ...(account === undefined ? {} : { account }) };
  const entries = planted === undefined ? variedEntries(entryOrder) : [cashEntry(entryOrder)];
  const payer = planted !== undefined ? 'erp' : random.chance(4) ? 'payroll' : random.chance(4) ? 'expense-pay' : 'erp';
  if (payer === 'expense-pay') {
    for (const { entry } of entries) {
      Object.assign(entry, { expensePayIndicator: 'Y', liabilityAccountCode: balanceAccounts.expensePay });
    }
  }
  const dueCents = sum(entries.map(({ employeeCents }) => employeeCents));
  const applied = payer === 'erp' && planted === undefined ? appliedAdvance(order, dueCents) : undefined;
  const head = payer === 'payroll' ? payrollFields : {};
  const document = reportOf(order, entries, { head, ...(applied === undefined ? {} : { applied }) });
  const [first] = entries;
  if (planted?.isInconsistent === true && first !== undefined) contradict(document, first, moneyOf(person.entity));
  return document;
}

/** What a report says whose employee is paid by payroll. */
export const payrollFields: Fields = {
  payrollPayIndicator: 'Y',
  payrollPaymentClearingAccountCode: balanceAccounts.payroll,
};

/** E3: the journal lines keep the old amount, the entry and the total say one unit more. */
function contradict(document: Fields, first: GeneratedEntry, money: (cents: number) => number): void {
  const approved = money(first.approvedCents + 100);
  first.entry['entryApprovedAmount'] = approved;
  Object.assign(document['report'] as Fields, { totalApprovedAmount: approved });
}

/** Puts entries into a report: its total is what they approve (E2). `head` is what differs from a plain report. */
export function reportOf(
  frame: ReportFrame,
  entries: GeneratedEntry[],
  more: { head?: Fields; applied?: AppliedAdvance } = {},
): Fields {
  const money = moneyOf(frame.person.entity);
  const { applied } = more;
  const rows = (applied?.amounts ?? []).map((cents) => ({
    cashAdvanceId: applied?.cashAdvanceId,
    cashAdvanceApplicationAmount: money(-cents),
    cashAdvanceClearingAccountCode: applied?.account ?? balanceAccounts.advance,
    cashAdvanceTransactionType: 2,
  }));
  return {
    employee: employeeOf(frame.person),
    report: {
      ...reportHead(frame),
      totalApprovedAmount: money(sum(entries.map(({ approvedCents }) => approvedCents))),
      cashAdvanceReturnsAmount: money(applied?.returnedCents ?? 0),
      ...more.head,
    },
    expenseEntry: entries.map(({ entry }) => entry),
    cashAdvanceApplication: rows,
  };
}

/** `employee` of reports, `employeeData` of cash advances. */
export function employeeOf(person: SamplePerson): Fields {
  return {
    ...employeeFields,
    employeeId: person.id,
    employeeFirstName: person.first,
    employeeLastName: person.last,
    employeeOrgUnit1Code: person.entity.companyCode,
  };
}

function reportHead({ random, person, on, number }: ReportFrame): Fields {
  const stamp = `${on}T00:00:00.000Z`;
  return {
    ...reportFields,
    reportId: random.hex(20).toUpperCase(),
    reportKey: number,
    reportNumber: number.toString(36).toUpperCase().padStart(6, 'Q'),
    reportName: `Travel ${on.slice(0, 7)} no. ${number}`,
    employeeCurrencyAlphaCode: person.entity.currency,
    homeCountryCode: person.entity.country,
    ledgerCode: person.entity.companyCode,
    reportCreationDate: stamp,
    reportSubmitDate: stamp,
    reportUserDefinedDate: stamp,
    reportPaymentProcessingDate: stamp,
    reportOrgUnit1Code: person.entity.companyCode,
  };
}

function variedEntries(order: EntryOrder): GeneratedEntry[] {
  const { random } = order;
  if (random.chance(1.5)) {
    return [refundEntry(order)];
  }
  if (random.chance(1)) {
    const cents = random.between(1_000, 9_000);
    return [cashEntry(order, cents), refundEntry(order, cents)];
  }
  return Array.from({ length: random.between(1, 4) }, () => {
    const draw = random.between(1, 100);
    if (draw <= 50) {
      return cashEntry(order);
    }
    if (draw <= 75) {
      return cardEntry(order);
    }
    if (draw <= 83) {
      return foreignEntry(order);
    }
    if (draw <= 90) {
      return personalEntry(order);
    }
    return draw <= 95 ? offsetEntry(order) : refundEntry(order, random.between(100, 400));
  });
}

/** Sets an open advance against what is due; sometimes the rest of it is returned in the same report (FIS spec 10.3). */
function appliedAdvance({ random, openAdvances }: ReportOrder, dueCents: number): AppliedAdvance | undefined {
  const [advance] = openAdvances;
  if (advance === undefined || dueCents <= 0) {
    return undefined;
  }
  const usedCents = Math.min(advance.cents, dueCents);
  const restCents = advance.cents - usedCents;
  const isReturned = restCents > 0 && random.chance(40);
  advance.cents = isReturned ? 0 : restCents;
  if (advance.cents === 0) {
    openAdvances.shift();
  }
  const { cashAdvanceId } = advance;
  return isReturned
    ? { cashAdvanceId, amounts: [usedCents, restCents], returnedCents: restCents }
    : { cashAdvanceId, amounts: [usedCents], returnedCents: 0 };
}
