import type { DocType } from '../contracts/documents.js';
import type { Settlement } from '../contracts/erp-port.js';
import type { Finding } from '../contracts/ledger.js';
import type { LiveSettlements, TakenBack } from './live-settlements.js';
import { liveSettlements } from './live-settlements.js';
import type { Amount } from './money.js';
import { amountOf, plain, sumOf } from './money.js';
import type { ExpenseConfirmation, InvoiceConfirmation, PaidDocument } from './payment-confirmations.js';
import { paidInvoice, paymentOf, reversalOf, voidInvoice } from './payment-confirmations.js';

export type { ExpenseConfirmation, InvoiceConfirmation, PayablePart } from './payment-confirmations.js';

/** What Concur has been told of one settlement: a payment, or a payment that was taken back. */
export interface ConfirmedSettlement {
  settlementKey: string;
  status: 'PP' | 'CP' | 'PAID' | 'RE' | 'VOID';
}

export interface ConfirmationQuestion extends PaidDocument {
  docType: DocType;
  settlements: Settlement[];
  confirmed: ConfirmedSettlement[];
  /** Whether Concur is told by itself of payments that the ERP took back, or a person decides (decisions 21). */
  reversals: 'alert' | 'confirm';
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
  const told = new Set(question.confirmed.map(({ settlementKey }) => settlementKey));
  const isClosed = question.confirmed.some(({ status }) => status === 'CP' || status === 'PAID');
  const standing = liveSettlements(question.settlements, (row) => told.has(row.settlementKey));
  const { revoked, unmatched } = standing;
  const mayTell = question.reversals === 'confirm' && unmatched.length === 0;
  if (unmatched.length > 0 || (revoked.length > 0 && !mayTell)) {
    return reversed([...revoked.map(({ payment }) => payment), ...unmatched], isClosed);
  }
  const next = isClosed ? ({ outcome: 'settled' } as const) : nextPayment(question, standing, told);
  return revoked.length === 0 ? next : withReversals(question, revoked, next, told);
}

/** Code of the finding that the ERP has reversed the posting itself, so that nobody will be paid by it. */
export const reversedInErp = 'reversed-in-erp';

function nextPayment(question: ConfirmationQuestion, { live }: LiveSettlements, told: Set<string>): NextConfirmation {
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
    case 'invoice': {
      const confirmation = isSettled ? paidInvoice(question, payments) : undefined;
      if (confirmation !== undefined) return { outcome: 'confirm-invoice', confirmation };
      return { outcome: isSettled ? 'settled' : 'waiting' };
    }
    case 'cashadvance':
      // FIS takes no payment confirmation for cash advances (trap 10).
      return { outcome: isSettled ? 'settled' : 'waiting' };
  }
}

/** What was taken back is told before anything new, so that Concur never shows more than is owed. */
function withReversals(
  question: ConfirmationQuestion,
  revoked: TakenBack[],
  next: NextConfirmation,
  told: Set<string>,
): NextConfirmation {
  if (next.outcome === 'person') {
    return next;
  }
  if (question.docType !== 'expense') {
    const known = question.settlements.filter(
      (row) => told.has(row.settlementKey) && !amountOf(row.amount).isNegative(),
    );
    const confirmation = voidInvoice(question, known, revoked);
    const isVoid = question.confirmed.some(({ status }) => status === 'VOID');
    return confirmation === undefined || isVoid ? next : { outcome: 'confirm-invoice', confirmation };
  }
  const reversals = revoked.map((taken) => reversalOf(question, taken));
  return next.outcome === 'confirm-expense'
    ? { ...next, confirmations: [...reversals, ...next.confirmations] }
    : { outcome: 'confirm-expense', confirmations: reversals, isComplete: false };
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
  const reversal = live.find((row) => row.kind === 'reversal');
  if (reversal !== undefined) {
    const message = `The ERP has reversed the posting by ${reversal.reference}; the document is closed there without a payment.`;
    const cure = 'Tell your Concur processor, who knows it as posted, and end the document with ignoreDocument.';
    return { code: reversedInErp, message, remedy: cure };
  }
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
    paymentOf(question, row, isSettled && index === fresh.length - 1 ? 'CP' : 'PP'),
  );
  return { outcome: 'confirm-expense', confirmations, isComplete: isSettled };
}
