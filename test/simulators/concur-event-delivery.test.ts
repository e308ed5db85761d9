import assert from 'node:assert/strict';
import { constants, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cashAdvance, expense, invoice, masterData, newId } from './concur-stage.js';
import {
  eventOf,
  isJson,
  isSignedBy,
  openEvents,
  openReceiver,
  reports,
  subscribed,
  until,
  type Received,
} from './concur-events-stage.js';

void test('S76: one subscription serves expense, invoice and cash advance readiness, each event once and without FI document id', async () => {
  await subscribed(
    () => 200,
    async (stage, { received }) => {
      const documents = [
        { docType: 'expense', id: newId(), document: expense({ reportId: 'REPORT00000000000001' }) },
        { docType: 'invoice', id: newId(), document: invoice('INVOICE0000000000001') },
        { docType: 'cashadvance', id: newId(), document: cashAdvance('ADVANCE0000000000001') },
      ];
      await stage.load(...documents);
      assert.deepEqual(await stage.settled(), {
        published: 3,
        delivered: 3,
        duplicates: 0,
        lost: 0,
        pending: 0,
        byStatus: { '200': 3 },
      });
      const events = received.map(eventOf).sort((left, right) => (left.eventType < right.eventType ? -1 : 1));
      assert.deepEqual(
        events.map(({ eventType, facts }) => [eventType, facts.documentId]),
        [
          ['cashadvance.readyForIntegration', 'ADVANCE0000000000001'],
          ['expense.readyForIntegration', 'REPORT00000000000001'],
          ['invoice.readyForIntegration', 'INVOICE0000000000001'],
        ],
      );
      for (const [nth, event] of events.entries()) {
        assert.equal(event.facts.companyId, masterData.companyUuid);
        assert.equal(event.subtopic, event.facts.entityId);
        assert.equal(event.data, null);
        assert.ok(event.facts.href.endsWith(`/transactions?docId=${event.facts.documentId}`));
        assert.ok(!received.some(({ raw }) => raw.includes(documents[nth]!.id)));
      }
      for (const one of received) assert.equal(one.headers['concur-correlationid'], eventOf(one).correlationId);
    },
  );
});

void test('S70: a resubmitted report is ready again under its business id, and a document that is known already is not', async () => {
  await subscribed(
    () => 204,
    async (stage, { received }) => {
      const corrected = { id: newId(), document: expense({ amount: 40 }) };
      const first = { docType: 'expense', id: newId(), document: expense(), corrected };
      await stage.load(first);
      await stage.load(first);
      await stage.control('concur/recall', { id: first.id });
      await until(async () => (await stage.report()).delivered === 2, 'the event of the corrected report');
      assert.deepEqual(
        received.map((one) => eventOf(one).facts.documentId),
        ['R'.repeat(20), 'R'.repeat(20)],
      );
    },
  );
});

void test('S76: an event goes only where the whole type matches the filter and the company is among the companies', async () => {
  const receiver = await openReceiver(() => 200);
  const stage = await openEvents();
  await stage.subscribe('exact', `${receiver.url}/exact`, 'expense\\.readyForIntegration');
  await stage.subscribe('searching', `${receiver.url}/searching`, 'expense');
  await stage.subscribe('other', `${receiver.url}/other`, 'invoice.*');
  await stage.connect();
  await stage.subscribe('late', `${receiver.url}/late`);
  await stage.load(...reports(1));
  const { delivered, published } = await stage.settled();
  assert.deepEqual([published, delivered], [1, 1]);
  assert.deepEqual(
    receiver.received.map(({ path }) => path),
    ['/exact'],
  );
  assert.equal((await stage.control('concur/subscriptions/exact/silence', {})).status, 200);
  assert.equal((await stage.control('concur/subscriptions/nobody/silence', {})).status, 404);
  await stage.load(...reports(1).map((report) => ({ ...report, id: newId() })));
  assert.equal((await stage.settled()).published, 2);
  assert.equal(receiver.received.length, 1, 'a silenced subscription hears nothing');
  await stage.close();
  await receiver.close();
});

void test('S71: Concur-Signature is RSASSA-PSS with SHA-256 and the longest salt over the raw body', async () => {
  await subscribed(
    () => 200,
    async (stage, { received }) => {
      const documents = reports(20);
      await stage.load(...documents);
      await stage.settled();
      const { current } = await stage.keys();
      assert.equal(received.length, 20);
      for (const one of received) {
        assert.ok(isSignedBy(current, one));
        assert.ok(isSignedBy(current, one, 222), 'the longest salt');
        assert.ok(!isSignedBy(current, one, 32), 'and no other');
        const signature = Buffer.from(String(one.headers['concur-signature']), 'base64');
        const pkcs1 = { key: current, padding: constants.RSA_PKCS1_PADDING };
        assert.ok(!verify('sha256', one.raw, pkcs1, signature), 'not PKCS#1 v1.5');
      }
      const again = received.map((one) => ({ ...one, raw: Buffer.from(JSON.stringify(eventOf(one))) }));
      assert.ok(!again.every((one) => isSignedBy(current, one)), 'JSON that was written again does not verify');
    },
  );
});

void test('S71: a test orders retired, missing, altered and senseless signatures', async () => {
  await subscribed(
    () => 200,
    async (stage, { received }) => {
      const body = '{"id":"e-1", "correlationId":"c-42","facts":{"documentId":"D001"},"data":null}';
      const { current, retired } = await stage.keys();
      for (const signature of ['valid', 'retired', 'none', 'altered', 'garbage']) {
        await stage.publish({ body, signature });
        await stage.settled();
      }
      const [valid, old, none, altered, garbage] = received as [Received, Received, Received, Received, Received];
      assert.ok(isSignedBy(current, valid));
      assert.equal(valid.headers['concur-correlationid'], 'c-42');
      assert.ok(isSignedBy(retired[0]!, old) && !isSignedBy(current, old));
      assert.equal(none.headers['concur-signature'], undefined);
      for (const one of [valid, old, none, garbage]) assert.equal(one.raw.toString(), body);
      assert.ok(!isSignedBy(current, altered) && !isSignedBy(retired[0]!, altered) && !isSignedBy(current, garbage));
      const differences = [...altered.raw].filter((byte, position) => byte !== Buffer.from(body)[position]);
      assert.equal(differences.length, 1);
      assert.equal(eventOf(altered).facts.documentId, 'D002', 'still good JSON: only the signature can tell');
      const signed = { ...altered, raw: Buffer.from(body) };
      assert.ok(isSignedBy(current, signed), 'the signature belongs to the body before');
    },
  );
});

void test('S71: a rotation retires the current key, and the keys outlive a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'concur-events-'));
  const receiver = await openReceiver(() => 200);
  const first = await openEvents({ folder });
  const before = await first.keys();
  const after = (await (await first.control('concur/event-keys', {})).json()) as typeof before;
  assert.deepEqual(after.retired, [before.current, ...before.retired]);
  assert.ok(!after.retired.includes(after.current));
  await first.close();
  const second = await openEvents({ folder });
  assert.deepEqual(await second.keys(), after);
  await second.subscribe('a', receiver.url);
  await second.publish({ body: '{}' });
  await second.settled();
  assert.ok(isSignedBy(after.current, receiver.received[0]!));
  await second.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});

void test('S72: without faults each event comes once, but as untidy as the published samples', async () => {
  await subscribed(
    () => 200,
    async (stage, { received }) => {
      await stage.load(...reports(150));
      assert.deepEqual((await stage.settled()).duplicates, 0);
      assert.equal(received.length, 150);
      const events = received.map(eventOf);
      const seen = (what: string, found: boolean): void => assert.ok(found, what);
      seen(
        'no id',
        events.some(({ id }) => id === undefined),
      );
      seen(
        'an id that is no UUID',
        events.some(({ id }) => id?.startsWith('created-') === true),
      );
      seen(
        'a topic without public.',
        events.some(({ topic }) => topic === 'concur.financialintegration'),
      );
      seen(
        'an offset',
        events.some(({ timeStamp }) => timeStamp.endsWith('+0000')),
      );
      seen(
        'a Z',
        events.some(({ timeStamp }) => timeStamp.endsWith('Z')),
      );
      seen(
        'a month 13',
        events.some(({ timeStamp }) => timeStamp.slice(5, 7) === '13'),
      );
      seen(
        'a legacy host',
        events.some(({ facts }) => facts.href.startsWith('https://us.api.')),
      );
      seen(
        'no content type',
        received.some(({ headers }) => headers['content-type'] === undefined),
      );
      seen(
        'another content type',
        received.some(({ headers }) => /^text/.test(headers['content-type'] ?? '')),
      );
      const digits = events.map(({ timeStamp }) => /\.(\d+)/.exec(timeStamp)?.[1]?.length ?? 0);
      assert.deepEqual([...new Set(digits)].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    },
  );
});

void test('S72: realistic faults repeat some events, brutal ones many, and brutal ones send forged, unknown and broken events too', async () => {
  await subscribed(
    () => 200,
    async (stage, receiver) => {
      const documents = reports(100);
      await stage.control('fault-level', { level: 'realistic' });
      await stage.load(...documents.map((report) => ({ ...report, id: newId() })));
      const realistic = await stage.settled();
      assert.equal(realistic.published, 100);
      assert.ok(realistic.duplicates > 0 && realistic.duplicates < 30, String(realistic.duplicates));
      const { current, retired } = await stage.keys();
      assert.ok(receiver.received.every((one) => isSignedBy(current, one)));

      receiver.received.splice(0);
      await stage.control('fault-level', { level: 'brutal' });
      await stage.load(...documents);
      const brutal = await stage.settled();
      assert.ok(brutal.duplicates - realistic.duplicates > 60, String(brutal.duplicates));
      assert.equal(brutal.delivered, receiver.received.length + realistic.delivered);
      const texts = receiver.received.map(({ raw }) => raw.toString());
      const repeats = texts.map((text) => texts.filter((other) => other === text).length);
      assert.ok(repeats.includes(5) && repeats.includes(2), 'bursts of five and pairs');
      const { received } = receiver;
      assert.ok(received.some((one) => one.headers['concur-signature'] === undefined));
      assert.ok(received.some((one) => isSignedBy(retired[0]!, one)));
      const forged = received.filter((one) => ![current, ...retired].some((key) => isSignedBy(key, one)));
      assert.ok(forged.length > 5);
      assert.ok(
        received.some((one) => isSignedBy(current, one) && !isJson(one)),
        'half an event, well signed',
      );
      const genuine = received.filter((one) => isSignedBy(current, one) && isJson(one)).map(eventOf);
      assert.equal(new Set(genuine.map(({ facts }) => facts.documentId)).size, 100, 'every genuine event came');
    },
  );
});

void test('S70: an event of an unknown type comes to a filter that would match it unanchored, and never to a whole match', async () => {
  const receiver = await openReceiver(() => 200);
  const stage = await openEvents();
  await stage.subscribe('open', `${receiver.url}/open`, '.*');
  await stage.subscribe('closed', `${receiver.url}/closed`, '^expense\\.readyForIntegration$');
  await stage.connect();
  await stage.control('fault-level', { level: 'brutal' });
  await stage.load(...reports(100));
  await stage.settled();
  const unknown = receiver.received.filter((one) => isJson(one) && eventOf(one).eventType.endsWith('Preview'));
  assert.ok(unknown.length > 0);
  assert.ok(unknown.every(({ path }) => path === '/open'));
  await stage.close();
  await receiver.close();
});
