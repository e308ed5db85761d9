import type { VendorRecord } from '../contracts/vendor-master.js';
import type { Queryable } from './database.js';

/** What one Concur connection knows of one account of an ERP company, as far as the connector has told it. */
export interface ToldVendorRow {
  account: string;
  /** What Concur took last; null where it never took any. */
  record: VendorRecord | null;
  /** `refused`: what it was told last was not taken. */
  state: 'synced' | 'refused';
  message: string | null;
  toldAt: Date;
}

/** What a Concur connection was last told of the vendors of one ERP company, by account (S126). */
export async function listToldVendors(
  db: Queryable,
  connection: string,
  erp: string,
  company: string,
): Promise<ToldVendorRow[]> {
  const { rows } = await db.query<ToldVendorRow>(
    `select account, record, state, message, told_at as "toldAt" from vendors_told
     where connection = $1 and erp = $2 and company = $3 order by account`,
    [connection, erp, company],
  );
  return rows;
}
