import { cancellationSignal } from '@temporalio/activity';
import type { TrackedErpDocument } from '../contracts/erp-port.js';
import { clearAlertCause } from '../store/alert-store.js';
import { readDocument } from '../store/document-store.js';
import { markObstaclesAsked, markWaiting, overdueForPayment } from '../store/erp-document-store.js';
import type { ErpDependencies } from './dependencies.js';
import { alert } from './run-step.js';

/**
 * Remembers why the ERP will not pay posted documents as things stand, and tells people once per document and reason: what waits
 * for a payment that nobody will make must not wait for ever in silence (F&O spec trap 17).
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
    const posted = { documentId, part: document.part, state: 'posted' } as const;
    const isNews = await markWaiting(db, posted, own?.reason ?? null);
    const cause = `payment-held: ${documentId}/${document.part}`;
    // Another reason is another alert: people are told of it at once.
    if (own === undefined || isNews) await clearAlertCause(db, cause);
    if (own === undefined) continue;
    const { humanNumber } = await readDocument(db, documentId);
    await alert(deps, cause, `${company} will not pay ${humanNumber} as things stand. ${own.reason}`, documentId);
  }
  await markObstaclesAsked(
    db,
    documents.map(({ documentId, document }) => ({ documentId, part: document.part })),
  );
}

/**
 * Asks once a day, in bulk, why documents that should have been paid by now are not: the reason may have changed. One page at a time,
 * since the news of payments wait for it; the next look takes the next one.
 */
export async function rereadPaymentObstacles(deps: ErpDependencies, company: string): Promise<void> {
  if (!deps.port.findPaymentObstacles) return;
  const page = await overdueForPayment(deps.db, deps.port.name, company).next();
  if (page.done !== true) await notePaymentObstacles(deps, company, page.value);
}
