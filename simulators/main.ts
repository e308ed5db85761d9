import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { SimulatorsReady } from './harness/settings-types.js';
import { startSimulators, type RunningSystem } from './running-system.js';
import { parseSettings } from './settings.js';

/**
 * The simulator process: `main.js --config FILE [--die-with-stdin]`. Prints one JSON line (SimulatorsReady) once everything
 * listens; ends with the state saved on SIGTERM, SIGINT and, if asked, when stdin closes because the parent has died.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, 'die-with-stdin': { type: 'boolean', default: false } },
  });
  if (values.config === undefined) throw new Error('usage: main.js --config FILE [--die-with-stdin]');
  const system = await startSimulators(parseSettings(readFileSync(values.config, 'utf8')));
  endOnRequest(system, values['die-with-stdin']);
  const ready: SimulatorsReady = { ready: true, pid: process.pid, urls: system.urls };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

function endOnRequest(system: RunningSystem, dieWithStdin: boolean): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    system.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`simulators could not save their state: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (dieWithStdin) process.stdin.on('end', end).on('close', end).resume();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // Servers that listen already would keep the process alive.
  process.exit(1);
});
