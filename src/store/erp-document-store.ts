import type { ErpDocument } from '../contracts/erp-documents.js';
import type { ErpTarget } from '../contracts/mapping-rules.js';
import type { ErpKeys, PostingProof, TrackedErpDocument } from '../contracts/erp-port.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import { markWritesWithdrawn } from './remote-write-store.js';

export interface PlannedErpDocument {
  documentId: string;
  part: number;
  erp: string;
  company: string;
  /** `withdrawn` is final: taken out of the ERP again, or never written and never to be. */
  state: 'planned' | 'written' | 'posted' | 'withdrawn';
  document: ErpDocument;
  keys: ErpKeys;
  proof: PostingProof | null;
  refusal: string | null;
  /** Why the ERP has not posted it yet, or will not pay it, in the ERP's words. */
  waiting: string | null;
  /** A person has taken the posting as `proof` shows it, although it is not what was meant. */
  accepted: AcceptedPosting | null;
  writtenAt: Date | null;
}

/** Who has taken a posting that is not what was meant, and why. */
export interface AcceptedPosting {
  by: string;
  note: string;
}

const columns = `document_id as "documentId", part, erp, company, state, document, keys, proof, refusal, waiting, accepted, written_at as "writtenAt"`;

/**
 * Reserves the planned ERP documents. A part that is already written keeps its plan, since keys and dates in the ERP must
 * stay what they are; parts that are only planned are replaced by the newer plan. Returns the plan that counts.
 * @throws Error if the keys belong to another document (unique index): never two documents under one key
 */
export async function planErpDocuments(
  db: Database,
  documentId: string,
  plan: ErpDocument[],
): Promise<PlannedErpDocument[]> {
  return inTransaction(db, async (client) => {
    await client.query('select 1 from documents where id = $1 for update', [documentId]);
    const { rows } = await client.query<{ part: number }>(
      `select part from erp_documents where document_id = $1 and state <> 'planned'`,
      [documentId],
    );
    if (rows.length === 0) {
      await client.query(`delete from erp_documents where document_id = $1 and state = 'planned'`, [documentId]);
      for (const document of plan) {
        await client.query(
          `insert into erp_documents (document_id, part, erp, company, key_seed, state, document)
           values ($1, $2, $3, $4, $5, 'planned', $6)`,
          [documentId, document.part, document.erp, document.company, document.keySeed, JSON.stringify(document)],
        );
      }
    }
    return readErpDocuments(client, documentId);
  });
}

export async function readErpDocuments(db: Queryable, documentId: string): Promise<PlannedErpDocument[]> {
  const { rows } = await db.query<PlannedErpDocument>(
    `select ${columns} from erp_documents where document_id = $1 order by part`,
    [documentId],
  );
  return rows;
}

export async function markWritten(db: Queryable, documentId: string, part: number, keys: ErpKeys): Promise<void> {
  await db.query(
    `update erp_documents set state = case when state = 'planned' then 'written' else state end, keys = $3,
       written_at = coalesce(written_at, now()), refusal = null where document_id = $1 and part = $2`,
    [documentId, part, JSON.stringify(keys)],
  );
}

/**
 * Records the proof of posting. Returns true if it was not known yet; the workflow is told even if it knows of a refusal. A proof that
 * differed from the plan is replaced by a newer one, of which nobody has taken anything yet; so is one that a newer one says to be reversed.
 */
export async function markPosted(db: Queryable, documentId: string, proof: PostingProof): Promise<boolean> {
  const { rowCount } = await db.query(
    `update erp_documents set state = 'posted', proof = $3, accepted = null, posted_at = coalesce(posted_at, now()), refusal = null, waiting = null,
       signalled_at = null, settled_at = case when document ? 'payable' then settled_at else now() end
     where document_id = $1 and part = $2 and (state in ('planned', 'written')
       or (state = 'posted' and (proof ? 'differences' or proof ? 'reversedBy' or $3::jsonb ? 'reversedBy')
         and proof is distinct from $3::jsonb))`,
    [documentId, proof.part, JSON.stringify(proof)],
  );
  return rowCount === 1;
}

/** Remembers that a person takes a posting as it stands. False where its proof has changed meanwhile: then nothing is taken. */
export async function markAccepted(
  db: Queryable,
  { documentId, part, proof }: PlannedErpDocument,
  accepted: AcceptedPosting,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update erp_documents set accepted = $3 where document_id = $1 and part = $2 and state = 'posted' and proof = $4::jsonb`,
    [documentId, part, JSON.stringify(accepted), JSON.stringify(proof)],
  );
  return rowCount === 1;
}

/** Remembers why the ERP does not post a written document, or that it waits again (null); a change is told once. */
export async function markRefused(
  db: Queryable,
  documentId: string,
  part: number,
  reason: string | null,
): Promise<void> {
  await db.query(
    `update erp_documents set refusal = $3, signalled_at = null
     where document_id = $1 and part = $2 and state = 'written' and refusal is distinct from $3`,
    [documentId, part, reason],
  );
}

/**
 * Remembers why the ERP has not posted a written document yet, or will not pay a posted one; null where it says nothing. Returns
 * true if it said something else before.
 */
export async function markWaiting(
  db: Queryable,
  { documentId, part, state }: Pick<PlannedErpDocument, 'documentId' | 'part'> & { state: 'written' | 'posted' },
  reason: string | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update erp_documents set waiting = $3, waiting_untold = (state = 'posted')
     where document_id = $1 and part = $2 and state = $4 and waiting is distinct from $3`,
    [documentId, part, reason, state],
  );
  return rowCount === 1;
}

/**
 * The ERP holds nothing of a part any more, or never did; nobody watches it, and it is never written again. With the last part
 * the document's writes count as undone. Returns true if the part was not withdrawn before.
 */
export async function markWithdrawn(db: Queryable, documentId: string, part: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `update erp_documents set state = 'withdrawn', refusal = null, signalled_at = coalesce(signalled_at, now()),
       settled_at = coalesce(settled_at, now()) where document_id = $1 and part = $2 and state <> 'withdrawn'`,
    [documentId, part],
  );
  const { rowCount: left } = await db.query(
    `select 1 from erp_documents where document_id = $1 and state <> 'withdrawn' limit 1`,
    [documentId],
  );
  if (left === 0) await markWritesWithdrawn(db, documentId);
  return rowCount === 1;
}

/** So many documents are read and asked about at a time; a page follows the last one's key until none is left. */
const pageSize = 1_000;

/**
 * Documents of one ERP company that are written and not yet posted, page by page. With them those that are posted, owe nobody anything
 * and have another part that is not posted yet: no payment watch would notice that somebody takes them back meanwhile.
 */
export function awaitingPosting(db: Queryable, erp: string, company: string): AsyncGenerator<TrackedErpDocument[]> {
  const awaited = `state = 'written' and settled_at is null`;
  const another = `select 1 from erp_documents other where other.document_id = erp_documents.document_id
    and other.state = 'written' and other.settled_at is null`;
  return pages(
    db,
    erp,
    company,
    `(${awaited}) or (state = 'posted' and not document ? 'payable' and exists (${another}))`,
  );
}

/**
 * Posted documents of one ERP company whose payment is watched, page by page: those for which the ERP still owes somebody
 * money, and those settled in the last 90 days, since a payment may be taken back (decisions 21).
 */
export function watchedForPayment(db: Queryable, erp: string, company: string): AsyncGenerator<TrackedErpDocument[]> {
  const watched = `settled_at is null or settled_at > now() - interval '90 days'`;
  return pages(
    db,
    erp,
    company,
    `state = 'posted' and document ? 'payable' and settlements_asked_at is not null and (${watched})`,
  );
}

/** Posted documents whose settlements were never asked for: what was paid before they came on the watch is still unknown. */
export function newlyPosted(db: Queryable, erp: string, company: string): AsyncGenerator<TrackedErpDocument[]> {
  return pages(db, erp, company, `state = 'posted' and settlements_asked_at is null and settled_at is null`);
}

/**
 * Posted documents of one ERP company that are not paid although it is time: their due date has passed, or, where they have none, a day
 * since they were posted; and those of which the ERP has said why it will not pay. Those about which it was asked within the last 23
 * hours are left out, so that no reason is older than a day.
 */
export function overdueForPayment(db: Queryable, erp: string, company: string): AsyncGenerator<TrackedErpDocument[]> {
  const isDue = `coalesce((document ->> 'dueOn')::date, posted_at::date + 1) <= current_date`;
  return pages(
    db,
    erp,
    company,
    `state = 'posted' and document ? 'payable' and settled_at is null and settlements_asked_at is not null
       and (obstacles_asked_at is null or obstacles_asked_at < now() - interval '23 hours')
       and (waiting is not null or ${isDue})`,
  );
}

interface Part {
  documentId: string;
  part: number;
}

/** Part by part: another part of the same document may stand in another company, where nobody has asked yet. */
export async function markSettlementsAsked(db: Queryable, parts: readonly Part[]): Promise<void> {
  await markAsked(db, 'settlements_asked_at', parts);
}

/** The ERP was asked why it does not pay these parts. */
export async function markObstaclesAsked(db: Queryable, parts: readonly Part[]): Promise<void> {
  await markAsked(db, 'obstacles_asked_at', parts);
}

async function markAsked(
  db: Queryable,
  column: 'settlements_asked_at' | 'obstacles_asked_at',
  parts: readonly Part[],
): Promise<void> {
  await db.query(
    `update erp_documents set ${column} = now() where state = 'posted'
       and (document_id, part) in (select * from unnest($1::text[], $2::int[]))`,
    [parts.map(({ documentId }) => documentId), parts.map(({ part }) => part)],
  );
}

async function* pages(
  db: Queryable,
  erp: string,
  company: string,
  where: string,
): AsyncGenerator<TrackedErpDocument[]> {
  let after = { documentId: '', part: 0 };
  for (;;) {
    const { rows } = await db.query<PlannedErpDocument>(
      `select ${columns} from erp_documents where erp = $1 and company = $2 and (${where}) and (document_id, part) > ($3, $4)
       order by document_id, part limit ${pageSize}`,
      [erp, company, after.documentId, after.part],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(tracked);
    after = last;
  }
}

/** The shape that the ERP port reads. */
export function tracked(row: PlannedErpDocument): TrackedErpDocument {
  return {
    documentId: row.documentId,
    document: row.document,
    keys: row.keys,
    ...(row.proof === null ? {} : { proof: row.proof }),
    ...(row.refusal === null ? {} : { refusal: row.refusal }),
  };
}

/** Written documents whose posting or refusal the workflow has not been told. */
export async function unsignalledPostings(db: Queryable, erp: string, company: string): Promise<string[]> {
  const { rows } = await db.query<{ documentId: string }>(
    `select distinct document_id as "documentId" from erp_documents
     where erp = $1 and company = $2 and signalled_at is null and (state = 'posted' or refusal is not null)`,
    [erp, company],
  );
  return rows.map((row) => row.documentId);
}

/**
 * The workflow has been told, or needs to be told no more. With `of` only about the parts in that company: another company's
 * watch may have found its part after the workflow has looked.
 */
export async function markPostingSignalled(db: Queryable, documentId: string, of?: ErpTarget): Promise<void> {
  await db.query(
    `update erp_documents set signalled_at = now() where document_id = $1 and (state = 'posted' or refusal is not null)
       and ($2::text is null or (erp = $2 and company = $3))`,
    [documentId, of?.erp ?? null, of?.company ?? null],
  );
}

/** Takes a document off the payment watch: fully settled, or nobody waits for it any more. */
export async function markSettled(db: Queryable, documentId: string): Promise<void> {
  await db.query('update erp_documents set settled_at = coalesce(settled_at, now()) where document_id = $1', [
    documentId,
  ]);
}
