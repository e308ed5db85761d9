import type { Queryable } from './database.js';

/** One line of the audit trail (S114). `data` holds no secrets and no payloads, only digests and codes. */
export interface AuditEntry {
  documentId: string | undefined;
  kind: 'state' | 'hold' | 'release' | 'message' | 'call' | 'write' | 'mapping' | 'payment' | 'alert';
  /** `connector`, or the person who sent a message. */
  actor: string;
  data: Record<string, unknown>;
}

/** Appends one row; rows are never changed or removed (the database refuses it). */
export async function appendAudit(db: Queryable, entry: AuditEntry): Promise<void> {
  await db.query('insert into audit (document_id, kind, actor, data) values ($1, $2, $3, $4)', [
    entry.documentId ?? null,
    entry.kind,
    entry.actor,
    JSON.stringify(entry.data),
  ]);
}

export interface AuditRow {
  at: Date;
  kind: string;
  actor: string;
  data: Record<string, unknown>;
}

/** The story of a document, oldest first. */
export async function readAudit(db: Queryable, documentId: string): Promise<AuditRow[]> {
  const { rows } = await db.query<AuditRow>(
    'select at, kind, actor, data from audit where document_id = $1 order by id',
    [documentId],
  );
  return rows;
}
