import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Writable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { request } from 'undici';
import { parse as parseYaml } from 'yaml';
import { eventBody } from '../../simulators/fo/business-event-bodies.js';
import { createErpActivities } from '../../src/activities/erp.js';
import { businessEventEndpoints, hintableWatches } from '../../src/composition/business-events.js';
import { createWatchHints, watchTrigger } from '../../src/composition/watch-hints.js';
import { connectionsFileSchema } from '../../src/config/connections-schema.js';
import { Secret } from '../../src/config/secrets.js';
import { documentsQueue, erpQueue } from '../../src/contracts/task-queues.js';
import { createReceiver } from '../../src/events/receiver-server.js';
import { waitUntil } from '../../src/launcher/wait-until.js';
import { countBusinessEvents } from '../../src/store/business-event-store.js';
import { desiredSchedules } from '../../src/temporal/bootstrap.js';
import { fakeErp } from '../activities/fake-erp.js';
import type { Stage } from '../activities/stage.js';
import { discover, inActivity, journal, onlyRow, openStage, stand } from '../activities/stage.js';
import { journalPosted, openSender } from '../simulators/fo-events-stage.js';
import { startTestTemporal } from '../support/temporal-server.js';
import { validFile } from '../unit/config-files.js';
import { changed } from '../unit/mapping-fixtures.js';
import { quietRuntime, runWorkers } from '../workflows/support.js';

const secret = createHash('sha256').update('path').digest('hex');
const erpName = 'fo-test';
const invoicePosted = 'VendorInvoicePostedBusinessEvent';
const paceMs = 300;
const yearSeconds = 365 * 86_400;

/** One F&O connection whose watches are hardly ever due by themselves. */
function connectionsFile() {
  const { erp, rules, ...rest } = parseYaml(validFile);
  const [{ companies, ...fo }] = erp;
  const named = ['demf', 'usmf', 'frrt', 'gbsi', 'itco'].map((company) => ({ ...companies[0], company }));
  const businessEvents = { pathSecret: { env: 'UNUSED' }, paymentEventIds: ['VendorPaymentPosted'] };
  return connectionsFileSchema.parse({
    ...rest,
    rules,
    erp: [{ ...fo, name: erpName, companies: named, businessEvents }],
    timings: { postingWatchSeconds: yearSeconds, paymentWatchSeconds: yearSeconds },
  });
}

describe('business events of F&O, from the address to the watch', { timeout: 240_000 }, () => {
  const ends: (() => unknown)[] = [];
  const log: string[] = [];
  const erp = fakeErp();
  const file = connectionsFile();
  let stage: Stage;
  let temporal: TestWorkflowEnvironment;
  let url: string;
  /** Holds a watch up after it has read. */
  let afterReading: (company: string) => Promise<void> = async () => undefined;

  const activities = () => createErpActivities(erp.dependencies(stage));
  before(async () => {
    quietRuntime();
    stage = await openStage();
    ends.push(() => stage.close());
    temporal = await startTestTemporal();
    ends.push(() => temporal.teardown());
    const watches = desiredSchedules(file).filter(({ scheduleId }) => /^watch-(postings|payments):/.test(scheduleId));
    for (const watch of watches) await temporal.client.schedule.create(watch);
    const real = activities();
    const workers = await runWorkers(temporal, '', {
      [documentsQueue('')]: { tellPostings: async () => ({ told: 0 }), tellPayments: async () => ({ told: 0 }) },
      [erpQueue('', erpName)]: {
        ...real,
        readPostingsFromErp: async (input: { company: string }) => {
          const read = await real.readPostingsFromErp(input);
          await afterReading(input.company);
          return read;
        },
      },
    });
    ends.push(workers.stop);
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        log.push(String(chunk));
        done();
      },
    });
    const logger = pino({ level: 'trace' }, sink);
    const trigger = watchTrigger(temporal.client, '');
    const hints = createWatchHints({
      ...{ db: stage.db, watches: hintableWatches(file), trigger, logger },
      ...{ gatherMs: 20, paceMs, lookEveryMs: 1_000 },
    });
    ends.push(() => hints.close());
    const endpoints = businessEventEndpoints({ file, businessEventSecrets: { [erpName]: new Secret(secret) } });
    const app = createReceiver({
      ...{ db: stage.db, endpoints: [], logger, onStored: () => undefined },
      onConnect: () => Promise.reject(new Error('nobody connects')),
      businessEvents: { endpoints, onStored: hints.nudge },
    });
    url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/dynamics/fo/events/${erpName}/${secret}`;
    ends.push(() => app.close());
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function send(company: string, change: { id?: string; eventId?: string; controlNumber?: number } = {}) {
    const { id = journalPosted, eventId = crypto.randomUUID(), controlNumber = 1 } = change;
    const event = { id, company, payload: { InvoiceNumber: 'all', Voucher: 'of them' } };
    const body = eventBody(event, { eventId, controlNumber, at: new Date(), hasParents: false });
    const answer = await request(url, { method: 'POST', body });
    await answer.body.dump();
    assert.equal(answer.statusCode, 202);
  }

  /** A document that stands in the ERP as a journal. */
  async function written(company: string, name: string): Promise<string> {
    const fixture = 'expense-split-with-tax';
    const text = changed(fixture, ['A1B2C3D4E5F6A7B8C9D0', `ID ${company} ${name}`]);
    const document = await discover(stage.db, `${company} ${name}`, fixture, text);
    await stand(stage.db, document, 'planned', journal(`${company} ${name}`, { company }));
    const result = await inActivity(() => activities().postToErp({ documentId: document.id, part: 1 }));
    assert.equal(result.status, 'done', JSON.stringify(result));
    return document.id;
  }
  const post = (company: string, name: string) => erp.post(journal(`${company} ${name}`, { company }));

  const until = (what: string, holds: () => Promise<boolean>) =>
    waitUntil(async () => ((await holds()) ? true : undefined), {
      limitMs: 60_000,
      everyMs: 50,
      onLimit: () => new Error(`this did not come true: ${what}`),
    });
  async function runs(watch: string): Promise<string[]> {
    const states: string[] = [];
    const query = `WorkflowId STARTS_WITH "${watch}"`;
    for await (const { status } of temporal.client.workflow.list({ query })) states.push(status.name);
    return states;
  }
  const finished = (watch: string, count: number) =>
    until(`${count} runs of ${watch}`, async () => {
      const states = await runs(watch);
      return states.length >= count && states.every((state) => state === 'COMPLETED');
    });
  const nothingWaits = () =>
    until('no event waits', async () => (await countBusinessEvents(stage.db, erpName)).waiting === 0);
  /** What the connector believes of a document; keys, times and numbers are each document's own. */
  async function believed(id: string): Promise<object> {
    const { state, refusal, waiting, proof } = await onlyRow(stage.db, id);
    return { state, refusal, waiting, isProven: proof !== null };
  }

  it('S46: an event that says "posted" is believed only after the ERP was asked', async () => {
    const id = await written('demf', 'invoice');
    const before = await believed(id);
    erp.calls.length = 0;
    await send('DEMF');
    await finished('watch-postings:fo-test:demf', 1);
    assert.deepEqual(erp.calls, ['find-postings demf 1']);
    assert.deepEqual(await believed(id), before);
    post('demf', 'invoice');
    await send('DEMF');
    await finished('watch-postings:fo-test:demf', 2);
    assert.notDeepEqual(await believed(id), before);
    assert.deepEqual(await runs('watch-payments:fo-test:demf'), []);
  });

  it('S47: events 5, 3, 5 in this order end in what asking the ERP alone ends in', async () => {
    const names = ['posted', 'refused', 'waiting'];
    const withEvents: string[] = [];
    const alone: string[] = [];
    for (const name of names) {
      withEvents.push(await written('usmf', name));
      alone.push(await written('frrt', name));
    }
    for (const company of ['usmf', 'frrt']) {
      post(company, 'posted');
      erp.refuse(journal(`${company} refused`, { company }), 'The period is closed.');
    }
    const [five, three] = [crypto.randomUUID(), crypto.randomUUID()];
    const before = await countBusinessEvents(stage.db, erpName);
    await send('usmf', { eventId: five, controlNumber: 5 });
    await send('usmf', { eventId: three, controlNumber: 3, id: 'VendorPaymentPosted' });
    await send('usmf', { eventId: five, controlNumber: 5 });
    const counted = await countBusinessEvents(stage.db, erpName);
    assert.deepEqual([counted.received - before.received, counted.repeated - before.repeated], [2, 1]);
    await nothingWaits();
    await finished('watch-postings:fo-test:usmf', 1);
    await finished('watch-payments:fo-test:usmf', 1);
    await inActivity(() => activities().readPostingsFromErp({ company: 'frrt' }));
    const believedOf = (ids: string[]) => Promise.all(ids.map(believed));
    assert.deepEqual(await believedOf(withEvents), await believedOf(alone));
    const [posted, refused, waiting] = await believedOf(alone);
    assert.notDeepEqual(posted, waiting);
    assert.notDeepEqual(refused, waiting);
  });

  it('S47: late, doubled and unordered messages of the simulated environment are few looks, each behind its events', async () => {
    const sender = openSender();
    const before = await countBusinessEvents(stage.db, erpName);
    const beganAt = performance.now();
    sender.events.activate({ url, events: [journalPosted], lagMs: 3_000, lostShare: 0, doubledShare: 1 });
    sender.publish(40, 'gbsi');
    const { sent, test, errorLog } = await sender.settled();
    await sender.events.close();
    assert.deepEqual([sent, test, errorLog], [80, 'delivered', []]);
    await nothingWaits();
    await finished('watch-postings:fo-test:gbsi', 1);
    const { received, repeated, putAside } = await countBusinessEvents(stage.db, erpName);
    assert.deepEqual([received - before.received, repeated - before.repeated, putAside], [40, 40, 0]);
    const looks = (await runs('watch-postings:fo-test:gbsi')).length;
    const most = Math.ceil((performance.now() - beganAt) / paceMs) + 1;
    assert.ok(looks <= most, `${looks} looks for 40 events, at most ${most} may be`);
  });

  it('S46: what is announced while the watch is under way is looked at behind it', async () => {
    const id = await written('itco', 'late');
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let hasRead = false;
    afterReading = async (company) => {
      if (company !== 'itco') return;
      hasRead = true;
      await held;
    };
    const before = await believed(id);
    await send('itco', { id: invoicePosted });
    await until('the watch has read', async () => hasRead);
    post('itco', 'late');
    await send('itco', { id: invoicePosted });
    await nothingWaits();
    release();
    await until('the posting is found', async () => JSON.stringify(await believed(id)) !== JSON.stringify(before));
  });

  it('S46: a paused watch stays paused', async () => {
    const watch = 'watch-payments:fo-test:itco';
    const schedule = temporal.client.schedule.getHandle(watch);
    await schedule.pause('by an operator');
    await send('itco', { id: 'VendorPaymentPosted' });
    await nothingWaits();
    assert.deepEqual(await runs(watch), []);
    assert.equal((await schedule.describe()).info.numActionsTaken, 0);
    await schedule.unpause();
    await send('itco', { id: 'VendorPaymentPosted' });
    await finished(watch, 1);
  });

  it('S32: the secret of the path is in no table, no history and no line of the log', async () => {
    const { rows } = await stage.db.query<{ text: string }>(
      'select row(each.*)::text as text from fo_business_events each',
    );
    const histories: string[] = [];
    for await (const { workflowId, runId } of temporal.client.workflow.list()) {
      histories.push(JSON.stringify(await temporal.client.workflow.getHandle(workflowId, runId).fetchHistory()));
    }
    assert.ok(rows.length > 40 && histories.length > 5);
    for (const text of [...rows.map((row) => row.text), ...histories, ...log]) assert.ok(!text.includes(secret));
  });
});
