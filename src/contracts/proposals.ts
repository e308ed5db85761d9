/** What is done with vendors that Concur knows and the ERP company does not (C9). */
export type FromConcur = 'off' | 'propose' | 'create';

/** `creating`: a write to the ERP was begun and its end is not known; `gone`: nothing is left to judge. */
export type ProposalState = 'open' | 'accepted' | 'creating' | 'created' | 'rejected' | 'gone';

/** An ERP company, and the Concur connection that knows more than it. */
export interface ProposalPlace {
  concur: string;
  erp: string;
  company: string;
}

/** What is known of a vendor, whoever knows it. Never bank data. */
export interface VendorFacts {
  name: string;
  taxId?: string;
  address1?: string;
  address2?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  countryCode?: string;
  currencyCode?: string;
  email?: string;
}

/** What Concur tells of a vendor that the ERP does not know. */
export interface ProposedVendor extends VendorFacts {
  vendorCode: string;
  addressCode: string;
  /** Id under which Concur waits for the vendor that an employee has asked for (concur-platform 3, AddressImportSyncID). */
  requestId?: string;
  /** Accounts of the ERP with the same tax number or the same name: it may be one of them. */
  candidates?: string[];
}

/** A list item of Concur that is no value of the ERP's dimension. */
export interface ProposedValue {
  dimension: string;
  list: string;
  itemCode: string;
  /** The code as the ERP would write it. */
  code: string;
  name: string;
}

/** Something that Concur knows and the ERP does not, and what a person has said about it. */
export interface Proposal<Facts> extends ProposalPlace {
  id: string;
  facts: Facts;
  state: ProposalState;
  /** By which code the ERP knows it. */
  account?: string;
  /** Why it could not be created, for an accountant. */
  message?: string;
  answeredBy?: string;
  note?: string;
  firstAt: Date;
}

/** Input of `findVendorProposals`, on the queue of the Concur connection. */
export interface FindVendorProposalsInput extends ProposalPlace {
  /** The run whose read of the ERP is compared. */
  run: string;
}

/** A vendor to be created in the ERP: blocked for payment until a person has seen it. */
export interface NewErpVendor extends VendorFacts {
  /** Account that it shall have; left out where the ERP shall number it. */
  account?: string;
}

/** A vendor that the ERP holds and that may be the wanted one. */
export interface SimilarVendor {
  account: string;
  name: string;
  taxId: string;
}
