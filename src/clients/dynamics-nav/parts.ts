import type { BcCompanies } from './companies.js';
import type { BcCompanyFacts } from './company-facts.js';
import type { BcOData } from './odata.js';
import type { BcClock } from './options.js';

/** What the parts of the adapter share. */
export interface BcParts {
  odata: BcOData;
  companies: BcCompanies;
  facts: BcCompanyFacts;
  clock: BcClock;
}
