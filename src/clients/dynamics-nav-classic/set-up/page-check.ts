import { z } from 'zod';
import { ExternalSystemError } from '../../http/errors.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import type { NavOData } from '../odata.js';
import { isNavRefusal } from '../refusals.js';
import type { DescribedPages } from './described-pages.js';
import { places, type NavCompanyUse, type NavUse } from './nav-set-up.js';
import { optionFields, requiredPages, type PageNeed } from './required-pages.js';

const publish = ({ page }: PageNeed, service: string): string =>
  `On the page ${places.webServices}, choose New, Object Type Page, Object ID ${page}, Service Name ${service}, and tick Published; if it is published under another name, write that name into services of this connection.`;

/** Whether every page that a company needs is published, and shows the fields that the connector reads and writes. */
export function publishedFindings(use: NavUse, described: DescribedPages | undefined): SetUpFinding[] {
  if (described === undefined) {
    return [doubt('published pages', 'Not looked at: the server does not describe its pages ($metadata).', {})];
  }
  const findings = requiredPages.flatMap((need) => pageFindings(use, need, described));
  const missing = findings.filter(({ status }) => status !== 'ok');
  const all = fine('published pages', 'All pages that this configuration needs are published, with their fields.');
  return [...(missing.length === 0 ? [all] : missing), ...optionFindings(use, described)];
}

function pageFindings(use: NavUse, need: PageNeed, described: DescribedPages): SetUpFinding[] {
  const service = use.services[need.service];
  const check = `page ${need.page} (${service})`;
  const isNeeded = use.companies.some((company) => need.isNeeded(company));
  const told = isNeeded ? fault : doubt;
  const switchesOff = isNeeded ? `what it is for: ${need.purpose}` : `only where it is used: ${need.purpose}`;
  const fields = described.get(service);
  if (fields === undefined) {
    return [told(check, `It is not published (${need.purpose}).`, { switchesOff, remedy: publish(need, service) })];
  }
  const lacking = (names: readonly string[]): string[] => names.filter((name) => !fields.has(name));
  const without = lacking(need.fields);
  const unseen = lacking(need.wished ?? []);
  const remedy = (names: readonly string[]): string =>
    `Have ${names.join(', ')} shown on the page, or publish a plain list page over the same table that shows it, under the name ${service}.`;
  return [
    ...(without.length === 0
      ? []
      : [told(check, `It does not show ${without.join(', ')}.`, { switchesOff, remedy: remedy(without) })]),
    ...(unseen.length === 0
      ? []
      : [doubt(check, `It does not show ${unseen.join(', ')}, which is taken for empty.`, { remedy: remedy(unseen) })]),
  ];
}

const captions = `In ${places.server}, under General, set Services Option Format (ServicesOptionFormat) to OptionCaption, and restart the instance.`;

/** Options as numbers: nothing that the connector reads or writes would be understood (NAV spec 4). */
function optionFindings({ services }: NavUse, described: DescribedPages): SetUpFinding[] {
  const isNumber = optionFields.some(({ service, field }) =>
    /^Edm\.Int/.test(described.get(services[service])?.get(field) ?? ''),
  );
  if (!isNumber) return [];
  const advice = { switchesOff: 'all documents and payments of this connection', remedy: captions };
  return [fault('options', 'The server shows options as numbers; the connector reads their captions.', advice)];
}

const anyRow = z.record(z.string(), z.unknown());

/** Reads one row of each page that a company needs: a missing right is told with its permission set. Only reads leave. */
export async function readableFindings(
  use: NavUse,
  odata: NavOData,
  company: NavCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const needs = requiredPages.filter((need) => need.isNeeded(company));
  const errors = await Promise.all(needs.map((need) => probe(odata, company, need, signal)));
  const findings = needs.flatMap((need, index) => judge(use, need, company, errors[index]));
  const check = `rights in ${company.company}`;
  const right = fine(check, 'Every needed page can be read. The right to write shows only with the first document.');
  return findings.length === 0 ? [right] : findings;
}

async function probe(
  odata: NavOData,
  { company }: NavCompanyUse,
  { service }: PageNeed,
  signal: AbortSignal,
): Promise<ExternalSystemError | undefined> {
  try {
    await odata.list({ operation: `nav.set-up.${service}`, company, service, top: 1, signal }, anyRow);
    return undefined;
  } catch (error) {
    if (error instanceof ExternalSystemError) return error;
    throw error;
  }
}

function judge(
  { services }: NavUse,
  need: PageNeed,
  { company }: NavCompanyUse,
  error: ExternalSystemError | undefined,
): SetUpFinding[] {
  // One that is not published is told for the connection as a whole.
  if (error === undefined || isNavRefusal(error, 'not-found')) return [];
  const check = `page ${need.page} (${services[need.service]}), ${company}`;
  const switchesOff = `what it is for: ${need.purpose}`;
  if (isNavRefusal(error, 'permission')) {
    const found = `The connector's user may not read it (${need.purpose}).`;
    const remedy = `On the page ${places.users}, open the user of the connector and add the permission set ${need.permissionSet} (or one of yours with the same rights) for company ${company}.`;
    return [fault(check, found, { switchesOff, remedy })];
  }
  return [
    fault(check, error.message, { switchesOff, remedy: 'Ask again; if it stays, tell the administrator of NAV.' }),
  ];
}
