import type { AccountRole } from './types.js';

/** What a company does with an invoice number that the vendor used before. */
export type InvoiceNumberCheck = 'NoDuplicate' | 'NoDuplicateInYear' | 'AcceptDuplicate' | 'WarnDuplicate';

/** A confirmed purchase order. Quantities and prices are decimal strings. */
export interface PurchaseOrder {
  company: string;
  number: string;
  /** Vendor account. */
  vendor: string;
  lines: {
    line: number;
    /** Name of a procurement category; a line has either this or an item. */
    category?: string;
    item?: string;
    quantity: string;
    unitPrice: string;
    /** Quantity of the product receipts. If given, no more than this is invoiced (three-way matching). */
    received?: string;
  }[];
}

/** A vendor of a company of F&O. What is not given is empty there, or as each comment says. */
export interface FoVendor {
  account: string;
  name: string;
  /** Default `10`. */
  group?: string;
  /** Member of CustVendorBlocked; default `No`. */
  onHold?: string;
  /** Day on which the hold ends, `YYYY-MM-DD`. */
  holdUntil?: string;
  /** Default: the company's own. */
  currency?: string;
  /** Default `Net30`. */
  paymentTerms?: string;
  /** Default `ELEC`. */
  paymentMethod?: string;
  taxId?: string;
  email?: string;
  /** A person instead of an organization. */
  isPerson?: boolean;
  isOneTime?: boolean;
  address?: {
    street?: string;
    city?: string;
    state?: string;
    zip?: string;
    /** Three letters, as F&O keeps countries. */
    country?: string;
    /** Two letters. */
    countryIso?: string;
  };
}

/** Master data of the simulated F&O environment; posted to `/control/master-data` as `{ fo, bc, concur }`. */
export interface FoMasterData {
  companies: {
    company: string;
    name: string;
    currency: string;
    /** Journal batch number may be chosen by the client (strong mode possible). */
    manualJournalNumbers: boolean;
    journalNames: { name: string; type: 'Daily' | 'VendInvoiceRecording' | 'Payment' }[];
    vendors: FoVendor[];
    /** First open day, `YYYY-MM-DD`; earlier posting dates are refused at posting. */
    openFrom?: string;
    /** A month that is closed besides, `YYYY-MM`. */
    closedMonth?: string;
    /** `VendorParameters.IsCheckInvoiceNumberUsed`; NoDuplicate unless given. */
    invoiceNumberCheck?: InvoiceNumberCheck;
    /** Pending vendor invoices are submitted to workflow and posted without people; yes unless false. */
    invoiceAutomation?: boolean;
    /** The customer's posting service is deployed for this company; no unless true. */
    postingService?: boolean;
  }[];
  mainAccounts: { account: string; name: string; role: AccountRole; suspended?: boolean }[];
  /** Procurement categories with the main account that posting set-up gives each of them. */
  procurementCategories?: { hierarchy: string; name: string; account: string }[];
  /** Items with the main account of their posting group; only items that are not stocked may stand on a line without order. */
  items?: { number: string; account: string; stocked?: boolean }[];
  purchaseOrders?: PurchaseOrder[];
  /** Order of the ledger dimension format after MainAccount. */
  dimensions: { name: string; values: { value: string; suspended?: boolean }[] }[];
  delimiter?: string;
}

/** Default dimension of an account or a vendor of Business Central, with what posting asks of it. */
export interface BcDefaultDimension {
  dimension: string;
  value?: string;
  validation?: ' ' | 'Code Mandatory' | 'Same Code' | 'No Code';
}

export interface BcMasterData {
  companies: {
    name: string;
    currency: string;
    allowPostingFrom?: string;
    allowPostingTo?: string;
    vendors: {
      number: string;
      displayName: string;
      blocked?: 'All' | 'Payment';
      currencyCode?: string;
      /** Nothing can be posted to the vendor. */
      withoutPostingGroup?: boolean;
      defaultDimensions?: BcDefaultDimension[];
    }[];
    accounts: {
      number: string;
      displayName: string;
      role: AccountRole;
      blocked?: boolean;
      directPosting?: boolean;
      accountType?: string;
      defaultDimensions?: BcDefaultDimension[];
    }[];
    dimensions: {
      code: string;
      blocked?: boolean;
      /** Only values of the type Standard, which is the default, can be posted. */
      values: { code: string; blocked?: boolean; valueType?: string }[];
    }[];
    /** Pairs of dimensions that must not stand on one entry. */
    blockedCombinations?: [string, string][];
    employees?: {
      number: string;
      givenName?: string;
      surname?: string;
      jobTitle?: string;
      email?: string;
      iban?: string;
      status?: 'Active' | 'Inactive' | 'Terminated';
    }[];
  }[];
}

export interface ConcurMasterData {
  companyUuid: string;
  clientId: string;
  clientSecret: string;
  requestToken: string;
}

/** Body of `POST /control/concur/documents`. */
export interface LoadDocuments {
  documents: {
    docType: string;
    id: string;
    document: unknown;
    companyId?: string;
    entityId?: string;
    expected?: string;
    planted?: string;
    /** Comes with the same business id after the posting has failed, or after a recall. */
    corrected?: { id: string; document: unknown };
    /** Recalled by the processor once it has been listed, before it can be acknowledged. */
    recallBefore?: boolean;
  }[];
}
