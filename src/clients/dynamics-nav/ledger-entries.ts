import { Decimal } from 'decimal.js';
import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { generalLedgerEntrySchema, type GeneralLedgerEntry } from './schemas.js';
import { asCode, canExist, fieldLengths, sumOf } from './wire-text.js';

/**
 * Posted general ledger entries by document number, read from the primary database: the only proof (NAV spec 16).
 * @param isPatient where the entries may be still on their way
 */
export async function readLedger(
  { readChain }: BcParts,
  company: BcCompany,
  documentNumbers: readonly string[],
  signal: AbortSignal,
  isPatient = false,
): Promise<Map<string, GeneralLedgerEntry[]>> {
  const rows = await readChain({
    operation: 'bc.ledger.read',
    path: `${company.path}/generalLedgerEntries`,
    field: 'documentNumber',
    values: documentNumbers.map(asCode).filter((number) => canExist(number, fieldLengths.documentNumber)),
    fresh: true,
    row: generalLedgerEntrySchema,
    valueOf: ({ documentNumber }) => documentNumber,
    isPatient,
    signal,
  });
  const byNumber = new Map<string, GeneralLedgerEntry[]>();
  for (const row of rows) {
    const number = asCode(row.documentNumber);
    byNumber.set(number, [...(byNumber.get(number) ?? []), row]);
  }
  return byNumber;
}

/** What ledger entries under a journal's document number say about it. */
export type JournalEvidence =
  | { is: 'none' }
  /** Posted once with our accounts and our total. */
  | { is: 'ours'; debitTotal: Decimal; postedOn: string }
  /** Posted and taken back by a person: every account nets to zero. */
  | { is: 'reversed' }
  /** Somebody else's entries, or ours in another shape: never adopted (NAV spec 11). */
  | { is: 'foreign' };

/** Judges ledger entries by the planned accounts and total; the document number alone proves nothing. */
export function journalEvidence(document: BcGeneralJournal, rows: readonly GeneralLedgerEntry[]): JournalEvidence {
  const first = rows[0];
  if (first === undefined) return { is: 'none' };
  const posted = new Set(rows.map(({ accountNumber }) => asCode(accountNumber)));
  const accounts = document.lines.filter((line) => line.accountType === 'G/L Account');
  const accountsMatch = accounts.every((line) => posted.has(asCode(line.accountNumber)));
  const debit = sumOf(rows.map((row) => row.debitAmount));
  const credit = sumOf(rows.map((row) => row.creditAmount));
  if (accountsMatch && debit.eq(credit) && debit.eq(plannedDebit(document))) {
    return { is: 'ours', debitTotal: debit, postedOn: first.postingDate };
  }
  return { is: accountsMatch && netsToZero(rows) ? 'reversed' : 'foreign' };
}

/** Sum of the debit side of a planned journal. */
export function plannedDebit(document: BcGeneralJournal): Decimal {
  return sumOf(document.lines.map(({ amount }) => amount).filter((amount) => new Decimal(amount).gt(0)));
}

/** True where a person has reversed the entries: nothing is left on any account. */
export function netsToZero(rows: readonly GeneralLedgerEntry[]): boolean {
  const nets = new Map<string, Decimal>();
  for (const { accountNumber, debitAmount, creditAmount } of rows) {
    const net = nets.get(accountNumber) ?? new Decimal(0);
    nets.set(accountNumber, net.plus(debitAmount).minus(creditAmount));
  }
  return [...nets.values()].every((net) => net.isZero());
}
