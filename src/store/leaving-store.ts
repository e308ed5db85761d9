import type { Leaving } from '../contracts/leaving.js';
import { appendAudit } from './audit-store.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

/** Says why something must not be done, asked while nobody else can change the document or begin a write for it. */
export type Obstacle = (client: Queryable) => Promise<string | undefined>;

/**
 * Records that a document has to leave the ERP and go back to Concur, who wants it and why; from then on nothing of it is
 * written. A later request changes the reason. A closed document stays as it is, and so does one that Concur has recalled, or
 * to whose success we have given our word (FIS spec trap 17). Answers the obstacle, if there is one.
 */
export async function recordLeaving(
  db: Database,
  id: string,
  leaving: Leaving,
  obstacle?: Obstacle,
): Promise<string | undefined> {
  return inTransaction(db, async (client) => {
    await lock(client, id);
    const why = await obstacle?.(client);
    if (why !== undefined) return why;
    const { rowCount } = await client.query(
      `update documents set leaving = $2 where id = $1 and outcome is null and posting_confirmed_at is null
         and leaving is distinct from $2 and leaving ->> 'outcome' is distinct from 'recalled'`,
      [id, JSON.stringify(leaving)],
    );
    if (rowCount !== 1) return undefined;
    const { outcome, by, ...facts } = leaving;
    const data = { leaving: outcome, ...facts };
    await appendAudit(client, { documentId: id, kind: 'message', actor: by, data });
    return undefined;
  });
}

/** Forgets that a document has to leave, because a person keeps it; the audit trail does not forget. Answers the obstacle. */
export async function forgetLeaving(
  db: Database,
  id: string,
  who: { by: string; reason: string },
  obstacle: Obstacle,
): Promise<string | undefined> {
  return inTransaction(db, async (client) => {
    await lock(client, id);
    const why = await obstacle(client);
    if (why !== undefined) return why;
    const { rowCount } = await client.query(
      `update documents set leaving = null where id = $1 and outcome is null and leaving ->> 'outcome' = 'returned'`,
      [id],
    );
    if (rowCount !== 1) return undefined;
    const data = { kept: true, reason: who.reason };
    await appendAudit(client, { documentId: id, kind: 'message', actor: who.by, data });
    return undefined;
  });
}

/** Keeps a document on its way out until the transaction ends. False if it is not on it, or a person has kept it meanwhile. */
export async function lockLeaving(client: Queryable, id: string): Promise<boolean> {
  const { rows } = await client.query(
    'select 1 from documents where id = $1 and outcome is null and leaving is not null for share',
    [id],
  );
  return rows.length > 0;
}

/** An intent row is written under a share of this lock: see `recordIntent`. */
async function lock(client: Queryable, id: string): Promise<void> {
  await client.query('select 1 from documents where id = $1 for update', [id]);
}
