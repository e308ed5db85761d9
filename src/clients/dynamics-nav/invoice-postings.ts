import type { PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import { findByNumber, isDraft, isOurs, isPosted, readInvoice } from './invoice-drafts.js';
import { readLedger } from './ledger-entries.js';
import type { BcCompany } from './options.js';
import { tryFindOwedEntries } from './owed-entries.js';
import type { BcParts } from './parts.js';
import { invoiceProof } from './proofs.js';
import { kindOf, supplierNumberOf, type PurchaseDocument } from './purchase-kinds.js';
import type { PurchaseRecord } from './schemas.js';
import { asCode } from './wire-text.js';

/** A purchase invoice that was written, with what the caller knows about it. */
export type TrackedInvoice = TrackedErpDocument & { document: PurchaseDocument };

/** Whether documents of one kind are posted: by supplier's number in bulk, by id for those that a person has renumbered. */
export async function findInvoicePostings(
  parts: BcParts,
  company: BcCompany,
  invoices: readonly TrackedInvoice[],
  signal: AbortSignal,
): Promise<(PostingState & { documentId: string })[]> {
  const documents = invoices.map(({ document }) => document);
  const rows = await findByNumber(parts, company, documents, signal);
  const actual = new Map<TrackedInvoice, PurchaseRecord>();
  for (const tracked of invoices) {
    const found = await matching(parts, company, tracked, rows, signal);
    const row = found ?? (await byId(parts, company, tracked, signal));
    if (row !== undefined) actual.set(tracked, row);
  }
  const posted = [...actual].filter(([, row]) => isPosted(row));
  const ledger = await readLedger(
    parts,
    company,
    posted.map(([, row]) => row.number),
    signal,
  );
  const proved = posted.filter(([, row]) => ledger.has(asCode(row.number)));
  const owed = proved.map(([tracked, row]) => ({ documentNumber: row.number, document: tracked.document, tracked }));
  const entries = new Map(
    [...(await tryFindOwedEntries(parts, company, owed, signal))].map(([{ tracked }, row]) => [tracked, row]),
  );
  const provedSet = new Set(proved.map(([tracked]) => tracked));
  const states: (PostingState & { documentId: string })[] = [];
  for (const tracked of invoices) {
    const { documentId, document } = tracked;
    const row = actual.get(tracked);
    if (row !== undefined && provedSet.has(tracked)) {
      const proof = await invoiceProof(parts, company, document, row, entries.get(tracked), signal);
      states.push({ documentId, state: 'posted', part: document.part, proof });
    } else {
      states.push({ documentId, part: document.part, ...unpostedInvoice(document, row) });
    }
  }
  return states;
}

function unpostedInvoice(
  document: PurchaseDocument,
  row: PurchaseRecord | undefined,
): { state: 'waiting' | 'missing'; reason: string } {
  const { noun } = kindOf(document);
  if (row === undefined) return { state: 'missing', reason: `The purchase ${noun} no longer exists.` };
  const subject = `Purchase ${noun} ${row.number}`;
  if (row.status === 'In Review') return { state: 'waiting', reason: `${subject} waits for an approval.` };
  if (isDraft(row)) return { state: 'waiting', reason: `${subject} is not posted.` };
  if (isPosted(row)) return { state: 'waiting', reason: `${subject} shows no ledger entries yet.` };
  return { state: 'missing', reason: `${subject} is ${row.status.toLowerCase()}.` };
}

/** By id; a document whose id was never saved, or was replaced by a person, by what tells ours from others once it is posted. */
async function matching(
  parts: BcParts,
  company: BcCompany,
  { document, keys }: TrackedInvoice,
  rows: readonly PurchaseRecord[],
  signal: AbortSignal,
): Promise<PurchaseRecord | undefined> {
  const byKey = rows.find((row) => row.id === keys.id);
  if (byKey !== undefined) return byKey;
  const alike = rows.filter(
    (row) =>
      isPosted(row) &&
      asCode(row.vendorNumber) === asCode(document.vendorNumber) &&
      asCode(row.supplierNumber) === asCode(supplierNumberOf(document)),
  );
  for (const { id } of alike) {
    // With its lines: one that carries the marker of another Concur document is that document's.
    const whole = await readInvoice(parts, company, document, id, signal);
    if (whole !== undefined && isPosted(whole) && isOurs(document, whole)) return whole;
  }
  return undefined;
}

async function byId(
  parts: BcParts,
  company: BcCompany,
  { keys, document }: TrackedInvoice,
  signal: AbortSignal,
): Promise<PurchaseRecord | undefined> {
  return keys.id === undefined ? undefined : readInvoice(parts, company, document, keys.id, signal);
}
