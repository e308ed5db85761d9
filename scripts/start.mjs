// `npm start`: sets the clone up, then runs the sandbox with all arguments passed on. Node's built-ins only.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { main, root, setUp } from './setup.mjs';

const REPEAT_MS = 1_000;

/** A person who presses Ctrl-C once sends up to three signals (terminal, npm, us); the sandbox gets one. */
const forwardSignals = (child) => {
  let lastAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const reachedByTerminal = signal === 'SIGINT' && process.stdin.isTTY === true;
      if (reachedByTerminal || Date.now() - lastAt < REPEAT_MS) return;
      lastAt = Date.now();
      child.kill(signal);
    });
  }
};

await main(async () => {
  await setUp();
  const command = join(root, 'dist', 'src', 'cli', 'main.js');
  const child = spawn(process.execPath, [command, 'sandbox', ...process.argv.slice(2)], { stdio: 'inherit' });
  forwardSignals(child);
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
});
