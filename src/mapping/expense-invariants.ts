import type { ExpenseAllocation, ExpenseEntry, ExpenseJournalLine, ExpenseReport } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import { checkCardCharges, checkEntryRates } from './expense-warnings.js';
import { taxRowsOf } from './expense-tax.js';
import type { Findings } from './invariants.js';
import { accountOf, otherParty, sharesOfEmployee } from './expense-parties.js';
import { amountOf, plain, sumOf } from './money.js';

/** Checks an expense report against FIS spec 10.7; lists every offender, not only the first (S93). */
export function checkExpense(document: ExpenseReport, findings: Findings): void {
  checkTotal(document, findings);
  document.expenseEntry.forEach((entry, index) => {
    const path = `expenseEntry[${index}]`;
    checkEntry(entry, path, findings);
    entry.allocation.forEach((allocation, at) =>
      checkAllocation(entry, allocation, `${path}.allocation[${at}]`, findings),
    );
    checkEntryRates(entry, path, document.report.employeeCurrencyAlphaCode, findings);
  });
  checkApplications(document, findings);
  checkCardCharges(document, findings);
}

function checkTotal({ report, expenseEntry }: ExpenseReport, findings: Findings): void {
  const field = 'report.totalApprovedAmount';
  const approved = sumOf(expenseEntry.map((entry) => entry.entryApprovedAmount));
  if (report.totalApprovedAmount === null || report.totalApprovedAmount === undefined) {
    findings.warn(
      'E1',
      field,
      `The report has no approved total; the sum of its entries, ${plain(approved)}, is used.`,
    );
  } else if (!approved.eq(report.totalApprovedAmount)) {
    const total = plain(amountOf(report.totalApprovedAmount));
    findings.refuse('E2', field, `The approved entries sum to ${plain(approved)}, the report's total is ${total}.`);
  }
}

function checkEntry(entry: ExpenseEntry, path: string, findings: Findings): void {
  const approved = amountOf(entry.entryApprovedAmount);
  const lines = entry.allocation.flatMap((allocation) => allocation.journal);
  const gross = sumOf(lines.map((line) => line.amountGross));
  if (!gross.eq(approved)) {
    const message = `The journal lines sum to ${plain(gross)}, the entry's approved amount is ${plain(approved)}.`;
    findings.refuse('E3', `${path}.entryApprovedAmount`, message);
  }
  if (entry.entryIsPersonal === 'Y') {
    const named = entry.allocation.some((row) => filled(row.allocationId) ?? filled(row.allocationPercentage));
    if (!approved.isZero() || !gross.isZero() || lines.length !== 2 || named) {
      const message =
        'A personal entry must have an approved amount of 0 and two lines that cancel each other, unallocated.';
      findings.refuse('E4p', path, message);
    }
    return;
  }
  const share = sumOf(entry.allocation.map((row) => row.allocationPercentage ?? '0'));
  // Concur cuts thirds after eight decimals: 99.99999999 is a whole.
  if (share.minus(100).abs().gt('0.0001')) {
    findings.refuse('E4', `${path}.allocation`, `The allocation percentages sum to ${plain(share)} instead of 100.`);
  }
}

function checkAllocation(entry: ExpenseEntry, allocation: ExpenseAllocation, path: string, findings: Findings): void {
  allocation.journal.forEach((line, index) => checkLine(entry, line, `${path}.journal[${index}]`, findings));
  checkTaxRows(entry, allocation, path, findings);
}

function checkLine(entry: ExpenseEntry, line: ExpenseJournalLine, path: string, findings: Findings): void {
  const gross = amountOf(line.amountGross);
  if (otherParty(line) === undefined) {
    const message = `Payer ${line.journalPayer} and payee ${line.journalPayee}: exactly one must be COMP, the other a known party.`;
    findings.refuse('E7', path, message);
  } else if (!gross.isZero() && gross.isPositive() !== (line.journalPayer === 'COMP')) {
    findings.refuse('E8', path, `The sign of ${plain(gross)} contradicts payer ${line.journalPayer}.`);
  }
  if (accountOf(entry, line) === undefined) {
    findings.refuse('E12', `${path}.journalAccountCode`, 'The line has no account code.');
  }
}

function checkTaxRows(entry: ExpenseEntry, allocation: ExpenseAllocation, path: string, findings: Findings): void {
  const known = new Set(allocation.tax.map((row) => row.taxGuid));
  const named = allocation.journal.flatMap((line) => taxRowsOf(allocation, line).map((row) => row.taxGuid));
  const guids = allocation.journal.flatMap((line) => line.taxGuid ?? []);
  if (
    guids.some((guid) => !known.has(guid)) ||
    known.size !== new Set(named).size ||
    known.size !== allocation.tax.length
  ) {
    findings.refuse('E6', `${path}.tax`, 'The tax rows and the tax keys of the journal lines do not match one to one.');
    return;
  }
  // A row that several lines name belongs to them together: then only their sum can be compared.
  const shared = named.length !== new Set(named).size;
  const groups = shared ? [allocation.journal] : allocation.journal.map((line) => [line]);
  groups.forEach((lines, index) => {
    const field = shared ? path : `${path}.journal[${index}]`;
    compareTax(entry, allocation, lines, field, findings);
  });
}

function compareTax(
  entry: ExpenseEntry,
  allocation: ExpenseAllocation,
  lines: ExpenseJournalLine[],
  field: string,
  findings: Findings,
): void {
  const rows = [...new Set(lines.flatMap((line) => taxRowsOf(allocation, line)))];
  const gross = sumOf(lines.map((line) => line.amountGross));
  const reclaim = gross.minus(sumOf(lines.map((line) => line.amountNetOfReclaim)));
  const claimed = sumOf(rows.map((row) => row.amountReclaim));
  if (!reclaim.eq(claimed)) {
    const message = `Gross minus net of reclaim is ${plain(reclaim)}, the tax rows reclaim ${plain(claimed)}.`;
    // Tax rows may be in the spend currency; then they only give the proportion (FIS spec 10.1 step 3, trap 25).
    if (isForeignSpend(entry, lines) && reclaim.isZero() === claimed.isZero()) {
      findings.warn('E10', field, message);
    } else {
      findings.refuse('E10', field, message);
    }
  }
  const netOfTax = sumOf(lines.map((line) => line.amountNetOfTax ?? line.amountNetOfReclaim));
  const tax = sumOf(rows.map((row) => row.amountTax));
  if (lines.every((line) => line.amountNetOfTax) && !gross.minus(tax).eq(netOfTax)) {
    findings.warn('E9', field, `Gross minus tax is ${plain(gross.minus(tax))}, net of tax is ${plain(netOfTax)}.`);
  }
}

function isForeignSpend(entry: ExpenseEntry, lines: ExpenseJournalLine[]): boolean {
  const rate = filled(entry.entryExchangeRate);
  return lines.length > 0 && rate !== undefined && !amountOf(rate).eq(1);
}

function checkApplications(document: ExpenseReport, findings: Findings): void {
  const expenseAccounts = new Set(
    document.expenseEntry.flatMap((entry) =>
      entry.allocation.flatMap((allocation) => allocation.journal.map((line) => accountOf(entry, line))),
    ),
  );
  document.cashAdvanceApplication.forEach((row, index) => {
    const path = `cashAdvanceApplication[${index}]`;
    const type = filled(row.cashAdvanceTransactionType);
    if (amountOf(row.cashAdvanceApplicationAmount).gt(0) || (type !== undefined && type !== '2')) {
      findings.refuse('A1', path, 'An applied cash advance must have a negative amount and transaction type 2.');
    }
    const account = filled(row.cashAdvanceClearingAccountCode);
    if (account === undefined) {
      findings.refuse(
        'E12',
        `${path}.cashAdvanceClearingAccountCode`,
        'The applied cash advance has no clearing account.',
      );
    } else if (expenseAccounts.has(account)) {
      const message = `The cash advance clearing account ${account} is also the account of an expense line.`;
      findings.refuse('A4', `${path}.cashAdvanceClearingAccountCode`, message);
    }
  });
  if (document.cashAdvanceApplication.length > 0) {
    checkEmployeeNet(document, findings);
  }
}

function checkEmployeeNet(document: ExpenseReport, findings: Findings): void {
  const applied = sumOf(document.cashAdvanceApplication.map((row) => row.cashAdvanceApplicationAmount));
  const net = sharesOfEmployee(document).plus(applied);
  const returns = amountOf(document.report.cashAdvanceReturnsAmount ?? '0');
  if (net.lt(0) && !net.eq(returns.neg())) {
    const message = `The employee owes ${plain(net.neg())}, the returned cash advance is ${plain(returns)}.`;
    findings.refuse('A2', 'report.cashAdvanceReturnsAmount', message);
  }
}
