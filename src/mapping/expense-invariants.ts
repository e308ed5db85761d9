import { checkApplications } from './advance-invariants.js';
import type { ExpenseAllocation, ExpenseEntry, ExpenseJournalLine, ExpenseReport } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import { checkCardCharges, checkEntryRates } from './expense-warnings.js';
import { taxKeyOf, taxRowsOf } from './expense-tax.js';
import type { Findings } from './invariants.js';
import { accountOf, entryText, isZeroLine, otherParty } from './expense-parties.js';
import { amountOf, plain, sumOf } from './money.js';

/** What a finding is about: the path for the machine, the name for the accountant. */
interface Place {
  path: string;
  name: string;
}

/** Checks an expense report against FIS spec 10.7; lists every offender, not only the first, and names its entry (S93). */
export function checkExpense(document: ExpenseReport, findings: Findings): void {
  const currency = document.report.employeeCurrencyAlphaCode;
  checkTotal(document, findings);
  document.expenseEntry.forEach((entry, index) => {
    const place = { path: `expenseEntry[${index}]`, name: `Entry ${index + 1} (${entryText(entry)})` };
    checkEntry(entry, place, findings);
    entry.allocation.forEach((allocation, at) => {
      const name = entry.allocation.length === 1 ? place.name : `${place.name}, allocation ${at + 1}`;
      checkAllocation(entry, allocation, { path: `${place.path}.allocation[${at}]`, name }, currency, findings);
    });
    checkEntryRates(entry, place.path, currency, findings);
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
  } else if (!approved.eq(amountOf(report.totalApprovedAmount))) {
    const total = plain(amountOf(report.totalApprovedAmount));
    findings.refuse('E2', field, `The approved entries sum to ${plain(approved)}, the report's total is ${total}.`);
  }
}

function checkEntry(entry: ExpenseEntry, { path, name }: Place, findings: Findings): void {
  const approved = amountOf(entry.entryApprovedAmount);
  const lines = entry.allocation.flatMap((allocation) => allocation.journal);
  const gross = sumOf(lines.map((line) => line.amountGross));
  if (!gross.eq(approved)) {
    const message = `${name}: the journal lines sum to ${plain(gross)}, the approved amount is ${plain(approved)}.`;
    findings.refuse('E3', `${path}.entryApprovedAmount`, message);
  }
  if (entry.entryIsPersonal === 'Y') {
    const named = entry.allocation.some((row) => filled(row.allocationId) ?? filled(row.allocationPercentage));
    const filledLines = lines.filter((line) => !isZeroLine(line));
    const isPair = filledLines.length === 2 || filledLines.length === 0;
    if (!approved.isZero() || !gross.isZero() || !isPair || named) {
      const message = `${name}: a personal entry must have an approved amount of 0 and two lines that cancel each other, unallocated.`;
      findings.refuse('E4p', path, message);
    }
    return;
  }
  checkPercentages(entry, { path, name }, findings);
}

/** The amounts are posted, not the percentages: these may be cut after two decimals, and one allocation needs none. */
function checkPercentages({ allocation }: ExpenseEntry, { path, name }: Place, findings: Findings): void {
  const given = allocation.filter((row) => filled(row.allocationPercentage) !== undefined);
  if (given.length === 0 && allocation.length <= 1) return;
  const share = sumOf(given.map((row) => row.allocationPercentage ?? '0'));
  const allowed = allocation.length === 1 ? '0.005' : amountOf('0.01').times(allocation.length - 1);
  if (share.minus(100).abs().gt(allowed)) {
    const message = `${name}: the allocation percentages sum to ${plain(share)} instead of 100.`;
    findings.refuse('E4', `${path}.allocation`, message);
  }
}

function checkAllocation(
  entry: ExpenseEntry,
  allocation: ExpenseAllocation,
  { path, name }: Place,
  currency: string,
  findings: Findings,
): void {
  allocation.journal.forEach((line, index) =>
    checkLine(entry, line, { path: `${path}.journal[${index}]`, name }, findings),
  );
  checkTaxRows(entry, allocation, { path, name }, currency, findings);
}

function checkLine(entry: ExpenseEntry, line: ExpenseJournalLine, { path, name }: Place, findings: Findings): void {
  const gross = amountOf(line.amountGross);
  if (otherParty(line) === undefined) {
    const message = `${name}: payer ${line.journalPayer} and payee ${line.journalPayee}; exactly one must be COMP, the other a known party.`;
    findings.refuse('E7', path, message);
  } else if (!gross.isZero() && gross.isPositive() !== (line.journalPayer === 'COMP')) {
    findings.refuse('E8', path, `${name}: the sign of ${plain(gross)} contradicts payer ${line.journalPayer}.`);
  }
  if (!isZeroLine(line) && accountOf(entry, line) === undefined) {
    findings.refuse('E12', `${path}.journalAccountCode`, `${name}: a line of ${plain(gross)} has no account code.`);
  }
}

function checkTaxRows(
  entry: ExpenseEntry,
  allocation: ExpenseAllocation,
  { path, name }: Place,
  currency: string,
  findings: Findings,
): void {
  const keys = allocation.tax.flatMap((row) => taxKeyOf(row) ?? []);
  const known = new Set(keys);
  const named = allocation.journal.flatMap((line) => taxRowsOf(allocation, line));
  const guids = allocation.journal.flatMap((line) => line.taxGuid ?? []);
  const isEachNamed = new Set(named).size === allocation.tax.length;
  if (guids.some((guid) => !known.has(guid)) || !isEachNamed || known.size !== keys.length) {
    const message = `${name}: the tax rows and the tax keys of the journal lines do not match one to one.`;
    findings.refuse('E6', `${path}.tax`, message);
    return;
  }
  // A row that several lines name belongs to them together: then only their sum can be compared.
  const shared = named.length !== new Set(named).size;
  const groups = shared ? [allocation.journal] : allocation.journal.map((line) => [line]);
  groups.forEach((lines, index) => {
    const place = { path: shared ? path : `${path}.journal[${index}]`, name };
    compareTax(allocation, lines, place, isForeignSpend(entry, currency), findings);
  });
}

function compareTax(
  allocation: ExpenseAllocation,
  lines: ExpenseJournalLine[],
  { path, name }: Place,
  isForeign: boolean,
  findings: Findings,
): void {
  const rows = [...new Set(lines.flatMap((line) => taxRowsOf(allocation, line)))];
  if (rows.length === 0 && lines.every(isWithoutTax)) return;
  const gross = sumOf(lines.map((line) => line.amountGross));
  const reclaim = gross.minus(sumOf(lines.map((line) => line.amountNetOfReclaim)));
  const claimed = sumOf(rows.map((row) => row.amountReclaim));
  if (!reclaim.eq(claimed)) {
    const message = `${name}: gross minus net of reclaim is ${plain(reclaim)}, the tax rows reclaim ${plain(claimed)}.`;
    // Tax rows may be in the spend currency; then they only give the proportion (FIS spec 10.1 step 3, trap 25).
    if (isForeign && reclaim.isZero() === claimed.isZero()) {
      findings.warn('E10', path, message);
    } else {
      findings.refuse('E10', path, message);
    }
  }
  const netOfTax = sumOf(lines.map((line) => line.amountNetOfTax ?? line.amountNetOfReclaim));
  const tax = sumOf(rows.map((row) => row.amountTax));
  if (lines.every((line) => line.amountNetOfTax) && !gross.minus(tax).eq(netOfTax)) {
    const message = `${name}: gross minus tax is ${plain(gross.minus(tax))}, net of tax is ${plain(netOfTax)}.`;
    findings.warn('E9', path, message);
  }
}

/** Said with the same literals: most lines, and no figure of them has to be worked out. */
const isWithoutTax = ({ amountGross, amountNetOfTax, amountNetOfReclaim }: ExpenseJournalLine): boolean =>
  amountNetOfReclaim === amountGross && (amountNetOfTax ?? amountGross) === amountGross;

function isForeignSpend(entry: ExpenseEntry, currency: string): boolean {
  const rate = filled(entry.entryExchangeRate);
  const spent = filled(entry.entryCurrAlphaCode);
  return (rate !== undefined && !amountOf(rate).eq(1)) || (spent !== undefined && spent !== currency);
}
