import { cancellationSignal } from '@temporalio/activity';
import type { TrackedErpDocument } from '../contracts/erp-port.js';
import { readDocument } from '../store/document-store.js';
import { markSettlementsAsked, newlyPosted, watchedForPayment } from '../store/erp-document-store.js';
import { storeSettlements, unsignalledSettlements } from '../store/settlement-store.js';
import { advanceWatermark, readWatermark } from '../store/watermark-store.js';
import type { ErpDependencies } from './dependencies.js';
import { notePaymentObstacles, rereadPaymentObstacles } from './payment-obstacles.js';
import { alertReversal } from './reversal-alert.js';
import { alert } from './run-step.js';

/** One look at the payments of one ERP company. */
export interface PaymentLook {
  /** Documents whose payment was waited for before this look. */
  watched: number;
  /** Settlements that nobody knew. */
  found: number;
  /** Documents that have not been told of theirs yet. */
  untold: number;
}

/**
 * Reads settlements since the watermark, with overlap, and all of those of newly posted documents. The watermark moves only after
 * they are stored.
 */
export async function lookAtPayments(deps: ErpDependencies, company: string): Promise<PaymentLook> {
  const { db, port } = deps;
  const name = `settlements/${port.name}/${company}`;
  const startedAt = deps.now();
  const from = (await readWatermark(db, name)) ?? startedAt;
  const since = new Date(from.getTime() - deps.overlapSeconds * 1_000).toISOString();
  // Side by side, so that they ask the ERP in the same moments; what is newly posted is on the watch from the next look on.
  const [ofNew, { watched, found }] = await allOrNothing([
    askForNewlyPosted(deps, company),
    readChanged(deps, company, since),
  ]);
  await advanceWatermark(db, name, startedAt);
  await rereadPaymentObstacles(deps, company);
  const untold = await unsignalledSettlements(db, port.name, company);
  return { watched, found: found + ofNew, untold: untold.length };
}

/** What was paid before documents came on the watch, and what keeps them from being paid. */
async function askForNewlyPosted(deps: ErpDependencies, company: string): Promise<number> {
  const { db, port } = deps;
  let found = 0;
  for await (const page of newlyPosted(db, port.name, company)) {
    const [fresh] = await allOrNothing([
      readSettlements(deps, company, page, undefined),
      notePaymentObstacles(deps, company, page),
    ]);
    found += fresh;
    await markSettlementsAsked(
      db,
      page.map(({ documentId, document }) => ({ documentId, part: document.part })),
    );
  }
  return found;
}

async function readChanged(
  deps: ErpDependencies,
  company: string,
  since: string,
): Promise<{ watched: number; found: number }> {
  let watched = 0;
  let found = 0;
  for await (const page of watchedForPayment(deps.db, deps.port.name, company)) {
    watched += page.length;
    found += await readSettlements(deps, company, page, since);
  }
  return { watched, found };
}

/** Stores what is new; a change after the document was closed is told to a person, since Concur knows it as paid. */
async function readSettlements(
  deps: ErpDependencies,
  company: string,
  page: TrackedErpDocument[],
  since: string | undefined,
): Promise<number> {
  const { db, port } = deps;
  const fresh = await storeSettlements(db, await port.findSettlements(company, page, since, cancellationSignal()));
  for (const settlement of fresh) {
    const document = await readDocument(db, settlement.documentId);
    if (settlement.kind === 'reversal' && document.outcome !== null) {
      await alertReversal(deps, company, document, settlement.reference);
      continue;
    }
    if (document.outcome !== 'paid') continue;
    const what = `${settlement.amount} ${settlement.currency} on ${settlement.settledOn} (${settlement.reference})`;
    const message = `${company} changed the payment of ${document.humanNumber} after Concur was told that it is paid: ${what}. Correct the payment state in Concur by hand.`;
    await alert(deps, `payment-changed-after-close: ${settlement.documentId}`, message, undefined);
  }
  return fresh.length;
}

/** All results, or the first failure once nothing of it is under way any more. */
async function allOrNothing<const Work extends readonly unknown[]>(
  work: Work,
): Promise<{ -readonly [At in keyof Work]: Awaited<Work[At]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
