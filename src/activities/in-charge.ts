import { Unavailable } from '../clients/http/errors.js';
import type { Outcome } from '../contracts/stages.js';
import type { StepResult } from '../contracts/steps.js';
import type { Queryable } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import { readDocument } from '../store/document-store.js';
import { lockLeaving } from '../store/leaving-store.js';
import type { SharedDependencies } from './dependencies.js';

/** Ends after which nothing may be written or told any more, whatever a reset repeats (S118). */
const givenUp: readonly Outcome[] = ['returned', 'recalled', 'ignored'];

/** Undefined while the document is to be worked on; else the answer of every step of the ordinary way. */
export function noLongerOurs({
  outcome,
  leaving,
}: StoredDocument): Extract<StepResult<never>, { status: 'ended' | 'leaving' }> | undefined {
  if (outcome !== null && givenUp.includes(outcome)) {
    return { status: 'ended', outcome, detail: 'The document is complete; nothing is left to be done.' };
  }
  return outcome === null && leaving !== null ? { status: 'leaving' } : undefined;
}

/** Does a step of the ordinary way, unless the document is given up or has to leave first. */
export async function whileOurs<T extends object>(
  deps: SharedDependencies,
  documentId: string,
  work: (document: StoredDocument) => Promise<StepResult<T>>,
): Promise<StepResult<T>> {
  const document = await readDocument(deps.db, documentId);
  return noLongerOurs(document) ?? work(document);
}

/**
 * Keeps a document on its way out until the transaction ends.
 * @throws Unavailable if a person has kept it meanwhile: what was seen in the ERP counts no more
 */
export async function requireLeaving(client: Queryable, documentId: string): Promise<void> {
  if (await lockLeaving(client, documentId)) return;
  const call = { system: 'connector', operation: 'leave' };
  throw new Unavailable('The document is no longer on its way out; it is looked at again.', call, 2_000);
}
