import { cancellationSignal } from '@temporalio/activity';
import type { TrackedErpDocument } from '../contracts/erp-port.js';
import { clearAlertCause } from '../store/alert-store.js';
import { readDocument } from '../store/document-store.js';
import { markWaiting } from '../store/erp-document-store.js';
import type { ErpDependencies } from './dependencies.js';
import { alert } from './run-step.js';

/**
 * Remembers why the ERP will not pay posted documents as things stand, and tells people once per document: what waits for a payment
 * that nobody will make must not wait for ever in silence (F&O spec trap 17).
 */
export async function notePaymentObstacles(
  deps: ErpDependencies,
  company: string,
  documents: readonly TrackedErpDocument[],
): Promise<void> {
  const { db, port } = deps;
  if (!port.findPaymentObstacles || documents.length === 0) return;
  const obstacles = await port.findPaymentObstacles(company, [...documents], cancellationSignal());
  for (const { documentId, document } of documents) {
    const own = obstacles.find((each) => each.documentId === documentId && each.part === document.part);
    await markWaiting(db, documentId, document.part, own?.reason ?? null);
    const cause = `payment-held: ${documentId}/${document.part}`;
    if (own === undefined) {
      await clearAlertCause(db, cause);
      continue;
    }
    const { humanNumber } = await readDocument(db, documentId);
    await alert(deps, cause, `${company} will not pay ${humanNumber} as things stand. ${own.reason}`, documentId);
  }
}
