import type { Proposal, ProposalPlace, ProposalState } from '../contracts/proposals.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';

export type ProposalKind = 'vendor' | 'dimension-value';

/** A person's answer. `account` says which vendor of the ERP it is: nothing is created then. */
export interface ProposalAnswer {
  answer: 'accept' | 'reject';
  by: string;
  note?: string;
  account?: string;
}

/**
 * Stores what a complete look into Concur found, in place of the last one's: what is new or known again becomes `open`, what is
 * open or accepted and no longer found is `gone`. Other answers of people stay, whatever is found.
 * @param within key prefix that the look covered; everything of the place unless given
 * @returns how many are open now
 */
export async function storeProposals(
  db: Database,
  kind: ProposalKind,
  { concur, erp, company }: ProposalPlace,
  found: readonly { key: string; facts: object }[],
  within = '',
): Promise<number> {
  return inTransaction(db, async (client) => {
    const keys = found.map(({ key }) => key);
    await client.query(
      `insert into proposals as p (kind, connection, erp, company, key, facts, state)
       select $1, $2, $3, $4, key, facts, 'open' from jsonb_to_recordset($5) as rows (key text, facts jsonb)
       on conflict (kind, connection, erp, company, key) do update
         set facts = excluded.facts, state = 'open', changed_at = now() where p.state in ('open', 'gone')`,
      [kind, concur, erp, company, JSON.stringify(found)],
    );
    await client.query(
      `update proposals set state = 'gone', changed_at = now() where (kind, connection, erp, company) = ($1, $2, $3, $4)
         and state in ('open', 'accepted') and not key = any($5) and starts_with(key, $6)`,
      [kind, concur, erp, company, keys, within],
    );
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from proposals
       where (kind, connection, erp, company) = ($1, $2, $3, $4) and state = 'open'`,
      [kind, concur, erp, company],
    );
    return rows[0]?.count ?? 0;
  });
}

/** Proposals of one place, the oldest first; those that are gone are not among them. */
export async function listProposals<Facts>(
  db: Queryable,
  kind: ProposalKind,
  { concur, erp, company }: ProposalPlace,
  states: readonly ProposalState[] = ['open', 'accepted', 'creating', 'created', 'rejected'],
): Promise<Proposal<Facts>[]> {
  const { rows } = await db.query<ProposalRow<Facts>>(
    `${proposalQuery} where (kind, connection, erp, company) = ($1, $2, $3, $4) and state = any($5) order by id`,
    [kind, concur, erp, company, states],
  );
  return rows.map(proposalOf);
}

/** One proposal; undefined where there is none of this number and kind. */
export async function readProposal<Facts>(
  db: Queryable,
  kind: ProposalKind,
  id: string,
): Promise<Proposal<Facts> | undefined> {
  const { rows } = await db.query<ProposalRow<Facts>>(`${proposalQuery} where kind = $1 and id = $2`, [kind, id]);
  return rows[0] === undefined ? undefined : proposalOf(rows[0]);
}

/**
 * Stores an answer; the last one counts until the ERP has begun to create. An accepted proposal that names an account, and one
 * that nothing will ever create, are done with it.
 * @returns false where it is too late for an answer
 */
export async function answerProposal(
  db: Queryable,
  id: string,
  { answer, by, note, account }: ProposalAnswer,
): Promise<boolean> {
  const state = answer === 'reject' ? 'rejected' : account === undefined ? 'accepted' : 'created';
  const { rowCount } = await db.query(
    `update proposals set state = $2, answered_by = $3, note = $4, account = $5, message = null, changed_at = now()
     where id = $1 and state in ('open', 'accepted', 'rejected')`,
    [id, state, by, note ?? null, account ?? null],
  );
  return rowCount === 1;
}

/** The one who creates: from now until the end is stored, the vendor may stand in the ERP. */
export async function beginCreation(db: Queryable, id: string): Promise<void> {
  await db.query(
    `update proposals set state = 'creating', begun_at = now(), message = null, changed_at = now() where id = $1`,
    [id],
  );
}

/** Milliseconds since the creation was begun. */
export async function creationAgeMs(db: Queryable, id: string): Promise<number> {
  const { rows } = await db.query<{ age: number }>(
    `select (extract(epoch from now() - begun_at) * 1000)::float as age from proposals where id = $1`,
    [id],
  );
  return rows[0]?.age ?? 0;
}

/** It was certainly not created: `accepted` tries again, `open` asks a person with the reason. */
export async function undoCreation(
  db: Queryable,
  id: string,
  state: 'accepted' | 'open',
  message?: string,
): Promise<void> {
  await db.query(`update proposals set state = $2, message = $3, begun_at = null, changed_at = now() where id = $1`, [
    id,
    state,
    message ?? null,
  ]);
}

/** The ERP holds it under this code. */
export async function endCreation(db: Queryable, id: string, account: string): Promise<void> {
  await db.query(
    `update proposals set state = 'created', account = $2, message = null, changed_at = now() where id = $1`,
    [id, account],
  );
}

interface ProposalRow<Facts> {
  id: string;
  concur: string;
  erp: string;
  company: string;
  facts: Facts;
  state: ProposalState;
  account: string | null;
  message: string | null;
  answeredBy: string | null;
  note: string | null;
  firstAt: Date;
}

const proposalQuery = `select id::text as id, connection as concur, erp, company, facts, state, account, message,
  answered_by as "answeredBy", note, first_at as "firstAt" from proposals`;

function proposalOf<Facts>(row: ProposalRow<Facts>): Proposal<Facts> {
  const { account, message, answeredBy, note, ...rest } = row;
  return {
    ...rest,
    ...(account === null ? {} : { account }),
    ...(message === null ? {} : { message }),
    ...(answeredBy === null ? {} : { answeredBy }),
    ...(note === null ? {} : { note }),
  };
}
