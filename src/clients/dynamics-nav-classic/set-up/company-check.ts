import { asCode } from '../../dynamics-nav/wire-text.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import type { NavOData } from '../odata.js';
import { shortcutFieldOf } from '../parts.js';
import { accountSchema, ledgerSetupSchema, periodSchema, type LedgerSetup } from '../schemas.js';
import type { DescribedPages } from './described-pages.js';
import { places, type NavCompanyUse, type NavUse } from './nav-set-up.js';
import { dimensionPages } from './required-pages.js';

const switchesOff = 'all documents of this company';

/** Whether the configured companies are there (S50); the first answer shows that there is an OData service at all. */
export function companyFindings(uses: readonly NavCompanyUse[], names: readonly string[]): SetUpFinding[] {
  return uses.map(({ company }) => {
    const check = `company ${company}`;
    if (names.includes(company)) return fine(check, 'It is there.');
    return fault(check, "There is no company of exactly this name, or the connector's user may not see it.", {
      switchesOff,
      remedy: `Write the company as the page ${places.companies} spells it, and on the page ${places.users} give the user of the connector permission sets for it.`,
    });
  });
}

/** Currency, posting range and shortcut dimensions of a company. */
export async function ledgerFindings(
  use: NavUse,
  odata: NavOData,
  company: NavCompanyUse,
  described: DescribedPages | undefined,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const call = { operation: 'nav.set-up.ledger', company: company.company, service: 'ledgerSetup' as const, signal };
  const [setup] = await odata.list(call, ledgerSetupSchema);
  if (setup === undefined) {
    const remedy = `Open the page ${places.ledgerSetup} in this company once and fill LCY Code.`;
    return [fault(`ledger of ${company.company}`, 'There is no General Ledger Setup.', { switchesOff, remedy })];
  }
  return [
    currencyFinding(company, setup),
    windowFinding(company, setup),
    ...dimensionFindings(use, company, setup, described),
  ];
}

function currencyFinding({ company, currency }: NavCompanyUse, { LCY_Code: local }: LedgerSetup): SetUpFinding {
  const check = `ledger of ${company}`;
  if (local === '' || asCode(local) === asCode(currency)) return fine(check, `Kept in ${currency}.`);
  return fault(check, `It is kept in ${local}, but the connections file says ${currency}.`, {
    switchesOff,
    remedy: `Correct currency or company in the connections file, or LCY Code on the page ${places.ledgerSetup}.`,
  });
}

function windowFinding({ company, today }: NavCompanyUse, setup: LedgerSetup): SetUpFinding {
  const check = `posting range of ${company}`;
  const [from, to] = [setup.Allow_Posting_From, setup.Allow_Posting_To].map((date) =>
    date === '' || date === '0001-01-01' ? undefined : date,
  );
  const range = `from ${from ?? 'the beginning'} to ${to ?? 'no end'}`;
  const isOpen = (from === undefined || today >= from) && (to === undefined || today <= to);
  if (isOpen) {
    return fine(check, `Postings are allowed ${range}. A range of the connector's own user is not readable.`);
  }
  return fault(check, `Postings are allowed ${range}; today, ${today}, lies outside.`, {
    switchesOff: `postings dated ${today}`,
    remedy: `Correct Allow Posting From and Allow Posting To on the page ${places.ledgerSetup}.`,
  });
}

/** Lines carry the eight shortcut dimensions of the company and no others; each has a field of its own on every page of lines. */
function dimensionFindings(
  { services }: NavUse,
  use: NavCompanyUse,
  setup: LedgerSetup,
  described: DescribedPages | undefined,
): SetUpFinding[] {
  if (use.dimensions.length === 0) return [];
  const check = `dimensions of ${use.company}`;
  const findings = use.dimensions.flatMap((dimension): SetUpFinding[] => {
    const field = shortcutFieldOf(setup, dimension);
    if (field === undefined) {
      const remedy = `On the page ${places.ledgerSetup}, action Change Global Dimensions or field Shortcut Dimension 3–8 Code, enter ${dimension}; or correct mapping.dimensions in the connections file.`;
      const found = `${dimension} is no shortcut dimension of the company, so that no line can carry it.`;
      return [fault(check, found, { switchesOff: 'documents that carry it', remedy })];
    }
    const hidden = dimensionPages
      .filter(({ isNeeded }) => isNeeded(use))
      .map(({ service }) => services[service])
      .filter((service) => described?.get(service)?.has(field) === false);
    if (hidden.length === 0) return [];
    const remedy = `Have the field shown on the pages published as ${hidden.join(', ')} (columns of shortcut dimensions).`;
    const found = `${dimension} is written to ${field}, which ${hidden.join(', ')} does not show.`;
    return [fault(check, found, { switchesOff: 'documents that carry it', remedy })];
  });
  const all = fine(check, `All mapped ones are shortcut dimensions: ${use.dimensions.join(', ')}.`);
  return findings.length === 0 ? [all] : findings;
}

/** Whether today lies in an open fiscal year that somebody has made. */
export async function periodFindings(
  odata: NavOData,
  { company, today }: NavCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = `periods of ${company}`;
  const service = 'accountingPeriods' as const;
  const rows = await odata.list({ operation: 'nav.set-up.periods', company, service, signal }, periodSchema);
  const starts = rows.map(({ Starting_Date }) => Starting_Date).sort();
  const isCovered = starts.some((start) => start <= today) && starts.some((start) => start > today);
  if (isCovered) return [fine(check, 'There are accounting periods around today; the fiscal year is taken from them.')];
  const remedy = `On the page ${places.periods}, choose Create Year.`;
  return [doubt(check, `No accounting period holds ${today}: the calendar year is told to Concur.`, { remedy })];
}

const accountTypes = ['Posting', 'Heading', 'Total', 'Begin-Total', 'End-Total'];
const sampleSize = 20;

/** Captions in another language than English are not understood (NAV spec 19). */
export async function languageFindings(
  odata: NavOData,
  { company }: NavCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = `language in ${company}`;
  const call = { operation: 'nav.set-up.language', company, service: 'accounts' as const, top: sampleSize, signal };
  const types = (await odata.list(call, accountSchema)).map(({ Account_Type }) => Account_Type);
  const other = types.find((type) => !accountTypes.includes(type));
  if (other === undefined) return [fine(check, 'Options are shown in English.')];
  return [
    fault(check, `An account has the type ${other}; the connector knows ${accountTypes.join(', ')}.`, {
      switchesOff,
      remedy: `On the page User Personalization, give the user of the connector the language English (United States).`,
    }),
  ];
}
