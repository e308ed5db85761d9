import type { Decimal } from 'decimal.js';
import type { Company, World } from './company.js';
import type { Leg } from './ledger.js';
import { subledgerOf, type Subledger } from './tables-ledger.js';
import { employees, vendors } from './tables-master.js';
import { decimal, EMPTY_DATE, integer, plain, text, type Row } from './values.js';

/** An amount in the entry's own currency and in local currency; owed is negative. */
export interface Money {
  amount: Decimal;
  lcy: Decimal;
}

interface NewEntry {
  documentNumber: string;
  documentType: string;
  postingDate: string;
  documentDate: string;
  leg: Leg;
  party: { kind: Subledger['party']; number: string };
  transaction: number;
}

/** A new open entry with its initial detailed entry. */
export function openEntry(world: World, company: Company, source: NewEntry): Row {
  const { leg, party, documentDate, documentNumber, documentType, postingDate, transaction } = source;
  const ledger = subledgerOf(party.kind);
  const master = company.table(party.kind === 'Vendor' ? vendors : employees).get(party.number) ?? {};
  const entry = company.table(ledger.entries).insert({
    Entry_No: company.next(`${party.kind} entry`),
    ...{ Posting_Date: postingDate, Document_Date: documentDate, Due_Date: leg.dueDate },
    ...{ Document_Type: documentType, Document_No: documentNumber, External_Document_No: leg.externalNumber },
    ...{ [ledger.number]: party.number, Description: leg.description.slice(0, 50), Currency_Code: leg.currency },
    ...(party.kind === 'Vendor' ? { Vendor_Name: text(master, 'Name') } : {}),
    ...{ Original_Amount: plain(leg.amount), Amount: plain(leg.amount), Amount_LCY: plain(leg.amountLcy) },
    ...{ Remaining_Amount: '0', Remaining_Amt_LCY: '0', Open: true, Closed_at_Date: EMPTY_DATE },
    ...{ Payment_Method_Code: text(master, 'Payment_Method_Code'), Dimension_Set_ID: leg.dimensionSet },
    ...{ Reversed: false, Reversed_by_Entry_No: 0, Reversed_Entry_No: 0 },
    ...{
      $transaction: transaction,
      $movedAt: world.nowMs(),
      $partsLeft: 0,
      $paid: '0',
      $paidLcy: '0',
      $reversals: '[]',
    },
  });
  addDetail(world, company, ledger, entry, {
    ...{ type: 'Initial Entry', documentType, documentNumber, postingDate, application: 0, unapplied: false },
    money: { amount: leg.amount, lcy: leg.amountLcy },
  });
  return entry;
}

/** What a detailed entry says besides the entry that it belongs to. */
interface Detail {
  type: 'Initial Entry' | 'Application';
  documentType: string;
  documentNumber: string;
  postingDate: string;
  /** Number that both sides of an application share; 0 for initial entries. */
  application: number;
  unapplied: boolean;
  money: Money;
}

/** Adds a detailed entry and moves what remains of its entry; an entry of which nothing remains is closed. */
export function addDetail(world: World, company: Company, ledger: Subledger, entry: Row, detail: Detail): Row {
  const { money, type, application, unapplied, postingDate } = detail;
  const added = company.table(ledger.details).insert({
    Entry_No: company.next(`${ledger.party} detail`),
    ...{ Posting_Date: postingDate, Entry_Type: type },
    ...{ Document_Type: detail.documentType, Document_No: detail.documentNumber },
    ...{ [ledger.number]: text(entry, ledger.number), [ledger.entryNumber]: integer(entry, 'Entry_No') },
    ...{ Currency_Code: text(entry, 'Currency_Code'), Initial_Entry_Due_Date: text(entry, 'Due_Date') },
    ...{ Amount: plain(money.amount), Amount_LCY: plain(money.lcy), User_ID: world.user },
    ...{ Unapplied: unapplied, Unapplied_by_Entry_No: 0, $application: application },
  });
  const remaining = decimal(entry, 'Remaining_Amount').plus(money.amount);
  company.table(ledger.entries).update(entry, {
    Remaining_Amount: plain(remaining),
    Remaining_Amt_LCY: plain(decimal(entry, 'Remaining_Amt_LCY').plus(money.lcy)),
    Open: !remaining.isZero(),
    Closed_at_Date: remaining.isZero() ? postingDate : EMPTY_DATE,
  });
  return added;
}

/**
 * Applies what one entry has to another: a row on each side, both with the document that was applied. At every other time
 * an accountant applies from the older entry, so that both rows carry that one's number (section 15).
 */
export function applyEntries(
  world: World,
  company: Company,
  ledger: Subledger,
  { newer, older, money }: { newer: Row; older: Row; money: Money },
): void {
  const application = company.next('application');
  const applying = application % 2 === 0 ? older : newer;
  const shared = {
    type: 'Application' as const,
    documentType: text(applying, 'Document_Type'),
    documentNumber: text(applying, 'Document_No'),
    postingDate: text(newer, 'Posting_Date'),
    ...{ application, unapplied: false },
  };
  addDetail(world, company, ledger, older, { ...shared, money });
  addDetail(world, company, ledger, newer, { ...shared, money: { amount: money.amount.neg(), lcy: money.lcy.neg() } });
}

/** What is still open on an entry. */
export function remainingOf(entry: Row): Money {
  return { amount: decimal(entry, 'Remaining_Amount'), lcy: decimal(entry, 'Remaining_Amt_LCY') };
}
