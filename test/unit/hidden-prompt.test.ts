import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Command } from 'commander';
import { addCredentialsCommands } from '../../src/cli/credentials-commands.js';
import { UsageError } from '../../src/cli/failure.js';
import type { Terminal } from '../../src/cli/hidden-prompt.js';
import { askHidden } from '../../src/cli/hidden-prompt.js';

/** A terminal that types what a test tells it, and remembers whether it would have echoed. */
function terminal() {
  const emitter = new EventEmitter();
  const modes: boolean[] = [];
  const fake = Object.assign(emitter, {
    isRaw: false,
    setRawMode: (raw: boolean) => modes.push(raw),
    setEncoding: () => undefined,
    resume: () => undefined,
    pause: () => undefined,
  });
  const shown: string[] = [];
  const asked = askHidden('Token: ', fake as unknown as Terminal, (text) => shown.push(text));
  return {
    type: (keys: string) => emitter.emit('data', keys),
    modes,
    shown,
    asked,
    listeners: () => emitter.listenerCount('data'),
  };
}

test('S21, S32: a typed or pasted token is taken without showing any of it, and the terminal is given back', async () => {
  const { type, modes, shown, asked, listeners } = terminal();
  type('request-');
  type('tokxx\u007f\u007fen\r');
  assert.equal(await asked, 'request-token');
  assert.equal(shown.join(''), 'Token: \n');
  assert.deepEqual([modes, listeners()], [[true, false], 0]);
});

test('S21: Ctrl-C ends the prompt with nothing entered, and the terminal echoes again', async () => {
  const { type, modes, asked } = terminal();
  type('half');
  type('\u0003');
  await assert.rejects(asked, UsageError);
  assert.deepEqual(modes, [true, false]);
});

test('S32: the request token is never an argument: one that is given is refused and not repeated', async () => {
  const program = new Command().exitOverride();
  addCredentialsCommands(program);
  let written = '';
  const concur = program.commands[0]!.commands[0]!;
  concur.exitOverride().configureOutput({ writeErr: (text) => (written += text) });
  await assert.rejects(
    program.parseAsync(['credentials', 'concur', '--connection', 'acme', 'the-request-token'], { from: 'user' }),
  );
  assert.match(written, /too many arguments/);
  assert.ok(!written.includes('the-request-token'));
  assert.deepEqual(
    concur.options.map(({ long }) => long),
    ['--connection', '--file', '--config'],
  );
});
