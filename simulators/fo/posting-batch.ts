import { Decimal } from 'decimal.js';
import type { Account } from './accounts.js';
import { linesOf, type JournalContext } from './journal-context.js';
import { ledgerJournalTableBiEntities } from './journal-entities.js';
import { kindOfType, type JournalKind } from './journal-kinds.js';
import { readLineAccounts } from './line-rules.js';
import { FoError } from './odata-errors.js';
import { vendTransBiEntities } from './posted-entities.js';
import { writePostedRows } from './posted-rows.js';
import type { Company } from './store.js';
import { text, toInstant, type Row } from './values.js';

/** One side of a journal line: what is booked on one account. */
export interface Leg {
  line: Row;
  account: Account;
  /** Signed, debit positive. */
  amount: Decimal;
  text: string;
}

/** A journal on its way through posting. */
export interface PostingJournal {
  kind: JournalKind;
  company: Company;
  dataAreaId: string;
  number: string;
  legs: Leg[];
}

function legsOf(context: JournalContext, kind: JournalKind, company: Company, line: Row): Leg[] {
  const { debit, credit, text: textField, offsetText } = kind.fields;
  const { account, offset } = readLineAccounts(context.store.master, company, kind, line);
  const amount = new Decimal(text(line, debit)).minus(text(line, credit));
  const leg = { line, account, amount, text: text(line, textField) };
  if (offset === undefined) return [leg];
  return [leg, { line, account: offset, amount: amount.negated(), text: text(line, offsetText) || leg.text }];
}

const vendorLegs = (journal: PostingJournal): Leg[] => journal.legs.filter((leg) => leg.account.kind === 'Vend');

function imbalance(journal: PostingJournal): string | undefined {
  const sums = new Map<string, Decimal>();
  for (const { line, amount } of journal.legs) {
    const group = `${text(line, 'Voucher')} (${text(line, journal.kind.fields.currency)})`;
    sums.set(group, (sums.get(group) ?? new Decimal(0)).plus(amount));
  }
  const unbalanced = [...sums].find(([, total]) => !total.isZero());
  if (unbalanced === undefined) return undefined;
  return `The transactions on voucher ${unbalanced[0]} do not balance: ${unbalanced[1].toFixed(2)}.`;
}

function closedPeriod(journal: PostingJournal): string | undefined {
  const { openFrom } = journal.company;
  if (openFrom === undefined) return undefined;
  const days = journal.legs.map(({ line }) => text(line, journal.kind.fields.date));
  const closed = days.find((day) => day < openFrom);
  return closed === undefined ? undefined : `Fiscal period for ${closed} is not open.`;
}

function heldVendor(journal: PostingJournal): string | undefined {
  for (const { account } of vendorLegs(journal)) {
    const vendor = journal.company.vendors.find((candidate) => candidate.account === account.number);
    if (vendor?.onHold === 'Invoice' || vendor?.onHold === 'All')
      return `Vendor ${account.number} is on hold: ${vendor.onHold}.`;
  }
  return undefined;
}

/** "One voucher" with several vendors is off by default (section 5). */
function severalVendors(journal: PostingJournal): string | undefined {
  const byVoucher = new Map<string, string>();
  for (const { line, account } of vendorLegs(journal)) {
    const voucher = text(line, 'Voucher');
    const first = byVoucher.get(voucher) ?? account.number;
    byVoucher.set(voucher, first);
    if (first !== account.number) return `Voucher ${voucher} has more than one vendor: ${first} and ${account.number}.`;
  }
  return undefined;
}

/** IsCheckInvoiceNumberUsed = NoDuplicate, evaluated at posting (section 10). */
function usedInvoiceNumber(context: JournalContext, journal: PostingJournal): string | undefined {
  if (!journal.kind.checksInvoiceNumber) return undefined;
  const seen = new Set<string>();
  for (const { line, account } of vendorLegs(journal)) {
    const invoice = text(line, 'Invoice');
    if (invoice === '') continue;
    const identity = `${account.number}/${invoice}`.toLowerCase();
    const posted = [...(context.store.table(vendTransBiEntities.set).candidates('Invoice', invoice) ?? [])];
    const used = posted.some(
      (row) =>
        row['dataAreaId'] === journal.dataAreaId &&
        row['AccountNum'] === account.number &&
        row['TransType'] !== 'Payment',
    );
    if (used || seen.has(identity))
      return `Invoice number ${invoice} of vendor ${account.number} has already been used.`;
    seen.add(identity);
  }
  return undefined;
}

function problemOf(context: JournalContext, journal: PostingJournal): string | undefined {
  return (
    imbalance(journal) ??
    severalVendors(journal) ??
    closedPeriod(journal) ??
    heldVendor(journal) ??
    usedInvoiceNumber(context, journal)
  );
}

function journalOf(context: JournalContext, status: Row): PostingJournal | undefined {
  const [dataAreaId, number] = [text(status, 'dataAreaId'), text(status, 'JournalNum')];
  const company = context.store.findCompany(dataAreaId);
  if (company === undefined) return undefined;
  const kind = kindOfType(status['JournalType']);
  const legs = linesOf(context.store, kind, dataAreaId, number).flatMap((line) => legsOf(context, kind, company, line));
  return { kind, company, dataAreaId, number, legs };
}

function post(context: JournalContext, journal: PostingJournal, status: Row): void {
  const { store, desk } = context;
  store.transaction(() => {
    writePostedRows(context, journal);
    const header = store.table(journal.kind.headers.set).byKey([journal.dataAreaId, journal.number]);
    if (header !== undefined) store.table(journal.kind.headers.set).update(header, { IsPosted: 'Yes' });
    const now = desk.now();
    store.table(ledgerJournalTableBiEntities.set).update(status, {
      Posted: 'Yes',
      PostedDateTime: toInstant(now),
      Log: '',
      $postedAt: now.toISOString(),
    });
  });
}

/** Posts one journal or says in its log why not; a journal that is still being written is left alone. */
function tryJournal(context: JournalContext, status: Row, postingDelayMs: number): boolean {
  if (context.desk.now().getTime() - Number(status['$touchedAt'] ?? '0') < postingDelayMs) return false;
  let problem: string | undefined;
  try {
    const journal = journalOf(context, status);
    if (journal === undefined || journal.legs.length < 2) return false;
    problem = problemOf(context, journal);
    if (problem === undefined) {
      post(context, journal, status);
      return true;
    }
  } catch (error) {
    // An account or a dimension value may have been suspended since the line was written.
    if (!(error instanceof FoError)) throw error;
    problem = error.message;
  }
  if (status['Log'] === problem) return false;
  context.store.table(ledgerJournalTableBiEntities.set).update(status, { Log: problem });
  return true;
}

/**
 * One run of the recurring batch "Post journals" (section 7): posts every journal that has not changed for the delay and
 * balances; the others keep the reason in LedgerJournalTableBiEntities.Log. Answers whether anything changed.
 */
export function runPostingBatch(context: JournalContext, postingDelayMs: number): boolean {
  let changed = false;
  for (const status of [...context.store.table(ledgerJournalTableBiEntities.set).rows()]) {
    if (status['Posted'] === 'No') changed = tryJournal(context, status, postingDelayMs) || changed;
  }
  return changed;
}
