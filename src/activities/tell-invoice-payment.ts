import { cancellationSignal } from '@temporalio/activity';
import type { InvoicePayment, InvoicePaymentResult } from '../clients/concur/invoice-payment-client.js';
import { OutcomeUnknown, Rejected } from '../clients/http/errors.js';
import type { Hold } from '../contracts/steps.js';
import { invoiceSupplier } from '../mapping/invoice-supplier.js';
import type { InvoiceConfirmation } from '../mapping/payment-confirmations.js';
import type { StoredDocument } from '../store/document-store.js';
import { PassingRefusal, writeToConcur } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';
import type { ConfirmableMethod } from './invoice-payment-methods.js';
import { recordTold } from './record-payment.js';
import { alert, hold } from './run-step.js';

const operation = 'invoice-payment.bulk-update';
/** Concur shows "Extracted" a while after the posting confirmation; a refusal that outlasts this many tries is meant. */
const extractedLagTries = 12;

/**
 * Tells Concur that an invoice is paid, or that its payment is void (platform spec 4.3). Answers a hold where nothing may be told
 * because of the supplier's payment method.
 * @throws Rejected where Concur refuses it for good
 */
export async function tellInvoicePayment(
  deps: ConcurDependencies,
  document: StoredDocument,
  confirmation: InvoiceConfirmation,
): Promise<Hold | undefined> {
  const chosen = await methodFor(deps, document);
  if ('held' in chosen) return chosen.held;
  const { paymentStatus: status, settlementKeys, paymentAmount: amount, checkNumbers: references } = confirmation;
  const payment: InvoicePayment = {
    requestId: confirmation.requestId,
    invoiceAmount: confirmation.invoiceAmount,
    paymentAmount: amount,
    status,
    method: chosen.method,
    paidOn: confirmation.paymentStatusDate,
    references,
  };
  await write(deps, document, payment);
  await recordTold(deps, document, { settlementKeys, status, facts: { amount, references, method: chosen.method } });
  return undefined;
}

async function write(deps: ConcurDependencies, document: StoredDocument, payment: InvoicePayment): Promise<void> {
  let shown = '';
  const look = async (): Promise<true | undefined> => {
    const { requestId } = payment;
    shown = (await deps.paymentRequests.read({ requestId, signal: cancellationSignal() })).paymentStatus;
    return deps.paidStatuses.includes(shown) === (payment.status === 'PAID') ? true : undefined;
  };
  try {
    await writeToConcur<true>({
      db: deps.db,
      documentId: document.id,
      operation,
      key: payment.status === 'PAID' ? document.id : `${document.id}/${payment.status}`,
      // Unlike an expense payment this call has no reference by which Concur would know a repetition.
      onceDone: true,
      payload: payment,
      lookAgainSeconds: deps.lookAgainSeconds,
      look,
      send: async () => {
        const results = await deps.invoicePayments.bulkUpdate({ payments: [payment], signal: cancellationSignal() });
        return answerOf(payment.requestId, results);
      },
    });
  } catch (error) {
    if (!(error instanceof PassingRefusal)) throw error;
    const message = `${error.message} Concur shows the invoice with the payment status "${shown}".`;
    throw new Rejected(message, error.call, error.code);
  }
}

function answerOf(requestId: string, results: readonly InvoicePaymentResult[]): true {
  const call = { system: 'concur', operation };
  const result = results.find((each) => each.requestId === requestId);
  if (!result) throw new OutcomeUnknown('Concur answered without a result for this invoice.', call);
  if (result.ok) return true;
  throw new PassingRefusal(
    `Concur does not take the payment of the invoice: ${result.message}`,
    call,
    'payment-confirmation-refused',
    extractedLagTries,
  );
}

/** The supplier's own payment method; a held document asks for it anew, since a person may have changed it. */
async function methodFor(
  deps: ConcurDependencies,
  document: StoredDocument,
): Promise<{ method: ConfirmableMethod } | { held: Hold }> {
  const supplier = invoiceSupplier(document.payload);
  if (supplier === undefined) throw new Error(`The invoice ${document.id} names no supplier.`);
  const answer = await deps.paymentMethods.methodOf(supplier, document.holdReason === 'payment-confirmation-refused');
  if ('method' in answer) return answer;
  // One alert for all invoices of the supplier; it ends when the last of them goes on.
  if (document.outcome === null) {
    await alert(deps, `configuration: ${deps.connection} supplier ${supplier.vendorCode}`, answer.refused, document.id);
  }
  return { held: hold('payment-confirmation-refused', answer.refused) };
}
