import { appendAudit } from './audit-store.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

/** All manual resolutions by vendor key (S89). */
export async function readResolutions(db: Queryable): Promise<Record<string, string>> {
  const { rows } = await db.query<{ vendor_key: string; vendor_number: string }>(
    'select vendor_key, vendor_number from vendor_resolutions',
  );
  return Object.fromEntries(rows.map((row) => [row.vendor_key, row.vendor_number]));
}

/** The same with who has answered each question, by vendor key. */
export async function readVendorAnswers(
  db: Queryable,
): Promise<{ resolvedVendors: Record<string, string>; resolvedBy: Record<string, string> }> {
  const { rows } = await db.query<{ key: string; vendor: string; by: string }>(
    'select vendor_key as key, vendor_number as vendor, resolved_by as by from vendor_resolutions',
  );
  return {
    resolvedVendors: Object.fromEntries(rows.map(({ key, vendor }) => [key, vendor])),
    resolvedBy: Object.fromEntries(rows.map(({ key, by }) => [key, by])),
  };
}

export interface VendorResolution {
  vendorKey: string;
  vendorNumber: string;
  by: string;
  note: string;
}

/** Remembers a person's answer for next time; returns every document that waits for this key. */
export async function rememberResolution(
  db: Database,
  documentId: string,
  resolution: VendorResolution,
): Promise<string[]> {
  return inTransaction(db, async (client) => {
    const { rowCount } = await client.query(
      `insert into vendor_resolutions (vendor_key, vendor_number, resolved_by, note) values ($1, $2, $3, $4)
       on conflict (vendor_key) do update set vendor_number = excluded.vendor_number, resolved_by = excluded.resolved_by,
         note = excluded.note, at = now() where vendor_resolutions.vendor_number <> excluded.vendor_number`,
      [resolution.vendorKey, resolution.vendorNumber, resolution.by, resolution.note],
    );
    if (rowCount === 1) {
      await appendAudit(client, {
        documentId,
        kind: 'mapping',
        actor: resolution.by,
        data: { vendorKey: resolution.vendorKey, vendorNumber: resolution.vendorNumber, note: resolution.note },
      });
    }
    return documentsWaitingFor(client, [resolution.vendorKey]);
  });
}

/**
 * Replaces what a document waits for, in one ERP connection or, where none is named, in all of them. `vendorAccount` is the
 * ERP account expected to appear, where one is known.
 */
export async function setVendorWaits(
  db: Queryable,
  documentId: string,
  waits: { vendorKey: string; vendorAccount: string | null }[],
  erp?: string,
): Promise<void> {
  await db.query(
    `delete from vendor_waits where document_id = $1 and not (vendor_key = any($2)) and starts_with(vendor_key, $3)`,
    [documentId, waits.map((wait) => wait.vendorKey), erp === undefined ? '' : `${erp}/`],
  );
  for (const wait of waits) {
    await db.query(
      `insert into vendor_waits (document_id, vendor_key, vendor_account) values ($1, $2, $3)
       on conflict (document_id, vendor_key) do update set vendor_account = excluded.vendor_account`,
      [documentId, wait.vendorKey, wait.vendorAccount],
    );
  }
}

export async function documentsWaitingFor(db: Queryable, vendorKeys: string[]): Promise<string[]> {
  const { rows } = await db.query<{ document_id: string }>(
    'select distinct document_id from vendor_waits where vendor_key = any($1)',
    [vendorKeys],
  );
  return rows.map((row) => row.document_id);
}

/** Distinct vendors of one ERP company that documents wait for and whose ERP account is known. */
export async function waitedVendors(
  db: Queryable,
  erp: string,
  company: string,
): Promise<{ vendorKey: string; vendorAccount: string }[]> {
  const { rows } = await db.query<{ vendorKey: string; vendorAccount: string }>(
    `select distinct vendor_key as "vendorKey", vendor_account as "vendorAccount" from vendor_waits
     where starts_with(vendor_key, $1) and vendor_account is not null`,
    [`${erp}/${company}/`],
  );
  return rows;
}
