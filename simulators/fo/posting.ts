import type { Decimal } from 'decimal.js';
import type { Account } from './accounts.js';
import type { Company } from './store.js';

/** What is booked on one account, from a journal line or from a pending invoice. */
export interface Leg {
  account: Account;
  /** Signed, debit positive. */
  amount: Decimal;
  text: string;
  voucher: string;
  currency: string;
  /** Posting date. */
  day: string;
  /** The supplier's date; empty where none was given. */
  documentDate: string;
  dueDate: string;
  document: string;
  invoice: string;
  approved: string;
  paymentMethod: string;
}

/** A journal or an invoice on its way into the ledgers. */
export interface Posting {
  company: Company;
  dataAreaId: string;
  /** Name under which the posted entries are found again by the simulator. */
  origin: string;
  /** Journal number; empty for invoices, which come from no journal. */
  journal: string;
  /** TransType of the vendor transactions; readers must not filter on it (section 8). */
  transType: string;
  legs: Leg[];
}

/** Legs on vendor accounts. */
export function vendorLegs(posting: Pick<Posting, 'legs'>): Leg[] {
  return posting.legs.filter((leg) => leg.account.kind === 'Vend');
}

/** Says which of the days lies in a closed period, if any. */
export function closedPeriod(company: Company, days: readonly string[]): string | undefined {
  const { openFrom = '', closedMonth } = company;
  const closed = days.find((day) => day < openFrom || day.slice(0, 7) === closedMonth);
  return closed === undefined ? undefined : `Fiscal period for ${closed} is not open.`;
}

/** Says which of the vendors is on hold for invoices, if any (section 12). */
export function heldVendor(company: Company, accounts: readonly string[]): string | undefined {
  for (const account of accounts) {
    const onHold = company.vendors.find((vendor) => vendor.account === account)?.onHold;
    if (onHold === 'Invoice' || onHold === 'All') return `Vendor ${account} is on hold: ${onHold}.`;
  }
  return undefined;
}
