import { Decimal } from 'decimal.js';
import { supplierNumberOf, type PurchaseDocument } from '../dynamics-nav/purchase-kinds.js';
import { asCode, equalsAny, inChunks, quoted, sumOf } from '../dynamics-nav/wire-text.js';
import { readVendorEntries } from './ledger.js';
import type { NavCompany, NavService } from './options.js';
import type { NavParts } from './parts.js';
import {
  draftLineSchema,
  draftSchema,
  postedHeaderSchema,
  type Draft,
  type DraftLine,
  type VendorEntry,
} from './schemas.js';

/** What is different between purchase invoices and credit memos (NAV spec 19). */
export interface NavPurchaseKind {
  drafts: NavService;
  lines: NavService;
  posted: NavService;
  numberField: 'Vendor_Invoice_No' | 'Vendor_Cr_Memo_No';
  /** Document type of drafts and of ledger entries. */
  type: 'Invoice' | 'Credit Memo';
  /** In sentences. */
  noun: 'invoice' | 'credit memo';
  /** First part of the names of calls, and of guarded writes. */
  calls: 'nav.invoice' | 'nav.credit-memo';
}

const kinds: Record<PurchaseDocument['route'], NavPurchaseKind> = {
  'bc-purchase-invoice': {
    drafts: 'purchaseInvoice',
    lines: 'purchaseInvoiceLines',
    posted: 'postedPurchaseInvoices',
    numberField: 'Vendor_Invoice_No',
    type: 'Invoice',
    noun: 'invoice',
    calls: 'nav.invoice',
  },
  'bc-purchase-credit-memo': {
    drafts: 'purchaseCreditMemo',
    lines: 'purchaseCreditMemoLines',
    posted: 'postedPurchaseCreditMemos',
    numberField: 'Vendor_Cr_Memo_No',
    type: 'Credit Memo',
    noun: 'credit memo',
    calls: 'nav.credit-memo',
  },
};

export function navKindOf({ route }: PurchaseDocument): NavPurchaseKind {
  return kinds[route];
}

/** Longest description of a header or line. */
export const purchaseTextLimit = 50;

/** The mark as a description holds it. */
export function markOf({ marker }: PurchaseDocument): string {
  return marker.trim().slice(0, purchaseTextLimit).trim();
}

/** What the document comes to. */
export function plannedTotal(document: PurchaseDocument): Decimal {
  return sumOf(document.lines.map(({ amount }) => amount));
}

/** Whose a description says that a record is: it carries our mark, that of another document, or none. */
export function markIn(document: PurchaseDocument, descriptions: readonly string[]): 'ours' | 'other' | undefined {
  if (descriptions.some((text) => text.startsWith(`CONCUR ${document.keySeed}`))) return 'ours';
  return descriptions.some((text) => /^CONCUR [0-9A-F]{16}(?: |$)/.test(text)) ? 'other' : undefined;
}

/** Drafts of one kind that a filter finds. */
export function readDrafts(
  { odata }: NavParts,
  company: NavCompany,
  kind: NavPurchaseKind,
  filter: string,
  signal: AbortSignal,
): Promise<Draft[]> {
  const call = { operation: `${kind.calls}.find`, company: company.name, service: kind.drafts, signal };
  return odata.list({ ...call, filter: `Document_Type eq ${quoted(kind.type)} and (${filter})` }, draftSchema);
}

/** Lines of a draft, in the order of their numbers. */
export async function readDraftLines(
  { odata }: NavParts,
  company: NavCompany,
  kind: NavPurchaseKind,
  number: string,
  signal: AbortSignal,
): Promise<DraftLine[]> {
  const filter = `Document_Type eq ${quoted(kind.type)} and Document_No eq ${quoted(number)}`;
  const call = { operation: `${kind.calls}.lines`, company: company.name, service: kind.lines, filter, signal };
  const rows = await odata.list(call, draftLineSchema);
  return rows.sort((one, other) => Number(one.Line_No) - Number(other.Line_No));
}

/** A draft with the vendor and the number of a document. `isOurs`: it carries our mark, or is our own first step. */
export interface StandingDraft {
  draft: Draft;
  lines: DraftLine[];
  isOurs: boolean;
}

/** Every draft with the vendor and the number of ours, and the one whose own number is known. */
export async function standingDrafts(
  parts: NavParts,
  company: NavCompany,
  document: PurchaseDocument,
  known: string | undefined,
  signal: AbortSignal,
): Promise<StandingDraft[]> {
  const kind = navKindOf(document);
  const number = asCode(supplierNumberOf(document));
  const rows = await readDrafts(parts, company, kind, `${kind.numberField} eq ${quoted(number)}`, signal);
  const found = rows.filter((row) => asCode(row.Buy_from_Vendor_No) === asCode(document.vendorNumber));
  if (known !== undefined && !found.some(({ No }) => No === known)) {
    found.push(...(await readDrafts(parts, company, kind, `No eq ${quoted(known)}`, signal)));
  }
  const standing: StandingDraft[] = [];
  for (const draft of found) {
    const lines = await readDraftLines(parts, company, kind, draft.No, signal);
    const comments = lines.filter(({ Type }) => Type === '').map(({ Description }) => Description);
    const mark = markIn(document, [draft.Posting_Description, ...comments]);
    // The page of credit memos has no field for the mark, which follows with the first line.
    const isBegun = kind.type === 'Credit Memo' && lines.length === 0 && draft.No !== known;
    standing.push({ draft, lines, isOurs: mark === 'ours' || isBegun });
  }
  return standing;
}

/** A posted document with its entry in the vendor's ledger, which proves it. */
export interface PostedPurchase {
  number: string;
  entry: VendorEntry;
  /** A person has taken it back by a cancelling document. */
  isCancelled: boolean;
}

/** Posted documents with the vendors and numbers of these, ours and those of others. One kind at a time. */
export async function findPosted(
  parts: NavParts,
  company: NavCompany,
  documents: readonly PurchaseDocument[],
  signal: AbortSignal,
): Promise<Map<PurchaseDocument, { ours?: PostedPurchase; other?: PostedPurchase }>> {
  const result = new Map<PurchaseDocument, { ours?: PostedPurchase; other?: PostedPurchase }>();
  const [first] = documents;
  if (first === undefined) return result;
  const kind = navKindOf(first);
  const numbers = documents.map(supplierNumberOf);
  const entries = (await readVendorEntries(parts, company, 'External_Document_No', numbers, signal)).filter(
    (entry) => entry.Document_Type === kind.type && !entry.Reversed,
  );
  const headers = new Map<string, { vendor: string; isCancelled: boolean }>();
  for (const chunk of inChunks([...new Set(entries.map((entry) => entry.Document_No))])) {
    const call = { operation: `${kind.calls}.posted`, company: company.name, service: kind.posted, signal };
    const rows = await parts.odata.list({ ...call, filter: equalsAny('No', chunk) }, postedHeaderSchema);
    for (const row of rows) {
      headers.set(row.No, { vendor: asCode(row.Buy_from_Vendor_No), isCancelled: row.Cancelled });
    }
  }
  for (const document of documents) {
    const found = entries.flatMap((entry): PostedPurchase[] => {
      // The ledger names the vendor who is paid; the document, the one who has sent it.
      const header = headers.get(entry.Document_No);
      const isSame = asCode(entry.External_Document_No) === asCode(supplierNumberOf(document));
      if (header?.vendor !== asCode(document.vendorNumber) || !isSame) return [];
      return [{ number: entry.Document_No, entry, isCancelled: header.isCancelled }];
    });
    const ours = found.find((one) => isOurs(document, one.entry));
    const other = found.find((one) => one !== ours);
    result.set(document, { ...(ours === undefined ? {} : { ours }), ...(other === undefined ? {} : { other }) });
  }
  return result;
}

/** The posting carries our mark; where it carries none, total and date have to agree. */
function isOurs(document: PurchaseDocument, entry: VendorEntry): boolean {
  const mark = markIn(document, [entry.Description]);
  if (mark !== undefined) return mark === 'ours';
  const sameTotal = new Decimal(entry.Original_Amount).abs().eq(plannedTotal(document).abs());
  return sameTotal && entry.Document_Date === document.documentOn;
}
