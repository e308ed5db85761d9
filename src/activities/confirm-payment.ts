import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { meaningOf } from '../clients/concur/fis-codes.js';
import { OutcomeUnknown, Rejected, Unavailable } from '../clients/http/errors.js';
import type { PaymentResult, StepResult } from '../contracts/steps.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import type {
  ExpenseConfirmation,
  InvoiceConfirmation,
  NextConfirmation,
} from '../mapping/settlement-to-confirmation.js';
import { nextConfirmation } from '../mapping/settlement-to-confirmation.js';
import { appendAudit } from '../store/audit-store.js';
import { inTransaction } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import { closeDocument, reachStage, readDocument } from '../store/document-store.js';
import { markSettled, readErpDocuments } from '../store/erp-document-store.js';
import { markConfirmed, readSettlements } from '../store/settlement-store.js';
import { askConcur, itemFor } from './concur-states.js';
import { writeToConcur } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';
import { hold } from './run-step.js';

const expenseOperation = 'fis.confirm-payment';
const invoiceOperation = 'invoice-payment.bulk-update';
/** Concur shows "Extracted" a while after the posting confirmation; a refusal that outlasts this many tries is meant. */
const extractedLagAttempts = 12;

/** Tells Concur about everything that the ERP has settled and Concur has not heard of. Never tells a settlement twice. */
export async function confirmPayment(deps: ConcurDependencies, documentId: string): Promise<StepResult<PaymentResult>> {
  const { db } = deps;
  const document = await readDocument(db, documentId);
  if (document.paymentConfirmedAt) return paid(deps, document, 'Paid and confirmed to Concur.');
  const next = await decide(deps, document);
  switch (next.outcome) {
    case 'waiting':
      return { status: 'done', state: await stateWhileOpen(deps, documentId), detail: 'Waiting for the ERP to pay.' };
    case 'settled':
      return paid(deps, document, 'Settled in the ERP; Concur has been told all there is to tell.');
    case 'person':
    case 'alert':
      return {
        status: 'hold',
        hold: hold('payment-needs-decision', `${next.finding.message} ${next.finding.remedy ?? ''}`.trim()),
      };
    case 'confirm-expense':
      for (const confirmation of next.confirmations) await tellExpense(deps, document, confirmation);
      if (next.isComplete) return paid(deps, document, 'Paid in full and confirmed to Concur.');
      await reachStage(db, documentId, 'partly-paid');
      return { status: 'done', state: 'partly-paid', detail: 'Paid in part and told to Concur; waiting for the rest.' };
    case 'confirm-invoice':
      await tellInvoice(deps, document, next.confirmation);
      return paid(deps, document, 'Paid in full and confirmed to Concur.');
  }
}

async function decide(deps: ConcurDependencies, document: StoredDocument): Promise<NextConfirmation> {
  const rows = await readErpDocuments(deps.db, document.id);
  const settlements = await readSettlements(deps.db, document.id);
  return nextConfirmation({
    docType: document.docType,
    fiId: document.fiId,
    businessId: document.businessId,
    payee: readConcurDocument(document.docType, document.payload).payee,
    payables: rows.flatMap(({ part, company, document: planned }) =>
      planned.payable === undefined
        ? []
        : [{ part, company, amount: planned.payable.amount, currency: planned.currency }],
    ),
    settlements: settlements.map(({ confirmedStatus: _told, ...settlement }) => settlement),
    confirmed: settlements.flatMap(({ settlementKey, confirmedStatus }) =>
      confirmedStatus === 'PP' || confirmedStatus === 'CP' || confirmedStatus === 'PAID'
        ? [{ paymentRef: settlementKey, status: confirmedStatus }]
        : [],
    ),
  });
}

async function stateWhileOpen(deps: ConcurDependencies, documentId: string): Promise<'open' | 'partly-paid'> {
  const told = (await readSettlements(deps.db, documentId)).some((row) => row.confirmedStatus !== null);
  return told ? 'partly-paid' : 'open';
}

async function paid(
  deps: ConcurDependencies,
  document: StoredDocument,
  detail: string,
): Promise<StepResult<PaymentResult>> {
  await markSettled(deps.db, document.id);
  await reachStage(deps.db, document.id, 'awaiting-payment', { paymentConfirmed: true });
  await closeDocument(deps.db, document.id, 'paid', detail);
  return { status: 'done', state: 'paid', detail };
}

async function tellExpense(
  deps: ConcurDependencies,
  document: StoredDocument,
  confirmation: ExpenseConfirmation,
): Promise<void> {
  const [clearing] = confirmation.clearingDetails;
  if (!clearing) throw new Error('A payment confirmation needs a clearing.');
  const { clearingReference: reference, receiver } = clearing;
  const status = confirmation.processingStatusCode;
  await writeToConcur<true>({
    db: deps.db,
    documentId: document.id,
    operation: expenseOperation,
    key: `${document.id}/${reference.paymentRef}`,
    payload: confirmation,
    lookAgainSeconds: deps.lookAgainSeconds,
    // Concur shows only the completed payment; a part is repeated under its reference, which Concur knows again (NOOP).
    look: async () => {
      if (status !== 'CP') return undefined;
      return (await isPaidInConcur(deps, document)) ? true : undefined;
    },
    send: async () => {
      const items = await deps.fis.confirmPayment({
        systemId: deps.systemId,
        confirmations: [
          {
            docId: confirmation.docId,
            status,
            additionalMessage: confirmation.additionalMessage,
            clearings: [
              {
                clearedOn: clearing.clearingDate.slice(0, 10),
                amount: clearing.clearingAmount,
                currency: clearing.clearingCurrency,
                receiver: { id: receiver.receiverId, name: receiver.receiverName },
                reference,
              },
            ],
          },
        ],
        signal: cancellationSignal(),
      });
      return readPaymentItem(deps, document, items, status);
    },
  });
  await recordConfirmed(deps, document, [reference.paymentRef], status, { amount: clearing.clearingAmount });
}

async function readPaymentItem(
  deps: ConcurDependencies,
  document: StoredDocument,
  items: Parameters<typeof itemFor>[0],
  status: 'PP' | 'CP',
): Promise<true> {
  const item = itemFor(items, document.fiId, expenseOperation);
  const call = { system: 'concur', operation: expenseOperation };
  switch (meaningOf('payment', item.code, item.result)) {
    case 'done':
      return true;
    case 'already-done':
      // A reference that Concur knows as a part does not complete the report, although the answer sounds like it.
      if (status === 'PP' || (await isPaidInConcur(deps, document))) return true;
      throw new Rejected(
        'Concur knows this payment as a part of a larger one and does not show the report as paid. Complete the payment in Concur by hand.',
        call,
        'payment-needs-decision',
      );
    case 'retry':
    case 'not-ready':
    case 'not-posting-confirmed':
      throw new Unavailable(`Concur asks to try the payment confirmation later (code ${item.code}).`, call);
    default:
      throw new Rejected(
        `Concur refused the payment confirmation (code ${item.code}). ${item.message}`,
        call,
        `code-${item.code}`,
      );
  }
}

async function isPaidInConcur(deps: ConcurDependencies, document: StoredDocument): Promise<boolean> {
  return (await askConcur(deps.fis, document, cancellationSignal()))?.status === 'PAYMENT_CONFIRMED_SUCCESS';
}

async function tellInvoice(
  deps: ConcurDependencies,
  document: StoredDocument,
  confirmation: InvoiceConfirmation,
): Promise<void> {
  await writeToConcur<true>({
    db: deps.db,
    documentId: document.id,
    operation: invoiceOperation,
    key: document.id,
    // Unlike an expense payment this call has no reference by which Concur would know a repetition.
    onceDone: true,
    payload: confirmation,
    lookAgainSeconds: deps.lookAgainSeconds,
    look: async () => {
      const request = await deps.paymentRequests.read({
        requestId: confirmation.requestId,
        signal: cancellationSignal(),
      });
      return deps.paidStatuses.includes(request.paymentStatus) ? true : undefined;
    },
    send: async () => {
      const results = await deps.invoicePayments.bulkUpdate({
        payments: [
          {
            requestId: confirmation.requestId,
            invoiceAmount: confirmation.invoiceAmount,
            paymentAmount: confirmation.paymentAmount,
            status: 'PAID',
            method: deps.invoicePaymentMethod,
            paidOn: confirmation.paymentStatusDate,
            references: confirmation.checkNumbers,
          },
        ],
        signal: cancellationSignal(),
      });
      return readInvoiceResult(confirmation.requestId, results);
    },
  });
  await recordConfirmed(deps, document, confirmation.settlementKeys, 'PAID', {
    amount: confirmation.paymentAmount,
    references: confirmation.checkNumbers,
  });
}

function readInvoiceResult(requestId: string, results: { requestId: string; ok: boolean; message: string }[]): true {
  const call = { system: 'concur', operation: invoiceOperation };
  const result = results.find((each) => each.requestId === requestId);
  if (!result) throw new OutcomeUnknown('Concur answered without a result for this invoice.', call);
  if (result.ok) return true;
  if (activityInfo().attempt < extractedLagAttempts) {
    throw new Unavailable(`Concur does not take the payment yet: ${result.message}`, call, 5_000);
  }
  throw new Rejected(
    `Concur refused the payment confirmation of the invoice: ${result.message}`,
    call,
    'invoice-payment-refused',
  );
}

async function recordConfirmed(
  deps: ConcurDependencies,
  document: StoredDocument,
  settlementKeys: string[],
  status: 'PP' | 'CP' | 'PAID',
  facts: Record<string, unknown>,
): Promise<void> {
  await inTransaction(deps.db, async (client) => {
    await markConfirmed(client, document.id, settlementKeys, status);
    const data = { status, paymentRefs: settlementKeys, ...facts };
    await appendAudit(client, { documentId: document.id, kind: 'payment', actor: 'connector', data });
  });
}
