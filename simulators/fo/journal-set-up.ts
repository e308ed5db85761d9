import { linesOf, type JournalContext } from './journal-context.js';
import { ledgerJournalTableBiEntities } from './journal-entities.js';
import type { JournalKind } from './journal-kinds.js';
import type { Leg, Posting } from './posting.js';
import type { FoStore } from './store.js';
import { text, type Row } from './values.js';

/** Set-up of a journal name as JournalNames shows it. */
export function journalNameRow(store: FoStore, dataAreaId: string, name: string): Row | undefined {
  return store.table('JournalNames').byKey([dataAreaId, name]);
}

/** Next number of a voucher series. */
export function nextVoucher(store: FoStore, dataAreaId: string, kind: JournalKind): string {
  const number = store.nextNumber(`${dataAreaId}/voucher/${kind.voucherPrefix}`);
  return `${kind.voucherPrefix}${String(number).padStart(6, '0')}`;
}

/**
 * Brings the approval of an unposted journal in line with its journal name: with an active workflow it waits to be submitted,
 * which OData cannot do (section 7). Answers whether it waits.
 */
export function waitsForWorkflow({ store }: JournalContext, status: Row): boolean {
  const set = journalNameRow(store, text(status, 'dataAreaId'), text(status, 'JournalName'));
  const approval = set?.['IsWorkflowApprovalActive'] === 'Yes' ? 'NotSubmitted' : 'None';
  if (status['WorkflowApprovalStatus'] !== approval) {
    store.table(ledgerJournalTableBiEntities.set).update(status, { WorkflowApprovalStatus: approval });
  }
  return approval === 'NotSubmitted';
}

/** Says what in the set-up of the journal name keeps a journal from being posted, if anything. */
export function setUpProblem(store: FoStore, posting: Posting, status: Row): string | undefined {
  const name = text(status, 'JournalName');
  if (journalNameRow(store, posting.dataAreaId, name) === undefined) return `Journal name ${name} does not exist.`;
  return posting.legs.some(({ voucher }) => voucher === '') ? 'Voucher number must be specified.' : undefined;
}

/** With VoucherAllocationAtPosting every voucher gets another number at posting (trap 13); answers the legs under theirs. */
export function allocateVouchers(
  { store }: JournalContext,
  kind: JournalKind,
  posting: Posting,
  journalName: Row | undefined,
): Leg[] {
  if (journalName?.['VoucherAllocationAtPosting'] !== 'Yes') return posting.legs;
  const allocated = new Map<string, string>();
  for (const line of linesOf(store, kind, posting.dataAreaId, posting.journal)) {
    const before = text(line, 'Voucher');
    const voucher = allocated.get(before) ?? nextVoucher(store, posting.dataAreaId, kind);
    allocated.set(before, voucher);
    store.table(kind.lines.set).update(line, { Voucher: voucher });
  }
  return posting.legs.map((leg) => ({ ...leg, voucher: allocated.get(leg.voucher) ?? leg.voucher }));
}

/** With DeleteLinesAfterPosting the lines are gone once they are posted, and the voucher with them (trap 13). */
export function deletePostedLines(
  { store }: JournalContext,
  kind: JournalKind,
  posting: Posting,
  journalName: Row | undefined,
): void {
  if (journalName?.['DeleteLinesAfterPosting'] !== 'Yes') return;
  for (const line of linesOf(store, kind, posting.dataAreaId, posting.journal))
    store.table(kind.lines.set).remove(line);
}

/** With DetailLevel Summary the general ledger gets one entry for each voucher, account and set of dimensions. */
export function ledgerLegs(legs: readonly Leg[], journalName: Row | undefined): Leg[] {
  if (journalName?.['DetailLevel'] !== 'Summary') return [...legs];
  const summed = new Map<string, Leg>();
  for (const leg of legs) {
    const key = JSON.stringify([leg.voucher, leg.account.kind, leg.account.display, leg.account.dimensions]);
    const before = summed.get(key);
    summed.set(key, before === undefined ? leg : { ...before, amount: before.amount.plus(leg.amount), text: '' });
  }
  return [...summed.values()];
}
