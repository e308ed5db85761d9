import type { Withdrawal } from '../../contracts/erp-port.js';
import { supplierNumberOf } from '../dynamics-nav/purchase-kinds.js';
import { blocked, ChangedMeanwhile, gone, lookingAgain, refusalIn } from '../dynamics-nav/withdrawing.js';
import { asCode } from '../dynamics-nav/wire-text.js';
import type { NavWrite } from './parts.js';
import { lineNumberAt } from './purchase-comparison.js';
import { findPurchasePostings, type TrackedPurchase } from './purchase-postings.js';
import { navKindOf, standingDrafts, type StandingDraft } from './purchases.js';
import { removeUnder } from './withdrawing.js';

type PurchaseWithdrawal = Omit<NavWrite<TrackedPurchase['document']>, 'document'> & { tracked: TrackedPurchase };

/**
 * Takes an unposted invoice or credit memo out of NAV again, and reads back that nothing is left (FIS spec 5.1). Only a draft
 * that is ours goes, under the etag of the look. A posted document that a person has cancelled counts as taken out.
 */
export function withdrawNavPurchase(withdrawal: PurchaseWithdrawal): Promise<Withdrawal> {
  return lookingAgain(async () => {
    const before = await standing(withdrawal);
    const forbidden = await whatForbids(withdrawal, before);
    if (forbidden !== undefined) return forbidden;
    const refusal = await refusalIn(async () => {
      for (const { draft } of before) await removeDraft(withdrawal, draft.No);
    });
    const left = await standing(withdrawal);
    const then = await whatForbids(withdrawal, left);
    if (then !== undefined) return then;
    const [stays] = left;
    if (stays === undefined) return { state: 'gone' };
    const subject = `Draft purchase ${navKindOf(withdrawal.tracked.document).noun} ${stays.draft.No}`;
    return blocked(`${subject} cannot be deleted. ${refusal?.message ?? ''} Delete the draft in NAV.`);
  });
}

/** Drafts that carry our mark, or our number under the draft number that we know. */
async function standing({ parts, company, tracked, context }: PurchaseWithdrawal): Promise<StandingDraft[]> {
  const { document, keys } = tracked;
  const drafts = await standingDrafts(parts, company, document, keys.id, context.signal);
  const { numberField } = navKindOf(document);
  return drafts.filter(
    ({ draft, isOurs }) =>
      isOurs || (draft.No === keys.id && asCode(draft[numberField]) === asCode(supplierNumberOf(document))),
  );
}

/** Why nothing may be deleted. The ledger is asked after the drafts. */
async function whatForbids(
  { parts, company, tracked, context }: PurchaseWithdrawal,
  drafts: readonly StandingDraft[],
): Promise<Withdrawal | undefined> {
  const [state] = await findPurchasePostings(parts, company, [tracked], context.signal);
  if (state?.state === 'posted') return { state: 'posted', proof: state.proof };
  const { document } = tracked;
  const known = new Set([...document.lines.keys()].map((index) => lineNumberAt(index + 1)));
  for (const { draft, lines } of drafts) {
    const subject = `Draft purchase ${navKindOf(document).noun} ${draft.No}`;
    if (draft.Status === 'Pending Approval') {
      return blocked(`${subject} waits for an approval. Cancel the approval request.`);
    }
    if (lines.some(({ Type, Line_No }) => Type !== '' && !known.has(Number(Line_No)))) {
      return blocked(`${subject} holds lines that a person has added. Delete the draft.`);
    }
  }
  return undefined;
}

async function removeDraft(withdrawal: PurchaseWithdrawal, number: string): Promise<void> {
  const { parts, company, tracked, context } = withdrawal;
  const kind = navKindOf(tracked.document);
  const key = { Document_Type: kind.type, No: number };
  let etag = '';
  await context.writes.create({
    operation: kind.type === 'Invoice' ? 'nav.withdraw-invoice' : 'nav.withdraw-credit-memo',
    key: `${number}/${tracked.document.keySeed}`,
    payload: { marker: tracked.document.marker, number },
    look: async () => {
      const found = (await standing(withdrawal)).find(({ draft }) => draft.No === number);
      if (found === undefined) return gone;
      if (found.draft.Status === 'Pending Approval') {
        const call = { system: parts.odata.system, operation: `${kind.calls}.withdraw` };
        throw new ChangedMeanwhile(`Purchase ${kind.noun} ${number} waits for an approval.`, call);
      }
      etag = found.draft['@odata.etag'];
      return undefined;
    },
    create: () => {
      const call = { operation: `${kind.calls}.withdraw`, company: company.name, service: kind.drafts };
      return removeUnder(parts, { ...call, key, etag, signal: context.signal });
    },
  });
  context.heartbeat();
}
