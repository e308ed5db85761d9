import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Connection } from '@temporalio/client';
import { startChild, type LaunchedChild } from './child-process.js';
import { freePort } from './free-port.js';
import { LauncherError } from './launcher-error.js';
import { endLeftover, forgetProcess, recordProcess } from './leftover-processes.js';
import type { FindServerOptions } from './provide-program.js';
import { retryWhenInUse } from './retry-in-use.js';
import { registerMissingSearchAttributes } from './search-attribute-registration.js';
import { findTemporalCli } from './temporal-cli.js';
import { waitUntil } from './wait-until.js';

const NAME = 'Temporal';
const HEALTHY_LIMIT_MS = 60_000;

/** Honours priorities of workflows and activities; without it the server ignores them (temporal-practices section 6). */
const STANDARD_DYNAMIC_CONFIG = { 'matching.useNewMatcher': true } as const;

export interface StartTemporalOptions {
  /** SQLite file of the server's state, which survives a restart; its folder also holds the log. */
  dbFile: string;
  /** Port of the API; a free one unless set. */
  port?: number;
  /** Port of the Web UI; a free one unless set. */
  uiPort?: number;
  /** Search attributes to register: name to type (`Keyword`, `Text`, `Int`, `Double`, `Bool`, `Datetime`, `KeywordList`). */
  searchAttributes: Readonly<Record<string, string>>;
  /** Values added to, or set over, the standard ones. */
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>;
  /** How the program is found; its `env` is also asked for TEMPORAL_ADDRESS and TEMPORAL_UI_URL. */
  find?: FindServerOptions;
}

/** A Temporal server, ours or somebody else's. */
export interface RunningTemporal {
  /** `host:port` for clients and workers. */
  address: string;
  /** Where operators look; unknown for a foreign server without TEMPORAL_UI_URL. */
  uiUrl: string | undefined;
  /** Absent when the server is not ours. */
  pid: number | undefined;
  /** Settles when our server has ended, expected or not; never for a foreign one. */
  exited: Promise<void>;
  /** Ends our server; does nothing to a foreign one. May be called twice. */
  stop: () => Promise<void>;
}

const argumentsFor = (options: StartTemporalOptions, port: number, uiPort: number): string[] => [
  ...['server', 'start-dev', '--headless=false', '--ip', '127.0.0.1', '--log-level', 'warn'],
  ...['--port', String(port), '--ui-port', String(uiPort), '--db-filename', resolve(options.dbFile)],
  ...Object.entries(options.searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
  ...Object.entries({ ...STANDARD_DYNAMIC_CONFIG, ...options.dynamicConfig }).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${JSON.stringify(value)}`,
  ]),
];

const withConnection = async <T>(address: string, use: (connection: Connection) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
};

const answersAsTemporal = (address: string): Promise<boolean> =>
  withConnection(address, (connection) => connection.workflowService.describeNamespace({ namespace: 'default' })).then(
    () => true,
    () => false,
  );

const answersAsUi = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

/** Waits until API and Web UI answer; `false` when the process ended instead. */
const becameHealthy = (child: LaunchedChild, address: string, uiUrl: string): Promise<boolean> =>
  waitUntil(
    async () => {
      if (!child.isRunning()) return false;
      return (await answersAsTemporal(address)) && (await answersAsUi(uiUrl)) ? true : undefined;
    },
    {
      limitMs: HEALTHY_LIMIT_MS,
      onLimit: () => new LauncherError(`Temporal does not answer at ${address}. Its last words:\n${child.logTail()}`),
    },
  );

const foreignServer = (address: string, env: NodeJS.ProcessEnv): RunningTemporal => ({
  address,
  uiUrl: env['TEMPORAL_UI_URL'],
  pid: undefined,
  exited: new Promise(() => undefined),
  stop: () => Promise.resolve(),
});

const startOnce = async (options: StartTemporalOptions, command: string, folder: string): Promise<RunningTemporal> => {
  const port = options.port ?? (await freePort());
  const uiPort = options.uiPort ?? (await freePort());
  const address = `127.0.0.1:${port}`;
  const uiUrl = `http://127.0.0.1:${uiPort}`;
  const child = await startChild({
    name: NAME,
    command,
    args: argumentsFor(options, port, uiPort),
    logFile: join(folder, 'temporal.log'),
    cwd: folder,
  });
  recordProcess(folder, { name: NAME, pid: child.pid, mark: resolve(options.dbFile), stopSignal: 'SIGTERM' });
  const stop = async (): Promise<void> => {
    await child.stop();
    forgetProcess(folder, NAME);
  };
  try {
    if (await becameHealthy(child, address, uiUrl)) {
      await withConnection(address, (connection) =>
        registerMissingSearchAttributes(connection, options.searchAttributes),
      );
      return { address, uiUrl, pid: child.pid, exited: child.exited.then(() => undefined), stop };
    }
    throw new LauncherError(`Temporal ended at once. Its last words:\n${child.logTail()}`);
  } catch (error) {
    await stop();
    throw error;
  }
};

/**
 * Provides a Temporal server with Web UI: the one of `TEMPORAL_ADDRESS` if set, else one of our own on 127.0.0.1 whose
 * state is kept in `dbFile`. Returns when API and UI answer. A server left behind by a killed launcher is ended first.
 *
 * @throws LauncherError when no server can be found, built or started
 */
export const startTemporal = async (options: StartTemporalOptions): Promise<RunningTemporal> => {
  const env = options.find?.env ?? process.env;
  const foreign = env['TEMPORAL_ADDRESS'];
  if (foreign) return foreignServer(foreign, env);
  const command = await findTemporalCli(options.find);
  const folder = dirname(resolve(options.dbFile));
  mkdirSync(folder, { recursive: true });
  await endLeftover(folder, NAME);
  return retryWhenInUse(() => startOnce(options, command, folder));
};
