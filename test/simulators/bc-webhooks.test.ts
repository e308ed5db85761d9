import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { anyVersion, BcStage, root, type Answer } from './bc-stage.js';

const limitMs = 5_000;

/** Waits for a condition, without a fixed time. */
async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + limitMs;
  while (!holds()) {
    assert.ok(Date.now() < end, 'the condition did not come true in time');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A receiver of notifications on this machine. */
class Receiver {
  readonly messages: any[] = [];
  readonly paths: string[] = [];
  handshakes = 0;
  /** Answers to the next messages, in turn; 200 after the last one. */
  answers: number[] = [];
  echoes = true;
  #server!: Server;

  async listen(): Promise<string> {
    this.#server = createServer((incoming, outgoing) => {
      const url = new URL(incoming.url ?? '/', 'http://loopback');
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const token = url.searchParams.get('validationToken');
        this.paths.push(url.pathname);
        if (token !== null) {
          this.handshakes += 1;
          outgoing.writeHead(200, { 'content-type': 'text/plain' }).end(this.echoes ? token : 'something else');
          return;
        }
        this.messages.push(JSON.parse(Buffer.concat(chunks).toString('utf8')));
        const status = this.answers.shift() ?? 200;
        outgoing.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
      });
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}/hooks/nav/abc`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

const opened: { close: () => unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function scene(): Promise<{ stage: BcStage; receiver: Receiver; url: string }> {
  const [stage, receiver] = [new BcStage(), new Receiver()];
  opened.push(stage.bc, receiver);
  return { stage, receiver, url: await receiver.listen() };
}

function bodyFor(stage: BcStage, url: string, set: string): Record<string, string> {
  return {
    notificationUrl: url,
    resource: `/api/v2.0/companies(${stage.north})/${set}`,
    clientState: 'state-of-this-subscription',
  };
}

async function subscribe(stage: BcStage, url: string, set = 'vendors'): Promise<Answer> {
  return stage.send('POST', `${root}/subscriptions`, bodyFor(stage, url, set));
}

function clerkAdds(stage: BcStage, number: string, displayName = 'New trader'): void {
  stage.bc.createVendor('North Ltd', { number, displayName });
}

/** Messages that the service has an answer to, or gave up waiting for. */
function settled(stage: BcStage): number {
  const { sent, failed, deletedByAnswer, deletedAfterRetries } = stage.bc.webhooks();
  return sent + failed + deletedByAnswer + deletedAfterRetries;
}

/** Lets the time pass and waits until the service has its answers to what was due. */
async function deliver(stage: BcStage, receiver: Receiver, milliseconds = 30_000, messages = 1): Promise<any[]> {
  const [before, known] = [receiver.messages.length, settled(stage)];
  stage.nowMs += milliseconds;
  stage.bc.tick();
  await until(() => receiver.messages.length >= before + messages && settled(stage) > known);
  return receiver.messages.slice(before);
}

const listed = (stage: BcStage): any[] => stage.call('GET', `${root}/subscriptions`).body.value;

describe('subscriptions of Business Central', () => {
  test('S54: a subscription is created after its URL has returned the token, and ends after three days', async () => {
    const { stage, receiver, url } = await scene();
    const answer = await subscribe(stage, url);
    assert.equal(answer.status, 201);
    assert.equal(receiver.handshakes, 1);
    assert.match(answer.body.subscriptionId, /^[0-9a-f]{32}$/);
    assert.equal(answer.body.expirationDateTime, '2026-08-24T10:00:00.000Z');
    assert.equal(answer.body.clientState, 'state-of-this-subscription');
    assert.match(answer.headers['location'] ?? '', /subscriptions\('[0-9a-f]{32}'\)$/);
    stage.nowMs += 3 * 24 * 3_600_000 - 1;
    assert.equal(listed(stage).length, 1);
    stage.nowMs += 1;
    assert.deepEqual(listed(stage), []);
    assert.deepEqual(stage.violations, []);
  });

  test('S54: renewal is a handshake too, needs an etag and the three properties, and moves the expiry', async () => {
    const { stage, receiver, url } = await scene();
    const { body } = await subscribe(stage, url);
    stage.nowMs += 3_600_000;
    const one = `${root}/subscriptions('${body.subscriptionId}')`;
    const renewal = { ...bodyFor(stage, url, 'vendors'), clientState: 'rotated' };
    assert.equal((await stage.send('PATCH', one, renewal)).code, 'BadRequest_InvalidToken');
    assert.equal((await stage.send('PATCH', one, renewal, { 'if-match': 'W/"old"' })).code, 'Request_EntityChanged');
    const { clientState: _left, ...short } = renewal;
    assert.equal((await stage.send('PATCH', one, short, anyVersion)).status, 400);
    const asked = receiver.handshakes;
    const renewed = await stage.send('PATCH', one, renewal, { 'if-match': body['@odata.etag'] });
    assert.equal(renewed.status, 200);
    assert.equal(receiver.handshakes, asked + 1);
    assert.equal(renewed.body.expirationDateTime, '2026-08-24T11:00:00.000Z');
    assert.equal(listed(stage)[0].clientState, 'rotated');
    receiver.echoes = false;
    assert.equal((await stage.send('PATCH', one, renewal, anyVersion)).status, 400);
    assert.equal(listed(stage)[0].expirationDateTime, '2026-08-24T11:00:00.000Z');
  });

  test('S54: a URL that does not return the token, does not listen or is elsewhere gets no subscription', async () => {
    const { stage, receiver, url } = await scene();
    receiver.echoes = false;
    assert.equal((await subscribe(stage, url)).status, 400);
    receiver.close();
    assert.equal((await subscribe(stage, url)).status, 400);
    assert.equal((await subscribe(stage, 'https://example.com/hooks')).status, 400);
    assert.deepEqual(listed(stage), []);
  });

  test('S54: nobody is asked for a call without a token or with a wrong body', async () => {
    const { stage, receiver, url } = await scene();
    const body = bodyFor(stage, url, 'vendors');
    const refused = async (changes: object, headers = {}): Promise<number> =>
      (await stage.send('POST', `${root}/subscriptions`, { ...body, ...changes }, headers)).status;
    assert.equal(await refused({}, { authorization: 'Bearer bad' }), 401);
    assert.equal(await refused({ clientState: 'x'.repeat(251) }), 400);
    assert.equal(await refused({ unknown: 'x' }), 400);
    assert.equal(await refused({ resource: `/api/v2.0/companies(${stage.north})/dimensionValues` }), 400);
    assert.equal(await refused({ resource: `/api/v2.0/companies(${stage.north})/purchaseOrders` }), 400);
    assert.equal(await refused({ resource: '/api/v2.0/vendors' }), 400);
    const elsewhere = '/api/v2.0/companies(11111111-1111-4111-8111-111111111111)/vendors';
    assert.equal(await refused({ resource: elsewhere }), 404);
    assert.equal(receiver.handshakes, 0);
  });

  test('S58: a subscription that an administrator deletes is gone without a word; delete answers 204, then 404', async () => {
    const { stage, url } = await scene();
    const { body } = await subscribe(stage, url);
    await subscribe(stage, url, 'accounts');
    const one = `${root}/subscriptions('${body.subscriptionId}')`;
    assert.equal((await stage.send('DELETE', one, undefined, anyVersion)).status, 204);
    assert.equal((await stage.send('DELETE', one, undefined, anyVersion)).status, 404);
    assert.deepEqual(stage.bc.deleteSubscriptions({ set: 'accounts' }), { deleted: 1 });
    assert.deepEqual(listed(stage), []);
    assert.throws(() => stage.bc.deleteSubscriptions({ sets: 'accounts' }));
  });

  test('S54: what can be subscribed is listed per environment, without dimension values and orders', async () => {
    const { stage } = await scene();
    const url = `/v2.0/contoso/Sandbox/api/microsoft/runtime/beta/companies(${stage.north})/webhookSupportedResources`;
    const named = (): string[] =>
      stage.call('GET', `${url}?$filter=resource eq 'v2.0*'`).body.value.map((row: any) => row.resource);
    for (const set of ['vendors', 'purchaseInvoices', 'accounts', 'dimensions']) {
      assert.ok(named().includes(`v2.0/${set}`));
    }
    assert.ok(!named().includes('v2.0/dimensionValues'));
    stage.bc.changeWebhooks({ enabled: false });
    assert.deepEqual(named(), []);
    assert.equal(stage.call('GET', `${root}/subscriptions`).status, 404);
  });

  test('S58: the 201st subscription of an environment is refused, and a second one for the same set is a repeat', async () => {
    const { stage, url } = await scene();
    stage.bc.changeWebhooks({ maximum: 2 });
    assert.equal((await subscribe(stage, url)).status, 201);
    assert.equal((await subscribe(stage, url)).status, 201);
    assert.equal(stage.repeats.length, 1);
    assert.equal((await subscribe(stage, url, 'accounts')).status, 400);
  });
});

describe('notifications of Business Central', () => {
  test('S56: a change is told 30 seconds after it, merged per record, with the client state', async () => {
    const { stage, receiver, url } = await scene();
    const { body } = await subscribe(stage, url);
    clerkAdds(stage, 'V1');
    stage.nowMs += 10_000;
    clerkAdds(stage, 'V1', 'Renamed');
    clerkAdds(stage, '20000', 'Renamed too');
    stage.nowMs += 19_999;
    stage.bc.tick();
    assert.equal(stage.bc.webhooks().pending, 2);
    assert.deepEqual(receiver.messages, []);
    const [message] = await deliver(stage, receiver, 1);
    assert.deepEqual(
      message.value.map((item: any) => [item.changeType, item.lastModifiedDateTime]),
      [
        ['created', '2026-08-21T10:00:10.000Z'],
        ['updated', '2026-08-21T10:00:10.000Z'],
      ],
    );
    const [vendor] = stage.list("vendors?$filter=number eq 'V1'");
    const [item] = message.value;
    assert.equal(item.resource.replace(/^\//, ''), `api/v2.0/companies(${stage.north})/vendors(${vendor.id})`);
    assert.equal(item.subscriptionId, body.subscriptionId);
    assert.equal(item.clientState, 'state-of-this-subscription');
    assert.equal(item.expirationDateTime, body.expirationDateTime);
    stage.nowMs += 60_000;
    stage.bc.tick();
    assert.equal(stage.bc.webhooks().pending, 0);
  });

  test('S56: one message mixes the subscriptions of a URL, with and without the leading slash', async () => {
    const { stage, receiver, url } = await scene();
    await subscribe(stage, url);
    await subscribe(stage, url, 'purchaseInvoices');
    clerkAdds(stage, 'V1');
    stage.chance = 0.1;
    stage.draft('A1');
    const [message] = await deliver(stage, receiver);
    const sets = message.value.map((item: any) => /\)\/(\w+)\(/.exec(item.resource)?.[1]);
    assert.deepEqual(sets.sort(), ['purchaseInvoices', 'vendors']);
    assert.ok(message.value.every((item: any) => item.resource.startsWith('/')));
    stage.chance = 0.9;
    clerkAdds(stage, 'V2');
    const [second] = await deliver(stage, receiver);
    assert.ok(second.value[0].resource.startsWith('api/v2.0/'));
  });

  test('S10: lines, posting and the last payment notify the invoice; a rolled back write and reading a draft do not', async () => {
    const { stage, receiver, url } = await scene();
    const id = stage.draft('A1');
    await subscribe(stage, url, 'purchaseInvoices');
    stage.get(`purchaseInvoices(${id})`);
    stage.post('purchaseInvoices', { vendorNumber: '20000', purchaseInvoiceLines: [{ lineObjectNumber: 'NONE' }] });
    assert.equal(stage.bc.webhooks().pending, 0);
    stage.post(`purchaseInvoices(${id})/purchaseInvoiceLines`, { lineType: 'Comment', description: 'more' });
    assert.equal(stage.bc.webhooks().pending, 1);
    stage.postInvoice(id);
    stage.bc.pause({ payments: true });
    const [posted] = await deliver(stage, receiver);
    assert.deepEqual([posted.value.length, posted.value[0].changeType], [1, 'updated']);
    stage.chance = 0.1;
    stage.bc.pause({});
    stage.bc.tick();
    assert.equal(stage.bc.webhooks().pending, 0, 'a part payment changes nothing that the entity shows');
    stage.nowMs += 5_000;
    stage.bc.tick();
    assert.equal(stage.bc.webhooks().pending, 1);
  });

  test('S59: what was made and deleted again is not told, a deletion is', async () => {
    const { stage, receiver, url } = await scene();
    const kept = stage.draft('A1');
    await subscribe(stage, url, 'purchaseInvoices');
    const made = stage.draft('A2');
    for (const id of [made, kept]) stage.below('DELETE', `purchaseInvoices(${id})`, undefined, anyVersion);
    const [message] = await deliver(stage, receiver);
    assert.deepEqual(
      message.value.map((item: any) => item.changeType),
      ['deleted'],
    );
    assert.match(message.value[0].resource, new RegExp(`\\(${kept}\\)$`));
  });

  test('S59: too many changes come as one collection item, bare if something was deleted', async () => {
    const { stage, receiver, url } = await scene();
    stage.bc.changeWebhooks({ threshold: 2 });
    await subscribe(stage, url);
    await subscribe(stage, url, 'purchaseInvoices');
    const gone = stage.draft('A0');
    const [first] = await deliver(stage, receiver);
    assert.equal(first.value[0].changeType, 'created');
    for (const number of ['V1', 'V2', 'V3']) clerkAdds(stage, number);
    for (const number of ['A1', 'A2']) stage.draft(number);
    stage.below('DELETE', `purchaseInvoices(${gone})`, undefined, anyVersion);
    stage.chance = 0.1;
    const [message] = await deliver(stage, receiver);
    const [vendors, invoices] = message.value;
    assert.deepEqual([vendors.changeType, invoices.changeType], ['collection', 'collection']);
    const since = /\/vendors\?\$filter=lastModifiedDateTime%20gt%20(.+)$/.exec(vendors.resource)?.[1];
    assert.equal(Date.parse(since ?? ''), stage.nowMs - 30_000 - 50);
    assert.match(invoices.resource, /\/purchaseInvoices$/);
    stage.chance = 0.9;
    for (const number of ['V4', 'V5', 'V6']) clerkAdds(stage, number);
    const [other] = await deliver(stage, receiver);
    assert.match(other.value[0].resource, /lastDateTimeModified/, 'the other spelling of the documentation');
  });

  test('S57: 503 is repeated after 60, 60, 600, 6,000 and 60,000 seconds with newer changes, then all is deleted', async () => {
    const { stage, receiver, url } = await scene();
    await subscribe(stage, url);
    clerkAdds(stage, 'V1');
    receiver.answers = [503, 429, 408, 500, 503, 503];
    await deliver(stage, receiver);
    clerkAdds(stage, 'V2');
    for (const seconds of [60, 60, 600, 6_000, 60_000]) {
      stage.bc.changeWebhooks({ lifeMs: 0 });
      stage.nowMs += seconds * 1_000 - 1;
      stage.bc.tick();
      const before = receiver.messages.length;
      const { failed } = stage.bc.webhooks();
      assert.equal(listed(stage).length, 1);
      stage.nowMs += 1;
      stage.bc.tick();
      await until(() => receiver.messages.length > before);
      await until(() => {
        const now = stage.bc.webhooks();
        return now.failed > failed || now.deletedAfterRetries > 0;
      });
      assert.equal(receiver.messages.at(-1).value.length, 2);
    }
    assert.equal(receiver.messages.length, 6);
    assert.equal(stage.bc.webhooks().deletedAfterRetries, 1);
    assert.deepEqual(listed(stage), []);
  });

  test('S57, C20: any other answer deletes every subscription with that URL at once, and only those', async () => {
    for (const answer of [401, 403, 404, 410, 302, 400]) {
      const { stage, receiver, url } = await scene();
      await subscribe(stage, url);
      await subscribe(stage, url, 'accounts');
      await subscribe(stage, `${url}/other`, 'purchaseInvoices');
      receiver.answers = [answer];
      clerkAdds(stage, 'V1');
      await deliver(stage, receiver);
      await until(() => stage.bc.webhooks().deletedByAnswer === 2);
      assert.deepEqual(
        listed(stage).map((row) => row.notificationUrl),
        [`${url}/other`],
      );
      assert.equal(stage.bc.webhooks().pending, 0);
      assert.ok(!receiver.paths.includes('/elsewhere'), 'no redirect is followed');
    }
  });

  test('S57: a receiver that does not listen is tried again after 60 seconds and then told everything', async () => {
    const { stage, receiver, url } = await scene();
    await subscribe(stage, url);
    stage.bc.changeWebhooks({ retryFactor: 0.01, answerMs: 50 });
    receiver.close();
    clerkAdds(stage, 'V1');
    stage.nowMs += 30_000;
    stage.bc.tick();
    await until(() => stage.bc.webhooks().failed === 1);
    assert.equal(listed(stage).length, 1);
    stage.nowMs += 599;
    stage.bc.tick();
    assert.equal(stage.bc.webhooks().failed, 1);
    stage.nowMs += 1;
    stage.bc.tick();
    await until(() => stage.bc.webhooks().failed === 2);
  });

  test('S59: notifications are lost, doubled and late by the shares that are set', async () => {
    const { stage, receiver, url } = await scene();
    await subscribe(stage, url);
    stage.chance = 0.4;
    stage.bc.changeWebhooks({ lostShare: 0.5 });
    clerkAdds(stage, 'V1');
    assert.deepEqual([stage.bc.webhooks().pending, stage.bc.webhooks().lost], [0, 1]);
    stage.bc.changeWebhooks({ lostShare: 0, doubledShare: 0.5, lateShare: 0.5, lateMs: 10_000 });
    clerkAdds(stage, 'V2');
    stage.nowMs += 33_999;
    stage.bc.tick();
    assert.deepEqual(receiver.messages, []);
    const [message, again] = await deliver(stage, receiver, 1, 2);
    assert.deepEqual(message, again);
    assert.throws(() => {
      stage.bc.changeWebhooks({ lostShares: 1 });
    });
  });

  test('S59: subscriptions and what was pending survive a restart', async () => {
    const { stage, receiver, url } = await scene();
    await subscribe(stage, url);
    clerkAdds(stage, 'V1');
    const next = new BcStage(JSON.parse(JSON.stringify(stage.bc.snapshot())));
    opened.push(next.bc);
    next.nowMs = stage.nowMs;
    assert.equal(listed(next).length, 1);
    const [message] = await deliver(next, receiver);
    assert.equal(message.value[0].changeType, 'created');
  });
});
