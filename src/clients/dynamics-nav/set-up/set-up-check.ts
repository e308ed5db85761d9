import type { HttpClient } from '../../http/types.js';
import { fine, type SetUpFinding } from '../../set-up-finding.js';
import { createCompanies } from '../companies.js';
import { createOData, type BcOData } from '../odata.js';
import type { BcAdapterOptions, BcCompany } from '../options.js';
import { actionFindings } from './action-check.js';
import type { BcCompanyUse, BcUse } from './bc-set-up.js';
import { companyFindings, dimensionFindings, journalFindings, ledgerFindings } from './company-check.js';
import { entityFindings } from './entity-check.js';
import { paymentFindings } from './payment-check.js';

/** One look at the set-up; throws what the client throws, so that one refused look does not end the others. */
export interface BcSetUpLook {
  /** What is looked at, for the case that it cannot be. */
  check: string;
  /** Asks for megabytes: needs more time than the others. */
  isLong?: true;
  look: (signal: AbortSignal) => Promise<SetUpFinding[]>;
}

/** The looks at one connection to Business Central (NAV spec 7). */
export interface BcSetUpCheck {
  /** The first one: where it fails for want of a token or of an answer, the others need not be tried. */
  access: BcSetUpLook;
  others: BcSetUpLook[];
}

type Look = (odata: BcOData, company: BcCompany, use: BcCompanyUse, signal: AbortSignal) => Promise<SetUpFinding[]>;

const looks: readonly [what: string, look: Look][] = [
  ['entities', entityFindings],
  ['ledger', ledgerFindings],
  ['journals', journalFindings],
  ['dimensions', dimensionFindings],
  ['payments', paymentFindings],
];

/** Makes the looks at everything that has to be set up in Business Central. All of them read and nothing else (S127). */
export function createBcSetUpCheck(use: BcUse, http: HttpClient): BcSetUpCheck {
  const { companies: uses, capabilities, ...address } = use;
  const options: BcAdapterOptions = {
    ...address,
    companies: Object.fromEntries(uses.map(({ company, paymentSource }) => [company, { paymentSource }])),
  };
  const odata = createOData(options, http);
  const companies = createCompanies(options, odata);
  const perCompany = (one: BcCompanyUse): BcSetUpLook[] =>
    looks.map(([what, look]) => ({
      check: `${what} of ${one.company}`,
      look: async (signal) => look(odata, await companies.resolve(one.company, signal), one, signal),
    }));
  return {
    access: { check: 'companies', look: (signal) => companyFindings(odata, uses, signal) },
    others: [
      { check: 'capabilities', look: () => Promise.resolve([fine('capabilities', capabilities.join(' '))]) },
      { check: 'posting actions', isLong: true, look: (signal) => actionFindings(http, use, signal) },
      ...uses.flatMap(perCompany),
    ],
  };
}
