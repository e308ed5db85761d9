// `npm start`: sets the clone up, then runs the sandbox with all arguments passed on. Node's built-ins only.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { main, root, setUp } from './setup.mjs';

const REPEAT_MS = 1_000;
const PARENT_CHECK_MS = 500;

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

/** `kill` of npm ends npm and its shell, which tell us nothing; that their end was meant for us shows in our parent. */
const endWithNpm = (child) => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, PARENT_CHECK_MS);
  timer.unref();
};

await main(async () => {
  await setUp();
  const command = join(root, 'dist', 'src', 'cli', 'main.js');
  const child = spawn(process.execPath, [command, 'sandbox', ...process.argv.slice(2)], { stdio: 'inherit' });
  forwardSignals(child);
  endWithNpm(child);
  process.exitCode = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
});
