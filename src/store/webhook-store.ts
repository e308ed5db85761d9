import { createHash, randomBytes } from 'node:crypto';
import type { WebhookGroup, WebhookSet } from '../contracts/webhooks.js';
import { appendAudit } from './audit-store.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import type { Sealer } from './envelope-encryption.js';

/** Names one subscription that is wanted. */
export interface WebhookKey {
  connection: string;
  company: string;
  set: WebhookSet;
}

/** A wanted subscription and what is known of it. */
export interface WantedWebhook extends WebhookKey {
  group: WebhookGroup;
  companyId: string | null;
  /** Null while none is known to stand. */
  subscriptionId: string | null;
  expiresAt: Date | null;
  renewedAt: Date | null;
  /** Attempts in a row that have failed. */
  misses: number;
  trouble: string | null;
  sweptAt: Date;
  isSweepDue: boolean;
}

/** What Business Central has answered to a creation or renewal. */
export interface HeldWebhook {
  subscriptionId: string;
  companyId: string;
  expiresAt: Date;
  /** Digest of the client state that was sent. */
  stateDigest: string;
}

/** Digest by which client states and path tokens are known: they are random, and need no salt. */
export const webhookDigest = (secret: string): string => createHash('sha256').update(secret, 'utf8').digest('hex');

/** 32 random bytes in a form that fits into a path and into the shortest limit of a client state (250 characters). */
export const newWebhookSecret = (): string => randomBytes(32).toString('hex');

/** How long a former client state is still accepted: messages with it may be under way (NAV spec 18). */
const formerStateMs = 24 * 3_600_000;
/** An attempt that was never confirmed cannot have made a subscription that still lives. */
const unconfirmedStateMs = 4 * 24 * 3_600_000;

const columns = `connection, company, entity_set as "set", resource_group as "group", company_id as "companyId",
  subscription_id as "subscriptionId", expires_at as "expiresAt", renewed_at as "renewedAt", misses, trouble,
  swept_at as "sweptAt", sweep_due as "isSweepDue"`;
const isKey = 'connection = $1 and company = $2 and entity_set = $3';
const keyOf = ({ connection, company, set }: WebhookKey): string[] => [connection, company, set];

/**
 * The path token of an address; made where there is none, or none that can be read with this key. What still comes in under a
 * token that is replaced belongs to nobody.
 */
export async function webhookPathToken(
  db: Database,
  sealer: Sealer,
  connection: string,
  group: WebhookGroup,
): Promise<string> {
  const context = `webhook-address:${connection}/${group}`;
  return inTransaction(db, async (client) => {
    const { rows } = await client.query<{ keyId: string; sealed: Buffer }>(
      `select key_id as "keyId", sealed from webhook_addresses where connection = $1 and resource_group = $2 for update`,
      [connection, group],
    );
    const stored = rows[0] && opened(sealer, rows[0], context);
    if (stored !== undefined) return stored;
    const token = newWebhookSecret();
    const { keyId, sealed } = sealer.seal(token, context);
    await client.query(
      `insert into webhook_addresses (connection, resource_group, token_digest, key_id, sealed) values ($1, $2, $3, $4, $5)
       on conflict (connection, resource_group) do update
         set token_digest = excluded.token_digest, key_id = excluded.key_id, sealed = excluded.sealed`,
      [connection, group, webhookDigest(token), keyId, sealed],
    );
    return token;
  });
}

/** Undefined where the key has changed: the token is replaced then, as if it had never been. */
function opened(sealer: Sealer, envelope: { keyId: string; sealed: Buffer }, context: string): string | undefined {
  try {
    return sealer.open(envelope, context);
  } catch {
    return undefined;
  }
}

/** Whether any connection of this installation has an address with this token. */
export async function isKnownPathToken(db: Queryable, token: string): Promise<boolean> {
  const { rowCount } = await db.query('select 1 from webhook_addresses where token_digest = $1', [
    webhookDigest(token),
  ]);
  return rowCount === 1;
}

/** From now on until the instant, handshakes at the address are answered. */
export async function openHandshake(
  db: Queryable,
  connection: string,
  group: WebhookGroup,
  until: Date,
): Promise<void> {
  await db.query(
    `update webhook_addresses set handshake_until = $3, handshake_answered_at = null
     where connection = $1 and resource_group = $2`,
    [connection, group, until],
  );
}

/** Handshakes are not answered any more. Returns whether one was since it was opened. */
export async function closeHandshake(db: Queryable, connection: string, group: WebhookGroup): Promise<boolean> {
  const { rows } = await db.query<{ answered: boolean }>(
    `update webhook_addresses set handshake_until = null where connection = $1 and resource_group = $2
     returning handshake_answered_at is not null as answered`,
    [connection, group],
  );
  return rows[0]?.answered ?? false;
}

/**
 * Makes the wanted subscriptions those of the connection, and forgets all others with what is known of them.
 * @param now since when a new one is swept
 */
export async function wantWebhooks(
  db: Database,
  connection: string,
  wanted: readonly { company: string; set: WebhookSet; group: WebhookGroup }[],
  now: Date,
): Promise<WantedWebhook[]> {
  return inTransaction(db, async (client) => {
    const lists = [
      wanted.map(({ company }) => company),
      wanted.map(({ set }) => set),
      wanted.map(({ group }) => group),
    ];
    await client.query(
      `delete from webhook_subscriptions where connection = $1
         and not exists (select 1 from unnest($2::text[], $3::text[]) as w (company, entity_set)
           where w.company = webhook_subscriptions.company and w.entity_set = webhook_subscriptions.entity_set)`,
      [connection, lists[0], lists[1]],
    );
    await client.query(
      `insert into webhook_subscriptions (connection, company, entity_set, resource_group, swept_at)
       select $1, w.*, $5 from unnest($2::text[], $3::text[], $4::text[]) as w
       on conflict (connection, company, entity_set) do nothing`,
      [connection, ...lists, now],
    );
    return readWebhooks(client, connection);
  });
}

/** All wanted subscriptions of a connection. */
export async function readWebhooks(db: Queryable, connection: string): Promise<WantedWebhook[]> {
  const { rows } = await db.query<WantedWebhook>(
    `select ${columns} from webhook_subscriptions where connection = $1 order by company, entity_set`,
    [connection],
  );
  return rows;
}

/** Remembers a client state before it is sent: from then on it may be in use, whatever becomes of the call. */
export async function addClientState(db: Queryable, key: WebhookKey, digest: string, now: Date): Promise<void> {
  await db.query(
    'insert into webhook_client_states (connection, company, entity_set, digest, made_at) values ($1, $2, $3, $4, $5)',
    [...keyOf(key), digest, now],
  );
}

/** A subscription stands. Former client states end within a day; one line of the audit trail says why it was made or renewed. */
export async function markHeld(
  db: Database,
  key: WebhookKey,
  held: HeldWebhook,
  why: { did: 'created' | 'renewed'; because: string; isGap: boolean },
  now: Date,
): Promise<void> {
  await inTransaction(db, async (client) => {
    await client.query(
      `update webhook_subscriptions set subscription_id = $4, company_id = $5, expires_at = $6, renewed_at = $7, misses = 0,
         trouble = null, sweep_due = sweep_due or $8 where ${isKey}`,
      [...keyOf(key), held.subscriptionId, held.companyId, held.expiresAt, now, why.isGap],
    );
    await client.query(
      `update webhook_client_states set valid_until = $5 where ${isKey} and digest <> $4 and valid_until is null`,
      [...keyOf(key), held.stateDigest, new Date(now.getTime() + formerStateMs)],
    );
    await client.query(
      `delete from webhook_client_states where ${isKey} and digest <> $4 and (valid_until < $5 or made_at < $6)`,
      [...keyOf(key), held.stateDigest, now, new Date(now.getTime() - unconfirmedStateMs)],
    );
    const { subscriptionId, expiresAt } = held;
    const facts = { webhook: why.did, because: why.because, subscriptionId, expiresAt: expiresAt.toISOString() };
    await audit(client, key, facts);
  });
}

/** A subscription does not stand any more: what was changed meanwhile is to be read. */
export async function markLost(db: Database, key: WebhookKey, because: string): Promise<void> {
  await inTransaction(db, async (client) => {
    await client.query(
      `update webhook_subscriptions set subscription_id = null, expires_at = null, renewed_at = null, sweep_due = true where ${isKey}`,
      keyOf(key),
    );
    await audit(client, key, { webhook: 'lost', because });
  });
}

/** The id by which notifications name the company, known before the subscription is. */
export async function setCompanyId(db: Queryable, key: WebhookKey, companyId: string): Promise<void> {
  await db.query(`update webhook_subscriptions set company_id = $4 where ${isKey}`, [...keyOf(key), companyId]);
}

/** An attempt has failed; `counts` is false for what no attempt can cure, such as a set that cannot be followed. */
export async function markMissed(db: Queryable, key: WebhookKey, trouble: string, counts = true): Promise<void> {
  await db.query(
    `update webhook_subscriptions set misses = case when $5 then misses + 1 else 0 end, trouble = $4 where ${isKey}`,
    [...keyOf(key), trouble, counts],
  );
}

/** The set was read up to the given instant. */
export async function markSwept(db: Queryable, key: WebhookKey, startedAt: Date): Promise<void> {
  await db.query(`update webhook_subscriptions set swept_at = $4, sweep_due = false where ${isKey}`, [
    ...keyOf(key),
    startedAt,
  ]);
}

async function audit(client: Queryable, { connection, company, set }: WebhookKey, data: object): Promise<void> {
  const facts = { erp: connection, company, set, ...data };
  await appendAudit(client, { documentId: undefined, kind: 'write', actor: 'connector', data: facts });
}
