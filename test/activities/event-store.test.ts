import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createEventJudge } from '../../src/events/event-judge.js';
import { verifyAgain } from '../../src/events/verify-again.js';
import { countEvents } from '../../src/store/event-reports.js';
import { deleteOldEvents, markHandled, storeEvent, unhandledEvents } from '../../src/store/event-store.js';
import { companyUuid, eventBody, eventSigner, quarantined, received, unverified, verified } from './event-fixtures.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());
beforeEach(() => stage.db.query('delete from concur_events'));

const idsToHandle = async () => (await unhandledEvents(stage.db, 100)).flatMap(({ ids }) => ids);

test('S72: five deliveries of one event, all at once, are one row and four repeats', async () => {
  const body = eventBody();
  const outcomes = await Promise.all(Array.from({ length: 5 }, () => storeEvent(stage.db, received(body))));
  assert.deepEqual(outcomes.sort(), ['duplicate', 'duplicate', 'duplicate', 'duplicate', 'fresh']);
  const counts = await countEvents(stage.db, 'test');
  assert.deepEqual([counts.verified, counts.repeated, counts.waiting], [1, 4, 1]);
});

test('S72: a repeat of a handled event is no work; the same id at another connection is another event', async () => {
  const body = eventBody();
  await storeEvent(stage.db, received(body));
  await markHandled(stage.db, await idsToHandle(), 'hinted');
  await storeEvent(stage.db, received(body));
  assert.deepEqual(await idsToHandle(), []);
  assert.equal(await storeEvent(stage.db, received(body, { connection: 'another' })), 'fresh');
});

test('S71: a forged event does not keep away the true one of the same id, and cannot replace it', async () => {
  const forged = eventBody({ id: 'same', eventType: 'invoice.readyForIntegration' });
  const genuine = eventBody({ id: 'same' });
  assert.equal(await storeEvent(stage.db, received(forged, { verdict: quarantined })), 'fresh');
  assert.deepEqual(await idsToHandle(), []);
  assert.equal(await storeEvent(stage.db, received(genuine)), 'replaced');
  const [group] = await unhandledEvents(stage.db, 100);
  assert.equal(group?.docType, 'expense');
  await markHandled(stage.db, group.ids, 'hinted');
  assert.equal(await storeEvent(stage.db, received(forged, { verdict: quarantined })), 'fresh');
  assert.deepEqual(await idsToHandle(), []);
  const { rows } = await stage.db.query<{ verdict: string }>(
    `select verdict from concur_events where event_id = 'same'`,
  );
  assert.deepEqual(rows, [{ verdict: 'verified' }]);
});

test('S72: an event id that repeats with another body is work of its own, once, and leaves the first one as it is', async () => {
  for (const verdict of [verified, unverified]) {
    await stage.db.query('delete from concur_events');
    const first = received(eventBody({ id: 'again' }), { verdict });
    const second = received(eventBody({ id: 'again', eventType: 'invoice.readyForIntegration' }), { verdict });
    await storeEvent(stage.db, first);
    await markHandled(stage.db, await idsToHandle(), 'hinted');
    assert.equal(await storeEvent(stage.db, second), 'fresh');
    const groups = await unhandledEvents(stage.db, 100);
    assert.deepEqual(
      groups.map(({ docType }) => docType),
      ['invoice'],
    );
    await markHandled(stage.db, await idsToHandle(), 'hinted');
    for (const repeat of [first, second, second]) assert.equal(await storeEvent(stage.db, repeat), 'duplicate');
    assert.deepEqual(await idsToHandle(), []);
    assert.equal((await countEvents(stage.db, 'test')).repeated, 3);
  }
});

test('B26: two events of one id in the quarantine are both judged again: the true one is work, the forged one is not', async () => {
  const signer = eventSigner();
  const [forged, genuine] = [eventBody({ id: 'twice' }), eventBody({ id: 'twice', correlationId: 'other' })];
  await storeEvent(stage.db, received(forged, { verdict: quarantined, signature: 'AAAA' }));
  await storeEvent(stage.db, received(genuine, { verdict: quarantined, signature: signer.sign(genuine) }));
  const judge = createEventJudge({ mode: 'enforce', algorithms: ['pss-sha256'], keys: [signer.key] });
  assert.deepEqual(await verifyAgain(stage.db, 'test', judge), { released: 1 });
  assert.equal((await idsToHandle()).length, 1);
});

test('S71: the body is kept as the bytes that came, whatever they are', async () => {
  const body = Buffer.from([0, 255, 254, 123, 0]);
  await storeEvent(stage.db, received(body));
  const { rows } = await stage.db.query<{ body: Buffer }>('select body from concur_events');
  assert.deepEqual(rows[0]?.body, body);
});

test('S70: what is to be handled is grouped by what decides about it', async () => {
  for (let turn = 0; turn < 3; turn += 1) await storeEvent(stage.db, received(eventBody()));
  await storeEvent(stage.db, received(eventBody({ eventType: 'invoice.readyForIntegration' })));
  await storeEvent(stage.db, received(Buffer.from('no event')));
  const groups = (await unhandledEvents(stage.db, 100)).map((group) => ({ ...group, ids: group.ids.length }));
  assert.deepEqual(
    groups.sort((one, other) => (one.docType ?? '').localeCompare(other.docType ?? '')),
    [
      { connection: 'test', companyUuid: null, docType: null, eventType: null, ids: 1 },
      { connection: 'test', companyUuid, docType: 'expense', eventType: 'expense.readyForIntegration', ids: 3 },
      { connection: 'test', companyUuid, docType: 'invoice', eventType: 'invoice.readyForIntegration', ids: 1 },
    ],
  );
  assert.equal((await unhandledEvents(stage.db, 2)).flatMap(({ ids }) => ids).length, 2);
});

test('B26: with a new key the quarantine is judged again: what verifies becomes work, the rest stays', async () => {
  const [old, next] = [eventSigner(), eventSigner()];
  const judgeWith = (keys: ReturnType<typeof eventSigner>[]) =>
    createEventJudge({ mode: 'enforce', algorithms: ['pss-sha256'], keys: keys.map(({ key }) => key) });
  const before = judgeWith([old]);
  const [genuine, forged, uncertified] = [eventBody(), eventBody(), eventBody()];
  for (const body of [genuine, forged, uncertified]) {
    const signature = body === forged ? 'AAAA' : next.sign(body);
    const verdict = before.judgeSignature(body, signature);
    assert.equal(verdict.verdict, 'quarantined');
    const given = body === uncertified ? { ...quarantined, quarantinedFor: 'certificate' as const } : verdict;
    await storeEvent(stage.db, received(body, { signature, keySet: before.keySet, verdict: given }));
  }
  assert.deepEqual(await verifyAgain(stage.db, 'test', before), { released: 0 });
  const after = judgeWith([old, next]);
  assert.deepEqual(await verifyAgain(stage.db, 'another', after), { released: 0 });
  assert.deepEqual(await verifyAgain(stage.db, 'test', after), { released: 1 });
  assert.deepEqual(await verifyAgain(stage.db, 'test', after), { released: 0 });
  const { verified, quarantined: left, waiting, lastVerifiedBy } = await countEvents(stage.db, 'test');
  assert.deepEqual([verified, left, waiting], [1, 2, 1]);
  assert.equal(lastVerifiedBy, `pss-sha256 ${next.key.id}`);
});

test('B26: a quarantine of several hundred is judged again to its end', async () => {
  for (let turn = 0; turn < 250; turn += 1) {
    await storeEvent(stage.db, received(eventBody(), { verdict: quarantined }));
  }
  const judge = createEventJudge({ mode: 'observe', algorithms: ['pss-sha256'], keys: [] });
  assert.deepEqual(await verifyAgain(stage.db, 'test', judge), { released: 250 });
});

test('B26: judging again ends although another receiver with other keys undoes it, and although more keeps coming in', async () => {
  for (let turn = 0; turn < 250; turn += 1) {
    await storeEvent(stage.db, received(eventBody(), { verdict: quarantined, keySet: 'theirs' }));
  }
  let judged = 0;
  const judge = {
    keySet: 'ours',
    judgeSignature: () => {
      judged += 1;
      if (judged > 1_000) throw new Error('it does not come to an end');
      return quarantined;
    },
  };
  const disturbed = Object.create(stage.db, {
    query: {
      value: async (text: string, values: unknown[]) => {
        const result: unknown = await stage.db.query(text, values);
        if (text.startsWith('update')) {
          await stage.db.query(`update concur_events set key_set = 'theirs' where id = $1`, [values[0]]);
          await storeEvent(stage.db, received(eventBody(), { verdict: quarantined, keySet: 'theirs' }));
        }
        return result;
      },
    },
  }) as typeof stage.db;
  assert.deepEqual(await verifyAgain(disturbed, 'test', judge), { released: 0 });
  assert.equal(judged, 250);
  assert.deepEqual(await verifyAgain(stage.db, 'test', judge, AbortSignal.abort()), { released: 0 });
  assert.equal(judged, 250);
});

test('S71: old events go when they are handled or in quarantine, a step at a time; unhandled ones stay', async () => {
  const bodies = Array.from({ length: 5 }, () => eventBody());
  for (const body of bodies) await storeEvent(stage.db, received(body));
  await markHandled(stage.db, (await idsToHandle()).slice(0, 4), 'hinted');
  await storeEvent(stage.db, received(eventBody(), { verdict: quarantined }));
  assert.equal(await deleteOldEvents(stage.db, 35), 0);
  await stage.db.query(`update concur_events set received_at = now() - interval '36 days'`);
  await storeEvent(stage.db, received(eventBody(), { verdict: quarantined }));
  assert.equal(await deleteOldEvents(stage.db, 35, 2, 1), 2);
  assert.equal(await deleteOldEvents(stage.db, 35, 2), 3);
  const { verified, quarantined: left } = await countEvents(stage.db, 'test');
  assert.deepEqual([verified, left], [1, 1]);
});
