import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { downloadWithSdk } from './download-with-sdk.js';
import { LauncherError, progressToStderr, type Progress } from './launcher-error.js';
import { findOnPath, isExecutable, runProgram } from './programs.js';
import { cacheFolder } from './project-root.js';
import { programFromSetting, provideProgram, reasonOf, type FindServerOptions } from './provide-program.js';

/** The last version that `go install` accepts (environment.md): server 1.29.1, Web UI 2.42.1. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';
const OLDEST_USABLE_MINOR = 5;
const VERSION_LIMIT_MS = 30_000;
const BUILD_LIMIT_MS = 20 * 60_000;

const HELP = [
  'No Temporal server could be found or made. Any one of these helps:',
  '  1. set TEMPORAL_ADDRESS to a running server (host:port);',
  `  2. put the \`temporal\` CLI (1.${OLDEST_USABLE_MINOR} or newer) on PATH, or name it in TEMPORAL_CLI_PATH;`,
  '  3. let this machine reach the internet, so that the Temporal SDK can download it;',
  '  4. install Go (1.23 or newer), so that it can be built.',
];

/** The program on PATH, if it is a Temporal CLI that is new enough for the options that we start it with. */
const usableOnPath = async (env: NodeJS.ProcessEnv, progress: Progress): Promise<string | undefined> => {
  const command = findOnPath('temporal', env);
  if (command === undefined) return undefined;
  const output = await runProgram({
    what: `Asking ${command} for its version`,
    command,
    args: ['--version'],
    cwd: '/',
    env,
    progress,
    limitMs: VERSION_LIMIT_MS,
  }).catch(reasonOf);
  const [, major, minor] = /temporal version v?(\d+)\.(\d+)/.exec(output) ?? [];
  if (Number(major) > 1 || (Number(major) === 1 && Number(minor) >= OLDEST_USABLE_MINOR)) return command;
  progress(`${command} is not used: it is no Temporal CLI of version 1.${OLDEST_USABLE_MINOR} or newer`);
  return undefined;
};

const buildWithGo = async (target: string, env: NodeJS.ProcessEnv, progress: Progress): Promise<void> => {
  const go = findOnPath('go', env);
  if (go === undefined) throw new LauncherError('no `go` on PATH');
  const folder = `${target}-build-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    progress('Building the Temporal server with Go, once; this takes three to five minutes.');
    await runProgram({
      what: 'Building the Temporal server',
      command: go,
      args: ['install', `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`],
      cwd: folder,
      env: { ...env, GOBIN: folder },
      progress,
      limitMs: BUILD_LIMIT_MS,
    });
    renameSync(join(folder, 'temporal'), target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * Path of a `temporal` program, found, downloaded or built, in the order of environment.md: `TEMPORAL_CLI_PATH`, PATH, the
 * project's cache folder, the SDK's download, the Go toolchain. What was downloaded or built stays in the cache folder.
 *
 * @throws LauncherError naming all ways when none leads to a server, or when `TEMPORAL_CLI_PATH` names no program
 */
export const findTemporalCli = async (options: FindServerOptions = {}): Promise<string> => {
  const { cache = cacheFolder(), env = process.env, progress = progressToStderr, download = downloadWithSdk } = options;
  const given = programFromSetting('TEMPORAL_CLI_PATH', env) ?? (await usableOnPath(env, progress));
  if (given !== undefined) return given;
  const target = join(cache, 'bin', 'temporal');
  if (isExecutable(target)) return target;
  const artifact = { kind: 'dev-server', version: TEMPORAL_CLI_VERSION, target, env, progress } as const;
  return provideProgram(
    target,
    [
      ['SDK download', () => download(artifact)],
      ['Go', () => buildWithGo(target, env, progress)],
    ],
    HELP,
  );
};
