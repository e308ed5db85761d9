import type { LedgerLeg, NeutralDocument, SettledBy } from '../contracts/ledger.js';
import type { CashAdvance } from './concur-schemas.js';
import { isYes } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import { firstDate } from './concur-dates.js';
import { nameOf, ofEmployee } from './expense.js';
import type { Findings } from './invariants.js';
import { checkLedger, newFindings } from './invariants.js';
import { amountOf, plain, roundedTo, sumOf } from './money.js';

/** Reads the issue of a cash advance: advance account against the employee, in reimbursement currency (FIS spec 9.3). */
export function readCashAdvance(document: CashAdvance): NeutralDocument {
  const { employeeData: employee, cashAdvanceData: advance, journalData } = document;
  const findings = newFindings();
  checkCashAdvance(document, findings);
  const legs = journalData.flatMap((line) => lineLegs(document, line));
  checkLedger(legs, advance.employeeCurrencyAlphaCode, findings);
  return {
    docType: 'cashadvance',
    businessId: advance.cashAdvanceId,
    humanNumber: advance.cashAdvanceId,
    title: filled(advance.name) ?? 'Cash advance',
    revision: '1',
    isTest: isYes(advance.isTest),
    currency: advance.employeeCurrencyAlphaCode,
    total: plain(sumOf(journalData.map((line) => line.amount))),
    documentOn: firstDate([
      ['cashAdvanceData.issuedDate', advance.issuedDate],
      ['cashAdvanceData.requestDate', advance.requestDate],
    ]),
    payee: { kind: 'employee', id: employee.employeeId, name: nameOf(employee) },
    ...ofEmployee(employee),
    legs,
    warnings: findings.warnings,
    refusals: findings.refusals,
  };
}

function lineLegs(document: CashAdvance, line: CashAdvance['journalData'][number]): LedgerLeg[] {
  const amount = amountOf(line.amount);
  if (amount.isZero()) {
    return [];
  }
  const { cashAdvanceData: advance, employeeData: employee } = document;
  const isExpensePay = isYes(advance.expensePayIndicator) || filled(advance.paymentMethod) === '1';
  const settledBy: SettledBy = isExpensePay ? 'expense-pay' : 'erp';
  const text = `Cash advance ${filled(advance.name) ?? ''}`.trim();
  return [
    { leg: 'advance', account: line.accountCode, amount: plain(amount), text },
    { leg: 'party', party: 'EMPL', id: employee.employeeId, settledBy, amount: plain(amount.neg()), text },
  ];
}

function checkCashAdvance({ cashAdvanceData: advance, journalData }: CashAdvance, findings: Findings): void {
  const type = filled(advance.transactionType);
  if (type !== undefined && type !== '1') {
    const message = `A cash advance document is the issue of an advance (transaction type 1); this one has type ${type}.`;
    findings.refuse('A1', 'cashAdvanceData.transactionType', message);
  }
  journalData.forEach((line, index) => {
    const amount = amountOf(line.amount);
    if (!amount.isZero() && amount.isPositive() !== (line.debitOrCredit === 'DR')) {
      const message = `Line ${index + 1}: the sign of ${plain(amount)} contradicts ${line.debitOrCredit}.`;
      findings.refuse('N2', `journalData[${index}].debitOrCredit`, message);
    }
    const parties = [filled(line.payer), filled(line.payee)];
    if (parties.some((party) => party !== undefined && party !== 'COMP' && party !== 'EMPL')) {
      const message = `Line ${index + 1}: a cash advance must be between the company and the employee.`;
      findings.refuse('E7', `journalData[${index}]`, message);
    }
  });
  if (advance.requestAmount && advance.exchangeRate) {
    const currency = advance.employeeCurrencyAlphaCode;
    const expected = roundedTo(amountOf(advance.requestAmount).times(advance.exchangeRate), currency);
    const sum = sumOf(journalData.map((line) => line.amount));
    if (!sum.eq(expected)) {
      const message = `The journal sums to ${plain(sum)}, the requested amount at its rate is ${plain(expected)}.`;
      findings.refuse('N1', 'cashAdvanceData.requestAmount', message);
    }
    const requested = filled(advance.currencyAlphaCode);
    if (requested !== undefined && requested !== currency && amountOf(advance.exchangeRate).eq(1)) {
      const message = `The advance is in ${requested}, the reimbursement in ${currency}, but the exchange rate is 1.`;
      findings.warn('N3', 'cashAdvanceData.exchangeRate', message);
    }
  }
}
