import { Decimal } from 'decimal.js';
import type { Settlement, TrackedErpDocument } from '../../contracts/erp-port.js';
import { asCode, equalsAny, inChunks, moneyText, sumOf } from '../dynamics-nav/wire-text.js';
import { readVendorEntries, type LedgerPages } from './ledger.js';
import type { NavCompany } from './options.js';
import type { NavParts } from './parts.js';
import { vendorDetailSchema, type VendorDetail, type VendorEntry } from './schemas.js';

type PagesCompany = Pick<NavCompany, 'name'>;

/** A document with its entry in the vendor's ledger and what has happened to that. */
interface History {
  tracked: TrackedErpDocument;
  entry: VendorEntry;
  rows: VendorDetail[];
}

/** The entry on the other side of an application. */
interface Counter {
  type: string;
  number: string;
}

/**
 * Settlements from the detailed vendor ledger (NAV spec 15, source 4): each application with the document on its other side,
 * discounts and tolerances, and the opposite rows of what was taken back. All rows of the documents are read, since a payment may
 * be posted with an earlier date. A document whose rows contradict each other is left to a later reading.
 */
export async function readNavSettlements(
  parts: NavParts,
  company: NavCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<Settlement[]> {
  if (company.settings.paymentSource === 'status-only') return [];
  return settlementsOnPages(parts, { name: company.name }, documents, signal);
}

/** The same from any server that shows these pages. */
export async function settlementsOnPages(
  parts: LedgerPages,
  company: PagesCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<Settlement[]> {
  const histories = await historiesOf(parts, company, documents, signal);
  const counters = await countersOf(parts, company, histories, signal);
  const settlements: Settlement[] = [];
  for (const history of histories) {
    const drafts = settlementsOf(company, history, counters);
    for (const draft of drafts ?? []) {
      settlements.push({ ...draft, fiscalYear: await parts.facts.fiscalYear(company, draft.settledOn, signal) });
    }
  }
  return settlements;
}

async function historiesOf(
  parts: LedgerPages,
  company: PagesCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<History[]> {
  const owed = documents.flatMap((tracked) => {
    const key = tracked.proof?.vendorEntryKey;
    return key === undefined ? [] : [{ tracked, key }];
  });
  const keys = owed.map(({ key }) => key);
  const rows = await detailsBy(parts, company, 'Vendor_Ledger_Entry_No', keys, signal);
  const entries = await readVendorEntries(parts, company, 'Entry_No', keys, signal);
  return owed.flatMap(({ tracked, key }) => {
    const entry = entries.find((one) => one.Entry_No === key);
    const own = rows.filter((row) => row.Vendor_Ledger_Entry_No === key);
    return entry === undefined ? [] : [{ tracked, entry, rows: own }];
  });
}

async function detailsBy(
  { odata }: LedgerPages,
  company: PagesCompany,
  field: 'Vendor_Ledger_Entry_No' | 'Document_No',
  values: readonly string[],
  signal: AbortSignal,
): Promise<VendorDetail[]> {
  const rows: VendorDetail[] = [];
  for (const chunk of inChunks([...new Set(values)])) {
    const filter = field === 'Document_No' ? equalsAny(field, chunk) : equalsAny(field, chunk, (value) => value);
    const service = 'detailedVendorLedgerEntries' as const;
    const call = { operation: 'nav.vendor-details.read', company: company.name, service, filter, signal };
    rows.push(...(await odata.list(call, vendorDetailSchema)));
  }
  return rows;
}

/**
 * The other side of each application, by the number of our row. Both rows of an application carry the document from which it was
 * made: where that is ours, the other one is the row of another entry with the opposite amount.
 */
async function countersOf(
  parts: LedgerPages,
  company: PagesCompany,
  histories: readonly History[],
  signal: AbortSignal,
): Promise<Map<string, Counter>> {
  const counters = new Map<string, Counter>();
  const unnamed: VendorDetail[] = [];
  for (const { entry, rows } of histories) {
    for (const row of rows.filter(isApplication)) {
      const isOwn = asCode(row.Document_No) === asCode(entry.Document_No) && row.Document_Type === entry.Document_Type;
      if (isOwn) unnamed.push(row);
      else counters.set(row.Entry_No, { type: row.Document_Type, number: row.Document_No });
    }
  }
  const numbers = unnamed.map((row) => row.Document_No);
  const others = (await detailsBy(parts, company, 'Document_No', numbers, signal)).filter(isApplication);
  const partners = pairs(unnamed, others);
  const keys = [...partners.values()].map((row) => row.Vendor_Ledger_Entry_No);
  const entries = await readVendorEntries(parts, company, 'Entry_No', keys, signal);
  for (const [entryNo, row] of partners) {
    const entry = entries.find((one) => one.Entry_No === row.Vendor_Ledger_Entry_No);
    if (entry !== undefined) counters.set(entryNo, { type: entry.Document_Type, number: entry.Document_No });
  }
  return counters;
}

const isApplication = ({ Entry_Type }: VendorDetail): boolean => Entry_Type === 'Application';

/** Pairs each row with the nearest row of another entry that mirrors it; each is used once. */
function pairs(rows: readonly VendorDetail[], others: readonly VendorDetail[]): Map<string, VendorDetail> {
  const free = [...others];
  const found = new Map<string, VendorDetail>();
  for (const row of rows) {
    const distance = (other: VendorDetail): number => Math.abs(Number(other.Entry_No) - Number(row.Entry_No));
    const [nearest] = free
      .filter(
        (other) =>
          other.Vendor_Ledger_Entry_No !== row.Vendor_Ledger_Entry_No &&
          other.Document_No === row.Document_No &&
          other.Posting_Date === row.Posting_Date &&
          new Decimal(other.Amount).neg().eq(row.Amount),
      )
      .sort((one, other) => distance(one) - distance(other));
    if (nearest === undefined) continue;
    free.splice(free.indexOf(nearest), 1);
    found.set(row.Entry_No, nearest);
  }
  return found;
}

/** Settlements of one document; undefined where the other side of one of them cannot be told: unknown is not a payment. */
function settlementsOf(
  company: PagesCompany,
  { tracked, entry, rows }: History,
  counters: ReadonlyMap<string, Counter>,
): Omit<Settlement, 'fiscalYear'>[] | undefined {
  const original = sumOf(rows.filter((row) => row.Entry_Type === 'Initial Entry').map((row) => row.Amount));
  if (!original.eq(entry.Original_Amount)) return undefined;
  const settlements: Omit<Settlement, 'fiscalYear'>[] = [];
  for (const row of rows) {
    const counter = isApplication(row) ? counters.get(row.Entry_No) : { type: '', number: row.Document_No };
    if (counter === undefined) return undefined;
    const kind = isApplication(row) ? kindOf(entry, counter) : reductionKind(row.Entry_Type);
    // What is owed is negative in the ledger, what settles it is positive; with a credit memo it is the other way round.
    const amount = original.isNegative() ? new Decimal(row.Amount) : new Decimal(row.Amount).neg();
    if (kind === undefined || amount.isZero()) continue;
    settlements.push({
      documentId: tracked.documentId,
      part: tracked.document.part,
      settlementKey: `${company.name}/${counter.number}/${row.Posting_Date.slice(0, 4)}/${row.Entry_No}`,
      kind,
      amount: moneyText(amount),
      currency: entry.Currency_Code || tracked.document.currency,
      settledOn: row.Posting_Date,
      reference: counter.number,
    });
  }
  return settlements;
}

function kindOf(entry: VendorEntry, counter: Counter): Settlement['kind'] {
  if (counter.type === 'Payment') return 'payment';
  // "Reverse Transaction" posts the same number again and applies the two to each other.
  if (entry.Reversed && asCode(counter.number) === asCode(entry.Document_No)) return 'reversal';
  return counter.type === 'Credit Memo' ? 'credit' : 'other';
}

/** Rows that settle without a document on the other side. Gains and losses only revalue and settle nothing. */
function reductionKind(entryType: string): Settlement['kind'] | undefined {
  if (/^Payment (Discount|Tolerance)/.test(entryType)) return 'discount';
  return /^(Appln\. Rounding|Correction of Remaining Amount)$/.test(entryType) ? 'other' : undefined;
}
