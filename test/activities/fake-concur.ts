import type { ConcurDependencies } from '../../src/activities/dependencies.js';
import type { FiDocument, FisClient, FisItem, UnreadableDocument } from '../../src/clients/concur/fis-client.js';
import type { InvoicePaymentClient } from '../../src/clients/concur/invoice-payment-client.js';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';
import type { DocType } from '../../src/contracts/documents.js';
import type { StoredDocument } from '../../src/store/document-store.js';
import type { Stage } from './stage.js';
import { connection } from './stage.js';

export const systemId = 'our-system';

interface ConcurDocument {
  id: string;
  docType: DocType;
  status: string;
  businessId: string;
  text: string;
  erpSystemId?: string;
}

/** What happens to the next write instead of the usual: lost before or after its effect, or answered otherwise. */
export type Fault = 'lost-before' | 'lost-after' | 'no-item' | { code: number; result?: string; message?: string };

/** Concur as it behaves: it keeps states, refuses what is out of order, and knows payments again by their reference. */
export function fakeConcur() {
  const documents = new Map<string, ConcurDocument>();
  const payments = new Set<string>();
  const invoices = new Map<string, string>();
  const calls: string[] = [];
  const faults: Fault[] = [];
  const unreadable: UnreadableDocument[] = [];

  const seen = ({ id, docType, status, text, erpSystemId }: ConcurDocument): FiDocument => ({
    id,
    docType,
    status,
    documentText: text,
    ...(erpSystemId === undefined ? {} : { erpSystemId }),
  });

  async function write(operation: string, docId: string, apply: () => FisItem): Promise<FisItem[]> {
    const fault = faults.shift();
    const lost = () => new OutcomeUnknown('no answer', { system: 'concur', operation });
    if (fault === 'lost-before') throw lost();
    if (typeof fault === 'object') return [{ docId, result: 'FAILURE', message: '', ...fault }];
    const item = apply();
    if (fault === 'lost-after') throw lost();
    // Another document's item, as Concur may send it: HTTP 200 says nothing about ours (S104).
    return fault === 'no-item' ? [{ ...item, docId: 'another' }] : [item];
  }

  const item = (docId: string, code: number, result = code === 0 ? 'SUCCESS' : 'FAILURE', message = ''): FisItem => ({
    docId,
    code,
    result,
    message,
  });

  const fis: FisClient = {
    listReady: async ({ docType, page, limit }) => {
      calls.push(`list ${docType} ${page}`);
      const ready = [...documents.values()].filter((each) => each.docType === docType && each.status !== 'hidden');
      const shown = ready.slice(page * limit, (page + 1) * limit);
      return { documents: shown.map(seen), unreadable: [...unreadable], isLast: (page + 1) * limit >= ready.length };
    },
    findByBusinessId: async ({ docType, businessId }) => {
      calls.push('find');
      const all = [...documents.values()];
      return all.filter((each) => each.docType === docType && each.businessId === businessId).map(seen);
    },
    acknowledge: async ({ systemId: by, ids: [id = ''] }) => {
      calls.push('acknowledge');
      return write('fis.acknowledge', id, () => {
        const document = documents.get(id);
        if (!document) return item(id, 104);
        if (document.status === 'RECALLED') return item(id, 102);
        if (document.status !== 'READY') {
          const text = `This document was previously acknowledged by SystemId: ${document.erpSystemId ?? 'null'}.`;
          return item(id, 101, 'FAILURE', text);
        }
        Object.assign(document, { status: 'ACKNOWLEDGED', erpSystemId: by });
        return item(id, 0);
      });
    },
    confirmPosting: async ({ confirmations: [confirmation] }) => {
      const { docId = '', status } = confirmation ?? {};
      const numbers = confirmation?.status === 'success' ? confirmation.postingDocs : [];
      calls.push(`confirm-posting ${status ?? ''} ${numbers.map((each) => each.documentNumber).join(',')}`);
      return write('fis.confirm-posting', docId, () => {
        const document = documents.get(docId);
        if (!document) return item(docId, 116);
        if (document.status === 'POSTING_CONFIRMED_SUCCESS') return item(docId, 113);
        if (document.status !== 'ACKNOWLEDGED') return item(docId, 111);
        document.status = 'POSTING_CONFIRMED_SUCCESS';
        return item(docId, 0);
      });
    },
    confirmPayment: async ({ confirmations: [confirmation] }) => {
      const { docId = '', status, clearings: [clearing] = [] } = confirmation ?? {};
      const reference = clearing?.reference.paymentRef ?? '';
      calls.push(`confirm-payment ${status ?? ''} ${reference} ${clearing?.amount ?? ''} ${clearing?.clearedOn ?? ''}`);
      return write('fis.confirm-payment', docId, () => {
        const document = documents.get(docId);
        if (!document) return item(docId, 116);
        if (payments.has(reference)) return item(docId, 298, 'NOOP');
        if (document.status !== 'POSTING_CONFIRMED_SUCCESS') return item(docId, 0, 'NOT_POSTING_CONFIRMED');
        payments.add(reference);
        if (status === 'CP') document.status = 'PAYMENT_CONFIRMED_SUCCESS';
        return item(docId, 0);
      });
    },
  };

  const invoicePayments: InvoicePaymentClient = {
    bulkUpdate: async ({ payments: [payment] }) => {
      const { requestId = '', status, method, paymentAmount, paidOn } = payment ?? {};
      calls.push(`bulk-update ${status ?? ''} ${method ?? ''} ${paymentAmount ?? ''} ${paidOn ?? ''}`);
      const items = await write('invoice-payment.bulk-update', requestId, () => {
        if (invoices.get(requestId) !== 'Extracted')
          return item(requestId, 1, 'FAILURE', 'The invoice is not Extracted.');
        invoices.set(requestId, 'Paid');
        return item(requestId, 0);
      });
      return items.map(({ docId, code, message }) => ({ requestId: docId, ok: code === 0, message }));
    },
  };

  return {
    documents,
    invoices,
    calls,
    faults,
    unreadable,
    /** Concur knows a stored document, in this state. */
    holds: (document: StoredDocument, status = 'READY', given: { erpSystemId?: string } = {}): void => {
      const { fiId, docType, businessId, payload } = document;
      documents.set(fiId, { id: fiId, docType, businessId, text: payload, status, ...given });
    },
    dependencies: (stage: Stage): ConcurDependencies => ({
      ...stage,
      connection,
      systemId,
      pageLimit: 2,
      invoicePaymentMethod: 'CLIENT',
      lookAgainSeconds: [300],
      fis,
      invoicePayments,
      paymentRequests: {
        read: async ({ requestId }) => {
          calls.push('read-invoice');
          return { requestId, paymentStatus: invoices.get(requestId) ?? 'Not Paid' };
        },
      },
      paidStatuses: ['Paid'],
      unobservablePayments: [],
    }),
  };
}

export type FakeConcur = ReturnType<typeof fakeConcur>;

/** Lets time pass since answers were lost, for all documents. */
export const letWaitsPass = (stage: Stage): Promise<unknown> =>
  stage.db.query(`update remote_writes set lost_at = lost_at - interval '1 hour' where outcome is null`);
