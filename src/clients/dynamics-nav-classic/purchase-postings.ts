import { Decimal } from 'decimal.js';
import type { PostingProof, PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import { supplierNumberOf, type PurchaseDocument } from '../dynamics-nav/purchase-kinds.js';
import { asCode, equalsAny, inChunks, moneyText, sumOf } from '../dynamics-nav/wire-text.js';
import { movedAmounts, readLedger } from './ledger.js';
import type { NavCompany } from './options.js';
import type { NavParts } from './parts.js';
import { findPosted, markIn, navKindOf, readDrafts, type PostedPurchase } from './purchases.js';
import type { Draft } from './schemas.js';

/** A purchase document that was written, with what the caller knows about it. */
export type TrackedPurchase = TrackedErpDocument & { document: PurchaseDocument };

/** Whether documents of one kind are posted: the vendor ledger in bulk, then drafts for the others. */
export async function findPurchasePostings(
  parts: NavParts,
  company: NavCompany,
  purchases: readonly TrackedPurchase[],
  signal: AbortSignal,
): Promise<(PostingState & { documentId: string })[]> {
  const drafts = await draftsOf(parts, company, purchases, signal);
  // The ledger after the drafts: whatever is posted meanwhile shows there.
  const documents = purchases.map(({ document }) => document);
  const posted = await findPosted(parts, company, documents, signal);
  const states: (PostingState & { documentId: string })[] = [];
  for (const tracked of purchases) {
    const { documentId, document } = tracked;
    const ours = posted.get(document)?.ours;
    if (ours !== undefined && !ours.isCancelled) {
      const proof = await purchaseProof(parts, company, document, ours, signal);
      states.push({ documentId, state: 'posted', part: document.part, proof });
    } else {
      const draft = drafts.find((row) => isDraftOf(tracked, row));
      states.push({ documentId, part: document.part, ...unposted(parts, document, ours, draft) });
    }
  }
  return states;
}

/**
 * The proof of a posted invoice or credit memo: its entry in the vendor's ledger, in its own currency, with the planned credit
 * lines added back to reach the debit side (S100), and what the general ledger has on other accounts than was meant (B9).
 */
export async function purchaseProof(
  parts: NavParts,
  company: NavCompany,
  document: PurchaseDocument,
  { number, entry }: PostedPurchase,
  signal: AbortSignal,
): Promise<PostingProof> {
  const total = new Decimal(entry.Original_Amount).abs();
  const credits = sumOf(document.lines.map(({ amount }) => amount).filter((amount) => new Decimal(amount).lt(0)));
  const setup = await parts.facts.setup(company, signal);
  // The general ledger is in local currency: in another one there is nothing to compare line amounts with.
  const isLocal = entry.Currency_Code === '' || asCode(entry.Currency_Code) === asCode(setup.LCY_Code);
  const rows = isLocal ? await readLedger(parts, company, 'Document_No', [number], signal) : [];
  const own = rows.filter((row) => row.Document_No === number && row.Posting_Date === entry.Posting_Date);
  const differences = isLocal ? movedAmounts(plannedDebits(document), own) : [];
  return {
    part: document.part,
    documentNumber: number,
    postedOn: entry.Posting_Date,
    ...(differences.length === 0 ? {} : { differences }),
    fiscalYear: await parts.facts.fiscalYear(company, entry.Posting_Date, signal),
    debitTotal: moneyText(total.minus(credits)),
    currency: entry.Currency_Code || setup.LCY_Code,
    vendorEntryKey: entry.Entry_No,
    vendorAmount: moneyText(total),
  };
}

/** What the lines put on their accounts: what an invoice debits, a credit memo credits. */
function plannedDebits(document: PurchaseDocument): { accountNumber: string; amount: string }[] {
  const isInvoice = navKindOf(document).type === 'Invoice';
  return document.lines.map(({ accountNumber, amount }) => {
    const debit = isInvoice ? new Decimal(amount) : new Decimal(amount).neg();
    return { accountNumber, amount: debit.toFixed() };
  });
}

async function draftsOf(
  parts: NavParts,
  company: NavCompany,
  purchases: readonly TrackedPurchase[],
  signal: AbortSignal,
): Promise<Draft[]> {
  const [first] = purchases;
  if (first === undefined) return [];
  const kind = navKindOf(first.document);
  const known = purchases.flatMap(({ keys }) => keys.id ?? []);
  const numbers = purchases.map(({ document }) => asCode(supplierNumberOf(document)));
  const rows: Draft[] = [];
  for (const [field, values] of [
    [kind.numberField, numbers],
    ['No', known],
  ] as const) {
    for (const chunk of inChunks([...new Set(values)])) {
      rows.push(...(await readDrafts(parts, company, kind, equalsAny(field, chunk), signal)));
    }
  }
  return rows;
}

/** A number of a draft may be given again after the draft was deleted, so it counts only with the vendor. */
function isDraftOf({ document, keys }: TrackedPurchase, draft: Draft): boolean {
  if (asCode(draft.Buy_from_Vendor_No) !== asCode(document.vendorNumber)) return false;
  if (markIn(document, [draft.Posting_Description]) === 'other') return false;
  return draft.No === keys.id || asCode(draft[navKindOf(document).numberField]) === asCode(supplierNumberOf(document));
}

function unposted(
  { codeunit }: NavParts,
  document: PurchaseDocument,
  posted: PostedPurchase | undefined,
  draft: Draft | undefined,
): { state: 'waiting' | 'missing'; reason: string } {
  const { noun } = navKindOf(document);
  if (posted !== undefined) return { state: 'missing', reason: `Posted ${noun} ${posted.number} is cancelled.` };
  if (draft === undefined) return { state: 'missing', reason: `The purchase ${noun} no longer exists.` };
  if (draft.Status === 'Pending Approval') {
    return { state: 'waiting', reason: `Purchase ${noun} ${draft.No} waits for an approval.` };
  }
  const reason =
    codeunit === undefined ? draftSentence(document, draft.No) : `Purchase ${noun} ${draft.No} is not posted.`;
  return { state: 'waiting', reason };
}

/** What has to happen to a draft where the connector does not post. */
export function draftSentence(document: PurchaseDocument, number: string): string {
  return `A person posts purchase ${navKindOf(document).noun} ${number} in NAV.`;
}
