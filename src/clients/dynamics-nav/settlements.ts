import type { Settlement, TrackedErpDocument } from '../../contracts/erp-port.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import type { VendorEntry } from './schemas.js';
import { applicationsOf, settlementsOf, type EntryHistory } from './settlement-rows.js';
import { applicationsSince, findVendorEntries, rowsAppliedTo, rowsOfEntries } from './vendor-entries.js';

type Owed = TrackedErpDocument & { documentNumber: string };

/**
 * Settlements of posted documents from the analytics source (NAV spec 15). Reads in bulk: what was applied since the
 * date, then all rows of the entries concerned, then the other side. A company with another source never reports a
 * payment: `Paid` alone has neither date nor amount (decisions 21).
 */
export async function readSettlements(
  parts: BcParts,
  company: BcCompany,
  documents: readonly TrackedErpDocument[],
  since: string | undefined,
  signal: AbortSignal,
): Promise<Settlement[]> {
  if (company.settings.paymentSource !== 'analytics') return [];
  const entryNos = await entryNumbers(parts, company, documents, signal);
  const concerned = since === undefined ? entryNos : await touchedSince(parts, company, entryNos, since, signal);
  if (concerned.size === 0) return [];
  const histories = await readHistories(parts, company, concerned, signal);
  const counters = await readCounters(parts, company, histories, signal);
  const localCurrency = await parts.facts.localCurrency(company, signal);
  const fiscalYears = await yearsOf(parts, company, histories, signal);
  return histories.flatMap(
    (history) => settlementsOf(company.name, history, counters, localCurrency, fiscalYears) ?? [],
  );
}

/** The vendor ledger entry of each document that the ERP owes somebody for. */
async function entryNumbers(
  parts: BcParts,
  company: BcCompany,
  documents: readonly TrackedErpDocument[],
  signal: AbortSignal,
): Promise<Map<TrackedErpDocument, string>> {
  const entryNos = new Map<TrackedErpDocument, string>();
  const unresolved: Owed[] = [];
  for (const tracked of documents) {
    if (tracked.proof === undefined || tracked.document.payable === undefined) continue;
    if (tracked.proof.vendorEntryKey !== undefined) entryNos.set(tracked, tracked.proof.vendorEntryKey);
    else unresolved.push({ ...tracked, documentNumber: tracked.proof.documentNumber });
  }
  const found = await findVendorEntries(parts, company, unresolved, signal);
  for (const [tracked, row] of found) entryNos.set(tracked, row.vleEntryNo);
  return entryNos;
}

async function touchedSince(
  parts: BcParts,
  company: BcCompany,
  entryNos: ReadonlyMap<TrackedErpDocument, string>,
  since: string,
  signal: AbortSignal,
): Promise<Map<TrackedErpDocument, string>> {
  if (entryNos.size === 0) return new Map();
  const rows = await applicationsSince(parts, company, dayBefore(since), signal);
  const touched = new Set(rows.flatMap((row) => [row.vleEntryNo, row.dvleAppliedVendLedgerEntryNo]));
  return new Map([...entryNos].filter(([, entryNo]) => touched.has(entryNo)));
}

/** Posting dates are local to the company: west of Greenwich the day of an instant may still be the one before. */
function dayBefore(instant: string): string {
  return new Date(Date.parse(instant.slice(0, 10)) - 86_400_000).toISOString().slice(0, 10);
}

async function readHistories(
  parts: BcParts,
  company: BcCompany,
  concerned: ReadonlyMap<TrackedErpDocument, string>,
  signal: AbortSignal,
): Promise<EntryHistory[]> {
  const rows = groupBy(await rowsOfEntries(parts, company, [...concerned.values()], signal), (row) => row.vleEntryNo);
  const applying = [...rows].filter(([entryNo, own]) =>
    own.some((row) => row.dvleAppliedVendLedgerEntryNo === entryNo),
  );
  const numbers = applying.map(([entryNo]) => entryNo);
  const applied = groupBy(
    await rowsAppliedTo(parts, company, numbers, signal),
    (row) => row.dvleAppliedVendLedgerEntryNo,
  );
  return [...concerned].map(([{ documentId, document }, entryNo]) => ({
    documentId,
    document,
    entryNo,
    rows: rows.get(entryNo) ?? [],
    appliedRows: applied.get(entryNo) ?? [],
  }));
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
