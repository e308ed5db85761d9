import { Decimal } from 'decimal.js';
import type { AccountRole, Journal, PostedErpDocument } from '../harness/types.js';
import { ledgerJournalTableBiEntities } from './journal-entities.js';
import { reversalsOf } from './loose-ends.js';
import { invoiceLinesOf, markOfInvoice } from './pending-context.js';
import { vendInvoiceJourBiEntities, vendorInvoiceHeaders } from './pending-entities.js';
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

/** Credits to vendors, found by journal or voucher: what payment runs will pay in all and have paid so far. */
function payablesOf(
  store: FoStore,
  company: string,
  field: 'JournalNum' | 'Voucher',
  value: string,
): Pick<PostedErpDocument, 'payable' | 'paid' | 'reversals'> {
  const candidates = [...(store.table(vendTransBiEntities.set).candidates(field, value) ?? [])];
  const credits = candidates.filter((row) => row['dataAreaId'] === company && text(row, 'AmountCur').startsWith('-'));
  const total = (field: string): string =>
    sum(credits.map((row) => text(row, field)))
      .abs()
      .toFixed(2);
  return { payable: total('AmountCur'), paid: total('SettleAmountCur'), ...reversalsOf(store, credits) };
}

function postedDocument(store: FoStore, status: Row, entries: Entry[]): PostedErpDocument {
  const [company, journal] = [text(status, 'dataAreaId'), text(status, 'JournalNum')];
  return {
    erp: 'fo',
    company,
    currency: text(status, '$currency'),
    documentNumber: text(status, '$voucher'),
    mark: text(status, 'Name'),
    postedAt: text(status, '$postedAt'),
    entries,
    ...payablesOf(store, company, 'JournalNum', journal),
  };
}

function postedInvoice(store: FoStore, invoice: Row, entries: Entry[]): PostedErpDocument {
  const [company, voucher] = [text(invoice, 'dataAreaId'), text(invoice, 'LedgerVoucher')];
  return {
    erp: 'fo',
    company,
    currency: text(invoice, 'CurrencyCode'),
    documentNumber: voucher,
    mark: text(invoice, '$mark'),
    postedAt: text(invoice, '$postedAt'),
    entries,
    ...payablesOf(store, company, 'Voucher', voucher),
  };
}

/** Every posted journal and vendor invoice as the general ledger and the vendor subledger tell it. */
export function postedDocuments(store: FoStore): PostedErpDocument[] {
  const entries = entriesByJournal(store);
  const posted: PostedErpDocument[] = [];
  for (const status of store.table(ledgerJournalTableBiEntities.set).rows()) {
    if (status['Posted'] !== 'Yes') continue;
    const journal = `${text(status, 'dataAreaId')}/${text(status, 'JournalNum')}`;
    posted.push(postedDocument(store, status, entries.get(journal) ?? []));
  }
  for (const invoice of store.table(vendInvoiceJourBiEntities.set).rows()) {
    posted.push(postedInvoice(store, invoice, entries.get(text(invoice, '$origin')) ?? []));
  }
  return posted;
}

/** Journals and pending vendor invoices that exist and are not posted, with their lines and what F&O says of them. */
export function unpostedJournals(store: FoStore): Journal['unposted'] {
  const unposted: Journal['unposted'] = [];
  for (const status of store.table(ledgerJournalTableBiEntities.set).rows()) {
    if (status['Posted'] === 'No')
      unposted.push({
        ...{ erp: 'fo', company: text(status, 'dataAreaId'), mark: text(status, 'Name') },
        ...{ lines: Number(text(status, 'NumOfLines')), log: text(status, 'Log') },
      });
  }
  for (const header of store.table(vendorInvoiceHeaders.set).rows()) {
    unposted.push({
      ...{ erp: 'fo', company: text(header, 'dataAreaId'), mark: markOfInvoice(header) },
      text: text(header, 'InvoiceDescription'),
      ...{ lines: invoiceLinesOf(store, header).length, log: text(header, 'Log') },
    });
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
