import type { BcMasterData } from '../harness/master-data.js';

type BcCompany = BcMasterData['companies'][number];

/** A vendor as the master data tells it: as for Business Central, with what only NAV's pages show. */
export type NavVendor = BcCompany['vendors'][number] & {
  privacyBlocked?: boolean;
  paymentTerms?: string;
  payTo?: string;
  email?: string;
  taxId?: string;
  /** VAT business posting group. */
  vatGroup?: string;
};

/** An account; with a posting type its journal lines split tax by its VAT groups. */
export type NavAccount = BcCompany['accounts'][number] & {
  postingType?: 'Purchase';
  vatBusiness?: string;
  vatProduct?: string;
};

/** One company; the first eight dimensions are its shortcut dimensions, in this order. */
export type NavCompanyData = Omit<BcCompany, 'vendors' | 'accounts'> & {
  vendors: NavVendor[];
  accounts: NavAccount[];
  /** Clients may choose numbers of drafts and vendors. */
  manualNumbers?: boolean;
  /** Posting number series of the journal templates, which new batches take over: posted journals then get other numbers. */
  journalPostingSeries?: string;
  /** Foreign currencies with local currency per unit, decimal string. */
  currencies?: { code: string; rate: string }[];
  /** Date formulas such as `30D` or `1M`. */
  paymentTerms?: { code: string; formula: string }[];
  /** Percent is a decimal string; the account takes the tax. */
  vat?: { business: string; product: string; percent: string; account: string }[];
  /** Receipts that people have posted. */
  receipts?: { number: string; vendor: string; postingDate: string }[];
};

/** Master data of the simulated NAV database; posted to `/control/master-data` as `{ nav }`. */
export interface NavMasterData {
  companies: NavCompanyData[];
}
