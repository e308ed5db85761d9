// Plain JavaScript with Node's built-ins only: it runs before there is a node_modules (decisions 31).
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Folder of package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST_NODE = [20, 19];
const SOURCES = [
  'src',
  'simulators',
  'scripts',
  'worker.ts',
  'receiver.ts',
  'schedule.ts',
  'tsconfig.json',
  'tsconfig.build.json',
];
const LOCK = join(root, '.cache', 'setup.lock');

const say = (line) => process.stderr.write(`${line}\n`);

const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`Node.js ${OLDEST_NODE.join('.')} or newer is needed, this is ${process.versions.node}`);
};

/** Runs a program with all its output on our stderr, or kept back; resolves with its exit code and what it printed. */
const run = (command, args, { quiet = false } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        if (!quiet) process.stderr.write(chunk);
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });

const packagesOf = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined);

/** True when every package of the lock file is installed in its version; packages for other systems may be absent. */
const isInstalled = () => {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    return present === undefined ? entry.optional === true : present.version === entry.version;
  });
};

const install = async () => {
  say('Installing packages …');
  const options = ['--include=dev', '--no-audit', '--no-fund'];
  const { code, output } = await run('npm', ['ci', ...options], { quiet: true });
  if (code === 0) return;
  // npm 11.16 and later refuse a lock file that lacks packages for *other* systems when the registry cannot offer them
  // (npm/cli issue 9846). A plain install keeps to the versions and checksums of the lock file and does not mind.
  const missing = [...output.matchAll(/Missing: (\S+)@(\S*) from lock file/g)];
  if (missing.length === 0) throw new Error(`npm ci failed:\n${output}`);
  say(`npm ci misses ${missing.length} packages in the lock file; installing from it without that check.`);
  const second = await run('npm', ['install', '--no-save', ...options], { quiet: true });
  if (second.code !== 0) throw new Error(`npm install failed:\n${second.output}`);
};

const filesBelow = (path) =>
  existsSync(path)
    ? readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];

const sourceFiles = () =>
  SOURCES.map((source) => join(root, source))
    .flatMap((path) => (extname(path) === '' ? filesBelow(path) : existsSync(path) ? [path] : []))
    .sort();

/** Hash of all sources and of the installed versions: equal hash, equal build. */
const fingerprint = () => {
  const hash = createHash('sha256');
  for (const file of [...sourceFiles(), join(root, 'package-lock.json')]) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
};

const stamp = join(root, 'dist', '.fingerprint');

const isBuilt = (current) => existsSync(stamp) && readFileSync(stamp, 'utf8') === current;

/** SQL, YAML and the like, which the compiler leaves behind. */
const copyOtherFiles = () => {
  for (const file of sourceFiles()) {
    const path = relative(root, file);
    if (!/^(src|simulators)[\\/]/.test(path) || /\.[cm]?ts$/.test(path)) continue;
    const target = join(root, 'dist', path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
  }
};

/** Compiles everything into dist, from nothing, and bundles the workflows. */
export const build = async () => {
  const current = fingerprint();
  say('Building …');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const compiled = await run(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  if (compiled.code !== 0) throw new Error('the sources do not compile; the messages are above');
  copyOtherFiles();
  const bundled = await run(process.execPath, [join('dist', 'scripts', 'build-workflow-bundle.js')]);
  if (bundled.code !== 0) throw new Error('the workflows could not be bundled; the messages are above');
  writeFileSync(stamp, current);
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Two commands started at the same time on a fresh clone must not install into the same folder at once. */
const alone = async (work) => {
  mkdirSync(dirname(LOCK), { recursive: true });
  for (let told = false; ; told = true) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const owner = Number(existsSync(LOCK) ? readFileSync(LOCK, 'utf8') : 0);
      if (owner > 0 && !isAlive(owner)) rmSync(LOCK, { force: true });
      else if (!told) say(`Waiting for the set-up by process ${owner} …`);
      await delay(500);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { force: true });
  }
};

/**
 * Makes a clone runnable: packages installed as the lock file says, sources compiled. Does nothing when both are up to
 * date. All output goes to stderr.
 */
export const setUp = async ({ withBuild = true } = {}) => {
  checkNode();
  const isReady = () => isInstalled() && (!withBuild || isBuilt(fingerprint()));
  if (isReady()) return;
  await alone(async () => {
    if (!isInstalled()) await install();
    if (withBuild && !isBuilt(fingerprint())) await build();
  });
};

/** Runs the main function of a script; what it throws ends the process with a message and code 1. */
export const main = async (work) => {
  try {
    await work();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
};
