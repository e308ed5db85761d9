import { cancellationSignal } from '@temporalio/activity';
import { meaningOf } from '../clients/concur/fis-codes.js';
import type { FisItem, PaymentConfirmation } from '../clients/concur/fis-client.js';
import { Rejected, Unavailable } from '../clients/http/errors.js';
import type { ExpenseConfirmation } from '../mapping/payment-confirmations.js';
import type { StoredDocument } from '../store/document-store.js';
import { askConcur, itemFor, refusalOf } from './concur-states.js';
import { writeToConcur } from './concur-writes.js';
import type { ConcurDependencies } from './dependencies.js';
import { recordTold } from './record-payment.js';

const operation = 'fis.confirm-payment';

/**
 * Tells Concur about one payment of an expense report, or one that was taken back, under its own reference (FIS spec 5.3).
 * @throws Rejected where Concur refuses it for good
 */
export async function tellExpensePayment(
  deps: ConcurDependencies,
  document: StoredDocument,
  confirmation: ExpenseConfirmation,
): Promise<void> {
  const [clearing] = confirmation.clearingDetails;
  if (!clearing) throw new Error('A payment confirmation needs a clearing.');
  const { clearingReference: reference, receiver } = clearing;
  const { processingStatusCode: status, settlementKey } = confirmation;
  await writeToConcur<true>({
    db: deps.db,
    documentId: document.id,
    operation,
    key: `${document.id}/${reference.paymentRef}`,
    payload: confirmation,
    lookAgainSeconds: deps.lookAgainSeconds,
    // Concur shows only the completed payment; all else is repeated under its reference, which Concur knows again (NOOP).
    look: async () => (status === 'CP' && (await isPaidInConcur(deps, document)) ? true : undefined),
    send: async () => {
      const sent: PaymentConfirmation = {
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
      };
      const signal = cancellationSignal();
      const items = await deps.fis.confirmPayment({ systemId: deps.systemId, confirmations: [sent], signal });
      return answerOf(deps, document, itemFor(items, document.fiId, operation, reference.paymentRef), status);
    },
  });
  const facts = { paymentRef: reference.paymentRef, amount: clearing.clearingAmount };
  await recordTold(deps, document, { settlementKeys: [settlementKey], status, facts });
}

async function answerOf(
  deps: ConcurDependencies,
  document: StoredDocument,
  item: FisItem,
  status: 'PP' | 'CP' | 'RE',
): Promise<true> {
  const call = { system: 'concur', operation };
  const meaning = meaningOf('payment', item.code, item.result);
  switch (meaning) {
    case 'done':
      return true;
    case 'already-done':
      // A reference that Concur knows as a part does not complete the report, although the answer sounds like it.
      if (status !== 'CP' || (await isPaidInConcur(deps, document))) return true;
      throw new Rejected(
        'Concur knows this payment as a part of a larger one and does not show the report as paid. Complete the payment in Concur by hand.',
        call,
        'payment-needs-decision',
      );
    case 'retry':
    case 'not-ready':
    case 'not-posting-confirmed':
      throw new Unavailable(`Concur asks to try the payment confirmation later (code ${item.code}).`, call);
    default: {
      const given = { meaning, refused: 'the payment confirmation', signal: cancellationSignal() };
      const { message } = await refusalOf(deps, document, item, given);
      const code = meaning === 'refused' ? 'payment-confirmation-refused' : 'concur-refused';
      throw new Rejected(message, call, code);
    }
  }
}

async function isPaidInConcur(deps: ConcurDependencies, document: StoredDocument): Promise<boolean> {
  return (await askConcur(deps.fis, document, cancellationSignal()))?.status === 'PAYMENT_CONFIRMED_SUCCESS';
}
