import type { PostingState } from '../contracts/erp-port.js';
import { appendAudit } from '../store/audit-store.js';
import type { Database } from '../store/database.js';
import { inTransaction } from '../store/database.js';
import { markPosted, markRefused, markWaiting } from '../store/erp-document-store.js';

/** Records what the ERP says about the posting of a written part. Returns true for a proof that was not known yet. */
export async function recordPosting(db: Database, documentId: string, state: PostingState): Promise<boolean> {
  if (state.state !== 'posted') {
    const isWaiting = state.state === 'waiting';
    await markRefused(db, documentId, state.part, isWaiting ? null : state.reason);
    const written = { documentId, part: state.part, state: 'written' } as const;
    await markWaiting(db, written, (isWaiting ? state.reason : undefined) ?? null);
    return false;
  }
  const { proof } = state;
  return inTransaction(db, async (client) => {
    const fresh = await markPosted(client, documentId, proof);
    if (fresh) await appendAudit(client, { documentId, kind: 'write', actor: 'connector', data: { posted: proof } });
    return fresh;
  });
}
