import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { LauncherError } from '../../launcher/launcher-error.js';
import { projectRoot } from '../../launcher/project-root.js';

/** Runs the one-shot bootstrap `schedule.js`. @throws LauncherError naming the log when it fails */
export async function runSchedule(stateFolder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const log = openSync(join(stateFolder, 'schedule.log'), 'a');
  const child = spawn(process.execPath, [join(projectRoot(), 'dist', 'schedule.js')], {
    env: environment,
    stdio: ['ignore', log, log],
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
  if (code !== 0) throw new LauncherError('The schedule bootstrap failed; see schedule.log in the state folder.');
}
