import type { Decimal } from 'decimal.js';
import { stringify } from 'lossless-json';
import { delimiterOf, joinDisplayValue } from './display-values.js';
import { completeRow } from './entity-definition.js';
import type { JournalContext } from './journal-context.js';
import { ledgerRecId, mainAccountRecId } from './master-rows.js';
import {
  generalJournalAccountEntryBiEntities,
  generalJournalEntryBiEntities,
  vendTransBiEntities,
} from './posted-entities.js';
import type { Leg, PostingJournal } from './posting-batch.js';
import { text, toDay, toInstant, type Row } from './values.js';

const payableAccountFallback = '200100';

/** Writes what posting leaves behind: vendor transactions, and for each voucher a ledger entry with its account entries. */
export function writePostedRows(context: JournalContext, journal: PostingJournal): void {
  const vouchers = new Map<string, Leg[]>();
  for (const leg of journal.legs) {
    const voucher = text(leg.line, 'Voucher');
    vouchers.set(voucher, [...(vouchers.get(voucher) ?? []), leg]);
    if (leg.account.kind === 'Vend') insertVendorTransaction(context, journal, leg);
  }
  for (const [voucher, legs] of vouchers) insertLedgerEntry(context, journal, voucher, legs);
}

function insertVendorTransaction(context: JournalContext, journal: PostingJournal, leg: Leg): void {
  const { store, desk } = context;
  const { line, amount } = leg;
  const now = desk.now();
  const recId = store.nextRecId();
  const cells: Row = {
    dataAreaId: journal.dataAreaId,
    SourceKey: recId,
    AccountNum: leg.account.number,
    Invoice: text(line, 'Invoice'),
    Voucher: text(line, 'Voucher'),
    TransType: journal.kind.transType,
    TransDate: text(line, journal.kind.fields.date),
    DocumentDate: text(line, 'DocumentDate') || text(line, 'InvoiceDate') || '1900-01-01',
    DocumentNum: text(line, 'Document'),
    DueDate: text(line, 'DueDate'),
    CurrencyCode: text(line, journal.kind.fields.currency),
    AmountCur: amount.toFixed(),
    AmountMST: amount.toFixed(),
    ExchRate: '100',
    JournalNum: journal.number,
    Approved: line['Approved'] ?? 'Yes',
    ApprovedDate: toDay(now),
    Txt: leg.text,
    PaymMode: line['PaymentMethod'] ?? line['MethodOfPayment'] ?? '',
    SysDataAreaId: journal.dataAreaId,
    SysModifiedDateTime: toInstant(now),
    CreatedOn: toInstant(now),
    $recId: recId,
    $postedAt: String(now.getTime()),
  };
  store.table(vendTransBiEntities.set).insert(completeRow(vendTransBiEntities, cells));
}

function insertLedgerEntry(
  context: JournalContext,
  journal: PostingJournal,
  voucher: string,
  legs: readonly Leg[],
): void {
  const { store, desk } = context;
  const first = legs[0];
  if (first === undefined) return;
  const day = text(first.line, journal.kind.fields.date);
  const recId = store.nextRecId();
  const companyIndex = store.master.companies.indexOf(journal.company);
  store.table(generalJournalEntryBiEntities.set).insert(
    completeRow(generalJournalEntryBiEntities, {
      JournalNumber: `GJ${String(store.nextNumber('generalJournal')).padStart(8, '0')}`,
      FiscalCalendarYear: String(68_719_476_736 + Number(day.slice(0, 4))),
      Ledger: ledgerRecId(companyIndex),
      SourceKey: recId,
      SubledgerVoucher: voucher,
      SubledgerVoucherDataAreaId: journal.dataAreaId,
      DocumentNumber: text(first.line, 'Document'),
      LedgerPostingJournal: journal.number,
      LedgerPostingJournalDataAreaId: journal.dataAreaId,
      AccountingDate: day,
      JournalCategory: journal.kind.transType,
      CreatedOn: toInstant(desk.now()),
      $recId: recId,
    }),
  );
  for (const leg of legs) insertAccountEntry(context, journal, recId, leg);
}

interface LedgerSide {
  mainAccount: string;
  role: string;
  vendor: string;
}

/** Vendor legs are booked on the summary account of the posting profile. */
function ledgerSideOf(context: JournalContext, leg: Leg): LedgerSide {
  const { mainAccounts } = context.store.master;
  if (leg.account.kind === 'Vend') {
    const summary = mainAccounts.find((account) => account.role === 'liability')?.account ?? payableAccountFallback;
    return { mainAccount: summary, role: 'liability', vendor: leg.account.number };
  }
  const role = mainAccounts.find((account) => account.account === leg.account.number)?.role ?? 'cost';
  return { mainAccount: leg.account.number, role, vendor: '' };
}

const isCredit = (amount: Decimal): string => (amount.isNegative() ? 'Yes' : 'No');

function insertAccountEntry(context: JournalContext, journal: PostingJournal, entry: string, leg: Leg): void {
  const { store } = context;
  const { mainAccount, role, vendor } = ledgerSideOf(context, leg);
  const { dimensions } = leg.account;
  const segments = [mainAccount, ...store.master.dimensions.map(({ name }) => dimensions[name] ?? '')];
  const recId = store.nextRecId();
  const amount = leg.amount.toFixed();
  store.table(generalJournalAccountEntryBiEntities.set).insert(
    completeRow(generalJournalAccountEntryBiEntities, {
      SourceKey: recId,
      GeneralJournalEntry: entry,
      MainAccount: mainAccountRecId(store.master.mainAccounts.findIndex(({ account }) => account === mainAccount)),
      LedgerAccount: joinDisplayValue(segments, delimiterOf(store.master)),
      LedgerDimensionValuesJson: stringify({ MainAccount: mainAccount, ...dimensions }) ?? '',
      TransactionCurrencyCode: text(leg.line, journal.kind.fields.currency),
      TransactionCurrencyAmount: amount,
      AccountingCurrencyAmount: amount,
      ReportingCurrencyAmount: amount,
      IsCredit: isCredit(leg.amount),
      PostingType: vendor === '' ? 'LedgerJournal' : 'VendBalance',
      Text: leg.text,
      $recId: recId,
      $journal: `${journal.dataAreaId}/${journal.number}`,
      $mainAccount: mainAccount,
      $role: role,
      $vendor: vendor,
      $dimensions: stringify(dimensions) ?? '{}',
    }),
  );
}
