import type { ExpenseReport } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import { accountOf, sharesOfEmployee } from './expense-parties.js';
import type { Findings } from './invariants.js';
import { amountOf, plain, sumOf } from './money.js';

/** A1, A2, A4 and the account of the applied cash advances of a report (FIS spec 10.7). */
export function checkApplications(document: ExpenseReport, findings: Findings): void {
  const expenseAccounts = new Set(
    document.expenseEntry.flatMap((entry) =>
      entry.allocation.flatMap((allocation) => allocation.journal.map((line) => accountOf(entry, line))),
    ),
  );
  document.cashAdvanceApplication.forEach((row, index) => {
    const path = `cashAdvanceApplication[${index}]`;
    const name = `Cash advance ${row.cashAdvanceId}`;
    const type = filled(row.cashAdvanceTransactionType);
    const amount = amountOf(row.cashAdvanceApplicationAmount);
    if (amount.gt(0) || (type !== undefined && type !== '2')) {
      const message = `${name}: an application must have a negative amount and transaction type 2, not ${plain(amount)} and ${type ?? 'none'}.`;
      findings.refuse('A1', path, message);
    }
    const account = filled(row.cashAdvanceClearingAccountCode);
    if (account === undefined && !amount.isZero()) {
      findings.refuse('E12', `${path}.cashAdvanceClearingAccountCode`, `${name}: it has no clearing account.`);
    } else if (account !== undefined && expenseAccounts.has(account)) {
      const message = `${name}: its clearing account ${account} is also the account of an expense line.`;
      findings.refuse('A4', `${path}.cashAdvanceClearingAccountCode`, message);
    }
  });
  checkEmployeeNet(document, findings);
}

function checkEmployeeNet(document: ExpenseReport, findings: Findings): void {
  const applied = sumOf(document.cashAdvanceApplication.map((row) => row.cashAdvanceApplicationAmount));
  const net = sharesOfEmployee(document).plus(applied);
  const returns = amountOf(document.report.cashAdvanceReturnsAmount ?? '0');
  if (net.eq(returns.neg())) return;
  const field = 'report.cashAdvanceReturnsAmount';
  if (net.lt(0) && document.cashAdvanceApplication.length > 0) {
    const message = `The employee owes ${plain(net.neg())}, the returned cash advance is ${plain(returns)}.`;
    findings.refuse('A2', field, message);
  } else if (!returns.isZero()) {
    const message = `A returned cash advance of ${plain(returns)} is stated, but the employee is owed ${plain(net)}.`;
    findings.warn('A2', field, message);
  }
}
