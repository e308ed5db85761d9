import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import type { Envelope, Sealer } from './envelope-encryption.js';

/** What Concur gave us last; plain text only in memory. */
export interface ConcurTokens {
  accessToken: string;
  refreshToken: string;
  issuedAt: Date;
  accessExpiresAt: Date;
  refreshExpiresAt: Date;
  geolocation: string;
  scopes: string[];
}

/** Why no call is made any more with a grant or a request token, until a person acts (S22). */
export interface Refusal {
  /** Concur's code, or our own word. */
  code: string;
  reason: string;
  at: Date;
}

/** Everything about stored tokens that is no secret. */
export interface TokenFacts extends Omit<ConcurTokens, 'accessToken' | 'refreshToken'> {
  version: number;
  /** Concur answered 401 to this version. */
  rejected: boolean;
  /** How many versions were refused in the ten minutes that began with the first of them. */
  quickRejections: number;
  parked: Refusal | null;
  /** Days before the end of the refresh token that people were warned of last; null before any warning. */
  warnedDays: number | null;
  /** Whether the configured key opens the row. */
  isReadable: boolean;
}

export interface StoredTokens extends TokenFacts, ConcurTokens {}

/** A company request token that a person entered. */
export interface RequestToken {
  enteredAt: Date;
  /** Set once Concur has given tokens for it. */
  exchangedAt: Date | null;
  refused: Refusal | null;
  /** @throws UnreadableSecret */
  open: () => string;
}

/** A row that was sealed with another key: the key of the configuration was changed, or the row was moved. */
export class UnreadableSecret extends Error {
  override readonly name = 'UnreadableSecret';
}

/** Another process has stored a pair meanwhile: what it stored is newer. */
export class NotTheWriter extends Error {
  override readonly name = 'NotTheWriter';
}

export interface TokenStore {
  /** @throws UnreadableSecret */
  read: (connection: string) => Promise<StoredTokens | undefined>;
  /** The same without the secrets, so that it can be told with any key. */
  facts: (connection: string) => Promise<TokenFacts | undefined>;
  /** Marks a version as refused by Concur, so that the keeper renews it early. */
  reject: (connection: string, version: number) => Promise<void>;
  /** Stores a company request token, encrypted; it replaces an earlier one, readable or not. */
  enterRequestToken: (connection: string, requestToken: string, at: Date) => Promise<void>;
  requestToken: (connection: string) => Promise<RequestToken | undefined>;
  /** Deletes an exchanged request token whose 24 hours are over. */
  dropRequestToken: (connection: string) => Promise<void>;
  /**
   * Stores a pair with its host, and the request token that was used for it, at once (S24): only in the place of the version
   * that it was asked for with, because a pair that was stored meanwhile is the valid one. How long the writer slept does not
   * count: what it brings may be the only pair that Concur still takes. A refusal of that version is over with it. Replaces a
   * row of any key.
   * @throws NotTheWriter
   */
  save: (connection: string, pair: ConcurTokens, by: Writer) => Promise<void>;
  /** Remembers that Concur has ended the grant of this version: no call is made with it until a person acts (S22). */
  park: (connection: string, version: number, refusal: Refusal) => Promise<void>;
  /** Remembers that Concur does not take this request token; one that was entered meanwhile is not blamed. */
  refuseRequestToken: (connection: string, request: Entered, refusal: Refusal) => Promise<void>;
  /** Forgets all refusals of a connection, so that what is stored is tried once more. */
  forgetRefusals: (connection: string) => Promise<void>;
  /** Remembers the limit that people were warned of; null forgets. */
  rememberWarning: (connection: string, days: number | null) => Promise<void>;
}

/** What a pair is the successor of. */
export interface Writer {
  /** Version that stood when Concur was asked for the pair; 0 where there was none. */
  version: number;
  /** The request token that brought the pair, with its text where it is not stored yet; absent after a refresh. */
  used?: Entered & { requestToken?: string };
}

/** Tells one request token from the next. */
type Entered = Pick<RequestToken, 'enteredAt'>;

interface TokenRow {
  version: number;
  key_id: string;
  sealed: Buffer;
  access_expires_at: Date;
  refresh_expires_at: Date;
  geolocation: string;
  scopes: string[];
  rejected_version: number;
  quick_rejections: number;
  parked_reason: string | null;
  parked_code: string | null;
  parked_at: Date | null;
  warned_days: number | null;
  issued_at: Date;
}

interface RequestRow {
  key_id: string;
  sealed: Buffer;
  entered_at: Date;
  exchanged_at: Date | null;
  refused_reason: string | null;
  refused_code: string | null;
  refused_at: Date | null;
}

/** The encrypted Concur credentials of all connections; plain text leaves it only by `read` and `open` (S32). */
export function createTokenStore(db: Database, sealer: Sealer): TokenStore {
  const context = (connection: string) => `concur-tokens/${connection}`;

  function open(connection: string, { key_id: keyId, sealed }: { key_id: string; sealed: Buffer }): string {
    try {
      return sealer.open({ keyId, sealed } satisfies Envelope, context(connection));
    } catch {
      throw new UnreadableSecret(
        `The credentials of Concur connection ${connection} are sealed with key ${keyId}, which is not the configured one, or were moved here.`,
      );
    }
  }

  async function rowOf(connection: string): Promise<TokenRow | undefined> {
    const { rows } = await db.query<TokenRow>('select * from concur_tokens where connection = $1', [connection]);
    return rows[0];
  }

  async function enter(to: Queryable, connection: string, requestToken: string, at: Date): Promise<void> {
    const { keyId, sealed } = sealer.seal(requestToken, context(connection));
    await to.query(
      `insert into concur_request_tokens (connection, key_id, sealed, entered_at) values ($1, $2, $3, $4)
       on conflict (connection) do update set key_id = $2, sealed = $3, entered_at = $4, exchanged_at = null,
         refused_reason = null, refused_code = null, refused_at = null`,
      [connection, keyId, sealed, at],
    );
  }

  function opens(connection: string, row: TokenRow): boolean {
    try {
      return open(connection, row) !== '';
    } catch {
      return false;
    }
  }

  return {
    read: async (connection) => {
      const row = await rowOf(connection);
      if (!row) return undefined;
      const secret = JSON.parse(open(connection, row)) as { accessToken: string; refreshToken: string };
      return { ...secret, ...factsOf(row, true) };
    },
    facts: async (connection) => {
      const row = await rowOf(connection);
      return row && factsOf(row, opens(connection, row));
    },
    reject: async (connection, version) => {
      await db.query('update concur_tokens set rejected_version = $2 where connection = $1 and version = $2', [
        connection,
        version,
      ]);
    },
    enterRequestToken: (connection, requestToken, at) => enter(db, connection, requestToken, at),
    requestToken: async (connection) => {
      const { rows } = await db.query<RequestRow>('select * from concur_request_tokens where connection = $1', [
        connection,
      ]);
      const row = rows[0];
      if (!row) return undefined;
      const { entered_at: enteredAt, exchanged_at: exchangedAt } = row;
      const refused = refusalOf(row.refused_code, row.refused_reason, row.refused_at ?? enteredAt);
      return { enteredAt, exchangedAt, refused, open: () => open(connection, row) };
    },
    dropRequestToken: async (connection) => {
      await db.query('delete from concur_request_tokens where connection = $1 and exchanged_at is not null', [
        connection,
      ]);
    },
    save: (connection, pair, { version, used }) =>
      inTransaction(db, async (client) => {
        const { accessToken, refreshToken, geolocation, scopes } = pair;
        const { keyId, sealed } = sealer.seal(JSON.stringify({ accessToken, refreshToken }), context(connection));
        const { rowCount } = await client.query(
          `insert into concur_tokens
             (connection, version, key_id, sealed, access_expires_at, refresh_expires_at, geolocation, scopes, issued_at)
           values ($1, $9::integer + 1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (connection) do update set version = concur_tokens.version + 1, key_id = $2, sealed = $3,
             access_expires_at = $4, refresh_expires_at = $5, geolocation = $6, scopes = $7, issued_at = $8,
             parked_reason = null, parked_code = null, parked_at = null,
             quick_rejections = case when concur_tokens.rejected_version <> concur_tokens.version then concur_tokens.quick_rejections
               when $8 < concur_tokens.rejections_since + interval '10 minutes' then concur_tokens.quick_rejections + 1 else 1 end,
             rejections_since = case when concur_tokens.rejected_version <> concur_tokens.version
                 or $8 < concur_tokens.rejections_since + interval '10 minutes' then concur_tokens.rejections_since else $8 end
           where concur_tokens.version = $9`,
          [
            ...[connection, keyId, sealed, pair.accessExpiresAt, pair.refreshExpiresAt],
            ...[geolocation, scopes, pair.issuedAt, version],
          ],
        );
        if (rowCount !== 1) throw new NotTheWriter(`Another process has stored newer tokens of ${connection}.`);
        if (!used) return;
        if (used.requestToken !== undefined) await enter(client, connection, used.requestToken, used.enteredAt);
        await client.query(
          `update concur_request_tokens set exchanged_at = $3, refused_reason = null, refused_code = null, refused_at = null
           where connection = $1 and entered_at = $2`,
          [connection, used.enteredAt, pair.issuedAt],
        );
      }),
    park: async (connection, version, { code, reason, at }) => {
      await db.query(
        `update concur_tokens set parked_code = $3, parked_reason = $4, parked_at = $5
         where connection = $1 and version = $2`,
        [connection, version, code, reason, at],
      );
    },
    refuseRequestToken: async (connection, { enteredAt }, { code, reason, at }) => {
      await db.query(
        `update concur_request_tokens set refused_code = $3, refused_reason = $4, refused_at = $5
         where connection = $1 and entered_at = $2`,
        [connection, enteredAt, code, reason, at],
      );
    },
    forgetRefusals: async (connection) => {
      await db.query(
        'update concur_tokens set parked_code = null, parked_reason = null, parked_at = null where connection = $1',
        [connection],
      );
      await db.query(
        `update concur_request_tokens set refused_code = null, refused_reason = null, refused_at = null
         where connection = $1`,
        [connection],
      );
    },
    rememberWarning: async (connection, days) => {
      await db.query('update concur_tokens set warned_days = $2 where connection = $1', [connection, days]);
    },
  };
}

function factsOf(row: TokenRow, isReadable: boolean): TokenFacts {
  return {
    issuedAt: row.issued_at,
    accessExpiresAt: row.access_expires_at,
    refreshExpiresAt: row.refresh_expires_at,
    geolocation: row.geolocation,
    scopes: row.scopes,
    version: row.version,
    rejected: row.rejected_version === row.version,
    quickRejections: row.quick_rejections,
    parked: refusalOf(row.parked_code, row.parked_reason, row.parked_at ?? row.issued_at),
    warnedDays: row.warned_days,
    isReadable,
  };
}

const refusalOf = (code: string | null, reason: string | null, at: Date): Refusal | null =>
  reason === null ? null : { code: code ?? 'unknown', reason, at };
