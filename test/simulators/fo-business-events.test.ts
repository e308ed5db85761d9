import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startSimulators } from '../../simulators/running-system.js';
import { openReceiver, until } from './concur-events-stage.js';
import { settingsFor } from './concur-stage.js';
import { bodies, eventsOf, journalPosted, openSender, withReceiver } from './fo-events-stage.js';
import { FoStage, masterData, purchasingMaster } from './fo-stage.js';

test('S46: saving an endpoint sends an example with empty ids and the year 1900, which counts as no event', async () => {
  await withReceiver(
    () => 200,
    async (receiver) => {
      const sender = openSender();
      sender.events.activate({ url: `${receiver.url}/secret`, events: [journalPosted] });
      const { test: outcome, sent, published } = await sender.settled();
      assert.deepEqual([outcome, sent, published], ['delivered', 0, 0]);
      const [body] = bodies(receiver);
      assert.deepEqual([body.BusinessEventId, body.EventId, body.ControlNumber], ['', '', 0]);
      assert.deepEqual([body.EventTime, body.EventTimeIso8601.slice(0, 4)], ['/Date(-2208988800000)/', '1900']);
      assert.equal(receiver.received[0]?.path, '/secret');
      await sender.events.close();
    },
  );
});

test('S46: posted invoices and payments are told by identifiers only; general journals have no event', async () => {
  await withReceiver(
    () => 200,
    async (receiver) => {
      const stage = new FoStage();
      const catalogue = stage.get('BusinessEventsCatalogs').json.value;
      const ids: string[] = catalogue.map((entry: any) => entry.BusinessEventId);
      const paid = catalogue.find((entry: any) => entry.Name === 'Vendor payment posted').BusinessEventId;
      stage.simulator.activateBusinessEvents({
        url: receiver.url,
        events: ids,
        lagMs: 0,
        lostShare: 0,
        doubledShare: 0,
      });
      stage.report('Concur EXP 1', 20);
      const accounts = { AccountType: 'Vend', AccountDisplayValue: 'US\\-101', OffsetAccountType: 'Ledger' };
      const amounts = { OffsetAccountDisplayValue: '618160-001-024', Credit: 10, Invoice: '48399' };
      stage.invoiceJournal('Concur INV 1', [{ LineNumber: 1, ...accounts, ...amounts }]);
      stage.simulator.pause({ payments: true });
      await until(() => {
        stage.run(500);
        return eventsOf(receiver).length === 1;
      }, 'the invoice');
      const [invoice] = eventsOf(receiver);
      const {
        BusinessEventId,
        EventId,
        ControlNumber,
        EventTime,
        EventTimeIso8601,
        ParentContextRecordSubjects,
        ...rest
      } = invoice;
      assert.equal(BusinessEventId, journalPosted);
      assert.match(EventId, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/);
      assert.ok(ControlNumber > 5_637_144_576);
      const [, milliseconds = ''] = /^\/Date\((\d+)\)\/$/.exec(EventTime) ?? [];
      assert.match(EventTimeIso8601, /\.\d{7}Z$/);
      assert.equal(new Date(Number(milliseconds)).toISOString().slice(0, -1), EventTimeIso8601.slice(0, -5));
      assert.ok(ParentContextRecordSubjects === null || Array.isArray(ParentContextRecordSubjects));
      assert.deepEqual(rest, {
        BusinessEventLegalEntity: 'usmf',
        ContextRecordSubject: '',
        InitiatingUserAADObjectId: '{3F6B5B0E-7A51-4C0B-9A55-6C2D0C1E7F10}',
        MajorVersion: 0,
        MinorVersion: 0,
        LegalEntity: 'usmf',
        InvoiceAccount: 'US-101',
        InvoiceNumber: '48399',
        Voucher: stage.rows('VendTransBiEntities', "dataAreaId eq 'usmf' and Invoice eq '48399'")[0].Voucher,
      });
      stage.simulator.pause({ payments: false });
      await until(() => {
        stage.run(500);
        return eventsOf(receiver).length === 3;
      }, 'two payments');
      const payments = eventsOf(receiver).slice(1);
      assert.deepEqual(
        payments.map((event) => [event.BusinessEventId, event.LegalEntity]),
        [
          [paid, 'usmf'],
          [paid, 'usmf'],
        ],
      );
      const vouchers = stage
        .rows('VendTransBiEntities', "dataAreaId eq 'usmf'")
        .filter((row) => row.TransType === 'Payment')
        .map((row) => row.Voucher);
      assert.deepEqual(payments.map((event) => event.Voucher).sort(), vouchers.sort());
      assert.deepEqual([stage.simulator.businessEvents().published, stage.simulator.posted().length], [3, 2]);
      await stage.simulator.close();
    },
  );
});

test('S46: a posted pending invoice has an event of its own', async () => {
  await withReceiver(
    () => 200,
    async (receiver) => {
      const stage = new FoStage({ master: purchasingMaster });
      const id = 'VendorInvoicePostedBusinessEvent';
      stage.simulator.activateBusinessEvents({
        url: receiver.url,
        events: [id],
        lagMs: 0,
        lostShare: 0,
        doubledShare: 0,
      });
      stage.pendingInvoice('one');
      await until(() => {
        stage.run(500);
        return eventsOf(receiver).length === 1;
      }, 'the invoice');
      const [event] = eventsOf(receiver);
      assert.deepEqual([event.BusinessEventId, event.InvoiceNumber, event.InvoiceAccount], [id, 'N-one', 'US-101']);
      assert.match(event.Voucher, /^VINV/);
      await stage.simulator.close();
    },
  );
});

test('S47: events come late, out of order, sometimes twice with the same EventId, and some not at all', async () => {
  await withReceiver(
    () => 200,
    async (receiver) => {
      const sender = openSender();
      sender.events.activate({ url: receiver.url, events: [journalPosted], lostShare: 0.2, doubledShare: 0.3 });
      sender.publish(60);
      sender.pass(0);
      assert.deepEqual(eventsOf(receiver), [], 'nothing comes at once');
      const { published, doubled, sent, lost, failed } = await sender.settled();
      assert.deepEqual([published, failed, sent], [60, 0, published - lost + doubled]);
      assert.ok(lost > 0 && doubled > 0);
      const events = eventsOf(receiver);
      assert.equal(events.length, sent);
      const bodyOf = new Map(
        receiver.received.map(({ raw }, index) => [bodies(receiver)[index].EventId, raw.toString()]),
      );
      assert.ok(
        receiver.received.every(({ raw }, index) => bodyOf.get(bodies(receiver)[index].EventId) === raw.toString()),
      );
      assert.equal(new Set(events.map(({ EventId }) => EventId)).size, published - lost);
      const arrived: number[] = events.map(({ ControlNumber }) => ControlNumber);
      const rising = [...new Set(arrived)].sort((left, right) => left - right);
      assert.notDeepEqual(
        arrived,
        [...arrived].sort((left, right) => left - right),
        'not in the order of publication',
      );
      assert.equal(rising.length, published - lost, 'each event has a number of its own');
      assert.ok((rising.at(-1) ?? 0) - (rising[0] ?? 0) > 60, 'with gaps');
      await sender.events.close();
    },
  );
});

test('S47: a message that is not taken comes three times more after the pause, then it stands in the error log', async () => {
  await withReceiver(
    (nth) => (nth < 4 ? ([500, 404, 302, 200][nth] ?? 200) : 503),
    async (receiver) => {
      const sender = openSender();
      sender.events.activate({ url: receiver.url, events: [journalPosted], lagMs: 0, lostShare: 0, doubledShare: 0 });
      sender.pass(0);
      await until(() => receiver.received.length === 1, 'the test message');
      sender.pass(999);
      assert.equal(receiver.received.length, 1, 'not before a second has passed');
      const first = await sender.settled();
      assert.deepEqual([first.test, receiver.received.length], ['delivered', 4]);
      sender.publish(1);
      const { sent, failed, pending, errorLog } = await sender.settled();
      assert.deepEqual([sent, failed, pending], [0, 1, 0]);
      assert.equal(receiver.received.length, 8, 'once and three times more');
      const [event] = eventsOf(receiver);
      assert.deepEqual(errorLog, [{ eventId: event.EventId, businessEventId: journalPosted, reason: 'status 503' }]);
      await sender.events.close();
    },
  );
});

test('S47: only activated events of activated companies are told', async () => {
  await withReceiver(
    () => 200,
    async (receiver) => {
      const sender = openSender();
      sender.publish(1);
      const order = { url: receiver.url, events: [journalPosted], companies: ['USMF'], lostShare: 0, doubledShare: 0 };
      sender.events.activate(order);
      sender.publish(1, 'demf');
      sender.publish(1, 'usmf', 'VendorInvoicePostedBusinessEvent');
      sender.publish(1, 'usmf');
      const { published, sent } = await sender.settled();
      assert.deepEqual([published, sent, eventsOf(receiver).length], [1, 1, 1]);
      await sender.events.close();
    },
  );
});

test('S47: what was under way at the end goes on after a restart, with the same body', async () => {
  await withReceiver(
    (nth) => (nth < 2 ? 'hang' : 200),
    async (receiver) => {
      const first = openSender();
      first.events.activate({ url: receiver.url, events: [journalPosted], lagMs: 0, lostShare: 0, doubledShare: 0 });
      first.publish(1);
      first.pass(0);
      await until(() => receiver.open() === 2, 'two deliveries');
      await first.events.close();
      const second = openSender(first.saved());
      const { sent, test: outcome } = await second.settled();
      assert.deepEqual([sent, outcome, receiver.received.length], [1, 'delivered', 4]);
      const [before, after] = eventsOf(receiver);
      assert.deepEqual(before, after);
      await second.events.close();
    },
  );
});

test('S46 B28: the control API activates and reports business events, and switches faults of the set-up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fo-events-'));
  const receiver = await openReceiver(() => 200);
  const system = await startSimulators(settingsFor(folder));
  const put = async (path: string, body: unknown): Promise<{ status: number; json: any }> => {
    const response = await fetch(`${system.urls.control}/control/fo/${path}`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    return { status: response.status, json: await response.json() };
  };
  const get = async (path: string): Promise<any> => (await fetch(`${system.urls.control}/control/fo/${path}`)).json();
  await fetch(`${system.urls.control}/control/master-data`, {
    method: 'POST',
    body: JSON.stringify({ fo: masterData }),
  });
  assert.equal((await put('business-events', { url: 'http://example.com/', events: [journalPosted] })).status, 400);
  assert.equal((await put('business-events', { url: receiver.url, events: ['OtherBusinessEvent'] })).status, 400);
  assert.equal((await get('business-events')).endpoint, null);
  assert.equal((await put('business-events', { url: receiver.url, events: [journalPosted] })).status, 200);
  await until(async () => (await get('business-events')).test === 'delivered', 'the test message');
  const { sent, failed, lost, pending } = await get('business-events');
  assert.deepEqual([sent, failed, lost, pending], [0, 0, 0, 0]);
  assert.deepEqual((await put('set-up-faults', { 'no-ledger': true })).json, { 'no-ledger': true });
  assert.equal((await put('set-up-faults', { 'no-leger': true })).status, 400);
  await put('set-up-faults', { 'manual-voucher': true, 'no-ledger': false });
  assert.deepEqual(await get('set-up-faults'), { 'manual-voucher': true });
  await system.close();
  await receiver.close();
  rmSync(folder, { recursive: true });
});
