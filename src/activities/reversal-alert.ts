import type { StoredDocument } from '../store/document-store.js';
import type { SharedDependencies } from './dependencies.js';
import { alert } from './run-step.js';

/** Tells people that the ERP has reversed a posting of a document that is closed: Concur knows it as posted (F&O spec 9). */
export async function alertReversal(
  deps: SharedDependencies,
  company: string,
  { id, humanNumber }: StoredDocument,
  reference: string,
): Promise<void> {
  const message = `${company} has reversed the posting of ${humanNumber} (reversed in the ERP by ${reference}) after Concur was told that it is posted. Correct it in Concur by hand.`;
  await alert(deps, `reversed-in-erp: ${id}`, message, undefined);
}
