import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventBody, testBody } from '../../simulators/fo/business-event-bodies.js';
import { watchesHintedAt } from '../../src/contracts/business-events.js';
import type { BusinessEvent } from '../../src/events/business-event-envelope.js';
import { readBusinessEvent } from '../../src/events/business-event-envelope.js';

const at = new Date('2026-04-10T09:30:15.250Z');
/** The older envelope, as far as it is documented. */
const older = {
  BusinessEventId: 'VendorInvoicePostedBusinessEvent',
  ControlNumber: 5_637_144_576,
  EventId: '6F9619FF-8B86-D011-B42D-00C04FC964FF',
  EventTime: `/Date(${at.getTime()})/`,
  MajorVersion: 0,
  MinorVersion: 0,
};
const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const read = (changes: Record<string, unknown> = {}) => readBusinessEvent(bytes({ ...older, ...changes }));

function eventOf(changes: Record<string, unknown> = {}): BusinessEvent {
  const reading = read(changes);
  assert.ok(reading.kind === 'event', JSON.stringify(reading));
  return reading.event;
}

describe('the envelope of a business event', () => {
  it('S46: the older and the newer form give the same event, whatever else stands in them', () => {
    const newer = {
      BusinessEventLegalEntity: 'USMF',
      ContextRecordSubject: '',
      EventTime: '',
      EventTimeIso8601: '2026-04-10T09:30:15.2500000Z',
      InitiatingUserAADObjectId: '{3F6B5B0E-7A51-4C0B-9A55-6C2D0C1E7F10}',
      ParentContextRecordSubjects: null,
      SomethingOfNextYear: { deep: [1] },
    };
    const expected = {
      eventId: '6f9619ff-8b86-d011-b42d-00c04fc964ff',
      businessEventId: 'VendorInvoicePostedBusinessEvent',
      happenedAt: at,
    };
    assert.deepEqual(eventOf(), { ...expected, company: null });
    assert.deepEqual(eventOf(newer), { ...expected, company: 'usmf' });
    assert.deepEqual(eventOf({ ...newer, ParentContextRecordSubjects: [] }), { ...expected, company: 'usmf' });
  });

  it('S46: a body of the simulated environment is read in full', () => {
    const event = { id: 'VendorInvoiceJournalPostedBusinessEvent', company: 'DEMF', payload: { Voucher: 'V-1' } };
    const envelope = { eventId: older.EventId, controlNumber: 7, at, hasParents: true };
    assert.deepEqual(readBusinessEvent(bytes(eventBody(event, envelope))), {
      kind: 'event',
      event: { ...eventOf({ BusinessEventId: event.id }), company: 'demf' },
    });
  });

  it('S46: the company may stand in the payload; a text too long for one is none', () => {
    assert.equal(eventOf({ BusinessEventLegalEntity: '', LegalEntity: 'usmf' }).company, 'usmf');
    assert.equal(eventOf({ dataAreaId: 'DEMF' }).company, 'demf');
    assert.equal(eventOf({ LegalEntity: 'Contoso Entertainment', DataAreaId: 'frrt' }).company, 'frrt');
    assert.equal(eventOf({ BusinessEventLegalEntity: 7 }).company, null);
  });

  it('S47: braces and case of an event id mean nothing; without one the body is the id', () => {
    const id = eventOf().eventId;
    assert.equal(eventOf({ EventId: `{${older.EventId.toLowerCase()}}` }).eventId, id);
    const none = [undefined, null, '', '{}', '{00000000-0000-0000-0000-000000000000}', 'sha256:0', 12];
    for (const [place, EventId] of none.entries()) {
      const { eventId } = eventOf({ EventId, place });
      assert.match(eventId, /^sha256:[0-9a-f]{64}$/);
      assert.notEqual(eventId, eventOf({ EventId, place: 'another' }).eventId);
    }
  });

  it('S46: an empty id or the year 1900 is the test message', () => {
    assert.deepEqual(readBusinessEvent(bytes(testBody())), { kind: 'test' });
    assert.deepEqual(read({ BusinessEventId: '' }), { kind: 'test' });
    assert.deepEqual(read({ BusinessEventId: null }), { kind: 'test' });
    assert.deepEqual(read({ EventTime: '/Date(-2208988800000)/' }), { kind: 'test' });
    assert.deepEqual(read({ EventTime: undefined, EventTimeIso8601: '1900-01-01T00:00:00.0000000' }), { kind: 'test' });
    assert.deepEqual(read({ EventTime: undefined, EventTimeIso8601: '0001-01-01T00:00:00Z' }), { kind: 'test' });
  });

  it('S46: one empty date beside a real one, or no readable date at all, does not make an event a test message', () => {
    assert.deepEqual(eventOf({ EventTimeIso8601: '1900-01-01T00:00:00Z' }).happenedAt, at);
    const instant = '2026-04-10T09:30:15.2500000Z';
    assert.deepEqual(eventOf({ EventTime: '/Date(-2208988800000)/', EventTimeIso8601: instant }).happenedAt, at);
    const unreadable = [
      undefined,
      null,
      7,
      'yesterday',
      '/Date(x)/',
      `/Date(${'9'.repeat(40)})/`,
      '/Date(253402300800000)/',
    ];
    for (const EventTime of unreadable) assert.equal(eventOf({ EventTime }).happenedAt, null);
    assert.deepEqual(eventOf({ EventTime: `/Date(${at.getTime()}+0200)/` }).happenedAt, at);
  });

  it('S46: what is no event is unreadable and never throws; each body has an id of its own', () => {
    const bodies = ['', '{', '[]', 'null', '"text"', '<a/>', '{}', '{"BusinessEventId":7}', Buffer.from([0, 255])];
    const readings = bodies.map((body) => readBusinessEvent(Buffer.from(body)));
    assert.ok(readings.every(({ kind }) => kind === 'unreadable'));
    assert.equal(new Set(readings.map((reading) => 'eventId' in reading && reading.eventId)).size, bodies.length);
  });

  it('S46: characters that PostgreSQL refuses, and endless texts, do not get through', () => {
    const { businessEventId, eventId } = eventOf({ BusinessEventId: `a\u0000${'b'.repeat(5_000)}`, EventId: '\u0000' });
    assert.equal(businessEventId.length, 200);
    assert.match(`${businessEventId}${eventId}`, /^ab+sha256:/);
  });
});

describe('the watches that a business event hints at', () => {
  it('S46: postings and workflows concern the posting watch, listed ids the payment watch, unknown ones both', () => {
    const hinted = (id: string) => watchesHintedAt(id, ['VendPaymentPosted']).join(' ');
    assert.equal(hinted('VendorInvoicePostedBusinessEvent'), 'postings');
    assert.equal(hinted('vendorinvoicejournalpostedBUSINESSEVENT'), 'postings');
    assert.equal(hinted('Workflow_VendProcessInvoice_Approved'), 'postings');
    assert.equal(hinted('vendpaymentposted'), 'payments');
    assert.equal(hinted('VendorPaymentJournalPostedBusinessEvent'), 'postings payments');
    assert.equal(watchesHintedAt('Workflow_Paid', ['Workflow_Paid']).join(' '), 'postings payments');
  });
});
