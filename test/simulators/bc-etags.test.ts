import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { anyVersion, BcStage, num, root, type Answer } from './bc-stage.js';

/** A request that has arrived and is not answered yet. */
interface Pending {
  began: Promise<void>;
  isRunning: () => boolean;
  execute: () => number;
  leave: () => void;
}

function arrive(stage: BcStage, method: string, path: string): Pending {
  const operation = stage.bc.route(stage.request(method, `${root}/companies(${stage.north})/${path}`));
  let running = false;
  const began = (operation.before?.() ?? Promise.resolve()).then(() => {
    running = true;
  });
  return {
    began,
    isRunning: () => running,
    execute: () => operation.execute().status,
    leave: () => operation.after?.(),
  };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

describe('etags of Business Central', () => {
  test('S10: PATCH without If-Match is a 400 and with a stale etag a 409, in every set, and nothing is changed', () => {
    const stage = new BcStage();
    const vendor = stage.post('vendors', { number: 'V1', displayName: 'One' }).body;
    const invoice = stage.get(`purchaseInvoices(${stage.draft('A1')})`).body;
    const journal = stage.post('journals', { code: 'B1' }).body;
    const order = stage.post('purchaseOrders', { vendorNumber: '20000' }).body;
    const changes: [string, any, object][] = [
      ['vendors', vendor, { displayName: 'Two' }],
      ['purchaseInvoices', invoice, { dueDate: '2026-12-31' }],
      ['journals', journal, { displayName: 'Two' }],
      ['purchaseOrders', order, { shipToName: 'Two' }],
    ];
    for (const [set, row, change] of changes) {
      const at = `${set}(${row.id})`;
      const patch = (headers: Record<string, string>): Answer => stage.below('PATCH', at, change, headers);
      assert.deepEqual([patch({}).status, patch({}).code], [400, 'BadRequest_InvalidToken'], set);
      const stale = patch({ 'if-match': 'W/"JzE5OzE7MDA7Jw=="' });
      assert.deepEqual([stale.status, stale.code], [409, 'Request_EntityChanged'], set);
      const [name, value] = Object.entries(change)[0]!;
      assert.notEqual(stage.get(at).body[name], value, set);
      assert.equal(patch({ 'if-match': stage.get(at).body['@odata.etag'] }).status, 200, set);
      assert.equal(stage.get(at).body[name], value, set);
    }
  });

  test('S10: an etag in the body does not count, and a change of a line moves the etag of the header', () => {
    const stage = new BcStage();
    const order = stage.post('purchaseOrders', {
      vendorNumber: '20000',
      purchaseOrderLines: [{ lineObjectNumber: '8420', quantity: num('1'), directUnitCost: num('5') }],
    }).body;
    const at = `purchaseOrders(${order.id})`;
    const inBody = stage.below('PATCH', at, { '@odata.etag': order['@odata.etag'], shipToName: 'x' });
    assert.equal(inBody.code, 'BadRequest_InvalidToken');
    const [line] = stage.list(`${at}/purchaseOrderLines`);
    stage.below('PATCH', `purchaseOrderLines(${line.id})`, { quantity: num('2') }, anyVersion);
    const old = { 'if-match': order['@odata.etag'] };
    assert.equal(stage.below('PATCH', at, { shipToName: 'x' }, old).code, 'Request_EntityChanged');
  });

  test('S10: the answer to a PATCH has the new etag but the old change instant', () => {
    const stage = new BcStage();
    const vendor = stage.post('vendors', { number: 'V1', displayName: 'One' }).body;
    stage.nowMs += 60_000;
    const { body } = stage.below('PATCH', `vendors(${vendor.id})`, { displayName: 'Two' }, anyVersion);
    assert.notEqual(body['@odata.etag'], vendor['@odata.etag']);
    assert.equal(body.lastModifiedDateTime, vendor.lastModifiedDateTime);
    assert.notEqual(stage.get(`vendors(${vendor.id})`).body.lastModifiedDateTime, vendor.lastModifiedDateTime);
  });

  test('S59: reading a draft with write intent moves its etag, not its change instant, or sweeps would never end', () => {
    const stage = new BcStage();
    const order = stage.post('purchaseOrders', { vendorNumber: '20000' }).body;
    stage.nowMs += 60_000;
    const read = stage.get(`purchaseOrders(${order.id})`).body;
    assert.notEqual(stage.get(`purchaseOrders(${order.id})`).body['@odata.etag'], read['@odata.etag']);
    assert.equal(read.lastModifiedDateTime, order.lastModifiedDateTime);
  });
});

describe('limits of Business Central', () => {
  test('S49: 6,000 requests in five minutes are taken, the next is a 429 with the seconds to wait, and does nothing', () => {
    const stage = new BcStage();
    stage.bc.changeLimits({ requestLimit: 3 });
    stage.nowMs += 300_000;
    const answers = [1, 2, 3, 4].map((at) => {
      stage.nowMs += 1_000;
      return stage.post('vendors', { number: `L${String(at)}` });
    });
    assert.deepEqual(
      answers.map(({ status }) => status),
      [201, 201, 201, 429],
    );
    assert.equal(answers[3]!.code, 'Application_TooManyRequests');
    assert.equal(answers[3]!.headers['retry-after'], '297');
    stage.nowMs += 297_000;
    assert.deepEqual(stage.list("vendors?$filter=number eq 'L4'"), [], 'the window slides');
    assert.throws(() => {
      stage.bc.changeLimits({ requestLimit: 0 });
    });
  });

  test('S49: five requests run at a time, the sixth waits until one has left', async () => {
    const stage = new BcStage();
    const all = Array.from({ length: 7 }, () => arrive(stage, 'GET', 'vendors'));
    await settle();
    assert.deepEqual(
      all.map((one) => one.isRunning()),
      [true, true, true, true, true, false, false],
    );
    all[6]!.leave();
    await settle();
    assert.ok(!all[5]!.isRunning(), 'one that gave up in the queue makes no room');
    all[0]!.leave();
    await all[5]!.began;
    for (const one of all) one.leave();
    const later = arrive(stage, 'GET', 'vendors');
    await later.began;
    assert.equal(later.execute(), 200);
  });

  test('S80: a second posting in the same company deadlocks while the first is under way, and nothing of it is done', async () => {
    const stage = new BcStage();
    const [one, two] = [stage.draft('A1'), stage.draft('A2')];
    const first = arrive(stage, 'POST', `purchaseInvoices(${one})/Microsoft.NAV.post`);
    const second = arrive(stage, 'POST', `purchaseInvoices(${two})/Microsoft.NAV.Post`);
    await Promise.all([first.began, second.began]);
    assert.equal(second.execute(), 409);
    assert.equal(first.execute(), 204);
    first.leave();
    second.leave();
    assert.deepEqual(
      stage.bc.posted().map(({ mark }) => mark),
      ['20000/A1'],
    );
    const again = await stage.send(
      'POST',
      `${root}/companies(${stage.north})/purchaseInvoices(${two})/microsoft.nav.post`,
    );
    assert.equal(again.status, 204);
  });
});

describe('Business Central on a server of the customer', () => {
  const at = (stage: BcStage, path: string, headers: Record<string, string>): Answer =>
    stage.call('GET', `/BC/api/v2.0/${path}`, undefined, headers);
  const basic = (text: string): Record<string, string> => ({
    authorization: `Basic ${Buffer.from(text).toString('base64')}`,
  });
  const own = basic('CONNECTOR:a-web-service-key');

  test('S51: the tenant is served below its instance, for a user with his web service key', () => {
    const stage = new BcStage();
    const companies = at(stage, 'companies', own);
    assert.equal(companies.status, 200);
    assert.equal(companies.body.value[0].id, stage.north);
    assert.equal(at(stage, `companies(${stage.north})/vendors?tenant=default`, own).status, 200);
    const batch = { requests: [{ id: '1', method: 'GET', url: `companies(${stage.north})/accounts` }] };
    const answer = stage.call('POST', '/BC/api/v2.0/$batch', batch, own);
    assert.equal(answer.body.responses[0].status, '200');
    assert.equal(stage.call('GET', '/OTHER/api/v2.0/companies', undefined, own).status, 401);
  });

  test('C18, S51: a wrong key is a 401, and online takes no key at all', () => {
    const stage = new BcStage();
    assert.equal(at(stage, 'companies', basic('CONNECTOR:wrong')).code, 'Authentication_InvalidCredentials');
    assert.equal(at(stage, 'companies', basic('OTHER:a-web-service-key')).status, 401);
    assert.equal(at(stage, 'companies', {}).status, 200, 'Entra ID works on both');
    assert.equal(stage.call('GET', `${root}/companies`, undefined, own).status, 401);
  });

  test('C18, S51: without API v2.0 or webhooks the server says so', () => {
    const stage = new BcStage();
    stage.bc.changeSetUpFaults({ 'webhooks-off': true });
    assert.equal(at(stage, 'subscriptions', own).code, 'BadRequest_ResourceNotFound');
    stage.bc.changeSetUpFaults({ 'api-missing': true });
    assert.equal(at(stage, 'companies', own).code, 'BadRequest_ResourceNotFound');
    stage.bc.changeSetUpFaults({ 'api-missing': 405 });
    assert.equal(at(stage, 'companies', own).status, 405);
  });
});
