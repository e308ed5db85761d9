// `npm test [layer…]`: sets the clone up, provides the servers that the layers need, runs the layers in order, and ends
// with the line `N passed, N failed`. Node's built-ins only until the set-up is done.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './setup.mjs';

/** All layers in their order, with what each needs. */
const LAYERS = {
  unit: [],
  clients: [],
  simulators: [],
  activities: ['postgres'],
  workflows: ['time-skipping', 'temporal', 'postgres'],
  server: ['build', 'time-skipping', 'temporal', 'postgres'],
  replay: ['build'],
  e2e: ['build', 'temporal', 'postgres'],
  long: ['build', 'time-skipping', 'temporal', 'postgres'],
};
/** Layers that run only when they are named: lives of months that a busy machine may not get through in time. */
const ONLY_WHEN_NAMED = new Set(['long']);
/** Layers of many small files: several of them share a process, since loading the program takes longer than its tests. */
const SHARED_PROCESSES = new Set(['unit', 'clients', 'simulators']);
const FILES_PER_PROCESS = 12;
const CONCURRENCY = 2;
const FILE_LIMIT_MS = 15 * 60_000;
const STOP_LIMIT_MS = 10_000;

/** Settings of a real installation that happens to live in this shell: no test may reach its systems. */
const isRealSetting = (name) =>
  /^(CONCUR|FO|NAV|BC|DATABASE|TEMPORAL)_/.test(name) &&
  !['TEMPORAL_CLI_PATH', 'TEMPORAL_TEST_SERVER_PATH'].includes(name);

const testFilesOf = (layer) => {
  const folder = join(root, 'test', layer);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
    .sort();
};

/** Starts or finds the servers; returns the environment for the tests and a function that ends what was started. */
const provide = async (needs, environment) => {
  const { register } = await import('tsx/esm/api');
  register();
  const added = {};
  let stop = async () => undefined;
  if (needs.has('temporal')) {
    const { findTemporalCli } = await import('../src/launcher/temporal-cli.ts');
    added.TEMPORAL_CLI_PATH = await findTemporalCli({ env: environment });
  }
  if (needs.has('time-skipping')) {
    const { findTestServer } = await import('../src/launcher/test-server.ts');
    added.TEMPORAL_TEST_SERVER_PATH = await findTestServer({ env: environment });
  }
  if (needs.has('postgres') && !environment.TEST_DATABASE_URL) {
    const { startPostgres } = await import('../src/launcher/postgres.ts');
    const folder = mkdtempSync(join(tmpdir(), 'connector-test-postgres-'));
    const server = await startPostgres({ folder, database: 'postgres', durable: false, env: environment });
    added.TEST_DATABASE_URL = server.url;
    stop = async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    };
  }
  return { added, stop };
};

/** A hook outside every suite would run for the tests of other files as well. */
const hasHooksOfItsOwn = (file) => /^(before|after)(Each)?\(/m.test(readFileSync(file, 'utf8'));

/** What the runner is given for the files of a layer: they themselves, or files in `folder` that import several. */
const entriesOf = (layer, files, folder) => {
  if (!SHARED_PROCESSES.has(layer)) return files;
  const alone = files.filter(hasHooksOfItsOwn);
  const shared = files.filter((file) => !alone.includes(file));
  const count = Math.ceil(shared.length / FILES_PER_PROCESS);
  // Neighbours are alike; dealt out in turn, no process has all the long ones.
  const entries = Array.from({ length: count }, (_, at) => {
    const entry = join(folder, `${layer}-${at + 1}.mjs`);
    const imports = shared.filter((_file, index) => index % count === at).map((file) => pathToFileURL(file).href);
    // Static imports: with them, no test starts before all files are read.
    writeFileSync(entry, imports.map((url) => `import ${JSON.stringify(url)};\n`).join(''));
    return entry;
  });
  return [...entries, ...alone];
};

let running;
let interrupted = false;

/** Runs the files of one layer; resolves with their results, each `{ outcome, name, file, reason }`. */
const runLayer = async (layer, files, environment) => {
  const folder = mkdtempSync(join(tmpdir(), 'connector-test-results-'));
  const resultFile = join(folder, 'results.jsonl');
  const reporters = { spec: 'stdout', [join(root, 'scripts', 'test-results.mjs')]: resultFile };
  const args = [
    ...['--import', 'tsx', '--test', `--test-concurrency=${CONCURRENCY}`, `--test-timeout=${FILE_LIMIT_MS}`],
    ...Object.entries(reporters).flatMap(([reporter, destination]) => [
      `--test-reporter=${reporter}`,
      `--test-reporter-destination=${destination}`,
    ]),
    ...entriesOf(layer, files, folder),
  ];
  try {
    running = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });
    const code = await new Promise((resolve, reject) => {
      running.once('error', reject);
      running.once('exit', resolve);
    });
    const results = (existsSync(resultFile) ? readFileSync(resultFile, 'utf8') : '')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    // The runner may die before it has said which test failed; that must not pass as success.
    if (code !== 0 && !results.some(({ outcome }) => outcome === 'failed')) {
      results.push({ outcome: 'failed', name: `the runner of layer ${layer} ended with code ${code}`, reason: '' });
    }
    return results;
  } finally {
    running = undefined;
    rmSync(folder, { recursive: true, force: true });
  }
};

const list = (title, results) => {
  if (results.length === 0) return;
  console.log(`\n${title}:`);
  for (const { name, file, reason } of results) {
    const place = file === undefined ? '' : ` [${relative(root, file)}]`;
    console.log(`  - ${name}${reason === '' ? '' : ` (${reason})`}${place}`);
  }
};

const report = (results) => {
  const of = (outcome) => results.filter((result) => result.outcome === outcome);
  const [passed, failed, skipped] = [of('passed'), of('failed'), of('skipped')];
  list('Skipped', skipped);
  list('Failed', failed);
  const skippedText = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  console.log(`\n${passed.length} passed, ${failed.length} failed${skippedText}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
};

const chosenLayers = () => {
  const chosen = process.argv.slice(2);
  const unknown = chosen.filter((layer) => !(layer in LAYERS));
  if (unknown.length > 0) {
    throw new Error(`no such layer: ${unknown.join(', ')}; there are ${Object.keys(LAYERS).join(', ')}`);
  }
  return Object.keys(LAYERS).filter((layer) =>
    chosen.length === 0 ? !ONLY_WHEN_NAMED.has(layer) : chosen.includes(layer),
  );
};

const stopOnSignal = () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      interrupted = true;
      running?.kill('SIGTERM');
      const child = running;
      setTimeout(() => child?.kill('SIGKILL'), STOP_LIMIT_MS).unref();
    });
  }
};

const results = [];
let stopServers = async () => undefined;
try {
  const layers = chosenLayers()
    .map((name) => ({ name, files: testFilesOf(name), needs: LAYERS[name] }))
    .filter(({ files }) => files.length > 0);
  const needs = new Set(layers.flatMap((layer) => layer.needs));
  await setUp({ withBuild: needs.has('build') });
  stopOnSignal();
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isRealSetting(name)));
  const { added, stop } = await provide(needs, environment);
  stopServers = stop;
  for (const { name, files } of layers) {
    if (interrupted) break;
    console.log(`\n── ${name}: ${files.length} ${files.length === 1 ? 'file' : 'files'}`);
    results.push(...(await runLayer(name, files, { ...environment, ...added })));
  }
  if (interrupted) results.push({ outcome: 'failed', name: 'the run was interrupted', reason: '' });
} catch (error) {
  const name = error instanceof Error ? error.message : String(error);
  results.push({ outcome: 'failed', name: `the tests could not run: ${name}`, reason: '' });
} finally {
  await stopServers();
}
report(results);
