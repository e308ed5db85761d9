import type { SimulatorSettings } from '../harness/settings-types.js';
import { isChosen } from '../harness/content-chance.js';
import type { JournalContext } from './journal-context.js';
import { infoOf, invoiceLinesOf, markOfInvoice, setInvoiceStatus } from './pending-context.js';
import { vendorInvoiceHeaders } from './pending-entities.js';
import { invoiceNumberFinding, postInvoice } from './pending-posting.js';
import type { Company } from './store.js';
import { text, type Row } from './values.js';

/** What the automation of vendor invoices needs of the settings. */
export type AutomationSettings = Pick<SimulatorSettings['fo'], 'postingDelayMs' | 'workflowDelayMs' | 'refuseShare'>;

/** Sets status columns unless they say so already; answers whether anything changed. */
function move(context: JournalContext, header: Row, status: Row): boolean {
  const info = infoOf(context.store, header);
  if (Object.entries(status).every(([field, value]) => info[field] === value)) return false;
  setInvoiceStatus(context.store, header, status);
  return true;
}

/** The background process submits what rests, has lines and passes the check of the invoice number; the rest it pauses. */
function submit(context: JournalContext, company: Company, header: Row): boolean {
  const finding = invoiceNumberFinding(context, company, header);
  const problem =
    invoiceLinesOf(context.store, header).length === 0
      ? 'The vendor invoice has no lines.'
      : finding?.severity === 'refusal'
        ? finding.message
        : undefined;
  if (problem !== undefined) return move(context, header, { AutomationStatus: 'Paused', Log: problem });
  return move(context, header, {
    RequestStatus: 'InReview',
    AutomationStatus: 'InWorkflow',
    Log: finding?.message ?? '',
    $submittedAt: String(context.desk.now().getTime()),
  });
}

/** An approver decides; what is rejected stays so until the invoice is changed. */
function decide(context: JournalContext, header: Row, refuseShare: number | undefined): boolean {
  if (isChosen(markOfInvoice(header), refuseShare)) {
    const comment = 'The approver rejected the vendor invoice: the charge does not belong to this department.';
    return move(context, header, { RequestStatus: 'Rejected', AutomationStatus: 'Paused', Log: comment });
  }
  return move(context, header, { RequestStatus: 'Approved', AutomationStatus: 'WorkflowCompleted' });
}

function finish(context: JournalContext, company: Company, header: Row): boolean {
  const problem = postInvoice(context, company, header);
  if (problem === undefined) return true;
  return move(context, header, { AutomationStatus: 'Paused', ParmJobStatus: 'ContainErrors', Log: problem });
}

function step(context: JournalContext, header: Row, settings: AutomationSettings): boolean {
  const company = context.store.findCompany(text(header, 'dataAreaId'));
  const info = infoOf(context.store, header);
  if (company === undefined || info['IncludeInAutomatedProcessing'] !== 'Yes' || info['Hold'] === 'Yes') return false;
  const now = context.desk.now().getTime();
  switch (info['RequestStatus']) {
    case 'Draft':
      return now - Number(info['$touchedAt']) >= settings.postingDelayMs && submit(context, company, header);
    case 'InReview': {
      const isDecided = now - Number(info['$submittedAt']) >= (settings.workflowDelayMs ?? 0);
      return isDecided && decide(context, header, settings.refuseShare);
    }
    case 'Approved':
      return finish(context, company, header);
    default:
      return false;
  }
}

/**
 * One run of the vendor invoice automation (section 7): each pending invoice goes one step, from draft to submitted to
 * approved to posted. What submission or posting refuses is paused with the reason in its log, and tried again in each run,
 * as a clerk would resume it once the reason is gone. Answers whether anything changed.
 */
export function runInvoiceAutomation(context: JournalContext, settings: AutomationSettings): boolean {
  let changed = false;
  for (const header of [...context.store.table(vendorInvoiceHeaders.set).rows()]) {
    changed = step(context, header, settings) || changed;
  }
  return changed;
}
