import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectRoot } from '../../launcher/project-root.js';
import { progressToStderr } from '../../launcher/launcher-error.js';
import type { RunningPostgres } from '../../launcher/postgres.js';
import { startPostgres } from '../../launcher/postgres.js';
import type { RunningTemporal } from '../../launcher/temporal-server.js';
import { startTemporal } from '../../launcher/temporal-server.js';
import { parseConnectionsFile } from '../../config/load-connections.js';
import { searchAttributeTypes } from '../../contracts/search-attributes.js';
import { planSandbox } from '../../sandbox/sandbox-plan.js';
import { connectConcurCompany } from '../credentials-commands.js';
import type { Ready } from '../installation.js';
import { findInstallation, readyPath } from '../installation.js';
import { endEarlierRun, recordChild } from './earlier-run.js';
import { explain } from './explain.js';
import type { SandboxOptions } from './options.js';
import { loadBody, sandboxDocuments } from './sandbox-documents.js';
import { buildReport } from './report.js';
import { runSchedule } from './schedule-process.js';
import type { Simulators } from './simulators.js';
import { startSimulators } from './simulators.js';
import { untilSettledOrStopped } from './until-settled.js';
import type { SupervisedWorker } from './worker-supervisor.js';
import { superviseWorker } from './worker-supervisor.js';
import { sandboxNames, sandboxSecrets, writeSandboxConnections } from './write-connections.js';

/** Everything that runs, in the order in which it was started; ended in the opposite order. */
interface Running {
  postgres?: RunningPostgres;
  temporal?: RunningTemporal;
  simulators?: Simulators;
  worker?: SupervisedWorker;
}

/** Runs the sandbox until Ctrl-C or until everything is settled; returns the exit code. */
export async function runSandbox(options: SandboxOptions): Promise<number> {
  const startedAt = Date.now();
  const stop = new AbortController();
  const onSignal = (): void => { stop.abort(); };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const running: Running = {};
  try {
    return await runUntilStopped(options, running, stop.signal, startedAt);
  } finally {
    process.stderr.write('Stopping …\n');
    await running.worker?.stop();
    await running.simulators?.stop();
    await running.temporal?.stop();
    await running.postgres?.stop();
    process.stderr.write('Stopped; no process is left behind.\n');
  }
}

async function runUntilStopped(options: SandboxOptions, running: Running, stop: AbortSignal, startedAt: number): Promise<number> {
  const stateFolder = stateFolderOf(options);
  await endEarlierRun(stateFolder);
  if (options.fresh) rmSync(stateFolder, { recursive: true, force: true });
  mkdirSync(stateFolder, { recursive: true });

  const settled = await startServices(options, running, stateFolder);
  const configPath = options.config ?? (await startSimulated(options, running, stateFolder, settled));
  if (stop.aborted) return 0;
  const environment = {
    ...process.env,
    CONNECTIONS_FILE: resolve(configPath),
    DATABASE_URL: settled.databaseUrl,
    TEMPORAL_ADDRESS: settled.temporalAddress,
  };
  process.env['DATABASE_URL'] = settled.databaseUrl;
  process.env['TEMPORAL_ADDRESS'] = settled.temporalAddress;
  const { connections } = findInstallation(configPath);
  if (settled.requestToken !== undefined) await connectConcurCompany(connections, sandboxNames.concur, settled.requestToken);
  await runSchedule(stateFolder, environment);
  running.worker = superviseWorker(stateFolder, environment, (pid) => { recordChild(stateFolder, 'worker', pid, 'worker.js'); });

  const ready = writeReady(options, running, stateFolder, configPath, settled);
  explain(ready, stateFolder);
  const finished = await untilSettledOrStopped({ options, connections, running, stop, expected: settled.expectedDocuments });
  const report = await buildReport(connections, running.simulators, running.worker.kills, startedAt);
  if (options.json) console.log(JSON.stringify(report));
  if (!options.untilSettled) return 0;
  for (const problem of report.problems) process.stderr.write(`${problem}\n`);
  return finished && report.ok ? 0 : 1;
}

/** What the started services are, and what was put into them. */
interface Settled {
  databaseUrl: string;
  temporalAddress: string;
  requestToken?: string;
  /** Undefined with remote services that are there already. */
  expectedDocuments?: number;
}

/** Starts PostgreSQL and Temporal, unless the connections file or the environment names them. */
async function startServices(options: SandboxOptions, running: Running, stateFolder: string): Promise<Settled> {
  const named = options.config === undefined ? undefined : parseConnectionsFile(options.config).operation;
  const databaseUrl = process.env['DATABASE_URL'] ?? namedDatabase(options.config);
  if (databaseUrl === undefined) {
    progressToStderr('Starting PostgreSQL …');
    running.postgres = await startPostgres({
      folder: stateFolder,
      ...(options.postgresPort === undefined ? {} : { port: options.postgresPort }),
    });
  }
  const address = process.env['TEMPORAL_ADDRESS'] ?? named?.temporalAddress;
  if (address === undefined) {
    progressToStderr('Starting Temporal …');
    running.temporal = await startTemporal({
      dbFile: join(stateFolder, 'temporal.db'),
      searchAttributes: searchAttributeTypes,
      ...(options.temporalPort === undefined ? {} : { port: options.temporalPort }),
      ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
    });
  }
  return {
    databaseUrl: databaseUrl ?? running.postgres?.url ?? '',
    temporalAddress: address ?? running.temporal?.address ?? '',
  };
}

/** Only a file that names its database is read in full here: its other secrets may come later. */
function namedDatabase(config: string | undefined): string | undefined {
  if (config === undefined || parseConnectionsFile(config).operation.databaseUrl === undefined) return undefined;
  return findInstallation(config).connections.databaseUrl;
}

/** Starts the simulators, prepares their companies for the documents, and writes the connections file. */
async function startSimulated(options: SandboxOptions, running: Running, stateFolder: string, settled: Settled): Promise<string> {
  progressToStderr('Starting the simulated Concur, Entra ID, F&O and Business Central …');
  const secrets = sandboxSecrets(stateFolder);
  const feed = sandboxDocuments(stateFolder, options.documents, options.seed);
  for (const { file, reason } of feed.skipped) progressToStderr(`Skipped ${file}: ${reason}`);
  const plan = planSandbox(feed.all, { erp: options.erp });
  const simulators = await startSimulators(stateFolder, options, secrets);
  running.simulators = simulators;
  recordChild(stateFolder, 'simulators', simulators.pid, 'simulators/main.js');
  const concur = {
    companyUuid: sandboxNames.companyUuid,
    clientId: sandboxNames.concurClientId,
    clientSecret: secrets.concurClientSecret,
    requestToken: secrets.requestToken,
  };
  await simulators.post('/control/master-data', { ...plan.masterData, concur });
  await simulators.post('/control/concur/documents', loadBody(feed.all, plan.expected, plan.planted));
  settled.requestToken = secrets.requestToken;
  settled.expectedDocuments = feed.all.length;
  return writeSandboxConnections(stateFolder, simulators.urls, plan.rules);
}

function stateFolderOf(options: SandboxOptions): string {
  if (options.config === undefined) return resolve(projectRoot(), options.state);
  return resolve(dirname(resolve(options.config)), parseConnectionsFile(options.config).operation.stateFolder);
}

function writeReady(
  options: SandboxOptions,
  running: Running,
  stateFolder: string,
  configPath: string,
  settled: Settled,
): Ready {
  const processes: Record<string, number | undefined> = {
    launcher: process.pid,
    worker: running.worker?.pid,
    temporal: running.temporal?.pid,
    postgres: running.postgres?.pid,
    simulators: running.simulators?.pid,
  };
  const ready: Ready = {
    connectionsFile: resolve(configPath),
    databaseUrl: settled.databaseUrl,
    temporalAddress: settled.temporalAddress,
    temporalUi: running.temporal?.uiUrl ?? null,
    processes: Object.fromEntries(Object.entries(processes).filter((entry): entry is [string, number] => entry[1] !== undefined)),
    simulators: running.simulators === undefined ? null : { ...running.simulators.urls },
  };
  const text = `${JSON.stringify(ready, null, 2)}\n`;
  writeFileSync(readyPath(stateFolder), text, { mode: 0o600 });
  if (options.readyFile !== undefined) writeFileSync(options.readyFile, text, { mode: 0o600 });
  return ready;
}
