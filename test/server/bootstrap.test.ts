import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createDocumentActivities } from '../../src/activities/documents.js';
import { parseConnectionsFile } from '../../src/config/load-connections.js';
import { searchAttributes, searchAttributeTypes } from '../../src/contracts/search-attributes.js';
import { tokenKeeperWorkflowId, webhookKeeperWorkflowId } from '../../src/contracts/workflow-ids.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { bootstrap } from '../../src/temporal/bootstrap.js';
import { connection, discover, inActivity, openStage, type Stage, documentDependencies } from '../activities/stage.js';
import { startTestTemporal } from '../support/temporal-server.js';

const file = parseConnectionsFile(join(projectRoot(), 'examples', 'connections.yaml'));
const [concur] = file.concur;
const pollSeconds = file.timings.pollSeconds;

describe('what the connector keeps in Temporal, on a real server that knows nothing of it', () => {
  const ends: (() => Promise<void>)[] = [];
  let server: TestWorkflowEnvironment;
  let stage: Stage;
  before(async () => {
    server = await startTestTemporal({ searchAttributes: {} });
    ends.push(() => server.teardown());
    stage = await openStage();
    ends.push(() => stage.close());
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  const schedules = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const { scheduleId } of server.client.schedule.list()) ids.push(scheduleId);
    return ids.sort();
  };
  /** The list of schedules lags behind. */
  const listed = (expected: string[]): Promise<true> => {
    let last: string[] = [];
    return waitUntil(async () => ((last = await schedules()).join() === expected.join() ? true : undefined), {
      limitMs: 30_000,
      onLimit: () => new Error(`${last.join(', ')} instead of ${expected.join(', ')}`),
    });
  };
  const keeperRun = async (): Promise<string> =>
    (await server.client.workflow.getHandle(tokenKeeperWorkflowId(concur?.name ?? '')).describe()).runId;

  it('the bootstrap registers every search attribute with its type, and may be repeated', async () => {
    const first = await bootstrap(server.client, file);
    assert.ok(first.schedules.length > 3);
    const second = await bootstrap(server.client, file);
    assert.deepEqual(second, first);
    const { customAttributes } = await server.connection.operatorService.listSearchAttributes({ namespace: 'default' });
    const numbers: Record<string, number> = { Keyword: 2, Double: 4, Datetime: 6 };
    for (const [name, type] of Object.entries(searchAttributeTypes)) {
      assert.equal(customAttributes[name], numbers[type], name);
    }
    await listed([...first.schedules].sort());
  });

  it('S68: a repeated bootstrap keeps the pause of an operator and takes over a new cadence', async () => {
    const handle = server.client.schedule.getHandle(`poll:${concur?.name ?? ''}:expense`);
    await handle.pause('month end');
    await bootstrap(server.client, { ...file, timings: { ...file.timings, pollSeconds: pollSeconds * 2 } });
    const { state, spec } = await handle.describe();
    assert.deepEqual([state.paused, state.note], [true, 'month end']);
    assert.equal(spec.intervals?.[0]?.every, pollSeconds * 2 * 1_000);
    await handle.unpause();
    await bootstrap(server.client, file);
    assert.equal((await handle.describe()).state.paused, false);
  });

  it('S69: a poll on Fridays at 18:00 in Berlin keeps its hour over the change of summer time and is made up for once', async () => {
    const scheduleId = `poll:${concur?.name ?? ''}:expense`;
    const pollAt = { days: ['friday' as const], times: ['18:00'], timeZone: 'Europe/Berlin', catchUpHours: 48 };
    await bootstrap(server.client, { ...file, concur: file.concur.map((each) => ({ ...each, pollAt })) });
    const { policies } = await server.client.schedule.getHandle(scheduleId).describe();
    assert.deepEqual([policies.overlap, policies.catchupWindow], ['SKIP', 48 * 3_600_000]);
    const instant = (iso: string) => msToTs(Date.parse(iso));
    const { startTime } = await server.connection.workflowService.listScheduleMatchingTimes({
      namespace: 'default',
      scheduleId,
      startTime: instant('2027-03-18T00:00:00Z'),
      endTime: instant('2027-04-04T00:00:00Z'),
    });
    assert.deepEqual(
      startTime.map(({ seconds }) => new Date(Number(seconds) * 1_000).toISOString()),
      ['2027-03-19T17:00:00.000Z', '2027-03-26T17:00:00.000Z', '2027-04-02T16:00:00.000Z'],
    );
    await bootstrap(server.client, file);
    const { spec } = await server.client.schedule.getHandle(scheduleId).describe();
    assert.deepEqual(
      [spec.calendars ?? [], spec.intervals?.length],
      [[], 1],
      'minutes instead of days are expressible as well',
    );
  });

  it('the schedules of what the file no longer names are removed, those of others are left alone', async () => {
    const foreign = 'somebody-elses-report';
    await server.client.schedule.create({
      scheduleId: foreign,
      spec: { intervals: [{ every: '1 day' }] },
      action: { type: 'startWorkflow', workflowType: 'report', taskQueue: 'elsewhere' },
    });
    const everything = await bootstrap(server.client, file);
    await listed([...everything.schedules, foreign].sort());
    const [firstErp] = file.erp;
    assert.ok(firstErp);
    const fewer = await bootstrap(server.client, { ...file, erp: [firstErp] });
    assert.ok(fewer.removed.length >= 3, fewer.removed.join());
    await listed([...fewer.schedules, foreign].sort());
    await bootstrap(server.client, file);
    await listed([...everything.schedules, foreign].sort());
  });

  it('S24: there is one token keeper; a bootstrap leaves it running, and starts it again after a termination', async () => {
    const run = await keeperRun();
    await bootstrap(server.client, file);
    assert.equal(await keeperRun(), run);
    await server.client.workflow.getHandle(tokenKeeperWorkflowId(concur?.name ?? '')).terminate('repair');
    await bootstrap(server.client, file);
    assert.notEqual(await keeperRun(), run);
  });

  it('S54, S55: a connection with webhooks has one keeper of them, which ends when the section is taken out', async () => {
    const webhooks = { publicUrl: 'https://hooks.example.com', resources: ['vendors' as const] };
    const isBc = ({ kind }: (typeof file.erp)[number]) => kind === 'business-central';
    const name = file.erp.find(isBc)?.name ?? '';
    const erp = file.erp.map((each) => (each.kind === 'business-central' ? { ...each, webhooks } : each));
    const handle = server.client.workflow.getHandle(webhookKeeperWorkflowId(name));
    const { keepers } = await bootstrap(server.client, { ...file, erp });
    assert.ok(keepers.includes(webhookKeeperWorkflowId(name)));
    const { runId } = await handle.describe();
    await bootstrap(server.client, { ...file, erp });
    assert.equal((await handle.describe()).runId, runId);
    assert.ok(!(await bootstrap(server.client, file)).keepers.includes(webhookKeeperWorkflowId(name)));
    assert.equal((await handle.describe()).status.name, 'TERMINATED');
    await bootstrap(server.client, file);
  });

  it('C7, S78, S79: a document is started once; a ledger that has forgotten the start does not start it again', async () => {
    const document = await discover(stage.db, 'once', 'expense-split-with-tax');
    const deps = documentDependencies(stage, {
      timings: {
        ...{ selfCheckSeconds: 604_800, holdReminderSeconds: 86_400, holdLimitSeconds: 1_209_600 },
        ...{ postingDeadlineSeconds: 86_400, retryMaximumSeconds: 600 },
      },
    });
    const start = () =>
      inActivity(() => createDocumentActivities(deps).startDocuments({ connection }), { client: server.client });
    const forget = () => stage.db.query('update documents set started_at = null');
    const handle = server.client.workflow.getHandle(document.id);

    await start();
    const { runId, typedSearchAttributes, memo } = await handle.describe();
    assert.equal(typedSearchAttributes.get(searchAttributes.documentStage), 'discovered');
    assert.equal(typedSearchAttributes.get(searchAttributes.documentNumber), document.humanNumber);
    assert.equal(memo?.['businessId'], document.businessId);

    await forget();
    await start();
    assert.equal((await handle.describe()).runId, runId, 'an open workflow is left alone');

    await handle.terminate('the end of the test');
    await forget();
    assert.deepEqual(await start(), { started: 0 });
    const { runId: lastRun, status } = await handle.describe();
    assert.deepEqual([lastRun, status.name], [runId, 'TERMINATED'], 'a closed workflow is not started again');
  });
});
