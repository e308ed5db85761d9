import type { z } from 'zod';
import { ContractViolation } from '../../http/errors.js';
import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import type { BcOData } from '../odata.js';
import type { BcCompany, LedgerPageNames } from '../options.js';
import { detailPageRow, entryPageRow, pageCall } from '../payment-pages.js';
import { isRefusal } from '../refusals.js';
import { vendorEntrySchema } from '../schemas.js';
import { pages, type BcCompanyUse } from './bc-set-up.js';

const switchesOff = 'payment confirmations of this company';

/** Whether payments can be seen: the analytics API belongs to an app that may be missing (NAV spec 15). */
export async function paymentFindings(
  odata: BcOData,
  company: BcCompany,
  { company: name, paymentSource, ledgerPages }: BcCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = `payment source of ${name}`;
  if (paymentSource === 'status-only') {
    return [
      fine(check, 'status-only: documents close once they are posted, and Concur is told nothing about payment.'),
    ];
  }
  if (paymentSource === 'pages') return pageFindings(odata, company, ledgerPages, check, signal);
  const call = {
    operation: 'bc.set-up.payments',
    route: 'microsoft/analytics/v1.0' as const,
    path: `${company.path}/vendorLedgerEntries`,
    query: { $top: '1' },
    signal,
  };
  try {
    const rows = await odata.list(call, vendorEntrySchema);
    return rows.length > 0
      ? [fine(check, 'The analytics API shows vendor ledger entries.')]
      : [
          doubt(check, 'The analytics API answers, but shows no vendor ledger entry.', {
            remedy: 'Where the company has entries, see the date filter on the page Power BI Reports Setup.',
          }),
        ];
  } catch (error) {
    if (isRefusal(error, 'not-offered')) {
      return [
        fault(check, 'There is no analytics API.', {
          switchesOff,
          remedy: `Install the app Power BI Reports on the page ${pages.extensions}, or set paymentSource: status-only.`,
        }),
      ];
    }
    if (!isRefusal(error, 'permission')) throw error;
    return [
      fault(check, "The connector's user may not read the analytics API.", {
        switchesOff,
        remedy: `On the page ${pages.applications}, add the permission sets of the app Power BI Reports.`,
      }),
    ];
  }
}

/** The two pages of the vendor ledger, by one row of each (NAV spec 15, source 4). */
async function pageFindings(
  odata: BcOData,
  company: BcCompany,
  ledgerPages: LedgerPageNames,
  check: string,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const looks: { page: string; service: string; row: z.ZodType }[] = [
    { page: '29, Vendor Ledger Entries', service: ledgerPages.entries, row: entryPageRow },
    { page: '574, Detailed Vendor Ledger Entries', service: ledgerPages.details, row: detailPageRow },
  ];
  const findings: SetUpFinding[] = [];
  for (const { page, service, row } of looks) {
    const call = { ...pageCall(company, service), operation: 'bc.set-up.payments', signal };
    try {
      await odata.list({ ...call, query: { ...call.query, $top: '1' } }, row);
      findings.push(fine(check, `Page ${page} is published as ${service}.`));
    } catch (error) {
      if (!isRefusal(error, 'not-offered', 'permission') && !(error instanceof ContractViolation)) throw error;
      const remedy = `On the page ${pages.webServices}, publish page ${page} under the service name ${service}, let the connector's user read it, or set another paymentSource.`;
      findings.push(fault(check, `Page ${page} cannot be read. ${error.message}`, { switchesOff, remedy }));
    }
  }
  return findings;
}
