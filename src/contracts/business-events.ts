/** What the watches of an ERP company look for. */
export type WatchKind = 'postings' | 'payments';

/** Events of documents that were posted (F&O spec 13); the id of the payment's event is documented nowhere. */
const postingEventIds = ['vendorinvoicepostedbusinessevent', 'vendorinvoicejournalpostedbusinessevent'];
const workflowPrefix = 'workflow_';

/**
 * Which watches a business event hints at. Both where nobody knows the id: a look too many is cheap, and the catalogue grows.
 * @param paymentEventIds as the customer has read them from the catalogue; case does not matter
 */
export function watchesHintedAt(businessEventId: string, paymentEventIds: readonly string[]): WatchKind[] {
  const id = businessEventId.toLowerCase();
  const isPayment = paymentEventIds.some((each) => each.toLowerCase() === id);
  const isPosting = postingEventIds.includes(id) || id.startsWith(workflowPrefix);
  if (isPayment === isPosting) return ['postings', 'payments'];
  return isPosting ? ['postings'] : ['payments'];
}
