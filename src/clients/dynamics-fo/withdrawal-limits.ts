import type { Withdrawal } from '../../contracts/erp-port.js';
import { allOf, foldCode, sameCode, textEquals } from './odata-literals.js';
import {
  journalDetailColumns,
  journalDetailSchema,
  vendTransColumns,
  vendTransSchema,
  type JournalDetail,
  type VendTrans,
} from './schemas.js';
import type { Standing, WithdrawalSession } from './standing-journals.js';

/** States of the approval workflow in which a journal may be changed; every other one, known or not, forbids it. */
const EDITABLE: ReadonlySet<string> = new Set(['', 'None', 'NotSubmitted', 'Rejected']);

/**
 * Why nothing may be deleted: something is posted, in the hands of others, or locked. Undefined where the marked journals may be
 * taken out.
 */
export async function whatForbids(session: WithdrawalSession, standing: Standing): Promise<Withdrawal | undefined> {
  const { marked, unmarked } = standing;
  const posted = [...marked, ...unmarked].find(({ header }) => header.posted);
  if (posted !== undefined) return postedAs(session, posted.header.journal);
  const entry = await postedEntry(session);
  if (entry !== undefined) return entryAlone(session, entry);
  const [taken] = unmarked;
  if (taken !== undefined) {
    const { keySeed } = session.tracked.document;
    return blocked(
      `Journal ${taken.header.journal} holds ${taken.own.length} of its lines (document reference ${keySeed}), but the description ` +
        'does not say that it is a journal of the connector. Delete these lines, or the journal.',
    );
  }
  const details = await journalDetails(
    session,
    marked.map(({ header }) => header.journal),
  );
  for (const { header } of marked) {
    const lock = lockOf(header.journal, details.get(foldCode(header.journal)));
    if (lock !== undefined) return blocked(lock);
  }
  return undefined;
}

/** The same proof that a posting watch would find; a posting that cannot be proven yet is no reason to delete anything. */
async function postedAs(session: WithdrawalSession, journal: string): Promise<Withdrawal> {
  const { parts, context } = session;
  const tracked = { ...session.tracked, keys: { ...session.tracked.keys, journal } };
  const state = await parts.postingOf(tracked, context.signal);
  if (state.state === 'posted') return { state: 'posted', proof: state.proof };
  const reason = state.reason ?? `Journal ${journal} is posted.`;
  const entry = await postedEntry({ ...session, tracked });
  return entry === undefined
    ? blocked(reason)
    : { state: 'blocked', reason: `${reason} Its voucher is ${entry.Voucher}.`, voucher: entry.Voucher };
}

/** The vendor's entry of a posting whose journal is no longer there, known by the saved journal number or the voucher. */
async function postedEntry({ parts, tracked, context }: WithdrawalSession): Promise<VendTrans | undefined> {
  const { document, keys, proof } = tracked;
  const vendors = document.lines.flatMap(({ accountType, account, invoice }) =>
    accountType === 'Vend' && invoice !== undefined && invoice !== '' ? [{ account, invoice }] : [],
  );
  if (keys.journal === undefined && proof === undefined) return undefined;
  const rows = await parts.odata.read({
    set: 'VendTransBiEntities',
    company: document.company,
    anyOf: vendors.map(
      (one) => `(${allOf(textEquals('AccountNum', one.account), textEquals('Invoice', one.invoice))})`,
    ),
    select: vendTransColumns,
    row: vendTransSchema,
    signal: context.signal,
  });
  return rows.find(
    (row) =>
      (keys.journal !== undefined && sameCode(row.JournalNum, keys.journal)) ||
      (proof !== undefined && sameCode(row.Voucher, proof.documentNumber)),
  );
}

function entryAlone({ tracked }: WithdrawalSession, entry: VendTrans): Withdrawal {
  if (tracked.proof !== undefined) return { state: 'posted', proof: tracked.proof };
  const reason =
    `Voucher ${entry.Voucher} of vendor ${entry.AccountNum} has posted invoice ${entry.Invoice}, and its journal is no longer there. ` +
    'Reverse the voucher.';
  return { state: 'blocked', reason, voucher: entry.Voucher };
}

async function journalDetails(
  { parts, tracked, context }: WithdrawalSession,
  journals: readonly string[],
): Promise<Map<string, JournalDetail>> {
  const rows = await parts.odata.read({
    set: 'LedgerJournalTableBiEntities',
    company: tracked.document.company,
    anyOf: journals.map((journal) => textEquals('JournalNum', journal)),
    select: journalDetailColumns,
    row: journalDetailSchema,
    signal: context.signal,
  });
  return new Map(rows.map((row) => [foldCode(row.JournalNum), row]));
}

/** What a person has to end before the journal can be deleted (F&O spec 7). */
function lockOf(journal: string, detail: JournalDetail | undefined): string | undefined {
  if (detail === undefined) return undefined;
  if (detail.SystemBlocked) {
    return `Journal ${journal} is blocked by the system, as it is while it is being posted. Wait for the batch to end, or release it.`;
  }
  if (detail.InUseBy !== '') return `A person has journal ${journal} open. It must be closed first.`;
  if (EDITABLE.has(detail.WorkflowApprovalStatus)) return undefined;
  return `The approval workflow of journal ${journal} is at ${detail.WorkflowApprovalStatus}. Recall the journal from the workflow.`;
}

const blocked = (reason: string): Withdrawal => ({ state: 'blocked', reason });
