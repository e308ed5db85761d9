import type {
  FisClient,
  FisDocType,
  FisItem,
  PaymentConfirmation,
  PostingConfirmation,
} from '../clients/concur/fis-client.js';
import type {
  InvoicePayment,
  InvoicePaymentClient,
  InvoicePaymentResult,
} from '../clients/concur/invoice-payment-client.js';
import { shareCalls, type Sharing } from '../clients/http/shared-calls.js';

/** FIS publishes no maximum; the specification advises this one (FIS spec 4). */
const fisItems = 25;
const invoiceItems = 100;

/**
 * A FIS client whose three POSTs carry the documents of several activities: acknowledgements and confirmations per type and
 * operation. Each caller gets the items of its own documents only. Reads pass through; a wait of 0 shares nothing.
 */
export function shareFisCalls(fis: FisClient, sharing: Sharing): FisClient {
  if (sharing.waitMilliseconds === 0) return fis;
  const acknowledge = byGroup(({ docType, systemId }: Group) =>
    shareCalls<string, FisItem>(
      {
        operation: 'fis.acknowledge',
        maximumItems: fisItems,
        keyOf: (id) => id,
        send: (ids, signal) => fis.acknowledge({ docType, systemId, ids, signal }),
        isAnswerTo: (item, id) => item.docId === id,
      },
      sharing,
    ),
  );
  const confirmPosting = byGroup(({ docType, systemId }: Group) =>
    shareCalls<PostingConfirmation, FisItem>(
      {
        operation: 'fis.confirm-posting',
        maximumItems: fisItems,
        keyOf: ({ docId }) => docId,
        send: (confirmations, signal) => fis.confirmPosting({ docType, systemId, confirmations, signal }),
        isAnswerTo: (item, { docId }) => item.docId === docId,
      },
      sharing,
    ),
  );
  const confirmPayment = byGroup(({ systemId }: Group) =>
    shareCalls<PaymentConfirmation, FisItem>(
      {
        operation: 'fis.confirm-payment',
        maximumItems: fisItems,
        // Items name their document for certain, and their payment reference only probably (FIS spec 5.3).
        keyOf: ({ docId }) => docId,
        send: (confirmations, signal) => fis.confirmPayment({ systemId, confirmations, signal }),
        isAnswerTo: (item, { docId }) => item.docId === docId,
      },
      sharing,
    ),
  );
  return {
    listReady: (query) => fis.listReady(query),
    findByBusinessId: (query) => fis.findByBusinessId(query),
    acknowledge: ({ ids, signal, ...group }) => each(ids, (id) => acknowledge(group)(id, signal)),
    confirmPosting: ({ confirmations, signal, docType, systemId }) =>
      each(confirmations, (confirmation) => confirmPosting({ docType, systemId })(confirmation, signal)),
    confirmPayment: ({ confirmations, signal, systemId }) =>
      each(confirmations, (confirmation) => confirmPayment({ docType: 'expense', systemId })(confirmation, signal)),
  };
}

/** A client whose bulk updates carry the invoices of several activities, each invoice once per call (platform spec 4.3). */
export function shareInvoicePayments(payments: InvoicePaymentClient, sharing: Sharing): InvoicePaymentClient {
  if (sharing.waitMilliseconds === 0) return payments;
  const update = shareCalls<InvoicePayment, InvoicePaymentResult>(
    {
      operation: 'invoice-payment.bulk-update',
      maximumItems: invoiceItems,
      keyOf: ({ requestId }) => requestId,
      send: (items, signal) => payments.bulkUpdate({ payments: items, signal }),
      isAnswerTo: (result, { requestId }) => result.requestId === requestId,
    },
    sharing,
  );
  return { bulkUpdate: ({ payments: items, signal }) => each(items, (item) => update(item, signal)) };
}

/** Documents of different types, or sent under different system ids, never travel together. */
interface Group {
  docType: FisDocType;
  systemId: string;
}

function byGroup<Shared>(make: (group: Group) => Shared): (group: Group) => Shared {
  const made = new Map<string, Shared>();
  return (group) => {
    const key = `${group.docType}/${group.systemId}`;
    const shared = made.get(key) ?? make(group);
    made.set(key, shared);
    return shared;
  };
}

async function each<Item, Answer>(items: readonly Item[], send: (item: Item) => Promise<Answer[]>): Promise<Answer[]> {
  return (await Promise.all(items.map(send))).flat();
}
