import type { Leaving } from '../contracts/leaving.js';
import { appendAudit } from './audit-store.js';
import type { Database } from './database.js';
import { inTransaction } from './database.js';

/**
 * Records that a document has to leave the ERP and go back to Concur, who wants it and why; from then on nothing of it is
 * written. A later request changes the reason. A closed document stays as it is, and so does one that Concur has recalled, or
 * to whose success we have given our word (FIS spec trap 17).
 */
export async function recordLeaving(db: Database, id: string, leaving: Leaving): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `update documents set leaving = $2 where id = $1 and outcome is null and posting_confirmed_at is null
         and leaving is distinct from $2 and leaving ->> 'outcome' is distinct from 'recalled'`,
      [id, JSON.stringify(leaving)],
    );
    if (rowCount !== 1) return;
    const { outcome, by, ...facts } = leaving;
    const data = { leaving: outcome, ...facts };
    await appendAudit(client, { documentId: id, kind: 'message', actor: by, data });
  });
}

/** Forgets that a document has to leave, because a person keeps it; the audit trail does not forget. */
export async function forgetLeaving(db: Database, id: string, by: string, reason: string): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `update documents set leaving = null where id = $1 and outcome is null and leaving ->> 'outcome' = 'returned'`,
      [id],
    );
    if (rowCount !== 1) return;
    await appendAudit(client, { documentId: id, kind: 'message', actor: by, data: { kept: true, reason } });
  });
}
