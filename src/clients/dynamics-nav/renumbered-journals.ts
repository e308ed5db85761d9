import { Decimal } from 'decimal.js';
import type { BcGeneralJournal } from '../../contracts/erp-documents.js';
import { journalEvidence, readLedger } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { generalLedgerEntrySchema } from './schemas.js';
import { asCode, canExist, fieldLengths, quoted } from './wire-text.js';

/** Numbers that the connector gives itself: entries under them belong to other Concur documents. */
const ownNumber = /^CX[A-Z2-7]{13}$/;

/**
 * Where a journal that left its batch stands instead of under its own number: a posting number series of the template or the
 * batch replaces it when Business Central posts (NAV spec trap 9). Looked for by date, accounts and amounts, so it is told to a
 * person and never adopted. Undefined where nothing of that shape is posted.
 */
export async function postedElsewhere(
  parts: BcParts,
  company: BcCompany,
  document: BcGeneralJournal,
  signal: AbortSignal,
): Promise<string | undefined> {
  const line = document.lines.find(({ accountType }) => accountType === 'G/L Account');
  if (line === undefined || !canExist(line.accountNumber, fieldLengths.number)) return undefined;
  const query = {
    $filter: `postingDate eq ${document.postingOn} and accountNumber eq ${quoted(asCode(line.accountNumber))}`,
  };
  const path = `${company.path}/generalLedgerEntries`;
  const call = { operation: 'bc.ledger.search', path, query, fresh: true, signal };
  const rows = await parts.odata.list(call, generalLedgerEntrySchema);
  const alike = rows.filter(
    ({ debitAmount, creditAmount, documentNumber }) =>
      new Decimal(debitAmount).minus(creditAmount).eq(line.amount) && !ownNumber.test(asCode(documentNumber)),
  );
  const ledger = await readLedger(
    parts,
    company,
    alike.map(({ documentNumber }) => documentNumber),
    signal,
  );
  const found = [...ledger].filter(([, entries]) => journalEvidence(document, entries).is === 'ours');
  if (found.length === 0) return undefined;
  const numbers = found.map(([number]) => number).join(', ');
  return (
    `entries with the same date, accounts and amounts stand under document number ${numbers}: a posting number series ` +
    'of the journal template or batch has replaced the number. Remove it from the template; what is posted stays posted.'
  );
}
