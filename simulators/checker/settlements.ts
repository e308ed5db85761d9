import { Decimal } from 'decimal.js';
import type { ConcurDocumentState, Journal, PostedErpDocument } from '../harness/types.js';
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

/**
 * Payments that Concur was not told of, or was told of too early or too high, as sentences. A payment that the ERP took back is
 * left to a person: by a hold as long as the document is not paid in Concur, by an alert afterwards (decisions 21).
 */
export function findPaymentProblems(journal: Journal, links: Links): string[] {
  return links.confirmed.flatMap(({ document, claims }) => {
    const posted = claims.flatMap((claim) => (claim.posted === undefined ? [] : [claim.posted]));
    // Concur takes no confirmation for cash advances (concur-financial-integration.md 1.1).
    if (posted.length === 0 || document.docType === 'cashadvance') return [];
    const problems = document.docType === 'invoice' ? invoiceProblems : expenseProblems;
    return [...problems(document, posted, journal), ...silentReversals(document, posted, journal)];
  });
}

function expenseProblems(document: ConcurDocumentState, posted: PostedErpDocument[], journal: Journal): string[] {
  const { name, everPaid, payable, isOverdue } = settlement(document, posted, journal);
  const isConfirmed = document.status === 'PAYMENT_CONFIRMED_SUCCESS';
  const told = document.payments
    .filter(({ status }) => status === 'PP' || status === 'CP')
    .reduce((total, { amount }) => total.plus(amount), new Decimal(0));
  return [
    ...(isOverdue && document.status === 'POSTING_CONFIRMED_SUCCESS' ? [notToldSentence(name)] : []),
    ...(isConfirmed && everPaid.lt(payable) ? [tooEarlySentence(name, everPaid, payable)] : []),
    ...(told.gt(everPaid) ? [tooMuchSentence(name, told, everPaid)] : []),
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

function invoiceProblems(document: ConcurDocumentState, posted: PostedErpDocument[], journal: Journal): string[] {
  const { name, everPaid, payable, isOverdue } = settlement(document, posted, journal);
  const last = document.invoicePayments.at(-1);
  const times = document.invoicePayments.reduce(
    (count, { paymentStatus }) => count + (paymentStatus === 'PAID' ? 1 : -1),
    0,
  );
  if (last === undefined) return isOverdue ? [notToldSentence(name)] : [];
  if (last.paymentStatus !== 'PAID') return [];
  return [
    ...(times > 1 ? [`${name} was paid ${String(times)} times in Concur.`] : []),
    ...(everPaid.lt(payable) ? [tooEarlySentence(name, everPaid, payable)] : []),
    ...(everPaid.lt(last.paymentAmount) ? [tooMuchSentence(name, new Decimal(last.paymentAmount), everPaid)] : []),
  ];
}

/** `everPaid` counts what was taken back later: Concur may have been told of it while it stood. */
function settlement(document: ConcurDocumentState, posted: PostedErpDocument[], { held }: Pick<Journal, 'held'>) {
  const paid = posted.reduce((total, one) => total.plus(one.paid), new Decimal(0));
  const payable = posted.reduce((total, one) => total.plus(one.payable), new Decimal(0));
  const reversals = posted.flatMap((one) => one.reversals ?? []);
  const isFullyPaid = payable.gt(0) && posted.every((one) => new Decimal(one.paid).gte(one.payable));
  const isLeftToPerson = reversals.length > 0 && held?.[document.id] === 'payment-needs-decision';
  return {
    name: `${document.docType} ${document.id}`,
    everPaid: reversals.reduce((total, { amount }) => total.plus(amount), paid),
    payable,
    isOverdue: isFullyPaid && !isLeftToPerson,
  };
}

/** A payment that was taken back after Concur was told that the document is paid: somebody must have been told. */
function silentReversals(document: ConcurDocumentState, posted: PostedErpDocument[], journal: Journal): string[] {
  const paidAt = toldPaidAt(document, journal);
  const late = posted
    .flatMap((one) => one.reversals ?? [])
    .filter(({ at }) => paidAt !== undefined && Date.parse(at) > Date.parse(paidAt));
  if (late.length === 0 || journal.alerts === undefined) return [];
  const isTold = journal.alerts.some((cause) => isAlertOf(cause, document));
  const amounts = late.map(({ amount }) => amount).join(' and ');
  const name = `${document.docType} ${document.id}`;
  return isTold ? [] : [`${name}: the ERP took back ${amounts} after Concur was told "paid", and nobody was told.`];
}

const isAlertOf = (cause: string, { id }: ConcurDocumentState): boolean =>
  cause.startsWith('payment-changed-after-close') && cause.includes(id);

/** When Concur took the confirmation that closed the document. */
function toldPaidAt({ id, docType, businessId }: ConcurDocumentState, { writes }: Pick<Journal, 'writes'>) {
  const closing = docType === 'invoice' ? /^PAID / : /^CP /;
  const isOwn = (key: string): boolean => (docType === 'invoice' ? key === businessId : key.startsWith(`${id}/`));
  return writes.find(
    ({ system, outcome, key, detail }) =>
      system === 'concur' && outcome === 'applied' && isOwn(key) && closing.test(detail ?? ''),
  )?.at;
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
