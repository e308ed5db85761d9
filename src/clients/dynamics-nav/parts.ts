import type { BcCompanies } from './companies.js';
import type { BcCompanyFacts } from './company-facts.js';
import type { BcOData } from './odata.js';
import type { BcClock, LedgerPageNames } from './options.js';
import type { ReadChain } from './shared-reads.js';
import type { Tidy } from './tidying.js';
import type { Touches } from './touches.js';
import type { BcVendors } from './vendor-facts.js';

/** What the parts of the adapter share. */
export interface BcParts {
  odata: BcOData;
  /** Reads over one field, joined with those of other documents. */
  readChain: ReadChain;
  companies: BcCompanies;
  facts: BcCompanyFacts;
  vendors: BcVendors;
  touches: Touches;
  tidy: Tidy;
  ledgerPages: LedgerPageNames;
  clock: BcClock;
}
