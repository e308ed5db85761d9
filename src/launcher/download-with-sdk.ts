import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LauncherError, type Progress } from './launcher-error.js';
import { runProgram } from './programs.js';
import { projectRoot } from './project-root.js';

const LIMIT_MS = 10 * 60_000;

/**
 * Has the Temporal SDK download one of its servers and moves it to `target`. Needs the internet; on a closed machine it
 * fails within a second or two.
 *
 * @throws LauncherError when the download fails
 */
export const downloadWithSdk = async (options: {
  kind: 'dev-server' | 'time-skipping';
  version: string;
  target: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
}): Promise<void> => {
  const folder = join(dirname(options.target), `download-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // Under tsx this file is TypeScript, and so is its sibling.
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  const script = fileURLToPath(new URL(`./sdk-download${extension}`, import.meta.url));
  try {
    await runProgram({
      what: `Downloading Temporal's ${options.kind === 'dev-server' ? 'server' : 'time-skipping test server'}`,
      command: process.execPath,
      args: [...(extension === '.ts' ? ['--import', 'tsx'] : []), script, options.kind, options.version, folder],
      cwd: projectRoot(),
      env: options.env,
      progress: options.progress,
      limitMs: LIMIT_MS,
    });
    const downloaded = readdirSync(folder).find(
      (name) => name.startsWith('temporal') && !name.endsWith('.downloading'),
    );
    if (downloaded === undefined) throw new LauncherError('the SDK downloaded no file');
    chmodSync(join(folder, downloaded), 0o755);
    renameSync(join(folder, downloaded), options.target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
