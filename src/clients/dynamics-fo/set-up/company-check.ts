import { menu } from '../menu-paths.js';
import type { ODataClient } from '../odata.js';
import { sameCode } from '../odata-literals.js';
import type { FoCompanyUse } from './fo-set-up.js';
import { fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import {
  ledgerSetUpColumns,
  ledgerSetUpSchema,
  legalEntityColumns,
  legalEntitySchema,
  type LedgerSetUp,
} from './set-up-schemas.js';

const switchesOff = 'all documents of this company';

/** Whether the configured companies are there (F&O spec 14). The first read of a check: it shows whether anything answers. */
export async function companyFindings(
  odata: ODataClient,
  companies: readonly FoCompanyUse[],
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const rows = await odata.read({ set: 'LegalEntities', select: legalEntityColumns, row: legalEntitySchema, signal });
  return companies.map(({ company }) => {
    const check = `company ${company}`;
    if (rows.some(({ LegalEntityId }) => sameCode(LegalEntityId, company))) return fine(check, 'It is a legal entity.');
    return fault(check, `There is no legal entity ${company}, or the connector's user may not see it.`, {
      switchesOff,
      remedy: `Correct the company in the connections file, create it in ${menu.legalEntities}, or give the user's roles access to it (${menu.users} › Assign organizations).`,
    });
  });
}

/** The ledger of a company; undefined where it has none. */
export async function readLedger(
  odata: ODataClient,
  company: string,
  signal: AbortSignal,
): Promise<LedgerSetUp | undefined> {
  const rows = await odata.read({
    set: 'Ledgers',
    select: ['LegalEntityId', 'ChartOfAccounts', ...ledgerSetUpColumns],
    row: ledgerSetUpSchema,
    signal,
  });
  return rows.find(({ LegalEntityId }) => sameCode(LegalEntityId, company));
}

/** Whether a company has a ledger with a chart of accounts, in the currency of the connections file. */
export async function ledgerFinding(
  odata: ODataClient,
  { company, currency }: FoCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding> {
  const check = `ledger of ${company}`;
  const ledger = await readLedger(odata, company, signal);
  if (ledger === undefined || ledger.ChartOfAccounts === '') {
    const found = `Company ${company} has no ledger with a chart of accounts.`;
    const remedy = `Choose chart of accounts, account structures, fiscal calendar and currencies for the company in ${menu.ledger}.`;
    return fault(check, found, { switchesOff, remedy });
  }
  if (!sameCode(ledger.AccountingCurrency, currency)) {
    return fault(check, `It is kept in ${ledger.AccountingCurrency}, but the connections file says ${currency}.`, {
      switchesOff,
      remedy: `Correct currency or company in the connections file, or the accounting currency in ${menu.ledger}.`,
    });
  }
  return fine(check, `Chart of accounts ${ledger.ChartOfAccounts}, kept in ${ledger.AccountingCurrency}.`);
}
