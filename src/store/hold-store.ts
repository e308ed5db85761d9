import type { HoldReason } from '../contracts/hold-reasons.js';
import { appendAudit } from './audit-store.js';
import { inTransaction, type Database, type Queryable } from './database.js';

/** Tables whose rows can be on hold: they have the columns id, outcome, hold_reason, hold_message and held_since. */
export type HoldingTable = 'documents' | 'purchase_requests';

/** Holds a document or request; the audit line is written once per change of reason or message. */
export async function putOnHold(
  db: Database,
  table: HoldingTable,
  id: string,
  reason: HoldReason,
  message: string,
): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `update ${table} set hold_reason = $2, hold_message = $3, held_since = coalesce(held_since, now())
       where id = $1 and outcome is null and (hold_reason is distinct from $2 or hold_message is distinct from $3)`,
      [id, reason, message],
    );
    if (rowCount === 1) {
      await appendAudit(client, { documentId: id, kind: 'hold', actor: 'connector', data: { reason, message } });
    }
  });
}

/** Ends a hold without a change of stage; the audit line is part of the same statement. */
export async function endHold(db: Queryable, table: HoldingTable, id: string): Promise<void> {
  await db.query(
    `with released as (
       update ${table} set hold_reason = null, hold_message = null, held_since = null
       where id = $1 and hold_reason is not null returning id)
     insert into audit (document_id, kind, actor, data) select id, 'release', 'connector', '{}' from released`,
    [id],
  );
}
