import { activityInfo } from '@temporalio/activity';
import { ExternalSystemError, Rejected } from '../clients/http/errors.js';
import type { Settlement } from '../contracts/erp-port.js';
import { liveSettlements } from '../mapping/live-settlements.js';
import type { StoredDocument } from '../store/document-store.js';
import { readDocument } from '../store/document-store.js';
import { clearAlertCause, raiseAlert } from '../store/alert-store.js';
import { markConfirmed, readSettlements } from '../store/settlement-store.js';
import { callContext } from '../clients/http/call-context.js';
import { nextForConcur } from './confirm-payment.js';
import type { ConcurDependencies } from './dependencies.js';
import { alert } from './run-step.js';
import { tellExpensePayment } from './tell-expense-payment.js';
import { tellInvoicePayment } from './tell-invoice-payment.js';

/**
 * Tells Concur that the ERP took back a payment of a document that was paid and closed (`paymentReversals: confirm`, decisions
 * 21). What cannot be told is left to a person by an alert and not tried again; what may pass is tried again by the next poll.
 */
export async function confirmLateReversal(deps: ConcurDependencies, documentId: string): Promise<void> {
  const document = await readDocument(deps.db, documentId);
  try {
    const served = [{ documentId, attempt: activityInfo().attempt }];
    const problem = await callContext.run(served, () => tellReversal(deps, document));
    if (problem === undefined) await closeOrTellAgain(deps, document);
    else await leaveToPerson(deps, document, problem);
  } catch (error) {
    if (error instanceof Rejected) await leaveToPerson(deps, document, error.message);
    // The poll serves all documents: one that Concur does not answer for must not keep it.
    else if (!(error instanceof ExternalSystemError)) throw error;
  }
}

/** Sends what is to be sent; answers why nothing could be. */
async function tellReversal(deps: ConcurDependencies, document: StoredDocument): Promise<string | undefined> {
  const next = await nextForConcur(deps, document);
  switch (next.outcome) {
    case 'confirm-expense':
      for (const confirmation of next.confirmations) await tellExpensePayment(deps, document, confirmation);
      return undefined;
    case 'confirm-invoice':
      return (await tellInvoicePayment(deps, document, next.confirmation))?.message;
    case 'person':
    case 'alert':
      return next.finding.message;
    case 'waiting':
    case 'settled':
      return 'The ERP took back a payment that Concur was never told, or more than one of an invoice that is void already.';
  }
}

/**
 * Nothing more is sent for a closed document: a payment that the ERP made in the place of the one that it took back is told to
 * a person, since Concur shows the document as not paid.
 */
async function closeOrTellAgain(deps: ConcurDependencies, document: StoredDocument): Promise<void> {
  const cause = `payment-changed-after-close: ${document.id}`;
  const settlements = await readSettlements(deps.db, document.id);
  const status = new Map(settlements.map(({ settlementKey, confirmedStatus }) => [settlementKey, confirmedStatus]));
  const isTold = ({ settlementKey }: Settlement): boolean => (status.get(settlementKey) ?? null) !== null;
  const again = liveSettlements(settlements, isTold).live.filter((row) => row.kind !== 'discount' && !isTold(row));
  if (again.length === 0) {
    await clearAlertCause(deps.db, cause);
    return;
  }
  const what = again.map((row) => `${row.amount} ${row.currency} on ${row.settledOn} (${row.reference})`).join(', ');
  const message = `${document.humanNumber} was paid again after a reversal: Concur was told that the ERP took back the payment, but not that the ERP then settled ${what}. Concur shows the document as not paid: look at it in the ERP and set it to paid in Concur by hand, so that nobody pays it once more.`;
  // The alert of the reversal stands already; what is left of it is told although it is not new.
  await raiseAlert(deps.db, { cause, message });
  await deps.alerts.notify({ cause, message, documentId: undefined });
}

async function leaveToPerson(deps: ConcurDependencies, document: StoredDocument, problem: string): Promise<void> {
  const settlements = await readSettlements(deps.db, document.id);
  const untold = settlements.filter((row) => row.confirmedStatus === null && row.amount.startsWith('-'));
  await markConfirmed(
    deps.db,
    document.id,
    untold.map((row) => row.settlementKey),
    'left-to-person',
  );
  const message = `${document.humanNumber}: the ERP took back a payment after the document was closed, and Concur was not told. ${problem} Correct the payment state in Concur by hand.`;
  await alert(deps, `payment-changed-after-close: ${document.id}`, message, undefined);
}
