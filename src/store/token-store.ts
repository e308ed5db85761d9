import type { Database, Queryable } from './database.js';
import { inTransaction } from './database.js';
import type { Sealer } from './envelope-encryption.js';

/** What Concur gave us last; plain text only in memory. */
export interface ConcurTokens {
  accessToken: string;
  refreshToken: string;
  accessExpiresAt: Date;
  refreshExpiresAt: Date;
  geolocation: string;
  scopes: string[];
}

export interface StoredTokens extends ConcurTokens {
  version: number;
  issuedAt: Date;
  /** Concur answered 401 to this version. */
  rejected: boolean;
  /** Why Concur has ended the grant; null while it lives. */
  parkedReason: string | null;
}

interface TokenRow {
  version: number;
  key_id: string;
  sealed: Buffer;
  access_expires_at: Date;
  refresh_expires_at: Date;
  geolocation: string;
  scopes: string[];
  rejected_version: number;
  parked_reason: string | null;
  issued_at: Date;
}

export interface TokenStore {
  read: (connection: string) => Promise<StoredTokens | undefined>;
  /** Marks a version as refused by Concur, so that the keeper renews it early. */
  reject: (connection: string, version: number) => Promise<void>;
  /** Stores a company request token, encrypted, until it is exchanged. */
  enterRequestToken: (connection: string, requestToken: string) => Promise<void>;
  /** Remembers what Concur has ended or refused for good: no call is made with it until a person acts (S22). */
  park: (connection: string, refused: 'request-token' | 'grant', reason: string) => Promise<void>;
  /**
   * Runs `work` as the only writer of this connection's tokens over all workers, and stores what it returns, in one
   * transaction (S24). `work` sees the newest row, so a second writer finds the first one's result.
   */
  update: (
    connection: string,
    work: (
      current: StoredTokens | undefined,
      request: { token: string; enteredAt: Date; refusedReason: string | null } | undefined,
    ) => Promise<ConcurTokens | undefined>,
  ) => Promise<StoredTokens | undefined>;
}

export function createTokenStore(db: Database, sealer: Sealer): TokenStore {
  const context = (connection: string) => `concur-tokens/${connection}`;

  function open(connection: string, row: TokenRow): StoredTokens {
    const secret = JSON.parse(sealer.open({ keyId: row.key_id, sealed: row.sealed }, context(connection))) as {
      accessToken: string;
      refreshToken: string;
    };
    return {
      ...secret,
      accessExpiresAt: row.access_expires_at,
      refreshExpiresAt: row.refresh_expires_at,
      geolocation: row.geolocation,
      scopes: row.scopes,
      version: row.version,
      rejected: row.rejected_version === row.version,
      issuedAt: row.issued_at,
      parkedReason: row.parked_reason,
    };
  }

  async function readRow(queryable: Queryable, connection: string): Promise<StoredTokens | undefined> {
    const { rows } = await queryable.query<TokenRow>('select * from concur_tokens where connection = $1', [connection]);
    return rows[0] && open(connection, rows[0]);
  }

  async function readRequest(queryable: Queryable, connection: string) {
    const { rows } = await queryable.query<{
      key_id: string;
      sealed: Buffer;
      entered_at: Date;
      refused_reason: string | null;
    }>('select key_id, sealed, entered_at, refused_reason from concur_request_tokens where connection = $1', [
      connection,
    ]);
    const row = rows[0];
    return (
      row && {
        token: sealer.open({ keyId: row.key_id, sealed: row.sealed }, context(connection)),
        enteredAt: row.entered_at,
        refusedReason: row.refused_reason,
      }
    );
  }

  return {
    read: (connection) => readRow(db, connection),
    reject: async (connection, version) => {
      await db.query('update concur_tokens set rejected_version = $2 where connection = $1 and version = $2', [
        connection,
        version,
      ]);
    },
    enterRequestToken: async (connection, requestToken) => {
      const { keyId, sealed } = sealer.seal(requestToken, context(connection));
      await db.query(
        `insert into concur_request_tokens (connection, key_id, sealed) values ($1, $2, $3)
         on conflict (connection) do update set key_id = $2, sealed = $3, entered_at = now(), refused_reason = null`,
        [connection, keyId, sealed],
      );
    },
    park: async (connection, refused, reason) => {
      const statement =
        refused === 'request-token'
          ? 'update concur_request_tokens set refused_reason = $2 where connection = $1'
          : 'update concur_tokens set parked_reason = $2 where connection = $1';
      await db.query(statement, [connection, reason]);
    },
    update: (connection, work) =>
      inTransaction(db, async (client) => {
        await client.query('select pg_advisory_xact_lock(hashtext($1))', [context(connection)]);
        const current = await readRow(client, connection);
        const fresh = await work(current, await readRequest(client, connection));
        if (!fresh) return current;
        const version = (current?.version ?? 0) + 1;
        const { keyId, sealed } = sealer.seal(
          JSON.stringify({ accessToken: fresh.accessToken, refreshToken: fresh.refreshToken }),
          context(connection),
        );
        await client.query(
          `insert into concur_tokens (connection, version, key_id, sealed, access_expires_at, refresh_expires_at, geolocation, scopes)
           values ($1, $2, $3, $4, $5, $6, $7, $8)
           on conflict (connection) do update set version = $2, key_id = $3, sealed = $4, access_expires_at = $5,
             refresh_expires_at = $6, geolocation = $7, scopes = $8, issued_at = now(), parked_reason = null`,
          [
            connection,
            version,
            keyId,
            sealed,
            fresh.accessExpiresAt,
            fresh.refreshExpiresAt,
            fresh.geolocation,
            fresh.scopes,
          ],
        );
        await client.query('delete from concur_request_tokens where connection = $1', [connection]);
        return { ...fresh, version, rejected: false, issuedAt: new Date(), parkedReason: null };
      }),
  };
}
