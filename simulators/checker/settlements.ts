import { Decimal } from 'decimal.js';
import type { ConcurDocumentState, PostedErpDocument } from '../harness/types.js';
import type { Links } from './links.js';

/** Documents that were confirmed in another legal entity than the sandbox's rule expects, as sentences. */
export function findMisplaced(links: Links): string[] {
  return links.confirmed.flatMap(({ document, claims }) => {
    const { expected } = document;
    const entities = [...new Set(claims.map((claim) => links.entityOf(claim)))];
    // A document may be split over companies; its own company must be among them.
    const isPlaced = entities.some((entity) => entity.toLowerCase() === expected?.toLowerCase());
    if (expected === undefined || entities.length === 0 || isPlaced) return [];
    return [`${document.docType} ${document.id} belongs to ${expected} but was posted in ${entities.join(', ')}.`];
  });
}

/** Payments that Concur was not told of, or was told of too early or too high, as sentences. */
export function findPaymentProblems(links: Links): string[] {
  return links.confirmed.flatMap(({ document, claims }) => {
    const posted = claims.flatMap((claim) => (claim.posted === undefined ? [] : [claim.posted]));
    // Concur takes no confirmation for cash advances (concur-financial-integration.md 1.1).
    if (posted.length === 0 || document.docType === 'cashadvance') return [];
    return document.docType === 'invoice' ? invoiceProblems(document, posted) : expenseProblems(document, posted);
  });
}

function expenseProblems(document: ConcurDocumentState, posted: PostedErpDocument[]): string[] {
  const { name, paid, payable, isFullyPaid } = settlement(document, posted);
  const isConfirmed = document.status === 'PAYMENT_CONFIRMED_SUCCESS';
  const told = document.payments
    .filter(({ status }) => status === 'PP' || status === 'CP')
    .reduce((total, { amount }) => total.plus(amount), new Decimal(0));
  return [
    ...(isFullyPaid && document.status === 'POSTING_CONFIRMED_SUCCESS' ? [notToldSentence(name)] : []),
    ...(isConfirmed && paid.lt(payable) ? [tooEarlySentence(name, paid, payable)] : []),
    ...(told.gt(paid) ? [tooMuchSentence(name, told, paid)] : []),
    ...(isConfirmed ? completionProblems(document, name) : []),
  ];
}

/** A report that Concur shows as paid was completed once, and its employee was told of what he was owed, to the cent. */
function completionProblems({ payments, employee }: ConcurDocumentState, name: string): string[] {
  const completions = payments.filter(({ status }) => status === 'CP').length;
  const toEmployee = payments
    .filter(({ status, receiverId }) => (status === 'PP' || status === 'CP') && receiverId === employee?.id)
    .reduce((total, { amount }) => total.plus(amount), new Decimal(0));
  return [
    ...(completions === 1 ? [] : [`${name} is paid, but has ${String(completions)} complete payments (CP).`]),
    ...(employee === undefined || toEmployee.eq(employee.due)
      ? []
      : [`${name}: the employee was owed ${employee.due}, the payments told to Concur make ${toEmployee.toFixed()}.`]),
  ];
}

function invoiceProblems(document: ConcurDocumentState, posted: PostedErpDocument[]): string[] {
  const { name, paid, payable, isFullyPaid } = settlement(document, posted);
  const last = document.invoicePayments.at(-1);
  const times = document.invoicePayments.reduce(
    (count, { paymentStatus }) => count + (paymentStatus === 'PAID' ? 1 : -1),
    0,
  );
  if (last === undefined) return isFullyPaid ? [notToldSentence(name)] : [];
  if (last.paymentStatus !== 'PAID') return [];
  return [
    ...(times > 1 ? [`${name} was paid ${String(times)} times in Concur.`] : []),
    ...(paid.lt(payable) ? [tooEarlySentence(name, paid, payable)] : []),
    ...(paid.lt(last.paymentAmount) ? [tooMuchSentence(name, new Decimal(last.paymentAmount), paid)] : []),
  ];
}

function settlement(document: ConcurDocumentState, posted: PostedErpDocument[]) {
  const paid = posted.reduce((total, one) => total.plus(one.paid), new Decimal(0));
  const payable = posted.reduce((total, one) => total.plus(one.payable), new Decimal(0));
  return {
    name: `${document.docType} ${document.id}`,
    paid,
    payable,
    isFullyPaid: payable.gt(0) && posted.every((one) => new Decimal(one.paid).gte(one.payable)),
  };
}

function notToldSentence(name: string): string {
  return `${name} is fully paid in the ERP, but Concur was not told.`;
}

function tooEarlySentence(name: string, paid: Decimal, payable: Decimal): string {
  return `${name} was confirmed as paid, but the ERP has paid ${paid.toFixed()} of ${payable.toFixed()}.`;
}

function tooMuchSentence(name: string, told: Decimal, paid: Decimal): string {
  return `${name}: Concur was told of ${told.toFixed()}, the ERP has paid ${paid.toFixed()}.`;
}
