import type { DocType } from '../contracts/documents.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import type { Release } from '../contracts/messages.js';
import type { Queryable } from './database.js';

/** A stored document as reports about the mapping need it. */
export interface ReportedDocument {
  id: string;
  docType: DocType;
  fiId: string;
  humanNumber: string;
  payload: string;
  /** Nothing of it stands in the ERP, or may stand there: a change of the mapping changes what will be posted. */
  isWaiting: boolean;
  holdReason: HoldReason | null;
  release: Release | null;
  isClosed: boolean;
}

const page = 200;

/** All documents that are open or were found in the last days, oldest ids first; one page in memory at a time. */
export async function* reportedDocuments(db: Queryable, days: number): AsyncGenerator<ReportedDocument> {
  let after = '';
  for (;;) {
    const { rows } = await db.query<ReportedDocument>(
      `select id, doc_type as "docType", fi_id as "fiId", human_number as "humanNumber", payload, hold_reason as "holdReason", release,
         outcome is not null as "isClosed",
         outcome is null and leaving is null and not exists (
           select 1 from erp_documents where document_id = documents.id and state <> 'planned') as "isWaiting"
       from documents
       where id > $1 and (outcome is null or discovered_at > now() - make_interval(days => $2))
       order by id limit $3`,
      [after, days, page],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < page) return;
    after = last.id;
  }
}
