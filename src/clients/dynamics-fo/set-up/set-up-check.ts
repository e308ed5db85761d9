import type { HttpClient } from '../../http/types.js';
import { createDimensionFormatReader } from '../dimension-format-reader.js';
import { createODataClient } from '../odata.js';
import { companyFindings, ledgerFinding } from './company-check.js';
import { dimensionFormatFindings, dimensionNamesFinding } from './dimension-check.js';
import type { FoCompanyUse, FoUse } from './fo-set-up.js';
import { journalNameFindings } from './journal-name-check.js';
import { periodFinding } from './period-check.js';
import { postingFindings } from './posting-check.js';
import type { SetUpFinding } from '../../set-up-finding.js';
import { surfaceFindings } from './surface-check.js';
import { vendorParameterFindings } from './vendor-parameter-check.js';

/** One look at the set-up; throws what the client throws, so that one refused look does not end the others. */
export interface SetUpLook {
  /** What is looked at, for the case that it cannot be. */
  check: string;
  /** Asks for tens of megabytes: needs more time than the others. */
  isLong?: true;
  look: (signal: AbortSignal) => Promise<SetUpFinding[]>;
}

/** The looks at one environment (F&O spec 14). */
export interface FoSetUpCheck {
  /** The first one: where it fails for want of a token or of an answer, the others need not be tried. */
  access: SetUpLook;
  others: SetUpLook[];
}

/** Makes the looks at everything that has to be set up in an environment. All of them read and nothing else (S127). */
export function createFoSetUpCheck(use: FoUse, http: HttpClient, now: () => Date): FoSetUpCheck {
  const odata = createODataClient(use.name, http, use.entitySets);
  const formats = createDimensionFormatReader(odata, () => now().getTime());
  const perCompany = (company: FoCompanyUse): SetUpLook[] => [
    { check: `ledger of ${company.company}`, look: async (signal) => [await ledgerFinding(odata, company, signal)] },
    {
      check: `journal names of ${company.company}`,
      look: (signal) => journalNameFindings(odata, company, signal),
    },
    {
      check: `accounts payable parameters of ${company.company}`,
      look: (signal) => vendorParameterFindings(odata, company, signal),
    },
    { check: `open period, ${company.company}`, look: async (signal) => [await periodFinding(odata, company, signal)] },
    {
      check: `posting of journals, ${company.company}`,
      look: (signal) => postingFindings(odata, company, use.postingDeadlineHours, now(), signal),
    },
  ];
  return {
    access: { check: 'companies', look: (signal) => companyFindings(odata, use.companies, signal) },
    others: [
      { check: 'entity sets', isLong: true, look: (signal) => surfaceFindings(odata, http, use, signal) },
      { check: 'dimension formats', look: (signal) => dimensionFormatFindings(formats, use, signal) },
      { check: 'financial dimensions', look: async (signal) => [await dimensionNamesFinding(odata, use, signal)] },
      ...use.companies.flatMap(perCompany),
    ],
  };
}
