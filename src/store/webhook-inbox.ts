import type { WebhookGroup, WebhookSet } from '../contracts/webhooks.js';
import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import type { Sealer } from './envelope-encryption.js';

/** Address at which a message came in. */
export interface WebhookAddress {
  connection: string;
  group: WebhookGroup;
}

/** A subscription as its notifications are recognised. */
export interface KnownWebhook {
  company: string;
  set: WebhookSet;
  companyId: string | null;
  subscriptionId: string | null;
  /** Digests of the client states that are or may be in use. */
  stateDigests: string[];
}

/** A notification that proved to know the client state. */
export interface StoredNotification {
  company: string;
  set: WebhookSet;
  /** GUID in lower case; empty for a notification about the whole set. */
  recordId: string;
  changeType: string;
  changedAt: Date;
  /** Of a whole set: since when it has changed; null where it must be compared in full. */
  changedSince: Date | null;
}

/** What is put aside of one message, for one reason. */
export interface PutAside {
  reason: string;
  bodySha256: string;
  size: number;
  /** Items that were put aside for this reason; 1 for a message that is none. */
  items: number;
  /** Undefined where it was too large to be kept. */
  body: Buffer | undefined;
}

/** The address that a path token stands for. */
export async function findWebhookAddress(db: Queryable, tokenDigest: string): Promise<WebhookAddress | undefined> {
  const { rows } = await db.query<WebhookAddress>(
    'select connection, resource_group as "group" from webhook_addresses where token_digest = $1',
    [tokenDigest],
  );
  return rows[0];
}

/** Whether a handshake at the address is expected at this moment; remembers that it has been answered. */
export async function answerHandshake(db: Queryable, tokenDigest: string, now: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    'update webhook_addresses set handshake_answered_at = $2 where token_digest = $1 and handshake_until > $2',
    [tokenDigest, now],
  );
  return rowCount === 1;
}

/** All subscriptions of an address, those included whose creation has not been answered yet. */
export async function knownWebhooks(
  db: Queryable,
  { connection, group }: WebhookAddress,
  now: Date,
): Promise<KnownWebhook[]> {
  const { rows } = await db.query<KnownWebhook>(
    `select s.company, s.entity_set as "set", s.company_id as "companyId", s.subscription_id as "subscriptionId",
       array(select c.digest from webhook_client_states c
         where c.connection = s.connection and c.company = s.company and c.entity_set = s.entity_set
           and (c.valid_until is null or c.valid_until > $3)) as "stateDigests"
     from webhook_subscriptions s where s.connection = $1 and s.resource_group = $2`,
    [connection, group, now],
  );
  return rows;
}

/** Stores what one message brought, all or nothing. Returns how many notifications were not known yet. */
export async function storeWebhookMessage(
  db: Database,
  sealer: Sealer,
  address: WebhookAddress,
  message: { notifications: readonly StoredNotification[]; aside: readonly PutAside[] },
): Promise<number> {
  return inTransaction(db, async (client) => {
    for (const each of message.aside) await putAside(client, sealer, address, each);
    return storeNotifications(client, address.connection, message.notifications);
  });
}

/** A repeat is counted; one message never holds the same notification twice for the database. */
async function storeNotifications(
  db: Queryable,
  connection: string,
  notifications: readonly StoredNotification[],
): Promise<number> {
  const distinct = [...new Map(notifications.map((each) => [notificationKey(each), each])).values()];
  if (distinct.length === 0) return 0;
  const { rows } = await db.query<{ fresh: boolean }>(
    `insert into webhook_notifications
       (connection, company, entity_set, record_id, change_type, changed_at, changed_since)
     select $1, n.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[]) as n
     on conflict (connection, company, entity_set, record_id, change_type, changed_at) do update
       set duplicates = webhook_notifications.duplicates + 1
     returning (xmax = 0) as fresh`,
    [
      connection,
      distinct.map(({ company }) => company),
      distinct.map(({ set }) => set),
      distinct.map(({ recordId }) => recordId),
      distinct.map(({ changeType }) => changeType),
      distinct.map(({ changedAt }) => changedAt),
      distinct.map(({ changedSince }) => changedSince),
    ],
  );
  return rows.filter(({ fresh }) => fresh).length;
}

/** What makes a notification the same as another (NAV spec 18). */
const notificationKey = ({ company, set, recordId, changeType, changedAt }: StoredNotification): string =>
  JSON.stringify([company, set, recordId, changeType, changedAt.getTime()]);

/** Messages whose body is kept within 24 hours per connection; of those beyond only their number is. */
const keptPerDay = 1_000;

async function putAside(db: Queryable, sealer: Sealer, address: WebhookAddress, aside: PutAside): Promise<void> {
  const { connection, group } = address;
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as count from webhook_quarantine
     where connection = $1 and received_at > now() - interval '24 hours'`,
    [connection],
  );
  const isKept = (rows[0]?.count ?? 0) < keptPerDay;
  const envelope =
    isKept && aside.body ? sealer.seal(aside.body.toString('base64'), quarantineContext(connection)) : null;
  await db.query(
    `insert into webhook_quarantine (connection, resource_group, reason, body_sha256, size, items, key_id, sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (connection, resource_group, reason, body_sha256) do update
       set repeats = webhook_quarantine.repeats + 1, received_at = now()`,
    [
      connection,
      group,
      aside.reason,
      isKept ? aside.bodySha256 : 'not kept',
      aside.size,
      aside.items,
      envelope?.keyId ?? null,
      envelope?.sealed ?? null,
    ],
  );
}

/** To what a sealed body in the quarantine belongs. */
export const quarantineContext = (connection: string): string => `webhook-quarantine:${connection}`;

/** Messages put aside within 24 hours, by reason. */
export async function countPutAside(db: Queryable, connection: string): Promise<{ reason: string; count: number }[]> {
  const { rows } = await db.query<{ reason: string; count: number }>(
    `select reason, sum(1 + repeats)::int as count from webhook_quarantine
     where connection = $1 and received_at > now() - interval '24 hours' group by reason order by reason`,
    [connection],
  );
  return rows;
}

/** When the last notification came in that proved to be one; undefined where none is kept. */
export async function lastNotificationAt(db: Queryable, connection: string): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date | null }>(
    'select max(received_at) as at from webhook_notifications where connection = $1',
    [connection],
  );
  return rows[0]?.at ?? undefined;
}

/** Connections that have notifications which nobody has followed yet. */
export async function connectionsWithNotifications(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ connection: string }>(
    'select distinct connection from webhook_notifications where handled_at is null',
  );
  return rows.map(({ connection }) => connection);
}

/** The oldest notifications that nobody has followed yet. */
export async function unfollowedNotifications(
  db: Queryable,
  connection: string,
  limit: number,
): Promise<(StoredNotification & { id: string })[]> {
  const { rows } = await db.query<StoredNotification & { id: string }>(
    `select id, company, entity_set as "set", record_id as "recordId", change_type as "changeType",
       changed_at as "changedAt", changed_since as "changedSince"
     from webhook_notifications where connection = $1 and handled_at is null order by id limit $2`,
    [connection, limit],
  );
  return rows;
}

export async function markFollowed(db: Queryable, ids: readonly string[]): Promise<void> {
  await db.query('update webhook_notifications set handled_at = now() where id = any($1::bigint[])', [ids]);
}

/** Deletes followed notifications and what was put aside, once older than the given days. */
export async function deleteOldNotifications(db: Queryable, connection: string, days: number): Promise<void> {
  const isOld = 'connection = $1 and received_at < now() - make_interval(days => $2)';
  await db.query(`delete from webhook_notifications where ${isOld} and handled_at is not null`, [connection, days]);
  await db.query(`delete from webhook_quarantine where ${isOld}`, [connection, days]);
}
