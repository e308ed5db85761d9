import type { ConcurDependencies } from '../../src/activities/dependencies.js';
import { createInvoicePaymentMethods } from '../../src/activities/invoice-payment-methods.js';
import type {
  FiDocument,
  FisClient,
  FisItem,
  PostingMessage,
  UnreadableDocument,
} from '../../src/clients/concur/fis-client.js';
import type { InvoicePaymentClient } from '../../src/clients/concur/invoice-payment-client.js';
import type { ConcurVendor } from '../../src/clients/concur/vendor-client.js';
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
  /** What employee and processor read after a posting error. */
  messages?: PostingMessage[];
}

/** What happens to the next write instead of the usual: lost before or after its effect, or answered otherwise. */
export type Fault =
  | 'lost-before'
  | 'lost-after'
  | 'no-item'
  | Error
  | { code: number; result?: string; message?: string; systemId?: string };

/** Concur as it behaves: it keeps states, refuses what is out of order, and knows payments again by their reference. */
export function fakeConcur() {
  const documents = new Map<string, ConcurDocument>();
  const payments = new Set<string>();
  const invoices = new Map<string, string>();
  /** Supplier records by vendor code. */
  const vendors = new Map<string, ConcurVendor[]>();
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

  /** One call for any number of documents: a fault befalls the whole call. */
  async function write(operation: string, docIds: string[], apply: (docId: string) => FisItem): Promise<FisItem[]> {
    const fault = faults.shift();
    const lost = () => new OutcomeUnknown('no answer', { system: 'concur', operation });
    if (fault === 'lost-before') throw lost();
    if (fault instanceof Error) throw fault;
    if (typeof fault === 'object') return docIds.map((docId) => ({ docId, result: 'FAILURE', message: '', ...fault }));
    const items = docIds.map(apply);
    if (fault === 'lost-after') throw lost();
    // Another document's item, as Concur may send it: HTTP 200 says nothing about ours (S104). Any order is allowed.
    return fault === 'no-item' ? items.map((each) => ({ ...each, docId: 'another' })) : items.reverse();
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
    acknowledge: async ({ systemId: by, ids }) => {
      calls.push('acknowledge');
      return write('fis.acknowledge', ids, (id) => {
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
    confirmPosting: async ({ confirmations }) => {
      const numbers = confirmations.flatMap((each) => (each.status === 'success' ? each.postingDocs : []));
      const statuses = [...new Set(confirmations.map((each) => each.status))].join(',');
      calls.push(`confirm-posting ${statuses} ${numbers.map((each) => each.documentNumber).join(',')}`);
      const ids = confirmations.map((each) => each.docId);
      return write('fis.confirm-posting', ids, (docId) => {
        const confirmation = confirmations.find((each) => each.docId === docId);
        const { status } = confirmation ?? {};
        const document = documents.get(docId);
        if (!document) return item(docId, 116);
        if (document.status === 'RECALLED') return item(docId, 112, 'WAS_RECALLED');
        if (document.status.startsWith('POSTING_CONFIRMED')) return item(docId, 113);
        if (document.status !== 'ACKNOWLEDGED') return item(docId, 111);
        document.status = `POSTING_CONFIRMED_${status === 'success' ? 'SUCCESS' : 'FAILURE'}`;
        document.messages = confirmation?.messages ?? [];
        return item(docId, 0);
      });
    },
    confirmPayment: async ({ confirmations }) => {
      const told = confirmations.map(({ docId, status, clearings: [clearing] }) => {
        const { amount = '', clearedOn = '', reference } = clearing ?? {};
        return { docId, status, amount, clearedOn, reference: reference?.paymentRef ?? '' };
      });
      const words = told.map((each) => `${each.status} ${each.reference} ${each.amount} ${each.clearedOn}`);
      calls.push(`confirm-payment ${words.join(' | ')}`);
      const ids = told.map((each) => each.docId);
      return write('fis.confirm-payment', ids, (docId) => {
        const { status, reference = '' } = told.find((each) => each.docId === docId) ?? {};
        const document = documents.get(docId);
        if (!document) return item(docId, 116);
        if (payments.has(reference)) return item(docId, 298, 'NOOP');
        const isReversal = status === 'RE' && document.status.startsWith('PAYMENT_CONFIRMED');
        if (document.status !== 'POSTING_CONFIRMED_SUCCESS' && !isReversal)
          return item(docId, 298, 'NOT_POSTING_CONFIRMED');
        payments.add(reference);
        if (status === 'CP') document.status = 'PAYMENT_CONFIRMED_SUCCESS';
        if (isReversal) document.status = 'PAYMENT_CONFIRMED_REVERSED';
        return item(docId, 0);
      });
    },
  };

  const invoicePayments: InvoicePaymentClient = {
    bulkUpdate: async ({ payments: told }) => {
      const words = told.map((each) => `${each.status} ${each.method ?? ''} ${each.paymentAmount} ${each.paidOn}`);
      calls.push(`bulk-update ${words.join(' | ')}`);
      const ids = told.map((each) => each.requestId);
      const items = await write('invoice-payment.bulk-update', ids, (requestId) => {
        const isVoid = told.find((each) => each.requestId === requestId)?.status === 'VOID';
        if (invoices.get(requestId) !== (isVoid ? 'Paid' : 'Extracted'))
          return item(requestId, 1, 'FAILURE', 'The invoice is not Extracted.');
        invoices.set(requestId, isVoid ? 'Void' : 'Paid');
        return item(requestId, 0);
      });
      return items.map(({ docId, code, message }) => ({ requestId: docId, ok: code === 0, message }));
    },
  };

  return {
    documents,
    invoices,
    vendors,
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
      paymentMethods: createInvoicePaymentMethods({
        connection,
        vendors: { find: async ({ vendorCode }) => vendors.get(vendorCode) ?? [] },
        allowed: ['CLIENT', 'WIRE', 'CARD'],
        fallback: 'CLIENT',
        lacksScope: async () => true,
        now: stage.now,
      }),
      paymentReversals: 'alert',
      zeroDocuments: 'hold',
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
