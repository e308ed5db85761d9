import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isKnownState, judgeHookItems } from '../../src/events/hook-judge.js';
import { readHookMessage, readHookResource } from '../../src/events/hook-message.js';
import type { KnownWebhook } from '../../src/store/webhook-inbox.js';
import { newWebhookSecret, webhookDigest } from '../../src/store/webhook-store.js';

const companyId = 'b18aed47-c385-49d2-b954-dbdf8ad71780';
const otherCompany = '0f000000-c385-49d2-b954-dbdf8ad71780';
const recordId = '5d115c9c-44e3-ea11-bb43-000d3a2feca1';
const now = new Date('2026-08-21T13:00:00Z');
const secrets = { vendors: newWebhookSecret(), former: newWebhookSecret(), accounts: newWebhookSecret() };

const known: KnownWebhook[] = [
  {
    company: 'North Ltd',
    set: 'vendors',
    companyId,
    subscriptionId: 'v1',
    stateDigests: [secrets.vendors, secrets.former].map(webhookDigest),
  },
  // Its creation has not been answered yet.
  {
    company: 'North Ltd',
    set: 'accounts',
    companyId,
    subscriptionId: null,
    stateDigests: [webhookDigest(secrets.accounts)],
  },
];

const item = (changes: Record<string, unknown> = {}) => ({
  subscriptionId: 'v1',
  clientState: secrets.vendors,
  expirationDateTime: '2026-08-24T10:00:00Z',
  resource: `api/v2.0/companies(${companyId})/vendors(${recordId})`,
  changeType: 'updated',
  lastModifiedDateTime: '2026-08-21T12:54:20.467Z',
  ...changes,
});

const judge = (...items: unknown[]) => {
  const read = readHookMessage(Buffer.from(JSON.stringify({ value: items })));
  assert.ok(read);
  return judgeHookItems(read, known, now);
};

describe('notifications of Business Central', () => {
  it('S56: of two in one message only the one with the right client state is taken; the other is counted', () => {
    const { accepted, refused } = judge(item(), item({ clientState: 'guessed' }));
    assert.deepEqual(accepted, [
      {
        company: 'North Ltd',
        set: 'vendors',
        recordId,
        changeType: 'updated',
        changedAt: new Date('2026-08-21T12:54:20.467Z'),
        changedSince: null,
      },
    ]);
    assert.deepEqual([...refused], [['the client state is wrong', 1]]);
  });

  it('S56: the client state of another subscription, a part of the right one, or none is wrong', () => {
    const wrong = [secrets.accounts, secrets.vendors.slice(0, -1), `${secrets.vendors} `, '', undefined, 7, null];
    for (const clientState of wrong) assert.equal(judge(item({ clientState })).accepted.length, 0, String(clientState));
  });

  it('S56: the former client state counts beside the present one', () => {
    assert.equal(judge(item({ clientState: secrets.former })).accepted.length, 1);
  });

  it('S56: every digest is compared, wherever the right one stands, and odd ones in the store do no harm', () => {
    const right = webhookDigest('state');
    assert.ok(isKnownState('state', [right, webhookDigest('x')]));
    assert.ok(isKnownState('state', [webhookDigest('x'), '', 'zz', right]));
    assert.ok(!isKnownState('state', []));
    assert.ok(!isKnownState('', ['']));
  });

  it('S56: a client state is good for its own company and set only', () => {
    for (const resource of [
      `api/v2.0/companies(${otherCompany})/vendors(${recordId})`,
      `api/v2.0/companies(${companyId})/accounts(${recordId})`,
    ]) {
      assert.deepEqual([...judge(item({ resource })).refused.keys()], ['the resource is not that of the subscription']);
    }
  });

  it('S57: an unknown subscription, and a resource that says nothing, are refused by themselves', () => {
    const { accepted, refused } = judge(
      item({ subscriptionId: 'gone' }),
      item({ resource: 'https://evil.example/steal' }),
      item(),
    );
    assert.equal(accepted.length, 1);
    assert.deepEqual(Object.fromEntries(refused), {
      'the subscription is not known': 1,
      'the resource is not understood': 1,
    });
  });

  it('S56: before the creation is answered, company and set tell which subscription is meant', () => {
    const early = item({
      subscriptionId: 'not-known-so-far',
      clientState: secrets.accounts,
      resource: `/api/v2.0/companies(${companyId.toUpperCase()})/accounts(${recordId})`,
    });
    assert.equal(judge(early).accepted[0]?.set, 'accounts');
    assert.equal(judge({ ...early, clientState: secrets.vendors }).accepted.length, 0);
  });

  it('S59: a collection is about the whole set, since the instant of its filter or, bare, about all of it', () => {
    const set = `/api/v2.0/companies(${companyId})/vendors`;
    const since = (resource: string) =>
      judge(item({ changeType: 'collection', resource })).accepted.map(({ recordId: id, changedSince }) => [
        id,
        changedSince,
      ]);
    const instant = new Date('2026-08-15T11:00:00.000Z');
    assert.deepEqual(since(`${set}?$filter=lastModifiedDateTime%20gt%202026-08-15T11:00:00Z`), [['', instant]]);
    assert.deepEqual(since(`${set}?$filter=lastDateTimeModified gt 2026-08-15T11:00:00.000Z`), [['', instant]]);
    assert.deepEqual(since(set), [['', null]]);
    assert.deepEqual(since(`${set}?$filter=something%20else`), [['', null]]);
  });

  it('reads resources with and without slash, of any version, and nothing that only looks like one', () => {
    const expected = { companyId, set: 'purchaseInvoices', recordId, changedSince: undefined };
    for (const start of ['', '/', 'https://api.example/v2.0/tenant/production/']) {
      for (const version of ['v2.0', 'v1.0', 'contoso/app/v1.0']) {
        const resource = `${start}api/${version}/companies(${companyId})/purchaseInvoices(${recordId})`;
        assert.deepEqual(readHookResource(resource), expected, resource);
      }
    }
    for (const resource of [
      '',
      'api/v2.0/companies(x)/vendors',
      `companies(${companyId})/vendors`,
      '%',
      `api/v2.0/companies(${companyId})`,
    ]) {
      assert.equal(readHookResource(resource), undefined, resource);
    }
  });

  it('S57: never throws on a body, whatever it is; a byte order mark does no harm', () => {
    for (const body of ['', '{', '[]', 'null', '{"value":7}', '\u0000', '"x"']) {
      assert.equal(readHookMessage(Buffer.from(body)), undefined, body);
    }
    assert.deepEqual(readHookMessage(Buffer.from('{"value":[]}')), []);
    assert.equal(readHookMessage(Buffer.from(`\ufeff${JSON.stringify({ value: [item()] })}`))?.length, 1);
    assert.deepEqual([...judge(7, item()).refused.keys()], ['the subscription is not known']);
    const odd = readHookMessage(Buffer.from(JSON.stringify({ value: [{ clientState: { a: 1 }, changeType: [] }] })));
    assert.equal(odd?.[0]?.clientState, '');
  });

  it('takes an instant that cannot be one for the time of receipt', () => {
    for (const lastModifiedDateTime of ['yesterday', '0001-01-01T00:00:00Z', undefined]) {
      assert.deepEqual(judge(item({ lastModifiedDateTime })).accepted[0]?.changedAt, now);
    }
  });
});
