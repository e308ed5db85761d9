import type { Settlement } from '../contracts/erp-port.js';
import type { Queryable } from './database.js';

export interface StoredSettlement extends Settlement {
  confirmedStatus: string | null;
}

/**
 * Stores settlements that are not known yet; returns the new ones. A settlement key never changes its amount. What kind it is may be
 * seen later than the settlement itself, and counts as new until Concur has been told.
 */
export async function storeSettlements(db: Queryable, settlements: Settlement[]): Promise<Settlement[]> {
  const fresh: Settlement[] = [];
  for (const settlement of settlements) {
    const { rowCount } = await db.query(
      `insert into settlements (document_id, part, settlement_key, kind, amount, currency, settled_on, reference, fiscal_year,
         cheque_number)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       on conflict (document_id, part, settlement_key) do update set kind = excluded.kind,
         cheque_number = excluded.cheque_number, signalled_at = null
         where settlements.kind <> excluded.kind and settlements.confirmed_at is null`,
      [
        settlement.documentId,
        settlement.part,
        settlement.settlementKey,
        settlement.kind,
        settlement.amount,
        settlement.currency,
        settlement.settledOn,
        settlement.reference,
        settlement.fiscalYear,
        settlement.chequeNumber ?? null,
      ],
    );
    if (rowCount === 1) fresh.push(settlement);
  }
  return fresh;
}

export async function readSettlements(db: Queryable, documentId: string): Promise<StoredSettlement[]> {
  const { rows } = await db.query<Omit<StoredSettlement, 'chequeNumber'> & { chequeNumber: string | null }>(
    `select document_id as "documentId", part, settlement_key as "settlementKey", kind, amount, currency,
       settled_on as "settledOn", reference, cheque_number as "chequeNumber", fiscal_year as "fiscalYear",
       confirmed_status as "confirmedStatus"
     from settlements where document_id = $1 order by settled_on, found_at, settlement_key`,
    [documentId],
  );
  return rows.map(({ chequeNumber, ...row }) => ({ ...row, ...(chequeNumber === null ? {} : { chequeNumber }) }));
}

/** Marks settlements as told to Concur, or as needing no confirmation. */
export async function markConfirmed(
  db: Queryable,
  documentId: string,
  settlementKeys: string[],
  status: string,
): Promise<void> {
  await db.query(
    `update settlements set confirmed_at = now(), confirmed_status = $3 where document_id = $1 and settlement_key = any($2)
       and confirmed_at is null`,
    [documentId, settlementKeys, status],
  );
}

/** Paid and closed documents of one Concur connection and type whose payment the ERP took back afterwards, untold so far. */
export async function paidDocumentsTakenBack(db: Queryable, connection: string, docType: string): Promise<string[]> {
  const { rows } = await db.query<{ documentId: string }>(
    `select distinct s.document_id as "documentId" from settlements s join documents d on d.id = s.document_id
     where d.connection = $1 and d.doc_type = $2 and d.outcome = 'paid' and s.amount < 0 and s.confirmed_at is null
       and s.found_at > d.closed_at`,
    [connection, docType],
  );
  return rows.map((row) => row.documentId);
}

/** Documents whose workflow has not been told of a settlement, or of what the ERP says about why it will not pay. */
export async function unsignalledSettlements(db: Queryable, erp: string, company: string): Promise<string[]> {
  const { rows } = await db.query<{ documentId: string }>(
    `select s.document_id as "documentId" from settlements s
     join erp_documents e using (document_id, part) where e.erp = $1 and e.company = $2 and s.signalled_at is null
     union
     select document_id from erp_documents where erp = $1 and company = $2 and state = 'posted' and waiting_untold
       and settled_at is null`,
    [erp, company],
  );
  return rows.map((row) => row.documentId);
}

export async function markSettlementsSignalled(db: Queryable, documentId: string): Promise<void> {
  await db.query('update settlements set signalled_at = now() where document_id = $1 and signalled_at is null', [
    documentId,
  ]);
  await db.query('update erp_documents set waiting_untold = false where document_id = $1 and waiting_untold', [
    documentId,
  ]);
}
