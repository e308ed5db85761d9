import type { Desk } from '../harness/server.js';
import type { BusinessEvent } from './business-event-bodies.js';
import { ledgerJournalTableBiEntities } from './journal-entities.js';
import type { JournalKind } from './journal-kinds.js';
import type { FoStore } from './store.js';
import { sum, text, type Row } from './values.js';

/** What journal operations work on. */
export interface JournalContext {
  store: FoStore;
  desk: Desk;
  /** Tells the world of a business event once the surrounding transaction holds. */
  announce: (event: BusinessEvent) => void;
}

/** Lines of a journal in order of creation. */
export function linesOf(store: FoStore, kind: JournalKind, company: string, journal: string): Row[] {
  const table = store.table(kind.lines.set);
  const candidates = table.candidates('JournalBatchNumber', journal) ?? [];
  return table.inOrder(candidates).filter((line) => line['dataAreaId'] === company);
}

/** Header of a journal. */
export function headerOf(store: FoStore, kind: JournalKind, company: string, journal: string): Row | undefined {
  return store.table(kind.headers.set).byKey([company, journal]);
}

/** Status row of a journal, one for both kinds. */
export function statusOf(store: FoStore, company: string, journal: string): Row | undefined {
  return store.table(ledgerJournalTableBiEntities.set).byKey([company, journal]);
}

/** Brings totals, number of lines and the time of the last change up to date; each line write changes the header row. */
export function touchJournal(context: JournalContext, kind: JournalKind, company: string, journal: string): void {
  const { store, desk } = context;
  const header = headerOf(store, kind, company, journal);
  const status = statusOf(store, company, journal);
  if (header === undefined || status === undefined) return;
  const lines = linesOf(store, kind, company, journal);
  const totals = {
    JournalTotalDebit: sum(lines.map((line) => text(line, kind.fields.debit))).toFixed(),
    JournalTotalCredit: sum(lines.map((line) => text(line, kind.fields.credit))).toFixed(),
  };
  store.table(kind.headers.set).update(header, totals);
  store.table(ledgerJournalTableBiEntities.set).update(status, {
    ...totals,
    NumOfLines: String(lines.length),
    Name: header['Description'] ?? '',
    IntegrationKey: header['IntegrationKey'] ?? '',
    $touchedAt: String(desk.now().getTime()),
  });
}
