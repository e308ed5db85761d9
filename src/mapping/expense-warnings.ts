import { groupedBy } from './grouping.js';
import type { ExpenseEntry, ExpenseReport } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import type { Findings } from './invariants.js';
import { amountOf, plain, roundedTo, smallestUnit, sumOf } from './money.js';

/** E5, E16 and E17: percentages and rates are told when odd, amounts are never recomputed from them (trap 26). */
export function checkEntryRates(entry: ExpenseEntry, path: string, currency: string, findings: Findings): void {
  if (entry.entryIsPersonal === 'Y') {
    return;
  }
  const approved = amountOf(entry.entryApprovedAmount);
  entry.allocation.forEach((allocation, index) => {
    const share = amountOf(allocation.allocationPercentage ?? '100').times(amountOf('0.01'));
    const expected = roundedTo(approved.times(share), currency);
    const gross = sumOf(allocation.journal.map((line) => line.amountGross));
    if (gross.minus(expected).abs().gt(smallestUnit(currency))) {
      const message = `The allocation bears ${plain(gross)}, its percentage gives ${plain(expected)}.`;
      findings.warn('E5', `${path}.allocation[${index}]`, message);
    }
  });
  const rate = filled(entry.entryExchangeRate);
  if (rate === undefined || amountOf(rate).isZero()) {
    return;
  }
  const spent = filled(entry.reportEntryTransactionAmount);
  if (spent !== undefined) {
    const divides = filled(entry.entryExchangeRateDirection) === 'D';
    const converted = divides ? amountOf(spent).div(amountOf(rate)) : amountOf(spent).times(amountOf(rate));
    if (!roundedTo(converted, currency).eq(approved)) {
      const message = `The spent amount at its rate gives ${plain(roundedTo(converted, currency))}, approved is ${plain(approved)}.`;
      findings.warn('E16', path, message);
    }
  }
  if (filled(entry.entryCurrAlphaCode) === currency && !amountOf(rate).eq(1)) {
    findings.warn(
      'E17',
      `${path}.entryExchangeRate`,
      `Spend and reimbursement are both ${currency}, but the rate is ${rate}.`,
    );
  }
}

/** E18 and C1: entries with one id, and card charges that their entries do not add up to. */
export function checkCardCharges({ expenseEntry }: ExpenseReport, findings: Findings): void {
  if (new Set(expenseEntry.map((entry) => entry.entryId)).size !== expenseEntry.length) {
    findings.warn('E18', 'expenseEntry', 'Two entries have the same entry id.');
  }
  const charges = groupedBy(expenseEntry, (entry) => filled(entry.cardTransactionID));
  for (const [charge, entries] of charges) {
    const posted = filled(entries[0]?.cardTransactionPostedAmount);
    if (charge === undefined || posted === undefined) {
      continue;
    }
    const lines = entries.flatMap((entry) => entry.allocation.flatMap((allocation) => allocation.journal));
    const charged = sumOf(lines.map((line) => line.amountGrossCard ?? '0'));
    if (!charged.eq(posted)) {
      const message = `The entries of one card charge sum to ${plain(charged)}, the card was charged ${plain(amountOf(posted))}.`;
      findings.warn('C1', 'expenseEntry.cardTransactionPostedAmount', message);
    }
  }
}
