import { z } from 'zod';
import { asCode, quoted } from '../../dynamics-nav/wire-text.js';
import { Rejected } from '../../http/errors.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import { vendorText as text } from '../../vendor-rows.js';
import type { NavOData } from '../odata.js';
import { batchSchema } from '../schemas.js';
import type { DescribedPages } from './described-pages.js';
import { places, usesRoute, type NavCompanyUse, type NavUse } from './nav-set-up.js';

const templateSchema = z.object({
  Name: z.string(),
  Type: text,
  Recurring: z
    .boolean()
    .nullish()
    .transform((value) => value === true),
  No_Series: text,
  Posting_No_Series: text,
});
const purchasesSetupSchema = z.object({ Invoice_Nos: text, Credit_Memo_Nos: text });

/** Template and batches of the connector's journals, and what would replace its numbers (NAV spec trap 9). */
export async function journalFindings(
  use: NavUse,
  odata: NavOData,
  company: NavCompanyUse,
  described: DescribedPages | undefined,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  if (!usesRoute(company, 'bc-general-journal')) return [];
  const isPublished = described?.has(use.services.journalTemplates) === true;
  const seen = isPublished ? await templateFindings(odata, company, signal) : undefined;
  return seen ?? batchFindings(odata, company, signal);
}

const emptySeries = (template: string): string =>
  `On the page ${places.templates}, clear No. Series and Posting No. Series of template ${template}: they replace the connector's document numbers, by which it finds its postings. Do the same on its batches (page ${places.batches}).`;

/** Undefined where the page cannot be read: then the batches have to tell. */
async function templateFindings(
  odata: NavOData,
  { company, journalTemplate }: NavCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[] | undefined> {
  const check = `journal template of ${company}`;
  const switchesOff = 'all journals of this company';
  const filter = `Name eq ${quoted(asCode(journalTemplate))}`;
  const call = { operation: 'nav.set-up.templates', company, service: 'journalTemplates' as const, filter, signal };
  const rows = await odata.list(call, templateSchema).catch((error: unknown) => {
    if (error instanceof Rejected) return undefined;
    throw error;
  });
  if (rows === undefined) return undefined;
  const [row] = rows;
  if (row === undefined) {
    const remedy = `Create it on the page ${places.templates} with Type General, not recurring, without number series; or correct journalTemplate in the connections file.`;
    return [fault(check, `There is no template ${journalTemplate}.`, { switchesOff, remedy })];
  }
  if (row.Recurring || (row.Type !== 'General' && row.Type !== '')) {
    const remedy = `Name another template in journalTemplate, or create one on the page ${places.templates}: Type General, not recurring.`;
    const what = row.Recurring ? 'is recurring' : `is of type ${row.Type}`;
    return [fault(check, `Template ${journalTemplate} ${what}.`, { switchesOff, remedy })];
  }
  if (row.No_Series === '' && row.Posting_No_Series === '') {
    return [fine(check, `Batches are made under ${row.Name}, which has no number series.`)];
  }
  const found = `Template ${journalTemplate} has a number series, which NAV gives to new batches.`;
  return [doubt(check, found, { switchesOff, remedy: emptySeries(journalTemplate) })];
}

async function batchFindings(
  odata: NavOData,
  { company, journalTemplate }: NavCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = `journal template of ${company}`;
  const filter = `Journal_Template_Name eq ${quoted(asCode(journalTemplate))}`;
  const call = { operation: 'nav.set-up.batches', company, service: 'journalBatches' as const, filter, signal };
  const rows = await odata.list(call, batchSchema);
  if (rows.length === 0) {
    const remedy = `See the page ${places.templates} for a template ${journalTemplate} of Type General, not recurring; page 101 published as a web service lets the doctor see it.`;
    return [doubt(check, `Template ${journalTemplate} does not exist, or has no batch yet.`, { remedy })];
  }
  const numbered = rows.filter(({ No_Series, Posting_No_Series }) => No_Series !== '' || Posting_No_Series !== '');
  if (numbered.length === 0)
    return [fine(check, `Template ${journalTemplate} has batches, none with a number series.`)];
  const names = numbered.slice(0, 5).map(({ Name }) => Name);
  const found = `Batches of template ${journalTemplate} have a number series (${names.join(', ')}); so may the template.`;
  return [doubt(check, found, { remedy: emptySeries(journalTemplate) })];
}

/** Without number series NAV makes no purchase document at all. */
export async function numberFindings(
  use: NavUse,
  odata: NavOData,
  company: NavCompanyUse,
  described: DescribedPages | undefined,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  if (!usesRoute(company, 'bc-purchase-invoice')) return [];
  const check = `number series of ${company.company}`;
  const where = `On the page ${places.purchasesSetup}, Number Series, fill Invoice Nos. and Credit Memo Nos.`;
  const service = 'purchasesSetup' as const;
  const name = use.services[service];
  if (described?.has(name) !== true) {
    return [
      fine(check, `Not seen: page 460 is not published as ${name}, which is not needed otherwise. ${where} yourself.`),
    ];
  }
  const call = { operation: 'nav.set-up.purchases', company: company.company, service, signal };
  const [row] = await odata.list(call, purchasesSetupSchema);
  const missing = [
    ...(row?.Invoice_Nos ? [] : ['Invoice Nos.']),
    ...(row?.Credit_Memo_Nos ? [] : ['Credit Memo Nos.']),
  ];
  if (missing.length === 0) return [fine(check, 'Purchase invoices and credit memos have number series.')];
  return [
    fault(check, `Purchase documents have no number series: ${missing.join(' and ')} empty.`, {
      switchesOff: 'all purchase invoices and credit memos of this company',
      remedy: `${where} with a series whose Default Nos. is ticked.`,
    }),
  ];
}
