import type { PostedErpDocument } from '../harness/types.js';
import { headerOf } from './journal-context.js';
import { journalKinds } from './journal-kinds.js';
import { invoiceOf } from './pending-context.js';
import { vendorInvoiceLines } from './pending-entities.js';
import { vendSettlementBiEntities, vendTransBiEntities } from './posted-entities.js';
import type { FoStore } from './store.js';
import { sum, text, type Row } from './values.js';

/** Lines of journals and pending invoices whose header is not there, as sentences; F&O itself never leaves one behind. */
export function strayLines(store: FoStore): string[] {
  const ofJournals = journalKinds.flatMap((kind) =>
    [...store.table(kind.lines.set).rows()]
      .filter((line) => {
        return headerOf(store, kind, text(line, 'dataAreaId'), text(line, 'JournalBatchNumber')) === undefined;
      })
      .map((line) => strayLine(kind.lines.set, line, 'JournalBatchNumber')),
  );
  const ofInvoices = [...store.table(vendorInvoiceLines.set).rows()]
    .filter((line) => invoiceOf(store, text(line, 'dataAreaId'), text(line, 'HeaderReference')) === undefined)
    .map((line) => strayLine(vendorInvoiceLines.set, line, 'HeaderReference'));
  return [...ofJournals, ...ofInvoices];
}

function strayLine(set: string, line: Row, field: string): string {
  return `fo/${text(line, 'dataAreaId')} has a line in ${set} of ${text(line, field)}, which does not exist.`;
}

/** What was taken back of payments on these vendor transactions: settlement rows with the other sign. */
export function reversalsOf(store: FoStore, credits: readonly Row[]): Pick<PostedErpDocument, 'reversals'> {
  const reversals = credits.flatMap((credit) =>
    [...(store.table(vendSettlementBiEntities.set).candidates('TransRecId', text(credit, 'SourceKey')) ?? [])]
      .map((row) => ({ amount: sum([text(row, 'SettleAmountCur')]), at: text(row, 'CreatedOn') }))
      .filter(({ amount }) => amount.greaterThan(0))
      .map(({ amount, at }) => ({ amount: amount.toFixed(2), at })),
  );
  return reversals.length === 0 ? {} : { reversals };
}

/** How far the payments are: what is still open or will be taken back, and when anything last happened. */
export interface PaymentProgress {
  /** Vendor transactions that a payment run has still to pay. */
  open: number;
  /** Cheques that will be reversed. */
  toReverse: number;
  /** Instant of the last payment or reversal; absent before the first. */
  changedAt?: string;
}

/** Tells those who wait for the end of a run. `isPayable` says which transactions a payment run will pay at some time. */
export function paymentProgress(store: FoStore, isPayable: (row: Row) => boolean): PaymentProgress {
  const rows = [...store.table(vendTransBiEntities.set).rows()];
  const instants = [...store.table(vendSettlementBiEntities.set).rows()].map((row) => text(row, 'CreatedOn')).sort();
  const changedAt = instants.at(-1);
  return {
    open: rows.filter(isPayable).length,
    toReverse: rows.filter((row) => row['$bounces'] === 'Yes').length,
    ...(changedAt === undefined ? {} : { changedAt }),
  };
}
