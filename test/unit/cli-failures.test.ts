import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { InvalidArgumentError } from 'commander';
import { signalEach } from '../../src/cli/document-answers.js';
import { reportFailure, Unreachable, UsageError } from '../../src/cli/failure.js';
import { withDatabase, withTemporal } from '../../src/cli/installation.js';
import { wholeNumber } from '../../src/cli/whole-number.js';
import type { Connections } from '../../src/config/load-connections.js';
import { freePort } from '../../src/launcher/free-port.js';

test('S89: a document without a running workflow does not keep the others from being told', async () => {
  const told: string[] = [];
  const client = {
    workflow: {
      getHandle: (id: string) => ({
        signal: () => {
          if (id === 'b') return Promise.reject(new WorkflowNotFoundError('not found', id, undefined));
          told.push(id);
          return Promise.resolve();
        },
      }),
    },
  } as unknown as Client;
  const answer = await signalEach(client, ['a', 'b', 'c'], 'retryStep', { by: 'ada', note: '' });
  assert.deepEqual(answer, { told: ['a', 'c'], missing: ['b'] });
  assert.deepEqual(told, ['a', 'c']);
});

test('a database or a Temporal that is away is a sentence and exit code 1, a wrong call is 2', async (t) => {
  const spoken = t.mock.method(console, 'error', () => undefined);
  const port = await freePort();
  const connections = {
    databaseUrl: `postgres://127.0.0.1:${port}/connector`,
    temporalAddress: `127.0.0.1:${port}`,
    file: { operation: { namespace: 'default' } },
  } as Connections;
  const failures = [
    await withDatabase(connections, () => Promise.resolve()).catch((error: unknown) => error),
    await withTemporal(connections, () => Promise.resolve()).catch((error: unknown) => error),
  ];
  for (const failure of failures) {
    assert.ok(failure instanceof Unreachable);
    assert.match(failure.message, /^(The database|Temporal) cannot be reached .*\(.+\)\. Is `npm start` running\?$/);
    assert.equal(reportFailure(failure), 1);
  }
  assert.equal(reportFailure(new UsageError('Wrong.')), 2);
  assert.deepEqual(
    spoken.mock.calls.map(({ arguments: [said] }: { arguments: unknown[] }) => typeof said),
    ['string', 'string', 'string'],
  );
});

test('numbers of options are whole and in range', () => {
  const port = wholeNumber(1, 65_535);
  assert.equal(port('8080'), 8080);
  for (const wrong of ['0', '65536', '-1', '1.5', '1e3', ' 7', '', 'abc', 'NaN']) {
    assert.throws(() => port(wrong), InvalidArgumentError, wrong);
  }
  assert.equal(wholeNumber(0)('0'), 0);
});
