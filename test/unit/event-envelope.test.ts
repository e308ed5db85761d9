import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readyEventFilter, readyEventType } from '../../src/contracts/events.js';
import { docTypes } from '../../src/contracts/documents.js';
import { readEventEnvelope } from '../../src/events/event-envelope.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const samples = join(projectRoot(), '..', 'shared', 'samples', 'concur', 'ess');

const event = {
  id: '1d3f7a52-0f7e-4b6f-8f0e-5a3c1d0e2b91',
  correlationId: 'c-1',
  eventType: 'invoice.readyForIntegration',
  topic: 'public.concur.financialintegration',
  subtopic: 'p00777',
  timeStamp: '2026-13-01T25:61:00.123456789+0000',
  data: null,
  facts: {
    companyId: 'AA2D77D0-1111-4C3B-9A44-5B6C7D8E9F00',
    documentId: '9C41D27A5E0B4F3E8A99',
    href: 'https:/nowhere',
  },
};

const read = (value: unknown) => readEventEnvelope(Buffer.from(JSON.stringify(value)));
const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

describe('the envelope of an event', () => {
  it('S72: an id that looks like the digest of a body is not taken: it could keep away the event with that body', () => {
    const forged = { ...event, id: `sha256:${'a'.repeat(64)}` };
    assert.equal(read(forged).eventId, digest(JSON.stringify(forged)));
  });

  it('S70: type and company are read from event type and facts; topic, time and address are not needed', () => {
    const expected = {
      eventId: event.id,
      eventType: 'invoice.readyForIntegration',
      docType: 'invoice',
      businessId: '9C41D27A5E0B4F3E8A99',
      companyUuid: 'aa2d77d0-1111-4c3b-9a44-5b6c7d8e9f00',
      correlationId: 'c-1',
    };
    assert.deepEqual(read(event), expected);
    assert.deepEqual(read({ ...event, topic: 'concur.financialintegration', timeStamp: 7 }), expected);
    assert.deepEqual(read({ ...event, facts: JSON.stringify(event.facts) }), expected);
    assert.deepEqual(readEventEnvelope(Buffer.from(`\uFEFF${JSON.stringify(event)}`)), expected);
  });

  it('S70: the names are in camel case; every polled type has its own, and others are none of ours', () => {
    for (const docType of docTypes)
      assert.equal(read({ ...event, eventType: readyEventType(docType) }).docType, docType);
    for (const eventType of ['payroll.readyForIntegration', 'statusChanged', 'xinvoice.readyForIntegration', '']) {
      assert.equal(read({ ...event, eventType }).docType, null, eventType);
    }
    // The topic is the same: only the event type tells.
    assert.equal(read({ ...event, eventType: undefined }).docType, null);
  });

  it('S72: an event without an id, or with a senseless one, is known by its body', () => {
    for (const id of [undefined, null, '', ' ', 17, { a: 1 }, 'x'.repeat(300)]) {
      const changed = { ...event, id };
      assert.equal(read(changed).eventId, digest(JSON.stringify(changed)));
      assert.equal(read(changed).docType, 'invoice');
    }
    assert.equal(read({ ...event, id: 'created-fc48-12345' }).eventId, 'created-fc48-12345');
  });

  it('S73: a text that PostgreSQL would refuse does not get into any field', () => {
    const nasty = read({ ...event, id: 'a\u0000b', facts: { companyId: 'c\u0000', documentId: '\u0000' } });
    assert.deepEqual([nasty.eventId, nasty.companyUuid, nasty.businessId], ['ab', 'c', null]);
  });

  it('S73: trap 9: nothing that a sender may send is refused', () => {
    for (const text of ['', '{', '[]', 'null', '"x"', '7', '\u0000', '<xml/>', '{"facts":null}', '{"facts":[1]}']) {
      assert.equal(readEventEnvelope(Buffer.from(text)).eventId, digest(text), text);
    }
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const { eventId, docType } = readEventEnvelope(Buffer.from(text));
        return eventId.length > 0 && eventId.length <= 200 && docType === null;
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => readEventEnvelope(Buffer.from(bytes)).eventId.length > 0));
  });

  it('S70: the published samples are read, and only ready-for-integration events of polled types mean anything', (t) => {
    if (!existsSync(samples)) {
      t.skip('the published samples are not there');
      return;
    }
    const files = readdirSync(samples).filter((name) => name.startsWith('event-'));
    const read = files.map((name) => [name, readEventEnvelope(readFileSync(join(samples, name)))] as const);
    assert.ok(read.length > 8);
    const ready = read.flatMap(([name, { docType }]) => (docType === null ? [] : [`${name} ${docType}`]));
    assert.deepEqual(ready.sort(), ['event-fi-expense-ready.json expense', 'event-fi-invoice-ready.json invoice']);
    assert.ok(read.every(([, { eventType }]) => eventType !== null));
  });
});

describe('the filter of the subscription', () => {
  it('S76: one expression serves all polled types, whether Concur matches in full or searches', () => {
    const filter = readyEventFilter(['invoice', 'expense', 'cashadvance', 'expense']);
    const full = new RegExp(`^(?:${filter})$`);
    const search = new RegExp(filter);
    for (const docType of docTypes) {
      for (const way of [full, search]) assert.equal(way.test(readyEventType(docType)), true, docType);
    }
    for (const other of [
      'payroll.readyForIntegration',
      'expenseXreadyForIntegration',
      'requestObligation.readyForIntegration',
      'expense.readyForIntegration.v2',
      'my.expense.readyForIntegration',
    ]) {
      for (const way of [full, search]) assert.equal(way.test(other), false, other);
    }
  });

  it('S76: it holds only what is polled', () => {
    assert.equal(new RegExp(readyEventFilter(['invoice'])).test('expense.readyForIntegration'), false);
    assert.equal(readyEventFilter(['invoice', 'expense']), readyEventFilter(['expense', 'invoice']));
  });
});
