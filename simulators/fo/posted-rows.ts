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
import { vendorLegs, type Leg, type Posting } from './posting.js';
import { emptyDay, toDay, toInstant, type Row } from './values.js';

const payableAccountFallback = '200100';

/**
 * Writes what posting leaves behind: vendor transactions, and for each voucher a ledger entry with its account entries, of
 * which there are fewer than legs where the ledger gets sums.
 */
export function writePostedRows(
  context: JournalContext,
  posting: Posting,
  ledger: readonly Leg[] = posting.legs,
): void {
  for (const leg of vendorLegs(posting)) insertVendorTransaction(context, posting, leg);
  for (const voucher of new Set(posting.legs.map((leg) => leg.voucher))) {
    const legs = ledger.filter((leg) => leg.voucher === voucher);
    insertLedgerEntry(context, posting, voucher, legs);
  }
}

function insertVendorTransaction(context: JournalContext, posting: Posting, leg: Leg): void {
  const { store, desk } = context;
  const { amount } = leg;
  const now = desk.now();
  const recId = store.nextRecId();
  const cells: Row = {
    dataAreaId: posting.dataAreaId,
    SourceKey: recId,
    AccountNum: leg.account.number,
    Invoice: leg.invoice,
    Voucher: leg.voucher,
    TransType: posting.transType,
    TransDate: leg.day,
    DocumentDate: leg.documentDate || emptyDay,
    DocumentNum: leg.document,
    DueDate: leg.dueDate,
    CurrencyCode: leg.currency,
    AmountCur: amount.toFixed(),
    AmountMST: amount.toFixed(),
    ExchRate: '100',
    JournalNum: posting.journal,
    Approved: leg.approved,
    ApprovedDate: toDay(now),
    Txt: leg.text,
    PaymMode: leg.paymentMethod,
    SysDataAreaId: posting.dataAreaId,
    SysModifiedDateTime: toInstant(now),
    CreatedOn: toInstant(now),
    $recId: recId,
    $postedAt: String(now.getTime()),
  };
  store.table(vendTransBiEntities.set).insert(completeRow(vendTransBiEntities, cells));
}

function insertLedgerEntry(context: JournalContext, posting: Posting, voucher: string, legs: readonly Leg[]): void {
  const { store, desk } = context;
  const first = legs[0];
  if (first === undefined) return;
  const recId = store.nextRecId();
  const companyIndex = store.master.companies.indexOf(posting.company);
  store.table(generalJournalEntryBiEntities.set).insert(
    completeRow(generalJournalEntryBiEntities, {
      JournalNumber: `GJ${String(store.nextNumber('generalJournal')).padStart(8, '0')}`,
      FiscalCalendarYear: String(68_719_476_736 + Number(first.day.slice(0, 4))),
      Ledger: ledgerRecId(companyIndex),
      SourceKey: recId,
      SubledgerVoucher: voucher,
      SubledgerVoucherDataAreaId: posting.dataAreaId,
      DocumentNumber: first.document,
      LedgerPostingJournal: posting.journal,
      LedgerPostingJournalDataAreaId: posting.dataAreaId,
      AccountingDate: first.day,
      JournalCategory: posting.transType,
      CreatedOn: toInstant(desk.now()),
      $recId: recId,
    }),
  );
  for (const leg of legs) insertAccountEntry(context, posting, recId, leg);
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

function insertAccountEntry(context: JournalContext, posting: Posting, entry: string, leg: Leg): void {
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
      TransactionCurrencyCode: leg.currency,
      TransactionCurrencyAmount: amount,
      AccountingCurrencyAmount: amount,
      ReportingCurrencyAmount: amount,
      IsCredit: isCredit(leg.amount),
      PostingType: vendor === '' ? 'LedgerJournal' : 'VendBalance',
      Text: leg.text,
      $recId: recId,
      $journal: posting.origin,
      $mainAccount: mainAccount,
      $role: role,
      $vendor: vendor,
      $dimensions: stringify(dimensions) ?? '{}',
    }),
  );
}
