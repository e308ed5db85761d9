import { Decimal } from 'decimal.js';
import type { AccountRole, Journal, PostedErpDocument } from '../harness/types.js';
import { linesOf } from './journal-context.js';
import { ledgerJournalTableBiEntities } from './journal-entities.js';
import { kindOfType } from './journal-kinds.js';
import { generalJournalAccountEntryBiEntities, vendTransBiEntities } from './posted-entities.js';
import type { FoStore } from './store.js';
import { sum, text, type Row } from './values.js';

type Entry = PostedErpDocument['entries'][number];

function entryOf(row: Row): Entry {
  const vendor = text(row, '$vendor');
  return {
    account: vendor === '' ? text(row, '$mainAccount') : vendor,
    role: text(row, '$role') as AccountRole,
    ...(vendor === '' ? {} : { vendor: true }),
    dimensions: JSON.parse(text(row, '$dimensions')) as Record<string, string>,
    amount: new Decimal(text(row, 'TransactionCurrencyAmount')).toFixed(2),
  };
}

function entriesByJournal(store: FoStore): Map<string, Entry[]> {
  const byJournal = new Map<string, Entry[]>();
  for (const row of store.table(generalJournalAccountEntryBiEntities.set).rows()) {
    const journal = text(row, '$journal');
    const entries = byJournal.get(journal);
    if (entries === undefined) byJournal.set(journal, [entryOf(row)]);
    else entries.push(entryOf(row));
  }
  return byJournal;
}

/** Credits to vendors: what payment runs will pay in all and have paid so far. */
function payablesOf(store: FoStore, company: string, journal: string): { payable: string; paid: string } {
  const candidates = [...(store.table(vendTransBiEntities.set).candidates('JournalNum', journal) ?? [])];
  const credits = candidates.filter((row) => row['dataAreaId'] === company && text(row, 'AmountCur').startsWith('-'));
  const total = (field: string): string =>
    sum(credits.map((row) => text(row, field)))
      .abs()
      .toFixed(2);
  return { payable: total('AmountCur'), paid: total('SettleAmountCur') };
}

function postedDocument(store: FoStore, status: Row, entries: Entry[]): PostedErpDocument {
  const [company, journal] = [text(status, 'dataAreaId'), text(status, 'JournalNum')];
  const kind = kindOfType(status['JournalType']);
  const first = linesOf(store, kind, company, journal)[0] ?? {};
  return {
    erp: 'fo',
    company,
    currency: text(first, kind.fields.currency),
    documentNumber: text(first, 'Voucher'),
    mark: text(status, 'Name'),
    postedAt: text(status, '$postedAt'),
    entries,
    ...payablesOf(store, company, journal),
  };
}

/** Every posted journal as the general ledger and the vendor subledger tell it. */
export function postedDocuments(store: FoStore): PostedErpDocument[] {
  const entries = entriesByJournal(store);
  const posted: PostedErpDocument[] = [];
  for (const status of store.table(ledgerJournalTableBiEntities.set).rows()) {
    if (status['Posted'] !== 'Yes') continue;
    const journal = `${text(status, 'dataAreaId')}/${text(status, 'JournalNum')}`;
    posted.push(postedDocument(store, status, entries.get(journal) ?? []));
  }
  return posted;
}

/** Journals that exist and are not posted. */
export function unpostedJournals(store: FoStore): Journal['unposted'] {
  const unposted: Journal['unposted'] = [];
  for (const status of store.table(ledgerJournalTableBiEntities.set).rows()) {
    if (status['Posted'] === 'No')
      unposted.push({ erp: 'fo', company: text(status, 'dataAreaId'), mark: text(status, 'Name') });
  }
  return unposted;
}

/** Alters the latest ledger amount behind everybody's back and says which; undefined while nothing is posted. */
export function tamperWithLedger(store: FoStore): string | undefined {
  const table = store.table(generalJournalAccountEntryBiEntities.set);
  const row = [...table.rows()].reverse().find((candidate) => candidate['$vendor'] === '');
  if (row === undefined) return undefined;
  const before = new Decimal(text(row, 'TransactionCurrencyAmount'));
  const after = before.plus(1).toFixed();
  table.update(row, { TransactionCurrencyAmount: after, AccountingCurrencyAmount: after });
  return `journal ${text(row, '$journal')}, account ${text(row, '$mainAccount')}: ${before.toFixed(2)} became ${after}`;
}
