import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectRoot } from '../../launcher/project-root.js';
import { progressToStderr } from '../../launcher/launcher-error.js';
import { startPostgres } from '../../launcher/postgres.js';
import { startTemporal } from '../../launcher/temporal-server.js';
import { parseConnectionsFile } from '../../config/load-connections.js';
import { searchAttributeTypes } from '../../contracts/search-attributes.js';
import { planSandbox } from '../../sandbox/sandbox-plan.js';
import { findInstallation } from '../installation.js';
import { callSentences } from './calls-per-route.js';
import { startConcurChaos } from './concur-chaos.js';
import { connectPatiently } from './connect-concur.js';
import { documentsUnderWay, inWaves, startFeed } from './document-feed.js';
import { endEarlierRun, recordChild } from './earlier-run.js';
import type { SandboxOptions } from './options.js';
import { erpsOf, isConcurBrutal, isErpBrutal } from './options.js';
import { loadBody, sandboxDocuments } from './sandbox-documents.js';
import { readyPaths, removeReady, writeReady } from './ready-file.js';
import { buildReport } from './report.js';
import { startNavChaos } from './nav-chaos.js';
import type { Running } from './running.js';
import { endAll } from './running.js';
import { runSchedule } from './schedule-process.js';
import { startSimulators } from './simulators.js';
import { syncVendorsOnce } from './sync-vendors-once.js';
import { untilSettledOrStopped } from './until-settled.js';
import { wantedSubscriptions } from './webhook-watch.js';
import { activateBusinessEvents, prepareEvents, startReceiver } from './start-receiver.js';
import { startWorker } from './start-worker.js';
import { sandboxNames, sandboxSecrets, writeSandboxConnections } from './write-connections.js';

/** Runs the sandbox until Ctrl-C or until everything is settled; returns the exit code. */
export async function runSandbox(options: SandboxOptions, given: NodeJS.ProcessEnv): Promise<number> {
  const startedAt = Date.now();
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort();
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const running: Running = {};
  let problems: string[] = [];
  let code: number;
  try {
    code = await runUntilStopped(options, given, running, stop.signal, startedAt);
  } finally {
    process.stderr.write('Stopping …\n');
    problems = await endAll(running);
    for (const problem of problems) process.stderr.write(`${problem}\n`);
    if (problems.length === 0) process.stderr.write('Stopped; no process is left behind.\n');
  }
  return problems.length === 0 ? code : 1;
}

async function runUntilStopped(
  options: SandboxOptions,
  given: NodeJS.ProcessEnv,
  running: Running,
  stop: AbortSignal,
  startedAt: number,
): Promise<number> {
  const stateFolder = stateFolderOf(options);
  await endEarlierRun(stateFolder);
  if (options.fresh) rmSync(stateFolder, { recursive: true, force: true });
  mkdirSync(stateFolder, { recursive: true });
  removeReady(readyPaths(stateFolder, options.readyFile));

  const settled = await startServices(options, given, running, stateFolder);
  const configPath = options.config ?? (await startSimulated(options, running, stateFolder, settled));
  if (stop.aborted) return 0;
  const environment = {
    ...given,
    CONNECTIONS_FILE: resolve(configPath),
    DATABASE_URL: settled.databaseUrl,
    TEMPORAL_ADDRESS: settled.temporalAddress,
  };
  const { connections } = findInstallation(configPath, environment);
  const receiver = await startReceiver({ stateFolder, environment, connections });
  if (receiver) running.receiver = receiver;
  if (running.simulators) await activateBusinessEvents(running.simulators, connections);
  if (settled.requestToken !== undefined) {
    await connectPatiently(connections, sandboxNames.concur, settled.requestToken);
  }
  await runSchedule(stateFolder, environment);
  const tellReady = () => writeReady(readyPaths(stateFolder, options.readyFile), running, { ...settled, configPath });
  const worker = await startWorker({ running, stateFolder, environment, connections, stop, tellReady });
  if (!worker) return 0;

  if (running.simulators) {
    await syncVendorsOnce(connections);
    running.feed = startFeed(running.simulators, settled.laterDocuments ?? [], () => documentsUnderWay(connections));
  }
  const stopped = AbortSignal.any([stop, worker.gaveUp]);
  const expected = settled.expectedDocuments;
  if (isConcurBrutal(options) && running.simulators !== undefined) {
    const { simulators } = running;
    running.chaos = startConcurChaos({
      ...{ connections, simulators, connection: sandboxNames.concur, documents: expected ?? 0 },
    });
  }
  if (isErpBrutal(options, 'nav') && running.simulators && wantedSubscriptions(connections).length > 0) {
    running.navChaos = startNavChaos({ connections, simulators: running.simulators, documents: expected ?? 0 });
  }
  const finished = await untilSettledOrStopped({ options, connections, running, stop: stopped, expected });
  worker.gaveUp.throwIfAborted();
  await running.chaos?.stop();
  await running.navChaos?.stop();
  const report = await buildReport(connections, running.simulators, worker.kills, startedAt);
  if (options.json) console.log(JSON.stringify(report));
  if (!options.untilSettled) return 0;
  const lines = [...callSentences(report.callsPerRoute ?? {}), ...report.problems];
  for (const line of lines) process.stderr.write(`${line}\n`);
  return finished && report.ok ? 0 : 1;
}

/** What the started services are, and what was put into them. */
interface Settled {
  databaseUrl: string;
  temporalAddress: string;
  requestToken?: string;
  /** What is approved in the simulated Concur while the connector runs. */
  laterDocuments?: string[];
  /** Undefined with remote services that are there already. */
  expectedDocuments?: number;
}

/** Starts PostgreSQL and Temporal, unless the connections file or the environment names them. */
async function startServices(
  options: SandboxOptions,
  given: NodeJS.ProcessEnv,
  running: Running,
  stateFolder: string,
): Promise<Settled> {
  const named = options.config === undefined ? undefined : parseConnectionsFile(options.config).operation;
  const databaseUrl = given['DATABASE_URL'] ?? namedDatabase(options.config);
  if (databaseUrl === undefined) {
    progressToStderr('Starting PostgreSQL …');
    running.postgres = await startPostgres({
      folder: stateFolder,
      ...(options.postgresPort === undefined ? {} : { port: options.postgresPort }),
    });
  }
  const address = given['TEMPORAL_ADDRESS'] ?? named?.temporalAddress;
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
async function startSimulated(
  options: SandboxOptions,
  running: Running,
  stateFolder: string,
  settled: Settled,
): Promise<string> {
  progressToStderr('Starting the simulated Concur, Entra ID, F&O, Business Central and NAV …');
  const secrets = sandboxSecrets(stateFolder);
  const corrections = isConcurBrutal(options);
  const feed = sandboxDocuments(stateFolder, options.documents, {
    ...{ seed: options.seed, corrections },
    // Three legal entities of one ERP: one of each way in which it takes reports and invoices, and journal numbers.
    ...(options.erp === 'both' ? {} : { companies: 3 }),
    ...(options.erp === 'fo' || options.erp === 'both' ? {} : { credits: true }),
  });
  for (const { file, reason } of feed.skipped) progressToStderr(`Skipped ${file}: ${reason}`);
  const plan = planSandbox(feed.all, {
    erp: erpsOf(options.erp),
    reportsAsInvoices: options.erp !== 'both' && feed.all.every(({ isGenerated }) => isGenerated === true),
  });
  const simulators = await startSimulators(stateFolder, options, secrets);
  running.simulators = simulators;
  recordChild(stateFolder, 'simulators', simulators.pid, 'simulators/main.js');
  const concur = {
    companyUuid: sandboxNames.companyUuid,
    clientId: sandboxNames.concurClientId,
    clientSecret: secrets.concurClientSecret,
    requestToken: secrets.requestToken,
  };
  await simulators.post('/control/master-data', { ...plan.masterData, codes: plan.codes, concur });
  const [ready = '', ...later] = inWaves(feed.all).map((wave) => loadBody(wave, plan.expected, plan.planted));
  await simulators.post('/control/concur/documents', ready);
  settled.laterDocuments = later;
  settled.requestToken = secrets.requestToken;
  settled.expectedDocuments = feed.all.length;
  const returns = feed.all.some(({ correction }) => correction?.kind === 'returned-and-corrected');
  const events = await prepareEvents(stateFolder, simulators, sandboxNames.concur);
  return writeSandboxConnections(stateFolder, simulators.urls, plan.rules, {
    erp: options.erp,
    release: options.release,
    returns,
    events,
  });
}

function stateFolderOf(options: SandboxOptions): string {
  if (options.config === undefined) return resolve(projectRoot(), options.state);
  return resolve(dirname(resolve(options.config)), parseConnectionsFile(options.config).operation.stateFolder);
}
