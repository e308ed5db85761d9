import type { JournalContext } from './journal-context.js';
import { vendTransBiEntities } from './posted-entities.js';
import type { Company } from './store.js';
import { text } from './values.js';

/** A vendor's invoice number about to be posted. */
export interface InvoiceNumber {
  account: string;
  invoice: string;
  /** Posting date; its year is the fiscal year. */
  day: string;
}

/** What the check says: a refusal stops the posting, a warning only stands in the log. */
export interface NumberFinding {
  severity: 'refusal' | 'warning';
  message: string;
}

const identityOf = ({ account, invoice }: InvoiceNumber): string => `${account}/${invoice}`.toLowerCase();

const yearOf = (day: string): string => day.slice(0, 4);

function isPosted(context: JournalContext, company: Company, wanted: InvoiceNumber, sameYear: boolean): boolean {
  const rows = context.store.table(vendTransBiEntities.set).candidates('Invoice', wanted.invoice) ?? [];
  return [...rows].some(
    (row) =>
      row['dataAreaId'] === company.company.toLowerCase() &&
      row['AccountNum'] === wanted.account &&
      row['TransType'] !== 'Payment' &&
      (!sameYear || yearOf(text(row, 'TransDate')) === yearOf(wanted.day)),
  );
}

/**
 * The company parameter IsCheckInvoiceNumberUsed in its four settings, as it is evaluated at submission and posting
 * (section 10): a number counts as used once a transaction of the vendor has it, or when it stands twice in one posting.
 * Empty numbers are not checked.
 */
export function checkInvoiceNumbers(
  context: JournalContext,
  company: Company,
  numbers: readonly InvoiceNumber[],
): NumberFinding | undefined {
  const setting = company.invoiceNumberCheck ?? 'NoDuplicate';
  if (setting === 'AcceptDuplicate') return undefined;
  const seen = new Set<string>();
  for (const number of numbers) {
    if (number.invoice === '') continue;
    const identity = identityOf(number);
    if (seen.has(identity) || isPosted(context, company, number, setting === 'NoDuplicateInYear')) {
      const message = `Invoice number ${number.invoice} of vendor ${number.account} has already been used.`;
      return setting === 'WarnDuplicate'
        ? { severity: 'warning', message: `Warning: ${message}` }
        : { severity: 'refusal', message };
    }
    seen.add(identity);
  }
  return undefined;
}
