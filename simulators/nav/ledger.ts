import { Decimal } from 'decimal.js';
import type { Company, World } from './company.js';
import { openEntry } from './ledger-entries.js';
import { ledgerEntries, postedDocuments, type Subledger } from './tables-ledger.js';
import { plain, type Row } from './values.js';

/** G/L account that takes what is owed to vendors; made implicitly. */
export const payablesAccount = '2310';
/** G/L account that takes what is owed to employees; made implicitly. */
export const employeesAccount = '2320';
/** G/L account that payments are made from; made implicitly. */
export const bankAccount = '2910';

/** One leg of a document to be posted; debit positive. */
export interface Leg {
  /** G/L account; of a party its posting group's account is taken. */
  account: string;
  party?: { kind: Subledger['party']; number: string };
  description: string;
  externalNumber: string;
  dueDate: string;
  /** Currency of `amount`; blank is local currency. */
  currency: string;
  amount: Decimal;
  amountLcy: Decimal;
  /** Amount in the document's currency. */
  documentAmount: Decimal;
  /** Tax that was split from this leg, local currency. */
  vat: Decimal;
  dimensionSet: number;
}

/** A document that passed all checks. */
export interface Posting {
  documentNumber: string;
  documentType: string;
  postingDate: string;
  documentDate: string;
  legs: readonly Leg[];
  /** What the checker is told; absent for payments, which are no documents of the connector. */
  told?: { mark: string; currency: string };
}

/** What a posting has made: the entries of the subledgers in the order of their legs, and all G/L entries. */
export interface Posted {
  transaction: number;
  entries: { kind: Subledger['party']; entry: Row }[];
  ledger: Row[];
}

/** Writes G/L entries and one entry of a subledger for each leg of a party. */
export function postDocument(world: World, company: Company, posting: Posting): Posted {
  const transaction = company.next('transaction');
  const posted: Posted = { transaction, entries: [], ledger: [] };
  for (const leg of posting.legs) {
    posted.ledger.push(insertLedgerEntry(world, company, posting, leg, transaction));
    if (leg.party === undefined) continue;
    const entry = openEntry(world, company, { ...posting, leg, party: leg.party, transaction });
    posted.entries.push({ kind: leg.party.kind, entry });
  }
  if (posting.told !== undefined) {
    const { documentNumber } = posting;
    company
      .table(postedDocuments)
      .insert({ Transaction: transaction, $number: documentNumber, ...dollar(posting.told) });
  }
  return posted;
}

function dollar(told: { mark: string; currency: string }): Row {
  return { $mark: told.mark, $currency: told.currency };
}

function insertLedgerEntry(world: World, company: Company, posting: Posting, leg: Leg, transaction: number): Row {
  const { documentNumber, documentType, postingDate } = posting;
  const own = leg.party?.kind === 'Employee' ? employeesAccount : payablesAccount;
  return company.table(ledgerEntries).insert({
    Entry_No: company.next('G/L entry'),
    ...{ Posting_Date: postingDate, Document_Type: documentType, Document_No: documentNumber },
    External_Document_No: leg.externalNumber,
    G_L_Account_No: leg.party === undefined ? leg.account : own,
    Description: leg.description.slice(0, 50),
    ...ledgerAmounts(leg.amountLcy),
    VAT_Amount: plain(leg.vat),
    ...{ Reversed: false, Reversed_by_Entry_No: 0, Reversed_Entry_No: 0 },
    Dimension_Set_ID: leg.dimensionSet,
    Source_Type: leg.party?.kind ?? ' ',
    Source_No: leg.party?.number ?? '',
    User_ID: world.user,
    ...{ $transaction: transaction, $documentAmount: plain(leg.documentAmount) },
  });
}

/** The three amounts that a G/L entry shows. */
export function ledgerAmounts(amount: Decimal): Row {
  return {
    Amount: plain(amount),
    Debit_Amount: plain(Decimal.max(amount, 0)),
    Credit_Amount: plain(Decimal.max(amount.neg(), 0)),
  };
}
