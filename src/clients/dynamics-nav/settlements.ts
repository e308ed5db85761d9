import type { Settlement, TrackedErpDocument } from '../../contracts/erp-port.js';
import type { BcCompany } from './options.js';
import { findOwedEntries, type OwedDocument } from './owed-entries.js';
import type { BcParts } from './parts.js';
import { settlementsFromPages, touchesOnPages } from './payment-pages.js';
import type { VendorEntry } from './schemas.js';
import { applicationsOf, settlementsOf, type EntryHistory } from './settlement-rows.js';
import type { Touch, TouchedFrom } from './touches.js';
import { applicationsFrom, rowsAppliedTo, rowsOfEntries } from './vendor-entries.js';

type Owed = OwedDocument & { tracked: TrackedErpDocument };

/** A document with its entry in the vendor ledger. */
interface DocumentEntry {
  tracked: TrackedErpDocument;
  entryNo: string;
  /** The entry did not show when the posting was proven, so that nobody knows which of its rows were looked at before. */
  isLate: boolean;
}

/**
 * Settlements of posted documents from the source of the company (NAV spec 15). Reads in bulk: which entries were touched since
 * the instant, then all rows of the entries concerned, then the other side. A company without a source never reports a payment:
 * `Paid` alone has neither date nor amount (decisions 21).
 */
export async function readSettlements(
  parts: BcParts,
  company: BcCompany,
  documents: readonly TrackedErpDocument[],
  since: string | undefined,
  signal: AbortSignal,
): Promise<Settlement[]> {
  if (company.settings.paymentSource === 'status-only') return [];
  const entries = await entriesOf(parts, company, documents, signal);
  const concerned = since === undefined ? entries : await touchedSince(parts, company, entries, since, signal);
  if (concerned.length === 0) return [];
  const settlements = await settlementsFrom(parts, company, concerned, signal);
  for (const [{ entryNo }, found] of settlements) parts.touches.understood(company, entryNo, found !== undefined);
  return [...settlements.values()].flatMap((found) => found ?? []);
}

/** By document; undefined where its rows do not tell yet what has happened. */
async function settlementsFrom(
  parts: BcParts,
  company: BcCompany,
  concerned: readonly DocumentEntry[],
  signal: AbortSignal,
): Promise<Map<DocumentEntry, Settlement[] | undefined>> {
  if (company.settings.paymentSource === 'pages') {
    const found = await settlementsFromPages(parts, company, concerned.map(withKey), signal);
    return new Map(
      concerned.map((one) => {
        const { documentId, document } = one.tracked;
        const own = found.filter((each) => each.documentId === documentId && each.part === document.part);
        return [one, own.length === 0 ? undefined : own];
      }),
    );
  }
  const histories = await readHistories(parts, company, concerned, signal);
  const counters = await readCounters(parts, company, [...histories.values()], signal);
  const localCurrency = await parts.facts.localCurrency(company, signal);
  const fiscalYears = await yearsOf(parts, company, [...histories.values()], signal);
  return new Map(
    [...histories].map(([one, history]) => [
      one,
      settlementsOf(company.name, history, counters, localCurrency, fiscalYears),
    ]),
  );
}

/** The vendor ledger entry of each document that the ERP owes somebody for. */
async function entriesOf(
  parts: BcParts,
  company: BcCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<DocumentEntry[]> {
  const entries: DocumentEntry[] = [];
  const unresolved: Owed[] = [];
  for (const tracked of documents) {
    const { proof, document } = tracked;
    if (proof === undefined || document.payable === undefined) continue;
    const { vendorEntryKey: entryNo, documentNumber } = proof;
    if (entryNo === undefined) unresolved.push({ tracked, document, documentNumber });
    else entries.push({ tracked, entryNo, isLate: false });
  }
  for (const [{ tracked }, { entryNo }] of await findOwedEntries(parts, company, unresolved, signal)) {
    entries.push({ tracked, entryNo, isLate: true });
  }
  return entries;
}

/** As if the proof of the document had named its entry. */
function withKey({ tracked: { proof, ...tracked }, entryNo }: DocumentEntry): TrackedErpDocument {
  return { ...tracked, ...(proof === undefined ? {} : { proof: { ...proof, vendorEntryKey: entryNo } }) };
}

async function touchedSince(
  parts: BcParts,
  company: BcCompany,
  entries: readonly DocumentEntry[],
  since: string,
  signal: AbortSignal,
): Promise<DocumentEntry[]> {
  if (entries.length === 0) return [];
  const touched = await parts.touches.since(company, since, (from) => readTouches(parts, company, from, signal));
  return entries.filter(({ entryNo, isLate }) => isLate || touched.has(entryNo));
}

async function readTouches(
  parts: BcParts,
  company: BcCompany,
  from: TouchedFrom,
  signal: AbortSignal,
): Promise<Touch[]> {
  if (company.settings.paymentSource === 'pages') return touchesOnPages(parts, company, from, signal);
  const rows = await applicationsFrom(parts, company, from, signal);
  return rows.map((row) => ({
    rowNo: row.dvleEntryNo,
    entryNos: [row.vleEntryNo, row.dvleAppliedVendLedgerEntryNo],
  }));
}

async function readHistories(
  parts: BcParts,
  company: BcCompany,
  concerned: readonly DocumentEntry[],
  signal: AbortSignal,
): Promise<Map<DocumentEntry, EntryHistory>> {
  const asked = concerned.map(({ entryNo }) => entryNo);
  const rows = groupBy(await rowsOfEntries(parts, company, asked, signal), (row) => row.vleEntryNo);
  const applying = [...rows].filter(([entryNo, own]) =>
    own.some((row) => row.dvleAppliedVendLedgerEntryNo === entryNo),
  );
  const numbers = applying.map(([entryNo]) => entryNo);
  const applied = groupBy(
    await rowsAppliedTo(parts, company, numbers, signal),
    (row) => row.dvleAppliedVendLedgerEntryNo,
  );
  return new Map(
    concerned.map((one) => {
      const { tracked, entryNo } = one;
      const { documentId, document } = tracked;
      const history = { rows: rows.get(entryNo) ?? [], appliedRows: applied.get(entryNo) ?? [] };
      return [one, { documentId, document, entryNo, ...history }];
    }),
  );
}

/** Initial rows of the entries on the other side: only they tell a payment from a credit memo. */
async function readCounters(
  parts: BcParts,
  company: BcCompany,
  histories: readonly EntryHistory[],
  signal: AbortSignal,
): Promise<Map<string, VendorEntry>> {
  const numbers = histories.flatMap((history) => applicationsOf(history).map(({ counterEntryNo }) => counterEntryNo));
  const rows = await rowsOfEntries(parts, company, numbers, signal);
  const initial = rows.filter((row) => row.dvleEntryType === 'Initial Entry');
  return new Map(initial.map((row) => [row.vleEntryNo, row]));
}

async function yearsOf(
  { facts }: BcParts,
  company: BcCompany,
  histories: readonly EntryHistory[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const dates = histories.flatMap(({ rows, appliedRows }) =>
    [...rows, ...appliedRows].map((row) => row.dvlePostingDate),
  );
  const years = new Map<string, string>();
  for (const date of new Set(dates)) years.set(date, await facts.fiscalYear(company, date, signal));
  return years;
}

function groupBy(rows: readonly VendorEntry[], keyOf: (row: VendorEntry) => string): Map<string, VendorEntry[]> {
  const groups = new Map<string, VendorEntry[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}
