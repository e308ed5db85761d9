import type { ProposalPlace, ProposedVendor } from '../contracts/proposals.js';
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

/** Codes that a Concur connection was told, or is about to be, by whatever ERP company. */
export async function toldCodes(
  db: Queryable,
  connection: string,
): Promise<{ vendorCode: string; addressCode: string }[]> {
  const { rows } = await db.query<{ vendorCode: string; addressCode: string }>(
    `select record->>'vendorCode' as "vendorCode", record->>'addressCode' as "addressCode" from vendors_told
     where connection = $1 and record is not null
     union
     select c.record->>'vendorCode', c.record->>'addressCode' from vendor_changes c join vendor_runs r on r.id = c.run
     where r.connection = $1 and c.state = 'pending'`,
    [connection],
  );
  return rows;
}

/**
 * A vendor of Concur stands in the ERP now under its own vendor code: Concur keeps it under the codes that it has there, and the
 * next run compares the two before anything is written. Under another account Concur has to be told of it like of any other.
 */
export async function rememberProposed(
  db: Queryable,
  { concur, erp, company }: ProposalPlace,
  account: string,
  { vendorCode, addressCode, name, requestId }: ProposedVendor,
): Promise<void> {
  if (vendorCode.trim().toUpperCase() !== account.trim().toUpperCase()) return;
  const record: VendorRecord = { vendorCode, addressCode, vendorName: name, approved: requestId === undefined };
  await db.query(
    `insert into vendors_told (connection, erp, company, account, record, state) values ($1, $2, $3, $4, $5, 'synced')
     on conflict (connection, erp, company, account) do nothing`,
    [concur, erp, company, account, JSON.stringify(record)],
  );
}

/** Codes under which Concur waits for these accounts, by account: vendors that employees have asked for (concur-platform 3). */
export async function requestedCodes(
  db: Queryable,
  run: string,
  accounts: readonly string[],
): Promise<Map<string, { vendorCode: string; addressCode: string; requestId: string }>> {
  const { rows } = await db.query<{ account: string; facts: ProposedVendor }>(
    `select p.account, p.facts from proposals p join vendor_runs r on r.id = $1
       and (p.connection, p.erp, p.company) = (r.connection, r.erp, r.company)
     where p.kind = 'vendor' and p.state = 'created' and p.account = any($2)`,
    [run, accounts],
  );
  return new Map(
    rows.flatMap(({ account, facts: { vendorCode, addressCode, requestId } }) =>
      requestId === undefined ? [] : [[account, { vendorCode, addressCode, requestId }] as const],
    ),
  );
}
