import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { OutcomeUnknown } from '../clients/http/errors.js';
import type { StepResult } from '../contracts/steps.js';
import { appendAudit } from '../store/audit-store.js';
import { inTransaction } from '../store/database.js';
import { readDocument } from '../store/document-store.js';
import { markWithdrawn, readErpDocuments, tracked } from '../store/erp-document-store.js';
import { lostErpWrites } from '../store/remote-write-store.js';
import type { ErpDependencies } from './dependencies.js';
import { underDocumentLease } from './document-lease.js';
import { createGuardedWrites, waitBeforeNextLook } from './guarded-writes.js';
import { requireLeaving } from './in-charge.js';
import { recordPosting } from './record-posting.js';
import { blockedHold, standingNumber } from './standing-in-erp.js';

/**
 * Takes one part of a document out of its ERP, and believes "gone" only when no write can arrive late: an unknown outcome is
 * waited out first (FIS spec 5.1, all or nothing; decisions 7). What is posted or blocked stays and holds with what to do.
 */
export async function withdrawFromErp(
  deps: ErpDependencies,
  documentId: string,
  part: number,
): Promise<StepResult<object>> {
  const { db, port } = deps;
  const document = await readDocument(db, documentId);
  const { leaving } = document;
  if (!leaving) throw new Error(`Nobody has asked to take ${documentId} out of the ERP.`);
  return underDocumentLease(deps, document, { system: port.name, operation: 'withdraw' }, async () => {
    const row = (await readErpDocuments(db, documentId)).find((each) => each.part === part);
    if (!row) throw new Error(`Part ${part} of ${documentId} is not planned.`);
    if (row.state === 'withdrawn') return { status: 'done' };
    await outcomesAreKnown(deps, documentId);
    const withdrawal = await port.withdraw(tracked(row), {
      writes: createGuardedWrites({ db, documentId, lookAgainSeconds: deps.lookAgainSeconds }),
      signal: cancellationSignal(),
      heartbeat,
    });
    if (withdrawal.state === 'posted') {
      await recordPosting(db, documentId, { state: 'posted', part, proof: withdrawal.proof });
    }
    // No ERP tells dependably that an entry was reversed by hand: the number that a person gives for it is the evidence.
    const standing = withdrawal.state === 'gone' ? undefined : standingNumber(row.company, withdrawal);
    const reversal = standing === undefined ? undefined : leaving.reversals?.[standing];
    if (withdrawal.state !== 'gone' && reversal === undefined) {
      return { status: 'hold', hold: blockedHold(leaving, await readErpDocuments(db, documentId), row, withdrawal) };
    }
    await inTransaction(db, async (client) => {
      await requireLeaving(client, documentId);
      if (!(await markWithdrawn(client, documentId, part))) return;
      const withdrawn = { part, company: row.company, keys: row.keys };
      const data = reversal === undefined ? { withdrawn } : { withdrawn, standing, reversal, by: leaving.by };
      await appendAudit(client, { documentId, kind: 'write', actor: 'connector', data });
    });
    return { status: 'done' };
  });
}

/** @throws OutcomeUnknown while a write whose answer was lost may still arrive in the ERP */
async function outcomesAreKnown(deps: ErpDependencies, documentId: string): Promise<void> {
  const [latestMs] = await lostErpWrites(deps.db, documentId);
  if (latestMs === undefined) return;
  const waitMs = waitBeforeNextLook(deps.lookAgainSeconds, latestMs);
  if (waitMs === 0) return;
  throw new OutcomeUnknown(
    'The answer to a write was lost; what it has brought about is looked for before anything is taken out of the ERP.',
    { system: deps.port.name, operation: 'withdraw' },
    waitMs,
  );
}
