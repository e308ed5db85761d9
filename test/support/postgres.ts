import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../../src/launcher/postgres.js';

/** An empty database of one test's own. */
export interface TestDatabase {
  url: string;
  /** Ends whatever still uses the database and drops it. */
  close: () => Promise<void>;
}

interface SharedServer {
  url: string;
  stop: () => Promise<void>;
}

let ownServer: Promise<SharedServer> | undefined;
let openDatabases = 0;

const startOwn = async (): Promise<SharedServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'connector-test-postgres-'));
  const server = await startPostgres({ folder, database: 'postgres', durable: false, env: {} });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const onServer = async (url: string, sql: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

/**
 * Creates a fresh database on the server of TEST_DATABASE_URL, which `npm test` starts once for all files; a file that is
 * run alone starts a server of its own, and ends it with its last database.
 */
export const testDatabase = async (): Promise<TestDatabase> => {
  openDatabases++;
  const shared = process.env['TEST_DATABASE_URL'];
  const server = shared ? undefined : await (ownServer ??= startOwn());
  const serverUrl = server?.url ?? shared ?? '';
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  let closed = false;
  return {
    url: url.href,
    close: async () => {
      if (closed) return;
      closed = true;
      await onServer(serverUrl, `drop database if exists ${name} with (force)`);
      openDatabases--;
      if (server === undefined || openDatabases > 0) return;
      ownServer = undefined;
      await server.stop();
    },
  };
};
