import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

// Waits for the end of its input, which the kernel closes when the launcher dies in whatever way; then asks the process to
// end, and forces it after ten seconds.
const SCRIPT = `cat >/dev/null
kill -s "$2" "$1" 2>/dev/null || exit 0
n=0
while [ "$n" -lt 20 ]; do sleep 0.5; kill -0 "$1" 2>/dev/null || exit 0; n=$((n+1)); done
kill -s KILL "$1"`;

/**
 * Sees to it that a child does not outlive this process, even when this process is killed with SIGKILL: a tiny shell
 * waits on a pipe from us and ends the child when the pipe breaks.
 *
 * @returns a function that calls the watcher off; call it when the child has ended
 */
export const watchOver = (pid: number, signal: NodeJS.Signals): (() => void) => {
  const watcher = spawn('/bin/sh', ['-c', SCRIPT, 'watcher', String(pid), signal.replace(/^SIG/, '')], {
    // A group of its own: Ctrl-C in the terminal must not end the watcher before its work is done.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  if (watcher.stdin instanceof Socket) watcher.stdin.unref();
  return () => {
    if (watcher.pid === undefined || watcher.exitCode !== null || watcher.signalCode !== null) return;
    try {
      process.kill(-watcher.pid, 'SIGKILL');
    } catch {
      // It ended by itself in this moment.
    }
  };
};
