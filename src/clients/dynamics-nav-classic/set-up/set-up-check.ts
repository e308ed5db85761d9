import type { HttpClient } from '../../http/types.js';
import { fine, type SetUpFinding } from '../../set-up-finding.js';
import { createNavCodeunit } from '../codeunit.js';
import { createNavOData } from '../odata.js';
import { codeunitFindings } from './codeunit-check.js';
import { companyFindings, languageFindings, ledgerFindings, periodFindings } from './company-check.js';
import { readCompanies, readDescribedPages, type DescribedPages } from './described-pages.js';
import type { NavCompanyUse, NavUse } from './nav-set-up.js';
import { publishedFindings, readableFindings } from './page-check.js';
import { journalFindings, numberFindings } from './series-check.js';

/** One look at the set-up; throws what the client throws, so that one refused look does not end the others. */
export interface NavSetUpLook {
  /** What is looked at, for the case that it cannot be. */
  check: string;
  /** Makes many reads: needs more time than the others. */
  isLong?: true;
  look: (signal: AbortSignal) => Promise<SetUpFinding[]>;
}

/** The looks at one connection to classic NAV (NAV spec 19). */
export interface NavSetUpCheck {
  /** The first one: where it fails for want of an answer, the others need not be tried. */
  access: NavSetUpLook;
  /** For the companies that the first one has found. */
  others: () => NavSetUpLook[];
}

/** Makes the looks at everything that has to be set up in classic NAV. All of them read and nothing else (S127). */
export function createNavSetUpCheck(
  use: NavUse,
  { odata: http, soap }: { odata: HttpClient; soap?: HttpClient },
): NavSetUpCheck {
  const { companies, capabilities } = use;
  const odata = createNavOData({ ...use, companies: {} }, http);
  const codeunit =
    use.codeunit === undefined || soap === undefined ? undefined : createNavCodeunit(use, use.codeunit, soap);
  let names: readonly string[] = [];
  let described: Promise<DescribedPages | undefined> | undefined;
  const pages = (signal: AbortSignal): Promise<DescribedPages | undefined> =>
    (described ??= readDescribedPages(http, use, signal));

  const perCompany = (one: NavCompanyUse): NavSetUpLook[] => {
    const named = (what: string): string => `${what} of ${one.company}`;
    return [
      { check: named('rights'), isLong: true, look: (signal) => readableFindings(use, odata, one, signal) },
      {
        check: named('ledger'),
        isLong: true,
        look: async (signal) => ledgerFindings(use, odata, one, await pages(signal), signal),
      },
      { check: named('periods'), look: (signal) => periodFindings(odata, one, signal) },
      { check: named('language'), look: (signal) => languageFindings(odata, one, signal) },
      {
        check: named('journals'),
        isLong: true,
        look: async (signal) => journalFindings(use, odata, one, await pages(signal), signal),
      },
      {
        check: named('number series'),
        isLong: true,
        look: async (signal) => numberFindings(use, odata, one, await pages(signal), signal),
      },
      { check: named('codeunit'), look: (signal) => codeunitFindings(use, codeunit, one.company, signal) },
    ];
  };

  return {
    access: {
      check: 'companies',
      isLong: true,
      look: async (signal) => {
        names = await readCompanies(http, use, signal);
        return companyFindings(companies, names);
      },
    },
    others: () => [
      { check: 'capabilities', look: () => Promise.resolve([fine('capabilities', capabilities.join(' '))]) },
      { check: 'published pages', isLong: true, look: async (signal) => publishedFindings(use, await pages(signal)) },
      ...companies.filter(({ company }) => names.includes(company)).flatMap(perCompany),
    ],
  };
}
