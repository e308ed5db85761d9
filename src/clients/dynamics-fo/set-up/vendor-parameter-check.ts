import { menu } from '../menu-paths.js';
import type { ODataClient } from '../odata.js';
import type { FoCompanyUse } from './fo-set-up.js';
import { doubt, fine, type SetUpFinding } from '../../set-up-finding.js';
import { vendorParameterColumns, vendorParameterSchema } from './set-up-schemas.js';

/** What each policy for an invoice number that a vendor has used already does (F&O spec 10). */
const policies: Record<string, string> = {
  NoDuplicate: 'rejected',
  NoDuplicateInYear: 'rejected within a fiscal year',
  AcceptDuplicate: 'accepted',
  WarnDuplicate: 'accepted with a warning',
};
const rejecting: ReadonlySet<string> = new Set(['NoDuplicate', 'NoDuplicateInYear']);

/** Accounts payable parameters of a company: duplicate invoice numbers, and what pending invoices depend on. */
export async function vendorParameterFindings(
  odata: ODataClient,
  { company, routes }: FoCompanyUse,
  signal: AbortSignal,
): Promise<SetUpFinding[]> {
  const check = `duplicate invoice numbers, ${company}`;
  const [row] = await odata.read({
    set: 'VendorParameters',
    company,
    select: vendorParameterColumns,
    row: vendorParameterSchema,
    signal,
  });
  if (row === undefined) {
    return [
      doubt(check, 'The company has no parameters for accounts payable.', {
        remedy: `Set up ${menu.vendorParameters}.`,
      }),
    ];
  }
  const policy = row.IsCheckInvoiceNumberUsed;
  const told = `A number that a vendor has used already is ${policies[policy] ?? `handled as ${policy}`}.`;
  const duplicates = rejecting.has(policy)
    ? fine(check, told)
    : doubt(check, told, {
        switchesOff:
          "F&O's own check of duplicates; the connector looks before it writes, but people may enter an invoice later",
        remedy: `In ${menu.vendorParameters} › Invoice, set Check the invoice number used to Reject duplicate.`,
      });
  return routes.invoice === 'fo-pending-invoice' ? [duplicates, automationFinding(company, row)] : [duplicates];
}

function automationFinding(
  company: string,
  row: { AutomationWorkflowSubmission: boolean; AutomationTotalsReqForWorkflowSubmission: boolean },
): SetUpFinding {
  const check = `vendor invoice automation, ${company}`;
  if (!row.AutomationWorkflowSubmission) {
    return doubt(check, 'Imported invoices are not submitted to the workflow by themselves.', {
      switchesOff: 'posting without people: pending invoices stay until somebody submits them',
      remedy: `In ${menu.vendorParameters} › Vendor invoice automation, set Automatically submit imported invoices to workflow to Yes; have an active vendor invoice workflow that ends with Post vendor invoices (${menu.vendorWorkflows}), and the background task that submits (${menu.backgroundTasks}).`,
    });
  }
  const totals = row.AutomationTotalsReqForWorkflowSubmission
    ? ' Totals must have been calculated and must agree with the imported amount, which the connector sends.'
    : '';
  return fine(
    check,
    `Imported invoices are submitted to the workflow by themselves.${totals} That rows of an integration count as imported is not documented: the first invoice shows it.`,
  );
}
