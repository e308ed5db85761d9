import type { Queryable } from './database.js';

/** How a remote write ended; `unknown` is never written: an intent without a result says so. */
export type WriteOutcome = 'done' | 'rejected' | 'found' | 'not-executed';

export interface PendingWrite {
  id: string;
  startedAt: Date;
}

/** Writes the intent row before the call. */
export async function recordIntent(
  db: Queryable,
  write: { documentId: string; operation: string; key: string; payloadSha256: string },
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    'insert into remote_writes (document_id, operation, key, payload_sha256) values ($1, $2, $3, $4) returning id',
    [write.documentId, write.operation, write.key, write.payloadSha256],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('The intent row was not written.');
  return id;
}

export async function recordResult(db: Queryable, id: string, outcome: WriteOutcome): Promise<void> {
  await db.query('update remote_writes set finished_at = now(), outcome = $2 where id = $1 and outcome is null', [id, outcome]);
}

/** The newest write under this key whose outcome is unknown. */
export async function pendingWrite(db: Queryable, operation: string, key: string): Promise<PendingWrite | undefined> {
  const { rows } = await db.query<PendingWrite>(
    `select id, started_at as "startedAt" from remote_writes
     where operation = $1 and key = $2 and outcome is null order by id desc limit 1`,
    [operation, key],
  );
  return rows[0];
}

/** Settles every open intent under this key once the truth is known. */
export async function settleWrites(db: Queryable, operation: string, key: string, outcome: WriteOutcome): Promise<void> {
  await db.query(
    'update remote_writes set finished_at = now(), outcome = $3 where operation = $1 and key = $2 and outcome is null',
    [operation, key, outcome],
  );
}
