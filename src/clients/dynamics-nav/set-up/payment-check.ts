import { doubt, fault, fine, type SetUpFinding } from '../../set-up-finding.js';
import type { BcOData } from '../odata.js';
import type { BcCompany } from '../options.js';
import { isRefusal } from '../refusals.js';
import { vendorEntrySchema } from '../schemas.js';
import { pages, type BcCompanyUse } from './bc-set-up.js';

/** Whether payments can be seen: the analytics API belongs to an app that may be missing (NAV spec 15). */
export async function paymentFindings(
  odata: BcOData,
  company: BcCompany,
  { company: name, paymentSource }: BcCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = `payment source of ${name}`;
  if (paymentSource === 'status-only') {
    return [
      fine(check, 'status-only: documents close once they are posted, and Concur is told nothing about payment.'),
    ];
  }
  const call = {
    operation: 'bc.set-up.payments',
    route: 'microsoft/analytics/v1.0' as const,
    path: `${company.path}/vendorLedgerEntries`,
    query: { $top: '1' },
    signal,
  };
  const switchesOff = 'payment confirmations of this company';
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
