import type { FisClient, FiDocument, FisItem } from '../clients/concur/fis-client.js';
import { OutcomeUnknown } from '../clients/http/errors.js';
import type { StoredDocument } from '../store/document-store.js';

/** Asks Concur what it knows about one of our documents: by business id with the status ignored (FIS spec 3.2). */
export async function askConcur(
  fis: FisClient,
  document: StoredDocument,
  signal: AbortSignal,
): Promise<FiDocument | undefined> {
  const found = await fis.findByBusinessId({ docType: document.docType, businessId: document.businessId, signal });
  return found.find((candidate) => candidate.id === document.fiId);
}

/** The item that answers for our document; without one the outcome is unknown (FIS spec 4). */
export function itemFor(items: readonly FisItem[], fiId: string, operation: string): FisItem {
  const item = items.find((candidate) => candidate.docId === fiId);
  if (!item)
    throw new OutcomeUnknown('Concur answered without a result for this document.', { system: 'concur', operation });
  return item;
}
