import { Decimal } from 'decimal.js';
import type { BcGeneralJournal, ErpDocument } from '../../contracts/erp-documents.js';
import { asCode, equalsAny, inChunks, moneyText, sumOf } from '../dynamics-nav/wire-text.js';
import type { NavOData } from './odata.js';
import type { NavCompany } from './options.js';
import type { NavParts } from './parts.js';
import { ledgerEntrySchema, vendorEntrySchema, type LedgerEntry, type VendorEntry } from './schemas.js';

/** G/L entries by document number, or by the number that the journal lines carried beside it. */
export async function readLedger(
  { odata }: NavParts,
  company: NavCompany,
  field: 'Document_No' | 'External_Document_No',
  values: readonly string[],
  signal: AbortSignal,
): Promise<LedgerEntry[]> {
  const rows: LedgerEntry[] = [];
  for (const chunk of inChunks([...new Set(values.map(asCode))])) {
    const call = { operation: 'nav.ledger.read', company: company.name, service: 'ledgerEntries' as const, signal };
    rows.push(...(await odata.list({ ...call, filter: equalsAny(field, chunk) }, ledgerEntrySchema)));
  }
  return rows;
}

/** What reads the pages of the vendor ledger: classic NAV, or a Business Central that has published them. */
export interface LedgerPages {
  odata: Pick<NavOData, 'list'>;
  facts: { fiscalYear(company: Pick<NavCompany, 'name'>, on: string, signal: AbortSignal): Promise<string> };
}

/** Vendor ledger entries by a text field, or by entry number. */
export async function readVendorEntries(
  { odata }: Pick<LedgerPages, 'odata'>,
  company: Pick<NavCompany, 'name'>,
  field: 'Document_No' | 'External_Document_No' | 'Entry_No',
  values: readonly string[],
  signal: AbortSignal,
): Promise<VendorEntry[]> {
  const rows: VendorEntry[] = [];
  const asked = field === 'Entry_No' ? values : values.map(asCode);
  for (const chunk of inChunks([...new Set(asked)])) {
    const filter = field === 'Entry_No' ? equalsAny(field, chunk, (value) => value) : equalsAny(field, chunk);
    const service = 'vendorLedgerEntries' as const;
    const call = { operation: 'nav.vendor-entries.read', company: company.name, service, filter, signal };
    rows.push(...(await odata.list(call, vendorEntrySchema)));
  }
  return rows;
}

/** What the ledger says about a journal. */
export type JournalEvidence =
  | { is: 'none' }
  | { is: 'ours'; documentNumber: string; postedOn: string; differences: string[]; vendorEntry?: VendorEntry }
  /** Posted and taken back by a person. */
  | { is: 'reversed' }
  /** Somebody else's entries, or ours in another shape: never adopted (NAV spec 11). */
  | { is: 'foreign' };

/**
 * Judges entries under one document number by accounts, their amounts and total. G/L entries are in local currency: a journal in another one is
 * recognised by its vendor's entry, which is in the document's.
 */
export function journalEvidence(
  document: BcGeneralJournal,
  isLocal: boolean,
  rows: readonly LedgerEntry[],
  vendorRows: readonly VendorEntry[],
): JournalEvidence {
  if (rows.length === 0) return { is: 'none' };
  const standing = rows.filter((row) => !row.Reversed);
  const [first] = standing;
  if (first === undefined) return { is: 'reversed' };
  const posted = new Set(standing.map((row) => asCode(row.G_L_Account_No)));
  const accounts = document.lines.filter((line) => line.accountType === 'G/L Account');
  const debit = sumOf(standing.map((row) => row.Debit_Amount));
  const credit = sumOf(standing.map((row) => row.Credit_Amount));
  const vendors = vendorRows.filter((row) => !row.Reversed);
  const isOurs =
    accounts.every((line) => posted.has(asCode(line.accountNumber))) &&
    debit.eq(credit) &&
    (isLocal ? debit.eq(plannedDebit(document)) : isOwed(document, vendors));
  if (!isOurs) return { is: 'foreign' };
  const vendorEntry = payableEntry(document, vendors);
  const planned = accounts.map(({ accountNumber, amount }) => ({ accountNumber, amount }));
  const differences = isLocal ? movedAmounts(planned, standing) : [];
  const facts = { documentNumber: first.Document_No, postedOn: first.Posting_Date, differences };
  return { is: 'ours', ...facts, ...(vendorEntry === undefined ? {} : { vendorEntry }) };
}

/**
 * What each planned account has got, where it is not what was meant: a person may post a draft with the same total on other
 * accounts (B9). Entries are in local currency.
 */
export function movedAmounts(
  planned: readonly { accountNumber: string; amount: string }[],
  rows: readonly LedgerEntry[],
): string[] {
  const accounts = new Set(planned.map(({ accountNumber }) => asCode(accountNumber)));
  return [...accounts].flatMap((account) => {
    const own = rows.filter((row) => asCode(row.G_L_Account_No) === account);
    const got = sumOf(own.map((row) => row.Debit_Amount)).minus(sumOf(own.map((row) => row.Credit_Amount)));
    const meant = sumOf(planned.filter((line) => asCode(line.accountNumber) === account).map(({ amount }) => amount));
    return got.eq(meant) ? [] : [`${moneyText(got)} instead of ${moneyText(meant)} on account ${account}`];
  });
}

/** Vendor entries in the document's currency that come to what its vendor lines say. */
function isOwed(document: BcGeneralJournal, rows: readonly VendorEntry[]): boolean {
  const planned = sumOf(document.lines.filter((line) => line.accountType === 'Vendor').map(({ amount }) => amount));
  const inCurrency = rows.every((row) => asCode(row.Currency_Code) === asCode(document.currency));
  return rows.length > 0 && inCurrency && sumOf(rows.map((row) => row.Original_Amount)).eq(planned);
}

/** Sum of the debit side of a planned journal. */
export function plannedDebit(document: BcGeneralJournal): Decimal {
  return sumOf(document.lines.map(({ amount }) => amount).filter((amount) => new Decimal(amount).gt(0)));
}

/** The entry by which the document's vendor is paid. */
function payableEntry({ payable }: ErpDocument, rows: readonly VendorEntry[]): VendorEntry | undefined {
  if (payable === undefined) return undefined;
  return rows.find(
    (row) =>
      asCode(row.Vendor_No) === asCode(payable.vendorAccount) &&
      new Decimal(row.Original_Amount).neg().eq(payable.amount),
  );
}
