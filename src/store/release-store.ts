import type { HoldReason } from '../contracts/hold-reasons.js';
import type { Release } from '../contracts/messages.js';
import { appendAudit } from './audit-store.js';
import type { Queryable } from './database.js';

/** Records that a person has released one plan of a document; a newer release replaces it. Part of the caller's transaction. */
export async function recordReleasedPlan(client: Queryable, documentId: string, release: Release): Promise<void> {
  const { rowCount } = await client.query(
    `update documents set release = $2 where id = $1 and outcome is null and release is distinct from $2`,
    [documentId, JSON.stringify(release)],
  );
  if (rowCount !== 1) return;
  const { by, plan, note } = release;
  await appendAudit(client, { documentId, kind: 'message', actor: by, data: { released: plan, note } });
}

/** Open documents that are on hold for one reason, oldest first. */
export async function heldFor(
  db: Queryable,
  reason: HoldReason,
): Promise<{ id: string; humanNumber: string; erp: string | null }[]> {
  const { rows } = await db.query<{ id: string; humanNumber: string; erp: string | null }>(
    `select id, human_number as "humanNumber", erp from documents
     where hold_reason = $1 and outcome is null order by held_since, id`,
    [reason],
  );
  return rows;
}
