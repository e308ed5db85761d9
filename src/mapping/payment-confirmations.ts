import type { Settlement } from '../contracts/erp-port.js';
import type { TakenBack } from './live-settlements.js';
import { amountOf, plain, sumOf } from './money.js';

/** What the ERP owes on one posted part: `payable` of its ERP document. */
export interface PayablePart {
  part: number;
  company: string;
  amount: string;
  currency: string;
}

/** Facts of a document that its payment confirmations repeat. */
export interface PaidDocument {
  fiId: string;
  /** Report, request or cash advance id. */
  businessId: string;
  payee: { id: string; name: string };
  payables: PayablePart[];
}

/** One item of `processingConfirmation` (FIS spec 5.3). The amount is a decimal string: it is a number on the wire. */
export interface ExpenseConfirmation {
  docId: string;
  processingStatusCode: 'PP' | 'CP' | 'RE';
  additionalMessage: string;
  clearingDetails: {
    /** Exactly three decimals (trap 12). */
    clearingDate: string;
    clearingAmount: string;
    clearingCurrency: string;
    receiver: { receiverId: string; receiverName: string; receiverType: 'EMPLOYEE' };
    clearingReference: {
      companyCode: string;
      financialDocumentId: string;
      fiscalYear: string;
      paymentRef: string;
      /** Electronic transfer, or cheque. */
      paymentMethod: 'E' | 'C';
    };
  }[];
  /** The settlement that this confirmation reports; not a part of the call. */
  settlementKey: string;
}

/** One element of `bulkUpdate` without the payment method, which is a setting of the Concur side (decisions 22). */
export interface InvoiceConfirmation {
  requestId: string;
  invoiceAmount: string;
  paymentAmount: string;
  currency: string;
  paymentStatus: 'PAID' | 'VOID';
  paymentStatusDate: string;
  /** Of each payment the cheque, or the ERP's payment document where it was none. */
  checkNumbers: string[];
  /** Settlements that this confirmation reports. */
  settlementKeys: string[];
}

/** A payment of the ERP under the key of its settlement. */
export function paymentOf(document: PaidDocument, row: Settlement, status: 'PP' | 'CP'): ExpenseConfirmation {
  return expenseConfirmation(document, row, { status, paymentRef: row.settlementKey, message: '' });
}

/** A payment that the ERP took back: a positive amount under a reference of its own, with the reason (decisions 21). */
export function reversalOf(document: PaidDocument, { payment, reversal }: TakenBack): ExpenseConfirmation {
  const message = `The payment ${payment.reference} of ${payment.settledOn} was taken back on ${reversal.settledOn}.`;
  return expenseConfirmation(document, reversal, {
    status: 'RE',
    paymentRef: `${reversal.settlementKey}/reversal`,
    message,
  });
}

function expenseConfirmation(
  { fiId, payee, payables }: PaidDocument,
  row: Settlement,
  told: { status: 'PP' | 'CP' | 'RE'; paymentRef: string; message: string },
): ExpenseConfirmation {
  const payable = payables.find(({ part }) => part === row.part);
  return {
    docId: fiId,
    processingStatusCode: told.status,
    additionalMessage: told.message,
    clearingDetails: [
      {
        clearingDate: `${row.settledOn}T00:00:00.000Z`,
        clearingAmount: plain(amountOf(row.amount).abs()),
        clearingCurrency: row.currency,
        receiver: { receiverId: payee.id, receiverName: payee.name, receiverType: 'EMPLOYEE' },
        clearingReference: {
          companyCode: payable?.company ?? '',
          financialDocumentId: row.reference,
          fiscalYear: row.fiscalYear,
          paymentRef: told.paymentRef,
          paymentMethod: row.chequeNumber === undefined ? 'E' : 'C',
        },
      },
    ],
    settlementKey: row.settlementKey,
  };
}

/** A fully paid invoice; undefined where no money was paid. */
export function paidInvoice(document: PaidDocument, payments: Settlement[]): InvoiceConfirmation | undefined {
  return invoiceConfirmation(document, 'PAID', payments, payments);
}

/** A paid invoice of which a payment was taken back: what Concur was told as paid is void as a whole (decisions 21). */
export function voidInvoice(
  document: PaidDocument,
  told: Settlement[],
  taken: TakenBack[],
): InvoiceConfirmation | undefined {
  return invoiceConfirmation(
    document,
    'VOID',
    told,
    taken.map(({ reversal }) => reversal),
  );
}

function invoiceConfirmation(
  { businessId, payables }: PaidDocument,
  paymentStatus: 'PAID' | 'VOID',
  payments: Settlement[],
  reported: Settlement[],
): InvoiceConfirmation | undefined {
  const last = reported.at(-1);
  const [payable] = payables;
  if (last === undefined || payable === undefined) {
    return undefined;
  }
  return {
    requestId: businessId,
    invoiceAmount: plain(sumOf(payables.map(({ amount }) => amount))),
    paymentAmount: plain(sumOf(payments.map((row) => row.amount))),
    currency: payable.currency,
    paymentStatus,
    paymentStatusDate: last.settledOn,
    checkNumbers: numbersThatFit(reported.map((row) => row.chequeNumber ?? row.reference)),
    settlementKeys: reported.map((row) => row.settlementKey),
  };
}

/** Whether 100 characters count for each number or for all is not said: all together stay below (platform spec 4.3). */
function numbersThatFit(references: string[]): string[] {
  const kept: string[] = [];
  for (const reference of new Set(references)) {
    if ([...kept, reference].join(',').length <= 100) {
      kept.push(reference);
    }
  }
  return kept;
}
