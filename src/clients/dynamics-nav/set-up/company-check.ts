import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import type { BcOData } from '../odata.js';
import type { BcCompany } from '../options.js';
import { companySchema, dimensionSchema, generalLedgerSetupSchema, journalTemplateSchema } from '../schemas.js';
import { asCode, quoted } from '../wire-text.js';
import { pages, usesRoute, type BcCompanyUse } from './bc-set-up.js';

const switchesOff = 'all documents of this company';

/** Whether the configured companies are there (S50). The first read of a check: it shows whether anything answers. */
export async function companyFindings(
  odata: BcOData,
  uses: readonly BcCompanyUse[],
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const rows = await odata.list({ operation: 'bc.companies.list', path: 'companies', signal }, companySchema);
  return uses.map(({ company }) => {
    const check = `company ${company}`;
    if (rows.some(({ name }) => name === company)) return fine(check, 'It is there.');
    return fault(check, `There is no company of exactly this name, or the connector's user may not see it.`, {
      switchesOff,
      remedy: `Write the company as the page ${pages.companies} spells it (column Name, not Display Name), and give the application permission sets for it.`,
    });
  });
}

/** Whether a company is kept in the currency of the connections file, and whether it allows postings today. */
export async function ledgerFindings(
  odata: BcOData,
  company: BcCompany,
  use: BcCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const path = `${company.path}/generalLedgerSetup`;
  const [setup] = await odata.list({ operation: 'bc.set-up.ledger', path, signal }, generalLedgerSetupSchema);
  const check = `ledger of ${use.company}`;
  if (setup === undefined) {
    return [
      doubt(check, 'Business Central shows no General Ledger Setup.', {
        switchesOff: 'the checks of currency and date',
      }),
    ];
  }
  const { localCurrencyCode, allowPostingFrom, allowPostingTo } = setup;
  const currency =
    localCurrencyCode === '' || asCode(localCurrencyCode) === asCode(use.currency)
      ? fine(check, `Kept in ${use.currency}.`)
      : fault(check, `It is kept in ${localCurrencyCode}, but the connections file says ${use.currency}.`, {
          switchesOff,
          remedy: `Correct currency or company in the connections file, or LCY Code on the page ${pages.ledgerSetup}.`,
        });
  return [currency, windowFinding(use, allowPostingFrom, allowPostingTo)];
}

function windowFinding(
  { company, today }: BcCompanyUse,
  from: string | undefined,
  to: string | undefined,
): SetUpFinding {
  const check = `posting range of ${company}`;
  const range = `from ${from ?? 'the beginning'} to ${to ?? 'no end'}`;
  const isOpen = (from === undefined || today >= from) && (to === undefined || today <= to);
  if (isOpen) {
    return fine(check, `Postings are allowed ${range}. A range of the connector's own user is not readable.`);
  }
  return fault(check, `Postings are allowed ${range}; today, ${today}, lies outside.`, {
    switchesOff: `postings dated ${today}`,
    remedy: `Correct Allow Posting From and Allow Posting To on the page ${pages.ledgerSetup}.`,
  });
}

/** Under which template the batches of the connector stand, and what cannot be seen of it. */
export async function journalFindings(
  odata: BcOData,
  company: BcCompany,
  use: BcCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  if (!usesRoute(use, 'bc-general-journal')) return [];
  const check = `journal template of ${use.company}`;
  const { journalTemplate } = use;
  const filter =
    journalTemplate === undefined ? {} : { $filter: `templateDisplayName eq ${quoted(asCode(journalTemplate))}` };
  const call = {
    operation: 'bc.set-up.templates',
    path: `${company.path}/journals`,
    query: { ...filter, $top: '1' },
    signal,
  };
  const [row] = await odata.list(call, journalTemplateSchema);
  const series = fine(
    `number series of ${use.company}`,
    `Not readable by API. On the page ${pages.templates}, No. Series and Posting No. Series of the template must be empty: they would replace the connector's document numbers, by which it finds its postings.`,
  );
  if (row !== undefined) {
    return [
      fine(
        check,
        `Batches are made under ${row.templateDisplayName || journalTemplate || 'the first general template'}.`,
      ),
      series,
    ];
  }
  const found =
    journalTemplate === undefined
      ? 'No journal batch is to be seen, so that the template is not known.'
      : `Template ${journalTemplate} does not exist, or has no batch yet.`;
  return [
    doubt(check, found, { remedy: `See the page ${pages.templates}; the type must be General, not recurring.` }),
    series,
  ];
}

/** Whether the mapped dimensions exist (S95). Blocked ones and headings are not readable by API. */
export async function dimensionFindings(
  odata: BcOData,
  company: BcCompany,
  use: BcCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  if (use.dimensions.length === 0) return [];
  const check = `dimensions of ${use.company}`;
  const path = `${company.path}/dimensions`;
  const rows = await odata.list({ operation: 'bc.set-up.dimensions', path, signal }, dimensionSchema);
  const known = new Set(rows.map(({ code }) => asCode(code)));
  const missing = use.dimensions.filter((dimension) => !known.has(asCode(dimension)));
  if (missing.length === 0) return [fine(check, `All mapped ones exist: ${use.dimensions.join(', ')}.`)];
  return [
    fault(check, `${missing.join(', ')} does not exist.`, {
      switchesOff: 'documents that carry it',
      remedy: `Create it on the page ${pages.dimensions}, or correct mapping.dimensions in the connections file.`,
    }),
  ];
}
