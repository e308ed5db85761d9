import type { Party } from '../contracts/ledger.js';
import type { ExpenseEntry, ExpenseJournalLine, ExpenseReport } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import type { Amount } from './money.js';
import { amountOf, sumOf } from './money.js';

type ExpenseParty = Exclude<Party, 'VENDOR'>;
const expenseParties: readonly ExpenseParty[] = ['EMPL', 'IBCP', 'CBCP', 'COPD'];

/**
 * The one of payer and payee that is not the company; undefined if that is not exactly one known party (E7). Payment
 * types and card fields never decide: customers rename them and offsets redirect them (E14, E15).
 */
export function otherParty(line: ExpenseJournalLine): ExpenseParty | undefined {
  const { journalPayer: payer, journalPayee: payee } = line;
  if ((payer === 'COMP') === (payee === 'COMP')) {
    return undefined;
  }
  return expenseParties.find((party) => party === (payer === 'COMP' ? payee : payer));
}

/** The account of a line; an empty one on a personal entry is the entry's clearing account (E12). */
export function accountOf(entry: ExpenseEntry, line: ExpenseJournalLine): string | undefined {
  const fallback = entry.entryIsPersonal === 'Y' ? filled(entry.clearingAccountCode) : undefined;
  return filled(line.journalAccountCode) ?? fallback;
}

/** Says that a line books nothing, neither cost nor tax nor debt: then it needs no account. */
export const isZeroLine = (line: ExpenseJournalLine): boolean =>
  amountOf(line.amountGross).isZero() && amountOf(line.amountNetOfReclaim).isZero();

/** What the spending was and when, in words: the text of its lines. */
export function entryText(entry: ExpenseEntry): string {
  const kind = filled(entry.expenseTypeName) ?? filled(entry.expenseTypeCode) ?? 'Expense';
  const day = filled(entry.entryDate)?.slice(0, 10);
  return day === undefined ? kind : `${kind} ${day}`;
}

/** What the entries owe to the employee before cash advances: negative when he owes. */
export function sharesOfEmployee(document: Pick<ExpenseReport, 'expenseEntry'>): Amount {
  const lines = document.expenseEntry.flatMap((entry) => entry.allocation.flatMap((allocation) => allocation.journal));
  return sumOf(lines.filter((line) => otherParty(line) === 'EMPL').map((line) => line.amountGross));
}
