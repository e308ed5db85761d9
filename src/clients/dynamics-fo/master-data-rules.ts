import type { MasterDataFinding } from '../../contracts/erp-port.js';
import type { FoJournal } from './journal-kinds.js';
import { journalNameFaults } from './journal-name-rules.js';
import { menu } from './menu-paths.js';
import { dayOf } from './odata-literals.js';
import type { DimensionValueRow, JournalNameRow, MainAccount } from './schemas.js';

/** Hold states under which invoices may be posted (F&O spec 12); a hold for payments only delays the payment. */
const POSTABLE_HOLDS: ReadonlySet<string> = new Set(['', 'No', 'Never', 'Payment', 'Requisition', 'PurchOrder']);
/** Account types that only add up others. */
const SUM_TYPES: ReadonlySet<string> = new Set(['Total', 'Reporting']);

/** Judges a vendor's hold; an unknown state counts as blocked. */
export function vendorFinding(account: string, onHoldStatus: string): MasterDataFinding | undefined {
  if (POSTABLE_HOLDS.has(onHoldStatus)) return undefined;
  const what = onHoldStatus === 'Invoice' ? 'on hold for invoices' : `on hold (${onHoldStatus})`;
  return { kind: 'vendor-blocked', code: account, message: `Vendor ${account} is ${what}.` };
}

/** Judges a main account. `today` is `YYYY-MM-DD`. */
export function accountFinding(row: MainAccount, today: string): MasterDataFinding | undefined {
  const reason = SUM_TYPES.has(row.MainAccountType)
    ? `is of type ${row.MainAccountType} and takes no postings`
    : row.IsSuspended
      ? 'is suspended'
      : row.DoNotAllowManualEntry
        ? 'allows no manual entry'
        : outsideDates(row, today);
  if (reason === undefined) return undefined;
  return { kind: 'account-blocked', code: row.MainAccountId, message: `Main account ${row.MainAccountId} ${reason}.` };
}

/** Judges a dimension value. */
export function dimensionFinding(row: DimensionValueRow, today: string): MasterDataFinding | undefined {
  const reason = row.IsTotal
    ? 'is a total'
    : row.IsSuspended
      ? 'is suspended'
      : row.IsBlockedForManualEntry
        ? 'is blocked for manual entry'
        : outsideDates(row, today);
  if (reason === undefined) return undefined;
  const { FinancialDimension: dimension, DimensionValue: value } = row;
  const message = `Value ${value} of dimension ${dimension} ${reason}.`;
  return { kind: 'dimension-blocked', code: `${dimension}=${value}`, message };
}

/** Judges a journal name's set-up for the routes that write under it, with the remedy in F&O's own menu words. */
export function journalNameFinding(
  row: JournalNameRow,
  routes: readonly FoJournal['route'][],
): MasterDataFinding | undefined {
  const faults = journalNameFaults(row, routes);
  if (faults.length === 0) return undefined;
  const message = faults.map((fault) => `${fault.message} ${fault.remedy}`).join(' ');
  return { kind: 'setup', code: row.Name, message };
}

/** What to do about a journal name that a company does not have. */
export const journalNameRemedy = `Create it in ${menu.journalNames}, or correct journalNames in the connections file.`;

/** The sentence for a journal name that a company does not have. */
export const journalNameMissing = (name: string, company: string): string =>
  `Journal name ${name} does not exist in company ${company}. ${journalNameRemedy}`;

/** The reason why an entry is not in force today; the empty dates of F&O mean "no limit". */
function outsideDates(row: { ActiveFrom: string; ActiveTo: string }, today: string): string | undefined {
  const from = dayOf(row.ActiveFrom);
  if (from !== undefined && from > today) return `is active only from ${from}`;
  const to = dayOf(row.ActiveTo);
  return to !== undefined && to < today ? `is active only until ${to}` : undefined;
}
