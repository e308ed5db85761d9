import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import type { WriteResult } from '../../contracts/erp-port.js';
import { supplierNumberOf, type PurchaseDocument } from '../dynamics-nav/purchase-kinds.js';
import { asCode, quoted } from '../dynamics-nav/wire-text.js';
import { Conflict, ExternalSystemError, Rejected, Unavailable } from '../http/errors.js';
import { alone, beating, currencyCode, navRefused, requireOpenDate, shortcutValues, type NavWrite } from './parts.js';
import { requireSame, lineNumberAt } from './purchase-comparison.js';
import { draftSentence, purchaseProof } from './purchase-postings.js';
import {
  findPosted,
  markOf,
  navKindOf,
  plannedTotal,
  purchaseTextLimit,
  readDraftLines,
  readDrafts,
  standingDrafts,
  type PostedPurchase,
  type StandingDraft,
} from './purchases.js';
import { isNavRefusal } from './refusals.js';
import { draftLineSchema, draftSchema, type Draft, type LedgerSetup } from './schemas.js';

type PurchaseWrite = NavWrite<PurchaseDocument>;

/**
 * Route B (NAV spec 12, 17) through pages 51 and 52: look, empty header, its fields in their order, lines one by one, read back
 * and compared, posted by the codeunit or left to a person. A number that somebody else used is a `Conflict` before anything is
 * written (S80, S82); our own lost attempt is adopted (S81).
 */
export async function writeNavPurchase(write: PurchaseWrite): Promise<WriteResult> {
  const { parts, document, context } = write;
  const kind = navKindOf(document);
  const header = await context.writes.create<{ number?: string }>({
    operation: `${kind.calls}-draft`,
    key: `${asCode(document.vendorNumber)}/${asCode(supplierNumberOf(document))}/${document.keySeed}`,
    payload: { marker: document.marker, total: plannedTotal(document).toFixed(), lines: document.lines },
    look: () => lookForOurs(write),
    create: () => createHeader(write),
  });
  const { number } = header.value;
  const early = await ourPosting(write);
  if (early !== undefined) return finish(write, early, number, true);
  const draft = await ourDraft(write);
  const lines = await ensureLines(write, draft.draft.No);
  const keys = { id: draft.draft.No };
  const adopted = header.adopted && lines.adopted;
  const waiting = (reason: string): WriteResult => ({
    keys,
    adopted,
    posting: { state: 'waiting', part: document.part, reason },
  });
  if (parts.codeunit === undefined) return waiting(draftSentence(document, draft.draft.No));
  const post = await ensurePosted(write, draft.draft.No);
  const posted = await ourPosting(write);
  if (posted !== undefined) return finish(write, posted, draft.draft.No, adopted || post.adopted);
  return waiting(`NAV accepted the posting but does not show the ${kind.noun} as posted yet.`);
}

async function finish(
  { parts, company, document, context }: PurchaseWrite,
  posted: PostedPurchase,
  draftNumber: string | undefined,
  adopted: boolean,
): Promise<WriteResult> {
  const proof = await purchaseProof(parts, company, document, posted, context.signal);
  const keys = draftNumber === undefined ? {} : { id: draftNumber };
  return { keys, adopted, posting: { state: 'posted', part: document.part, proof } };
}

/** Ours, posted before drafts; undefined where the number is free. Throws where it is not ours. */
async function lookForOurs(write: PurchaseWrite): Promise<{ number?: string } | undefined> {
  if ((await ourPosting(write)) !== undefined) return {};
  const draft = await tryOurDraft(write);
  return draft === undefined ? undefined : { number: draft.draft.No };
}

/** Our posted document; throws for one that was cancelled, and for one of somebody else's under the same number. */
async function ourPosting(write: PurchaseWrite): Promise<PostedPurchase | undefined> {
  const { parts, company, document, context } = write;
  const { ours, other } = (await findPosted(parts, company, [document], context.signal)).get(document) ?? {};
  if (ours?.isCancelled === true) {
    const message = `Posted ${navKindOf(document).noun} ${ours.number} is cancelled in NAV.`;
    throw navRefused(parts, `${navKindOf(document).calls}.find`, message, 'erp-document-changed');
  }
  if (ours === undefined && other !== undefined)
    throw taken(write, `posted ${navKindOf(document).noun} ${other.number}`);
  return ours;
}

async function tryOurDraft(write: PurchaseWrite): Promise<StandingDraft | undefined> {
  const { parts, company, document, context } = write;
  const standing = await standingDrafts(parts, company, document, undefined, context.signal);
  const [ours, twin] = standing.filter(({ isOurs }) => isOurs);
  const { noun, calls } = navKindOf(document);
  if (ours !== undefined && twin !== undefined) {
    const message = `Purchase ${noun} ${supplierNumberOf(document)} stands twice as a draft, as ${ours.draft.No} and ${twin.draft.No}. Delete one of them.`;
    throw navRefused(parts, `${calls}.find`, message, 'erp-document-changed');
  }
  const [foreign] = standing;
  if (ours === undefined && foreign !== undefined) throw taken(write, `draft purchase ${noun} ${foreign.draft.No}`);
  return ours;
}

async function ourDraft(write: PurchaseWrite): Promise<StandingDraft> {
  const draft = await tryOurDraft(write);
  if (draft !== undefined) return draft;
  const { noun, calls } = navKindOf(write.document);
  if ((await ourPosting(write)) !== undefined) {
    const call = { system: write.parts.odata.system, operation: `${calls}.find` };
    throw new Unavailable(`Purchase ${noun} ${supplierNumberOf(write.document)} was posted meanwhile.`, call);
  }
  const message = `Purchase ${noun} ${supplierNumberOf(write.document)} was removed in NAV.`;
  throw navRefused(write.parts, `${calls}.find`, message, 'erp-document-changed');
}

function taken({ parts, company, document }: PurchaseWrite, what: string): Conflict {
  const message =
    `Possible duplicate: ${company.name} already holds ${what} with supplier's number ${supplierNumberOf(document)} of vendor ` +
    `${document.vendorNumber}, and it is not the connector's.`;
  return new Conflict(message, { system: parts.odata.system, operation: `${navKindOf(document).calls}.find` });
}

/**
 * An empty header first: NAV gives it a number, and nothing else of it can be set by the insert. An answer that is lost leaves
 * an empty document without vendor, which is told from no other; the next one to be written takes it (NAV spec 19). Its etag
 * keeps two from taking the same.
 */
async function createHeader(write: PurchaseWrite): Promise<{ number: string }> {
  const { parts, company, document, context } = write;
  const { signal } = context;
  const setup = await parts.facts.setup(company, signal);
  requireOpenDate(parts, company, setup, document.postingOn);
  for (const { dimensions } of document.lines) shortcutValues(parts, company, setup, dimensions);
  const kind = navKindOf(document);
  const call = { company: company.name, service: kind.drafts, signal };
  const empty =
    (await emptyDraft(write)) ??
    (await parts.odata.create({ ...call, operation: `${kind.calls}.create` }, {}, draftSchema));
  const record = { ...call, key: { Document_Type: kind.type, No: empty.No }, etag: empty['@odata.etag'] };
  try {
    await parts.odata.change({ ...record, operation: `${kind.calls}.fill` }, headerJson(document, setup));
  } catch (error) {
    if (isNavRefusal(error, 'entity-changed')) throw new Unavailable(error.message, { ...error.call, cause: error });
    if (error instanceof Rejected) await discard(write, record);
    throw error;
  }
  return { number: empty.No };
}

async function emptyDraft({ parts, company, document, context }: PurchaseWrite): Promise<Draft | undefined> {
  const kind = navKindOf(document);
  const rows = await readDrafts(parts, company, kind, `Buy_from_Vendor_No eq ${quoted('')}`, context.signal);
  for (const row of rows.filter((one) => one.Status === 'Open' && one[kind.numberField] === '')) {
    if ((await readDraftLines(parts, company, kind, row.No, context.signal)).length === 0) return row;
  }
  return undefined;
}

/** A header that NAV refused to fill is of no use; one that stays is taken for the next document. */
async function discard(
  { parts, document }: PurchaseWrite,
  record: Omit<Parameters<typeof parts.odata.remove>[0], 'operation'>,
): Promise<void> {
  try {
    await parts.odata.remove({ ...record, operation: `${navKindOf(document).calls}.discard` });
  } catch (error) {
    if (!(error instanceof ExternalSystemError)) throw error;
  }
}

/** Properties take effect in their order: the vendor begins the document anew, dates follow each other. */
function headerJson(document: PurchaseDocument, setup: LedgerSetup): object {
  const { numberField, type } = navKindOf(document);
  const isInvoice = type === 'Invoice';
  return {
    Buy_from_Vendor_No: document.vendorNumber,
    Posting_Date: document.postingOn,
    Document_Date: document.documentOn,
    ...(isInvoice && document.dueOn !== undefined ? { Due_Date: document.dueOn } : {}),
    Currency_Code: currencyCode(setup, document.currency),
    [numberField]: asCode(supplierNumberOf(document)),
    // Becomes the description of the vendor's ledger entry: how we know our own posting.
    ...(isInvoice ? { Posting_Description: markOf(document) } : {}),
  };
}

function ensureLines(write: PurchaseWrite, number: string): Promise<{ value: object; adopted: boolean }> {
  const { parts, company, document, context } = write;
  const kind = navKindOf(document);
  const missing = async (setup: LedgerSetup): Promise<object[]> => {
    const rows = await readDraftLines(parts, company, kind, number, context.signal);
    const present = new Set(rows.map(({ Line_No }) => Number(Line_No)));
    return linesJson(write, number, setup).filter(({ Line_No }) => !present.has(Line_No));
  };
  return context.writes.create<object>({
    operation: `${kind.calls}-lines`,
    key: `${number}/${document.keySeed}`,
    payload: { lines: document.lines },
    look: async () => {
      const setup = await parts.facts.setup(company, context.signal);
      return (await missing(setup)).length === 0 ? { written: true } : undefined;
    },
    create: async () => {
      const setup = await parts.facts.setup(company, context.signal);
      for (const json of await missing(setup)) {
        const call = { operation: `${kind.calls}.line`, company: company.name, service: kind.lines };
        await parts.odata.create({ ...call, signal: context.signal }, json, draftLineSchema);
        context.heartbeat();
      }
      await requireSame(write, await ourDraft(write));
      return { written: true };
    },
  });
}

/** The marker first, then one account line per planned line; what is charged the other way round has a negative quantity. */
function linesJson(
  { parts, company, document }: PurchaseWrite,
  number: string,
  setup: LedgerSetup,
): { Line_No: number }[] {
  const key = (index: number): { Document_Type: string; Document_No: string; Line_No: number } => ({
    Document_Type: navKindOf(document).type,
    Document_No: number,
    Line_No: lineNumberAt(index),
  });
  const lines = document.lines.map(({ accountNumber, description, amount, dimensions }, index) => ({
    ...key(index + 1),
    Type: 'G/L Account',
    No: accountNumber,
    Description: description.slice(0, purchaseTextLimit),
    Quantity: new Decimal(amount).isNegative() ? -1 : 1,
    Direct_Unit_Cost: new LosslessNumber(new Decimal(amount).abs().toFixed()),
    ...shortcutValues(parts, company, setup, dimensions),
  }));
  return [{ ...key(0), ...{ Type: ' ', Description: markOf(document) } }, ...lines];
}

function ensurePosted(write: PurchaseWrite, number: string): Promise<{ value: object; adopted: boolean }> {
  const { company, document, context } = write;
  return context.writes.create<object>({
    operation: `${navKindOf(document).calls}-post`,
    key: `${number}/${document.keySeed}`,
    payload: { marker: document.marker, total: plannedTotal(document).toFixed() },
    look: async () => ((await ourPosting(write)) === undefined ? undefined : { posted: true }),
    create: () => alone(company, () => postDraft(write)),
  });
}

/** Verifies and posts in one breath. A refusal is only believed once the ledger still holds nothing (NAV spec 16). */
async function postDraft(write: PurchaseWrite): Promise<object> {
  const { parts, company, document, context } = write;
  if ((await ourPosting(write)) !== undefined) return { posted: true };
  const draft = await ourDraft(write);
  await requireSame(write, draft);
  const { calls, type } = navKindOf(document);
  const draftNo = draft.draft.No;
  const call = { operation: `${calls}.post`, company: company.name, signal: context.signal };
  try {
    await beating(context, async () =>
      parts.codeunit?.post(
        type === 'Invoice'
          ? {
              ...call,
              method: 'PostPurchaseInvoice',
              parameters: { draftNo, externalNo: asCode(supplierNumberOf(document)) },
            }
          : { ...call, method: 'PostCreditMemo', parameters: { draftNo } },
      ),
    );
  } catch (error) {
    if (!(error instanceof Rejected) && !(error instanceof Unavailable)) throw error;
    if ((await ourPosting(write)) === undefined) throw error;
  }
  return { posted: true };
}
