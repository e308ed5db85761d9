import type { Queryable } from './database.js';
import type { StoredDocument } from './document-store.js';
import { mayHaveReachedErp } from './remote-write-store.js';

/** Another financial document of the same report, invoice or advance. */
export interface RelatedDocument {
  id: string;
  fiId: string;
}

export interface LivingDocument extends RelatedDocument {
  /** Where people find it: company and number; empty where a write has begun and nothing is known of it. */
  where: string;
}

const related = 'd.connection = $1 and d.doc_type = $2 and d.business_id = $3 and d.id <> $4';
const keysOf = ({ connection, docType, businessId, id }: StoredDocument) => [connection, docType, businessId, id];

/**
 * Another FI document of the same report, invoice or advance that is in the ERP or may be, older or newer: two may never live
 * (FIS spec 6, dedup rule 2).
 */
export async function livingRelative(db: Queryable, document: StoredDocument): Promise<LivingDocument | undefined> {
  const { rows } = await db.query<LivingDocument>(
    `select d.id, d.fi_id as "fiId", coalesce((
         select string_agg(rtrim(e.company || ' ' || coalesce(e.proof ->> 'documentNumber', e.keys ->> 'journal', e.keys ->> 'id', '')),
           ', ' order by e.part)
         from erp_documents e where e.document_id = d.id and e.state in ('written', 'posted')), '') as where
     from documents d where ${related}
       and (exists (select 1 from erp_documents e where e.document_id = d.id and e.state in ('written', 'posted'))
         or exists (select 1 from remote_writes where document_id = d.id and ${mayHaveReachedErp}))
     order by d.discovered_at, d.id limit 1`,
    keysOf(document),
  );
  return rows[0];
}

/**
 * The newest FI document of the same report, invoice or advance if it was found after this one. Concur makes a new one only
 * after it has taken back or failed the old one, so that the old one must not be posted any more (FIS spec 7.2 #3, #8).
 */
export async function newerRelative(db: Queryable, document: StoredDocument): Promise<RelatedDocument | undefined> {
  const { rows } = await db.query<RelatedDocument>(
    `select d.id, d.fi_id as "fiId" from documents d, documents self where ${related} and self.id = $4
       and (d.discovered_at, d.id) > (self.discovered_at, self.id)
     order by d.discovered_at desc, d.id desc limit 1`,
    keysOf(document),
  );
  return rows[0];
}

/** Open FI documents of the same report, invoice or advance: they may wait until this one has left the ERP. */
export async function openRelatives(db: Queryable, document: StoredDocument): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select d.id from documents d where ${related} and d.outcome is null and d.started_at is not null`,
    keysOf(document),
  );
  return rows.map((row) => row.id);
}
