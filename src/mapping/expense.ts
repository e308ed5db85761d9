import type { LedgerLeg, LegPosition, NeutralDocument, SettledBy } from '../contracts/ledger.js';
import type { ExpenseEntry, ExpenseJournalLine, ExpenseReport } from './concur-schemas.js';
import { isYes } from './concur-schemas.js';
import type { CodedField, CostCodes } from './coded-fields.js';
import { codedFields, costCodes, employeeCodes, filled, traitsOf } from './coded-fields.js';
import { concurDate, firstDate } from './concur-dates.js';
import { checkExpense } from './expense-invariants.js';
import { accountOf, entryText, isZeroLine, otherParty, sharesOfEmployee } from './expense-parties.js';
import { taxLegs } from './expense-tax.js';
import { groupedBy } from './grouping.js';
import { checkLedger, newFindings } from './invariants.js';
import { amountOf, plain, sumOf } from './money.js';

/** Expands an expense report into signed legs, debit positive (FIS spec 10.1); zero legs are dropped, personal ones kept. */
export function readExpense(document: ExpenseReport): NeutralDocument {
  const { employee, report } = document;
  const findings = newFindings();
  checkExpense(document, findings);
  const currency = report.employeeCurrencyAlphaCode;
  const ofReport = codedFields(report);
  const entries = document.expenseEntry.flatMap((entry, item) => entryLegs(document, ofReport, entry, item));
  const legs = [...entries, ...applicationLegs(document)];
  checkLedger(legs, currency, findings);
  const total =
    report.totalApprovedAmount ?? plain(sumOf(document.expenseEntry.map((entry) => entry.entryApprovedAmount)));
  const approvedOn = concurDate(report.reportPaymentProcessingDate, 'report.reportPaymentProcessingDate');
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
    ...(approvedOn === undefined ? {} : { approvedOn }),
    payee: { kind: 'employee', id: employee.employeeId, name: nameOf(employee) },
    ...ofEmployee(employee),
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

/** The employee's own codes, for dimensions that are declared to be his (decisions 17). */
export function ofEmployee(employee: ExpenseReport['employee']): Pick<NeutralDocument, 'employeeFields'> {
  const employeeFields = employeeCodes(employee);
  return Object.keys(employeeFields).length === 0 ? {} : { employeeFields };
}

function entryLegs(
  document: ExpenseReport,
  ofReport: readonly CodedField[],
  entry: ExpenseEntry,
  item: number,
): LedgerLeg[] {
  const around = [...codedFields(entry), ...ofReport];
  const said = { text: entryText(entry), entryId: entry.entryId, ...entryTraits(entry) };
  return entry.allocation.flatMap((allocation, position) => {
    const about: About = { ...said, at: { item, allocation: position } };
    const codes = costCodes(allocation, around);
    return allocation.journal.flatMap((line) => [
      ...costLegs(entry, line, codes, about),
      ...taxLegs(allocation, line, document.report.employeeCurrencyAlphaCode, about),
      ...partyLegs(document, entry, line, about),
    ]);
  });
}

type About = { text: string; entryId: string; at: LegPosition; traits?: Record<string, string> };

/** What rules of the mapping may ask of an entry. Names of payment types are localised; their keys are not (FIS spec 9.1). */
function entryTraits(entry: ExpenseEntry): { traits?: Record<string, string> } {
  return traitsOf({
    expenseType: entry.expenseTypeCode,
    paymentType: entry['reportEntryPatKey'],
    cardProgram: entry.cardProgramTypeCode,
    country: entry['entryCountryCode'],
    currency: entry.entryCurrAlphaCode,
    billable: entry['entryIsBillable'],
  });
}

function costLegs(entry: ExpenseEntry, line: ExpenseJournalLine, codes: CostCodes, about: About): LedgerLeg[] {
  const amount = amountOf(line.amountNetOfReclaim);
  const isPersonal = entry.entryIsPersonal === 'Y';
  const account = accountOf(entry, line);
  if (amount.isZero() && (!isPersonal || account === undefined)) {
    return [];
  }
  return [
    {
      leg: isPersonal ? 'personal' : 'expense',
      account: account ?? '',
      ...codes,
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

/**
 * An applied advance lessens what the employee gets, on the side that pays him: the ERP where it owes him anything, else the side
 * that owes him most. The order of the entries decides nothing.
 */
function applicationSettlement(document: ExpenseReport): Settlement {
  const concerned = document.expenseEntry.filter((entry) =>
    entry.allocation.some((row) => row.journal.some((line) => otherParty(line) === 'EMPL' && !isZeroLine(line))),
  );
  const sides = [...groupedBy(concerned, (entry) => JSON.stringify(settlementOf(document, entry, true)))].flatMap(
    ([key, entries]) => {
      const [first] = entries;
      const due = sharesOfEmployee({ expenseEntry: entries });
      return first === undefined ? [] : [{ key, due, side: settlementOf(document, first, true) }];
    },
  );
  const rank = ({ side }: (typeof sides)[number]): number => (side.settledBy === 'erp' ? 0 : 1);
  const [most] = sides
    .filter(({ due }) => due.gt(0) || sides.length === 1)
    .sort((a, b) => rank(a) - rank(b) || b.due.comparedTo(a.due) || (a.key < b.key ? -1 : 1));
  return most?.side ?? { settledBy: 'erp' };
}
