import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Client, ScheduleOptions } from '@temporalio/client';
import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import { parseConnectionsFile } from '../../src/config/load-connections.js';
import type { ConnectionsFile } from '../../src/config/connections-schema.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { bootstrap, desiredSchedules } from '../../src/temporal/bootstrap.js';

const example = parseConnectionsFile(join(projectRoot(), 'examples', 'connections.yaml'));
const prefixed = (queuePrefix: string): ConnectionsFile => ({
  ...example,
  operation: { ...example.operation, queuePrefix },
});

/** Schedules by id with their pause, and a list that may lag behind. */
function fakeTemporal(existing: string[], onlyListed: string[] = []) {
  const schedules = new Map<string, { paused: boolean }>(existing.map((id) => [id, { paused: false }]));
  const client = {
    connection: {
      operatorService: {
        listSearchAttributes: () => Promise.resolve({ customAttributes: {} }),
        addSearchAttributes: () => Promise.resolve({}),
      },
    },
    workflow: { start: () => Promise.resolve(), getHandle: () => ({ terminate: () => Promise.resolve() }) },
    schedule: {
      create: (options: ScheduleOptions) => {
        const id = options.scheduleId;
        if (schedules.has(id)) return Promise.reject(new ScheduleAlreadyRunning('exists', id));
        schedules.set(id, { paused: false });
        return Promise.resolve();
      },
      list: async function* () {
        for (const scheduleId of [...schedules.keys(), ...onlyListed]) yield { scheduleId };
      },
      getHandle: (id: string) => ({
        update: (change: (previous: { state: { paused: boolean } }) => { state: { paused: boolean } }) => {
          schedules.set(id, change({ state: schedules.get(id) ?? { paused: false } }).state);
          return Promise.resolve();
        },
        delete: () =>
          schedules.delete(id) ? Promise.resolve() : Promise.reject(new ScheduleNotFoundError('is gone', id)),
      }),
    },
  } as unknown as Client;
  return { schedules, client };
}

test('S68: ids of schedules and of the workflows that they start begin with the queue prefix', () => {
  const schedules = desiredSchedules(prefixed('north-'));
  assert.ok(schedules.length > 0);
  for (const { scheduleId, action } of schedules) {
    assert.match(scheduleId, /^north-(poll:|watch-|vendors:)/);
    assert.equal((action as { workflowId?: string }).workflowId, scheduleId);
  }
});

test('C10: each document type of each connection has a poll of its own, which can be triggered or paused by itself', () => {
  const [concur] = example.concur;
  assert.ok(concur);
  const pollAt = { days: ['friday' as const], times: ['18:00'], timeZone: 'Europe/Berlin', catchUpHours: 24 };
  const both = [
    { ...concur, documentTypes: ['expense' as const, 'invoice' as const] },
    { ...concur, name: 'weekly', documentTypes: ['expense' as const], pollAt },
  ];
  const polls = desiredSchedules({ ...example, concur: both }).filter(({ scheduleId }) =>
    scheduleId.startsWith('poll:'),
  );
  assert.deepEqual(
    polls.map(({ scheduleId, spec }) => [scheduleId, (spec.intervals ?? []).length, (spec.calendars ?? []).length]),
    [
      [`poll:${concur.name}:expense`, 1, 0],
      [`poll:${concur.name}:invoice`, 1, 0],
      ['poll:weekly:expense', 0, 1],
    ],
  );
  for (const { policies } of polls)
    assert.equal(policies?.overlap, 'SKIP', 'one that is triggered never runs beside one');
});

test('S68: schedules of what the file does not name any more go; those of others stay', async () => {
  const strangers = ['north-poll:acme-eu:expense', 'nightly-report', 'north-watch-postings:fo:usmf'];
  const obsolete = ['poll:gone:expense', 'watch-payments:fo:gone', 'vendors:gone:fo:usmf'];
  const { schedules, client } = fakeTemporal([...strangers, ...obsolete], ['poll:deleted-before:expense']);
  const done = await bootstrap(client, prefixed(''));
  assert.deepEqual(done.removed.sort(), [...obsolete, 'poll:deleted-before:expense'].sort());
  assert.deepEqual([...schedules.keys()].sort(), [...strangers, ...done.schedules].sort());
});

test('S68: a second bootstrap keeps the pause of an operator', async () => {
  const { schedules, client } = fakeTemporal([]);
  const [first = ''] = (await bootstrap(client, example)).schedules;
  schedules.set(first, { paused: true });
  assert.deepEqual((await bootstrap(client, example)).removed, []);
  assert.equal(schedules.get(first)?.paused, true);
});
