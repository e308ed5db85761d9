import { Decimal } from 'decimal.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import { announceInvoices } from './announcements.js';
import { isChosen } from '../harness/content-chance.js';
import { checkInvoiceNumbers, type NumberFinding } from './invoice-number-check.js';
import { linesOf, type JournalContext } from './journal-context.js';
import {
  allocateVouchers,
  deletePostedLines,
  journalNameRow,
  ledgerLegs,
  setUpProblem,
  waitsForWorkflow,
} from './journal-set-up.js';
import { ledgerJournalTableBiEntities } from './journal-entities.js';
import { invoiceJournals, kindOfType, type JournalKind } from './journal-kinds.js';
import { readLineAccounts } from './line-rules.js';
import { FoError } from './odata-errors.js';
import { writePostedRows } from './posted-rows.js';
import { closedPeriod, heldVendor, vendorLegs, type Leg, type Posting } from './posting.js';
import type { Company } from './store.js';
import { text, toInstant, type Row } from './values.js';

/** What the posting of journals needs of the settings. */
export type PostingSettings = Pick<SimulatorSettings['fo'], 'postingDelayMs' | 'refuseShare'>;

/** What one attempt to post a journal came to: posted, refused with the reason, or nothing there yet to be posted. */
export type PostingOutcome = { kind: 'posted' } | { kind: 'refused'; reason: string } | { kind: 'incomplete' };

interface PostingJournal extends Posting {
  kind: JournalKind;
  description: string;
}

function legsOf(context: JournalContext, kind: JournalKind, company: Company, line: Row): Leg[] {
  const { debit, credit, currency, date, text: textField, offsetText } = kind.fields;
  const { account, offset } = readLineAccounts(context.store.master, company, kind, line);
  const amount = new Decimal(text(line, debit)).minus(text(line, credit));
  const leg: Leg = {
    account,
    amount,
    text: text(line, textField),
    voucher: text(line, 'Voucher'),
    currency: text(line, currency),
    day: text(line, date),
    documentDate: text(line, 'DocumentDate') || text(line, 'InvoiceDate'),
    dueDate: text(line, 'DueDate'),
    document: text(line, 'Document'),
    invoice: text(line, 'Invoice'),
    approved: line['Approved'] ?? 'Yes',
    paymentMethod: line['PaymentMethod'] ?? line['MethodOfPayment'] ?? '',
  };
  if (offset === undefined) return [leg];
  return [leg, { ...leg, account: offset, amount: amount.negated(), text: text(line, offsetText) || leg.text }];
}

function imbalance(journal: PostingJournal): string | undefined {
  const sums = new Map<string, Decimal>();
  for (const { voucher, currency, amount } of journal.legs) {
    const group = `${voucher} (${currency})`;
    sums.set(group, (sums.get(group) ?? new Decimal(0)).plus(amount));
  }
  const unbalanced = [...sums].find(([, total]) => !total.isZero());
  if (unbalanced === undefined) return undefined;
  return `The transactions on voucher ${unbalanced[0]} do not balance: ${unbalanced[1].toFixed(2)}.`;
}

/** "One voucher" with several vendors is off by default (section 5). */
function severalVendors(journal: PostingJournal): string | undefined {
  const byVoucher = new Map<string, string>();
  for (const { voucher, account } of vendorLegs(journal)) {
    const first = byVoucher.get(voucher) ?? account.number;
    byVoucher.set(voucher, first);
    if (first !== account.number) return `Voucher ${voucher} has more than one vendor: ${first} and ${account.number}.`;
  }
  return undefined;
}

function numberFinding(context: JournalContext, journal: PostingJournal): NumberFinding | undefined {
  if (!journal.kind.checksInvoiceNumber) return undefined;
  const numbers = vendorLegs(journal).map(({ account, invoice, day }) => ({ account: account.number, invoice, day }));
  return checkInvoiceNumbers(context, journal.company, numbers);
}

/** A combination that the account structure does not have shows only at posting, and nothing but another account helps. */
function refusedByChance({ legs, description }: PostingJournal, refuseShare: number | undefined): string | undefined {
  const ledger = legs.find(({ account }) => account.kind === 'Ledger');
  if (ledger === undefined || !isChosen(description, refuseShare)) return undefined;
  return `The combination ${ledger.account.display} is not valid for the account structure Profit and loss.`;
}

function problemOf(
  journal: PostingJournal,
  finding: NumberFinding | undefined,
  settings: Pick<PostingSettings, 'refuseShare'>,
): string | undefined {
  return (
    imbalance(journal) ??
    severalVendors(journal) ??
    closedPeriod(
      journal.company,
      journal.legs.map(({ day }) => day),
    ) ??
    heldVendor(
      journal.company,
      vendorLegs(journal).map(({ account }) => account.number),
    ) ??
    (finding?.severity === 'refusal' ? finding.message : undefined) ??
    refusedByChance(journal, settings.refuseShare)
  );
}

function journalOf(context: JournalContext, status: Row): PostingJournal | undefined {
  const [dataAreaId, number] = [text(status, 'dataAreaId'), text(status, 'JournalNum')];
  const company = context.store.findCompany(dataAreaId);
  if (company === undefined) return undefined;
  const kind = kindOfType(status['JournalType']);
  const legs = linesOf(context.store, kind, dataAreaId, number).flatMap((line) => legsOf(context, kind, company, line));
  const [origin, description] = [`${dataAreaId}/${number}`, text(status, 'Name')];
  return { kind, company, dataAreaId, origin, journal: number, transType: kind.transType, description, legs };
}

function post(context: JournalContext, journal: PostingJournal, status: Row, log: string): void {
  const { store, desk } = context;
  store.transaction(() => {
    const name = journalNameRow(store, journal.dataAreaId, text(status, 'JournalName'));
    const legs = allocateVouchers(context, journal.kind, journal, name);
    writePostedRows(context, { ...journal, legs }, ledgerLegs(legs, name));
    // There is no event for general journals.
    if (journal.kind === invoiceJournals) announceInvoices(context, { ...journal, legs });
    deletePostedLines(context, journal.kind, journal, name);
    const header = store.table(journal.kind.headers.set).byKey([journal.dataAreaId, journal.journal]);
    if (header !== undefined) store.table(journal.kind.headers.set).update(header, { IsPosted: 'Yes' });
    const now = desk.now();
    store.table(ledgerJournalTableBiEntities.set).update(status, {
      Posted: 'Yes',
      PostedDateTime: toInstant(now),
      Log: log,
      $postedAt: now.toISOString(),
      $voucher: legs[0]?.voucher ?? '',
      $currency: legs[0]?.currency ?? '',
    });
  });
}

/** Posts one unposted journal, or says why not; a refusal does not touch the journal. */
export function postJournal(
  context: JournalContext,
  status: Row,
  settings: Pick<PostingSettings, 'refuseShare'>,
): PostingOutcome {
  if (waitsForWorkflow(context, status)) return { kind: 'refused', reason: 'The journal has not been approved.' };
  try {
    const journal = journalOf(context, status);
    if (journal === undefined || journal.legs.length < 2) return { kind: 'incomplete' };
    const finding = numberFinding(context, journal);
    const reason = setUpProblem(context.store, journal, status) ?? problemOf(journal, finding, settings);
    if (reason !== undefined) return { kind: 'refused', reason };
    post(context, journal, status, finding?.message ?? '');
    return { kind: 'posted' };
  } catch (error) {
    // An account or a dimension value may have been suspended since the line was written.
    if (!(error instanceof FoError)) throw error;
    return { kind: 'refused', reason: error.message };
  }
}

/** Keeps the reason of a refusal in the journal's log; false if it stands there already. */
export function keepRefusal(context: JournalContext, status: Row, reason: string): boolean {
  if (status['Log'] === reason) return false;
  context.store.table(ledgerJournalTableBiEntities.set).update(status, { Log: reason });
  return true;
}

/** A journal that is still being written is left alone. */
function tryJournal(context: JournalContext, status: Row, settings: PostingSettings): boolean {
  if (context.desk.now().getTime() - Number(status['$touchedAt'] ?? '0') < settings.postingDelayMs) return false;
  if (waitsForWorkflow(context, status)) return false;
  const outcome = postJournal(context, status, settings);
  return outcome.kind === 'refused' ? keepRefusal(context, status, outcome.reason) : outcome.kind === 'posted';
}

/**
 * One run of the recurring batch "Post journals" (section 7): posts every journal that has not changed for the delay and
 * balances; the others keep the reason in LedgerJournalTableBiEntities.Log. Answers whether anything changed.
 */
export function runPostingBatch(context: JournalContext, settings: PostingSettings): boolean {
  let changed = false;
  for (const status of [...context.store.table(ledgerJournalTableBiEntities.set).rows()]) {
    if (status['Posted'] === 'No') changed = tryJournal(context, status, settings) || changed;
  }
  return changed;
}
