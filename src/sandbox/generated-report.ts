import type { EntryOrder, GeneratedEntry } from './generated-entries.js';
import {
  cardEntry,
  cashEntry,
  foreignEntry,
  offsetEntry,
  personalEntry,
  refundEntry,
  sum,
} from './generated-entries.js';
import type { SamplePerson } from './sample-firm.js';
import { balanceAccounts } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { jsonAmount } from './whole-cents.js';

/** A cash advance that was issued earlier and is not used up; reports take from it. */
export interface OpenAdvance {
  cashAdvanceId: string;
  cents: number;
}

export interface ReportOrder {
  random: SeededRandom;
  person: SamplePerson;
  /** `YYYY-MM-DD`. */
  on: string;
  number: number;
  openAdvances: OpenAdvance[];
  /** Set for planted trouble: one plain cash report, nothing else. */
  planted?: { account?: string; isInconsistent?: boolean };
}

/** An expense report with the variety that Concur documents: see FIS spec 10.1 to 10.4. */
export function generatedReport(order: ReportOrder): Record<string, unknown> {
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
  const applied = payer === 'erp' && planted === undefined ? appliedAdvance(order, dueCents) : noAdvance;
  const totalCents = sum(entries.map(({ approvedCents }) => approvedCents));
  // E3: the journal lines keep the old amount, the entry and the total say one unit more.
  const wrongCents = planted?.isInconsistent === true ? 100 : 0;
  const [first] = entries;
  if (wrongCents > 0 && first !== undefined) {
    first.entry.entryApprovedAmount = jsonAmount(first.approvedCents + wrongCents);
  }
  return {
    employee: employeeOf(person),
    report: reportHead(order, payer, totalCents + wrongCents, applied.returnedCents),
    expenseEntry: entries.map(({ entry }) => entry),
    cashAdvanceApplication: applied.rows,
  };
}

export function employeeOf(person: SamplePerson): Record<string, unknown> {
  return {
    employeeId: person.id,
    employeeFirstName: person.first,
    employeeLastName: person.last,
    employeeMI: null,
    employeeOrgUnit1Code: person.entity.companyCode,
    employeeOrgUnit2Code: null,
  };
}

function reportHead(
  order: ReportOrder,
  payer: string,
  totalCents: number,
  returnedCents: number,
): Record<string, unknown> {
  const { random, person, on, number } = order;
  const stamp = `${on}T00:00:00.000Z`;
  return {
    reportId: random.hex(20).toUpperCase(),
    reportKey: number,
    reportNumber: number.toString(36).toUpperCase().padStart(6, 'Q'),
    reportName: `Travel ${on.slice(0, 7)} no. ${number}`,
    totalApprovedAmount: jsonAmount(totalCents),
    employeeCurrencyAlphaCode: person.entity.currency,
    cashAdvanceReturnsAmount: jsonAmount(returnedCents),
    homeCountryCode: person.entity.country,
    isTest: 'N',
    ledgerCode: person.entity.companyCode,
    payrollPayIndicator: payer === 'payroll' ? 'Y' : 'N',
    payrollPaymentClearingAccountCode: payer === 'payroll' ? balanceAccounts.payroll : null,
    reportSubmitDate: stamp,
    reportUserDefinedDate: stamp,
    reportPaymentProcessingDate: stamp,
    revisionNumber: '1',
    versionId: '4',
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

const noAdvance = { rows: [] as Record<string, unknown>[], returnedCents: 0 };

/** Sets an open advance against what is due; sometimes the rest of it is returned in the same report (FIS spec 10.3). */
function appliedAdvance({ random, openAdvances }: ReportOrder, dueCents: number): typeof noAdvance {
  const [advance] = openAdvances;
  if (advance === undefined || dueCents <= 0) {
    return noAdvance;
  }
  const usedCents = Math.min(advance.cents, dueCents);
  const restCents = advance.cents - usedCents;
  const isReturned = restCents > 0 && random.chance(40);
  advance.cents = isReturned ? 0 : restCents;
  if (advance.cents === 0) {
    openAdvances.shift();
  }
  const amounts = isReturned ? [usedCents, restCents] : [usedCents];
  const rows = amounts.map((cents) => ({
    cashAdvanceId: advance.cashAdvanceId,
    cashAdvanceApplicationAmount: jsonAmount(-cents),
    cashAdvanceClearingAccountCode: balanceAccounts.advance,
    cashAdvanceTransactionType: 2,
  }));
  return { rows, returnedCents: isReturned ? restCents : 0 };
}
