import type { DocType } from '../contracts/documents.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import type { Leaving } from '../contracts/leaving.js';
import type { Release } from '../contracts/messages.js';
import type { Outcome, Stage } from '../contracts/stages.js';
import { stages } from '../contracts/stages.js';
import { appendAudit } from './audit-store.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

/** A document as first seen; `payload` is the exact JSON text from Concur. */
export interface DiscoveredDocument {
  id: string;
  connection: string;
  docType: DocType;
  fiId: string;
  businessId: string;
  revision: string;
  humanNumber: string;
  payload: string;
  payloadSha256: string;
  /** Employee id or supplier code as Concur has it. */
  payeeId: string;
  /** The same, safe for search attributes: an e-mail address is hashed (decisions 25). */
  payeeCode: string;
  currency: string;
  amount: string;
}

export interface StoredDocument extends DiscoveredDocument {
  discoveredAt: Date;
  stage: Stage;
  holdReason: HoldReason | null;
  holdMessage: string | null;
  heldSince: Date | null;
  acknowledgedAt: Date | null;
  postingConfirmedAt: Date | null;
  paymentConfirmedAt: Date | null;
  outcome: Outcome | null;
  closedAt: Date | null;
  erp: string | null;
  company: string | null;
  mappingVersion: string | null;
  /** The earlier document of the same report, invoice or advance, as known when this one was found. */
  predecessorId: string | null;
  leaving: Leaving | null;
  /** The plan that a person has released, where the ERP connection wants that. */
  release: Release | null;
  /** When it was found acknowledged under our name although this ledger did not know it (decisions 5). */
  adoptedAt: Date | null;
}

const columns = `id, connection, doc_type as "docType", fi_id as "fiId", business_id as "businessId", revision,
  human_number as "humanNumber", payload, payload_sha256 as "payloadSha256", payee_id as "payeeId", payee_code as "payeeCode", currency, amount,
  discovered_at as "discoveredAt", stage, hold_reason as "holdReason", hold_message as "holdMessage",
  held_since as "heldSince", acknowledged_at as "acknowledgedAt", posting_confirmed_at as "postingConfirmedAt",
  payment_confirmed_at as "paymentConfirmedAt", outcome, closed_at as "closedAt", erp, company,
  mapping_version as "mappingVersion", predecessor_id as "predecessorId", leaving, release, adopted_at as "adoptedAt"`;

/**
 * Stores a document unless it is known, with a link to its predecessor: a corrected report keeps its number, and is a new
 * financial document (FIS spec 6). Returns true if it was new: only the first of two racing polls sees true.
 */
export async function storeDiscovered(db: Database, document: DiscoveredDocument): Promise<boolean> {
  return inTransaction(db, async (client) => {
    const { rows } = await client.query<{ predecessorId: string | null }>(
      `insert into documents (id, connection, doc_type, fi_id, business_id, revision, human_number, payload, payload_sha256,
         payee_code, currency, amount, payee_id, predecessor_id)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
         (select id from documents where connection = $2 and doc_type = $3 and business_id = $5 and id <> $1
          order by discovered_at desc, id desc limit 1))
       on conflict do nothing returning predecessor_id as "predecessorId"`,
      [
        document.id,
        document.connection,
        document.docType,
        document.fiId,
        document.businessId,
        document.revision,
        document.humanNumber,
        document.payload,
        document.payloadSha256,
        document.payeeCode,
        document.currency,
        document.amount,
        document.payeeId,
      ],
    );
    const [stored] = rows;
    if (!stored) return false;
    const { payloadSha256, businessId } = document;
    const link = stored.predecessorId === null ? {} : { predecessor: stored.predecessorId };
    await appendAudit(client, {
      documentId: document.id,
      kind: 'state',
      actor: 'connector',
      data: { stage: 'discovered', payloadSha256, businessId, ...link },
    });
    return true;
  });
}

/** Which of these ids are stored already. */
export async function knownDocuments(db: Queryable, ids: string[]): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>('select id from documents where id = any($1)', [ids]);
  return new Set(rows.map((row) => row.id));
}

/** Documents whose workflow has not been started, oldest first. */
export async function unstartedDocuments(db: Queryable, connection: string, limit: number): Promise<StoredDocument[]> {
  const { rows } = await db.query<StoredDocument>(
    `select ${columns} from documents where connection = $1 and started_at is null order by discovered_at limit $2`,
    [connection, limit],
  );
  return rows;
}

export async function markStarted(db: Queryable, id: string): Promise<void> {
  await db.query('update documents set started_at = coalesce(started_at, now()) where id = $1', [id]);
}

/** @throws Error if the document is unknown: a workflow never runs without its stored payload. */
export async function readDocument(db: Queryable, id: string): Promise<StoredDocument> {
  const document = await findDocument(db, id);
  if (!document) throw new Error(`Document ${id} is not in the store.`);
  return document;
}

export async function findDocument(db: Queryable, id: string): Promise<StoredDocument | undefined> {
  const { rows } = await db.query<StoredDocument>(`select ${columns} from documents where id = $1`, [id]);
  return rows[0];
}

/** Finds documents by workflow id, FI id, business id, the number people know, or an ERP number (B30). */
export async function searchDocuments(db: Queryable, term: string): Promise<StoredDocument[]> {
  const { rows } = await db.query<StoredDocument>(
    `select ${columns} from documents where id = $1 or fi_id = $1 or business_id = $1 or human_number = $1
       or id in (select document_id from erp_documents where proof ->> 'documentNumber' = $1 or keys ->> 'journal' = $1)
     order by discovered_at limit 50`,
    [term],
  );
  return rows;
}

/** All documents for lists, newest first; payloads are left out. */
export async function listDocuments(
  db: Queryable,
  limit: number,
): Promise<(Omit<StoredDocument, 'payload'> & { erpNumbers: string[] })[]> {
  const { rows } = await db.query<Omit<StoredDocument, 'payload'> & { erpNumbers: string[] }>(
    `select ${columns.replace(' payload,', '')},
       array(select e.proof ->> 'documentNumber' from erp_documents e
             where e.document_id = documents.id and e.proof is not null order by part) as "erpNumbers"
     from documents order by discovered_at desc limit $1`,
    [limit],
  );
  return rows;
}

/** Promises kept towards Concur; each instant is set once. */
export interface ReachedFacts {
  acknowledged?: boolean;
  postingConfirmed?: boolean;
  paymentConfirmed?: boolean;
  detail?: Record<string, unknown>;
}

/**
 * Reaches a stage and ends any hold. A stage never goes back: after a reset in the Temporal UI the store keeps the furthest
 * truth. A fact is recorded whatever the stage. Reached again, it changes nothing, not even a hold, and writes no audit line.
 */
export async function reachStage(db: Database, id: string, stage: Stage, facts: ReachedFacts = {}): Promise<void> {
  const { acknowledged = false, postingConfirmed = false, paymentConfirmed = false, detail } = facts;
  await inTransaction(db, async (client) => {
    const { rows } = await client.query<{ stage: Stage }>(
      `update documents set hold_reason = null, hold_message = null, held_since = null,
         stage = case when array_position($6::text[], stage) < array_position($6::text[], $2::text) then $2 else stage end,
         acknowledged_at = case when $3 then coalesce(acknowledged_at, now()) else acknowledged_at end,
         posting_confirmed_at = case when $4 then coalesce(posting_confirmed_at, now()) else posting_confirmed_at end,
         payment_confirmed_at = case when $5 then coalesce(payment_confirmed_at, now()) else payment_confirmed_at end
       where id = $1 and (array_position($6::text[], stage) < array_position($6::text[], $2::text)
         or ($3 and acknowledged_at is null) or ($4 and posting_confirmed_at is null) or ($5 and payment_confirmed_at is null))
       returning stage`,
      [id, stage, acknowledged, postingConfirmed, paymentConfirmed, stages],
    );
    const [changed] = rows;
    if (!changed) return;
    const told = Object.entries({ acknowledged, postingConfirmed, paymentConfirmed }).filter(([, is]) => is);
    const data = { stage: changed.stage, ...Object.fromEntries(told), ...detail };
    await appendAudit(client, { documentId: id, kind: 'state', actor: 'connector', data });
  });
}

/** Remembers that an earlier life of this connector may have posted the document. */
export async function markAdopted(db: Queryable, id: string): Promise<void> {
  await db.query('update documents set adopted_at = coalesce(adopted_at, now()) where id = $1', [id]);
}

/** Records the plan's facts on the document row. */
export async function recordTarget(
  db: Queryable,
  id: string,
  target: { erp: string | null; company: string | null; mappingVersion: string },
): Promise<void> {
  await db.query('update documents set erp = $2, company = $3, mapping_version = $4 where id = $1', [
    id,
    target.erp,
    target.company,
    target.mappingVersion,
  ]);
}

/** Closes a document with its outcome, once, and takes it off the vendor watch; `who` is named where a person ended it. */
export async function closeDocument(
  db: Database,
  id: string,
  outcome: Outcome,
  detail: string,
  who?: { by: string; reason: string },
): Promise<void> {
  await inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `update documents set stage = 'closed', outcome = $2, closed_at = now(), hold_reason = null, hold_message = null,
         held_since = null where id = $1 and outcome is null`,
      [id, outcome],
    );
    if (rowCount !== 1) return;
    await client.query('delete from vendor_waits where document_id = $1', [id]);
    const data = { stage: 'closed', outcome, detail, ...(who === undefined ? {} : { reason: who.reason }) };
    await appendAudit(client, { documentId: id, kind: 'state', actor: who?.by ?? 'connector', data });
  });
}
