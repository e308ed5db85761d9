import type { DocType } from '../contracts/documents.js';
import type { Settlement } from '../contracts/erp-port.js';
import type { Finding } from '../contracts/ledger.js';
import { liveSettlements } from './live-settlements.js';
import type { Amount } from './money.js';
import { amountOf, plain, sumOf } from './money.js';

/** What the ERP owes on one posted part: `payable` of its ERP document. */
export interface PayablePart {
  part: number;
  company: string;
  amount: string;
  currency: string;
}

/** What Concur has been told: `paymentRef` is the settlement key. */
export interface ConfirmedSettlement {
  paymentRef: string;
  status: 'PP' | 'CP' | 'PAID';
}

export interface ConfirmationQuestion {
  docType: DocType;
  fiId: string;
  /** Report, request or cash advance id. */
  businessId: string;
  payee: { id: string; name: string };
  payables: PayablePart[];
  settlements: Settlement[];
  confirmed: ConfirmedSettlement[];
}

/** One item of `processingConfirmation` (FIS spec 5.3). The amount is a decimal string: it is a number on the wire. */
export interface ExpenseConfirmation {
  docId: string;
  processingStatusCode: 'PP' | 'CP';
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
      paymentMethod: 'E';
    };
  }[];
}

/** One element of `bulkUpdate` without the payment method, which is a setting of the Concur side (decisions 22). */
export interface InvoiceConfirmation {
  requestId: string;
  invoiceAmount: string;
  paymentAmount: string;
  currency: string;
  paymentStatus: 'PAID';
  paymentStatusDate: string;
  checkNumbers: string[];
  /** Settlements that this confirmation reports. */
  settlementKeys: string[];
}

export type NextConfirmation =
  /** Nothing new; the ERP still owes money. */
  | { outcome: 'waiting' }
  /** Fully settled, and Concur has nothing (more) to be told. */
  | { outcome: 'settled' }
  /** To be sent in this order; `isComplete` when the last one closes the document in Concur. */
  | { outcome: 'confirm-expense'; confirmations: ExpenseConfirmation[]; isComplete: boolean }
  | { outcome: 'confirm-invoice'; confirmation: InvoiceConfirmation }
  /** A credit note, netting, overpayment or reversal: a person decides what Concur is told (decisions 21). */
  | { outcome: 'person'; finding: Finding }
  /** The ERP took back a payment after Concur was told "completely paid": told to a person, nothing is sent. */
  | { outcome: 'alert'; finding: Finding };

/**
 * Decides what Concur is told next about the payment of a document. Pure; asked again with what has been confirmed it
 * goes on from there, never confirming a settlement twice nor more than the payee is owed.
 */
export function nextConfirmation(question: ConfirmationQuestion): NextConfirmation {
  const told = new Set(question.confirmed.map(({ paymentRef }) => paymentRef));
  const isClosed = question.confirmed.some(({ status }) => status !== 'PP');
  const { live, revoked, unmatched } = liveSettlements(question.settlements, (row) => told.has(row.settlementKey));
  const taken = [...revoked, ...unmatched];
  if (taken.length > 0) {
    return reversed(taken, isClosed);
  }
  if (isClosed) {
    return { outcome: 'settled' };
  }
  const trouble = troubleOf(question, live);
  if (trouble !== undefined) {
    return { outcome: 'person', finding: trouble };
  }
  const isSettled = question.payables.every((payable) =>
    amountOf(payable.amount).eq(settledAmount(live, payable.part)),
  );
  const payments = live.filter((row) => row.kind === 'payment');
  const fresh = payments.filter((row) => !told.has(row.settlementKey));
  switch (question.docType) {
    case 'expense':
      return nextForExpense(question, fresh, isSettled);
    case 'invoice':
      return isSettled ? invoicePaid(question, payments) : { outcome: 'waiting' };
    case 'cashadvance':
      // FIS takes no payment confirmation for cash advances (trap 10).
      return { outcome: isSettled ? 'settled' : 'waiting' };
  }
}

function settledAmount(live: Settlement[], part: number): Amount {
  return sumOf(live.filter((row) => row.part === part).map((row) => row.amount));
}

function reversed(taken: Settlement[], isClosed: boolean): NextConfirmation {
  const references = [...new Set(taken.map((row) => row.reference))].join(', ');
  const finding = {
    code: isClosed ? 'payment-reversed-after-close' : 'payment-reversed',
    message: isClosed
      ? `The ERP took back the payment ${references}, but Concur was already told that the document is paid.`
      : `The ERP took back the payment ${references}, which Concur knows or which cannot be matched.`,
    remedy: 'Clear the payment in the ERP, then correct the payment state in Concur by hand.',
  };
  return { outcome: isClosed ? 'alert' : 'person', finding };
}

function troubleOf({ payables }: ConfirmationQuestion, live: Settlement[]): Finding | undefined {
  const remedy = 'Decide what Concur is to be told about this payment and confirm it by hand.';
  const credit = live.find((row) => row.kind === 'credit' || row.kind === 'other');
  if (credit !== undefined) {
    const message = `The document is settled by ${credit.reference}, which is not a payment (credit note or netting).`;
    return { code: 'settled-by-credit', message, remedy };
  }
  for (const { part, amount, currency } of payables) {
    const foreign = live.find((row) => row.part === part && row.currency !== currency);
    if (foreign !== undefined) {
      const message = `The settlement ${foreign.reference} is in ${foreign.currency}, the document in ${currency}.`;
      return { code: 'settled-in-other-currency', message, remedy };
    }
    const settled = settledAmount(live, part);
    if (settled.gt(amount)) {
      const message = `${plain(settled)} ${currency} is settled, but only ${amount} is owed.`;
      return { code: 'overpaid', message, remedy };
    }
  }
  const known = new Set(payables.map(({ part }) => part));
  const stray = live.find((row) => !known.has(row.part));
  if (stray !== undefined) {
    return { code: 'settled-without-debt', message: `${stray.reference} settles a part that owes nothing.`, remedy };
  }
  return undefined;
}

function nextForExpense(question: ConfirmationQuestion, fresh: Settlement[], isSettled: boolean): NextConfirmation {
  if (fresh.length === 0) {
    if (!isSettled || question.payables.length === 0) {
      return { outcome: isSettled ? 'settled' : 'waiting' };
    }
    const message = 'The document is fully settled, but no payment is left to close it with (discount only).';
    const remedy = 'Confirm the payment in Concur by hand.';
    return { outcome: 'person', finding: { code: 'settled-without-payment', message, remedy } };
  }
  const confirmations = fresh.map((row, index) =>
    expenseConfirmation(question, row, isSettled && index === fresh.length - 1 ? 'CP' : 'PP'),
  );
  return { outcome: 'confirm-expense', confirmations, isComplete: isSettled };
}

function expenseConfirmation(
  question: ConfirmationQuestion,
  row: Settlement,
  status: 'PP' | 'CP',
): ExpenseConfirmation {
  const payable = question.payables.find(({ part }) => part === row.part);
  return {
    docId: question.fiId,
    processingStatusCode: status,
    additionalMessage: '',
    clearingDetails: [
      {
        clearingDate: `${row.settledOn}T00:00:00.000Z`,
        clearingAmount: plain(amountOf(row.amount)),
        clearingCurrency: row.currency,
        receiver: { receiverId: question.payee.id, receiverName: question.payee.name, receiverType: 'EMPLOYEE' },
        clearingReference: {
          companyCode: payable?.company ?? '',
          financialDocumentId: row.reference,
          fiscalYear: row.fiscalYear,
          paymentRef: row.settlementKey,
          paymentMethod: 'E',
        },
      },
    ],
  };
}

function invoicePaid(question: ConfirmationQuestion, payments: Settlement[]): NextConfirmation {
  const last = payments.at(-1);
  const [payable] = question.payables;
  if (last === undefined || payable === undefined) {
    return { outcome: 'settled' };
  }
  return {
    outcome: 'confirm-invoice',
    confirmation: {
      requestId: question.businessId,
      invoiceAmount: plain(sumOf(question.payables.map(({ amount }) => amount))),
      paymentAmount: plain(sumOf(payments.map((row) => row.amount))),
      currency: payable.currency,
      paymentStatus: 'PAID',
      paymentStatusDate: last.settledOn,
      checkNumbers: numbersThatFit(payments.map((row) => row.reference)),
      settlementKeys: payments.map((row) => row.settlementKey),
    },
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
