import { z } from 'zod';
import { ExternalSystemError, Rejected } from '../../http/errors.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import type { BcOData } from '../odata.js';
import type { BcCompany } from '../options.js';
import { isRefusal } from '../refusals.js';
import { pages, usesRoute, type BcCompanyUse } from './bc-set-up.js';

/** One entity that Business Central exposes, and what the connector wants of it (S53). */
interface EntityNeed {
  set: string;
  /** What it is read or written for. */
  purpose: string;
  /** Permission set that brings the right. */
  permissionSet: string;
  /** Set of records whose ids it has to be asked by: without a parent it answers nothing but an error. */
  parents?: string;
  isNeeded: (use: BcCompanyUse) => boolean;
}

const always = (): boolean => true;
const never = (): boolean => false;
const byJournal = (use: BcCompanyUse): boolean => usesRoute(use, 'bc-general-journal');
const byInvoice = (use: BcCompanyUse): boolean => usesRoute(use, 'bc-purchase-invoice');

const needs: readonly EntityNeed[] = [
  { set: 'vendors', purpose: 'vendors are checked and told', permissionSet: 'D365 VENDOR, EDIT', isNeeded: always },
  { set: 'accounts', purpose: 'accounts are checked', permissionSet: 'D365 BASIC ISV', isNeeded: always },
  {
    set: 'dimensions',
    purpose: 'dimensions are checked',
    permissionSet: 'D365 BASIC ISV',
    isNeeded: ({ dimensions }) => dimensions.length > 0,
  },
  { set: 'journals', purpose: 'journals are written', permissionSet: 'D365 JOURNALS, POST', isNeeded: byJournal },
  {
    set: 'purchaseInvoices',
    purpose: 'invoices are written',
    permissionSet: 'D365 PURCH DOC, POST',
    isNeeded: byInvoice,
  },
  {
    set: 'purchaseCreditMemos',
    purpose: 'credit memos are written',
    permissionSet: 'D365 PURCH DOC, POST',
    isNeeded: byInvoice,
  },
  { set: 'generalLedgerEntries', purpose: 'postings are proven', permissionSet: 'D365 READ', isNeeded: always },
  {
    set: 'defaultDimensions',
    purpose: 'mandatory dimensions are checked',
    permissionSet: 'D365 BASIC ISV',
    parents: 'accounts',
    isNeeded: never,
  },
  { set: 'accountingPeriods', purpose: 'fiscal years are named', permissionSet: 'D365 READ', isNeeded: never },
  {
    set: 'purchaseOrders',
    purpose: 'orders are written',
    permissionSet: 'D365 PURCH DOC, POST',
    isNeeded: ({ takesOrders }) => takesOrders === true,
  },
  { set: 'salesInvoices', purpose: 'not used', permissionSet: 'D365 READ', isNeeded: never },
  { set: 'employees', purpose: 'not used', permissionSet: 'D365 READ', isNeeded: never },
];

const anyRow = z.record(z.string(), z.unknown());
const parentRow = z.object({ id: z.string() });

/** Reads one row of each entity (S53): a missing one and a missing right, each with its remedy. Only reads leave. */
export async function entityFindings(
  odata: BcOData,
  company: BcCompany,
  use: BcCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const errors = await Promise.all(needs.map((need) => probe(odata, company, need, signal)));
  return needs.map((need, index) => judge(need, use, errors[index]));
}

async function probe(
  odata: BcOData,
  company: BcCompany,
  { set, parents }: EntityNeed,
  signal: AbortSignal,
): Promise<ExternalSystemError | undefined> {
  const first = { $top: '1' };
  try {
    let query: Record<string, string> = first;
    if (parents !== undefined) {
      const call = { operation: `bc.set-up.${parents}`, path: `${company.path}/${parents}`, query: first, signal };
      const [parent] = await odata.list(call, parentRow);
      // What there are no parents for cannot be looked at, and is not asked for by documents either.
      if (parent === undefined) return undefined;
      query = { ...first, $filter: `parentId eq ${parent.id}` };
    }
    await odata.list({ operation: `bc.set-up.${set}`, path: `${company.path}/${set}`, query, signal }, anyRow);
    return undefined;
  } catch (error) {
    if (error instanceof ExternalSystemError) return error;
    throw error;
  }
}

function judge(need: EntityNeed, use: BcCompanyUse, error: ExternalSystemError | undefined): SetUpFinding {
  const { set, purpose, permissionSet } = need;
  const check = `${set}, ${use.company}`;
  const isNeeded = need.isNeeded(use);
  if (error === undefined) return fine(check, `Can be read (${purpose}).`);
  const told = isNeeded ? fault : doubt;
  const switchesOff = isNeeded ? 'documents of this company' : `only where it is used: ${purpose}`;
  if (isRefusal(error, 'permission')) {
    return told(check, `The connector's user may not read it (${purpose}).`, {
      switchesOff,
      remedy: `On the page ${pages.applications} (on-premises: on the user card), add the permission set ${permissionSet} for this company.`,
    });
  }
  if (isRefusal(error, 'not-offered')) {
    return told(check, `This Business Central does not offer it (${purpose}).`, {
      switchesOff,
      remedy: 'See that the API services are switched on and that the version offers API v2.0.',
    });
  }
  if (error instanceof Rejected && /data upgrade/i.test(error.message)) {
    return told(check, 'The API data upgrade has not been run for it.', {
      switchesOff,
      remedy: 'Have an administrator run the API data upgrade (page API Data Upgrade Companies) once for this company.',
    });
  }
  return told(check, error.message, { switchesOff, remedy: 'Ask again; if it stays, tell the administrator.' });
}
