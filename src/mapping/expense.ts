import type { LedgerLeg, NeutralDocument, SettledBy } from '../contracts/ledger.js';
import type { ExpenseAllocation, ExpenseEntry, ExpenseJournalLine, ExpenseReport } from './concur-schemas.js';
import { isYes } from './concur-schemas.js';
import { costObjectsOf, filled, filledCodes } from './coded-fields.js';
import { firstDate } from './concur-dates.js';
import { checkExpense } from './expense-invariants.js';
import { accountOf, otherParty } from './expense-parties.js';
import { taxLegs } from './expense-tax.js';
import { checkPrecision, newFindings } from './invariants.js';
import { amountOf, plain, sumOf } from './money.js';

/** Expands an expense report into signed legs, debit positive (FIS spec 10.1); zero legs are dropped, personal ones kept. */
export function readExpense(document: ExpenseReport): NeutralDocument {
  const { employee, report } = document;
  const findings = newFindings();
  checkExpense(document, findings);
  const currency = report.employeeCurrencyAlphaCode;
  const legs = [...document.expenseEntry.flatMap((entry) => entryLegs(document, entry)), ...applicationLegs(document)];
  checkPrecision(legs, currency, findings);
  const total =
    report.totalApprovedAmount ?? plain(sumOf(document.expenseEntry.map((entry) => entry.entryApprovedAmount)));
  return {
    docType: 'expense',
    businessId: report.reportId,
    humanNumber: filled(report.reportNumber) ?? report.reportId,
    title: filled(report.reportName) ?? 'Expense report',
    revision: filled(report.revisionNumber) ?? '1',
    isTest: isYes(report.isTest),
    currency,
    total: plain(amountOf(total)),
    documentOn: firstDate([
      ['report.reportUserDefinedDate', report.reportUserDefinedDate],
      ['report.reportPaymentProcessingDate', report.reportPaymentProcessingDate],
      ['report.reportSubmitDate', report.reportSubmitDate],
    ]),
    payee: { kind: 'employee', id: employee.employeeId, name: nameOf(employee) },
    legs,
    warnings: findings.warnings,
    refusals: findings.refusals,
  };
}

/** First and last name as far as given; the id where both are missing. */
export function nameOf(employee: ExpenseReport['employee']): string {
  const names = [filled(employee.employeeFirstName), filled(employee.employeeLastName)];
  return names.filter((name) => name !== undefined).join(' ') || employee.employeeId;
}

function entryLegs(document: ExpenseReport, entry: ExpenseEntry): LedgerLeg[] {
  const day = filled(entry.entryDate)?.slice(0, 10);
  const kind = filled(entry.expenseTypeName) ?? filled(entry.expenseTypeCode) ?? 'Expense';
  const about = { text: day === undefined ? kind : `${kind} ${day}`, entryId: entry.entryId };
  return entry.allocation.flatMap((allocation) =>
    allocation.journal.flatMap((line) => [
      ...costLegs(document, entry, allocation, line, about),
      ...taxLegs(allocation, line, document.report.employeeCurrencyAlphaCode, about),
      ...partyLegs(document, entry, line, about),
    ]),
  );
}

type About = { text: string; entryId: string };

function costLegs(
  { report }: ExpenseReport,
  entry: ExpenseEntry,
  allocation: ExpenseAllocation,
  line: ExpenseJournalLine,
  about: About,
): LedgerLeg[] {
  const amount = amountOf(line.amountNetOfReclaim);
  const isPersonal = entry.entryIsPersonal === 'Y';
  if (amount.isZero() && !isPersonal) {
    return [];
  }
  return [
    {
      leg: isPersonal ? 'personal' : 'expense',
      account: accountOf(entry, line) ?? '',
      costObjects: costObjectsOf(allocation),
      fields: filledCodes(allocation, entry, report),
      amount: plain(amount),
      ...about,
    },
  ];
}

function partyLegs(document: ExpenseReport, entry: ExpenseEntry, line: ExpenseJournalLine, about: About): LedgerLeg[] {
  const party = otherParty(line);
  const amount = amountOf(line.amountGross).neg();
  if (party === undefined || amount.isZero()) {
    return [];
  }
  const cardProgram = filled(entry.cardProgramTypeCode);
  return [
    {
      leg: 'party',
      party,
      ...(party === 'EMPL' ? { id: document.employee.employeeId } : {}),
      ...settlementOf(document, entry, party === 'EMPL'),
      ...(party !== 'EMPL' && cardProgram !== undefined ? { cardProgram } : {}),
      amount: plain(amount),
      ...about,
    },
  ];
}

type Settlement = { settledBy: SettledBy; clearingAccount?: string };

/** Expense Pay and payroll pay instead of the ERP: their legs go to a clearing account (FIS spec 10.1, trap 32). */
function settlementOf({ report }: ExpenseReport, entry: ExpenseEntry, isEmployee: boolean): Settlement {
  if (isYes(entry.expensePayIndicator)) {
    const account = filled(entry.liabilityAccountCode);
    return { settledBy: 'expense-pay', ...(account === undefined ? {} : { clearingAccount: account }) };
  }
  if (isEmployee && isYes(report.payrollPayIndicator)) {
    const account = filled(report.payrollPaymentClearingAccountCode);
    return { settledBy: 'payroll', ...(account === undefined ? {} : { clearingAccount: account }) };
  }
  return { settledBy: 'erp' };
}

function applicationLegs(document: ExpenseReport): LedgerLeg[] {
  return document.cashAdvanceApplication.flatMap((row): LedgerLeg[] => {
    const amount = amountOf(row.cashAdvanceApplicationAmount);
    if (amount.isZero()) {
      return [];
    }
    const text = 'Cash advance applied';
    return [
      {
        leg: 'advance',
        account: filled(row.cashAdvanceClearingAccountCode) ?? '',
        cashAdvanceId: row.cashAdvanceId,
        amount: plain(amount),
        text,
      },
      {
        leg: 'party',
        party: 'EMPL',
        id: document.employee.employeeId,
        ...applicationSettlement(document),
        amount: plain(amount.neg()),
        text,
      },
    ];
  });
}

/** An applied advance lessens what the employee gets, on the side that pays him: the ERP unless nothing goes through it. */
function applicationSettlement(document: ExpenseReport): Settlement {
  const settlements = document.expenseEntry
    .filter((entry) => entry.allocation.some((row) => row.journal.some((line) => otherParty(line) === 'EMPL')))
    .map((entry) => settlementOf(document, entry, true));
  return settlements.find(({ settledBy }) => settledBy === 'erp') ?? settlements[0] ?? { settledBy: 'erp' };
}
