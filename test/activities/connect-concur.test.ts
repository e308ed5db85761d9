import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { Unavailable } from '../../src/clients/http/errors.js';
import { connectedLines } from '../../src/cli/credentials-commands.js';
import { connectConcurCompany, UnknownConnection } from '../../src/composition/connect-concur.js';
import { appCenterConnect } from '../../src/composition/event-receiver.js';
import type { Parts } from '../../src/composition/parts.js';
import { assembleParts } from '../../src/composition/parts.js';
import { readyTopic } from '../../src/contracts/events.js';
import { createLogger } from '../../src/observability/logger.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { createTokenStore } from '../../src/store/token-store.js';
import { answer, serve } from '../clients/http-support.js';
import { configFiles, validEnvironment } from '../unit/config-files.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

let stage: Stage;
before(async () => {
  stage = await openStage();
});
after(() => stage.close());

const invented = 'https://invented-7.api.concursolutions.com';
const grant = {
  expires_in: '3600',
  token_type: 'Bearer',
  scope: 'FISVC INVPMT',
  access_token: 'access-of-acme',
  refresh_token: 'refresh-of-acme',
  refresh_expires_in: 4_000_000_000,
  geolocation: `${invented}/oauth2/v0/token`,
};

/** An installation whose token host is a server of the test's own, under a connection name that no other test uses. */
async function installation(
  t: TestContext,
  name: string,
  answers: (form: URLSearchParams, nth: number) => [status: number, body: object],
  environment: NodeJS.ProcessEnv = validEnvironment,
): Promise<{
  parts: Parts;
  forms: URLSearchParams[];
  keeper: string[];
  signalKeeper: (name: string) => Promise<void>;
}> {
  const forms: URLSearchParams[] = [];
  const { origin } = await serve(t, ({ body }, response, nth) => {
    forms.push(new URLSearchParams(body));
    const [status, json] = answers(forms.at(-1)!, nth);
    answer(response, status, JSON.stringify(json));
  });
  const connections = configFiles(t, [
    ['https://glz.example', origin],
    ['name: emea', `name: ${name}`],
  ]).load(environment);
  const { db, leases } = stage;
  const logger = createLogger({ level: 'silent', name: 'test' });
  const parts = assembleParts({ connections, db, leases, logger, stopping: new AbortController().signal });
  const keeper: string[] = [];
  const signalKeeper = async (connection: string) => void keeper.push(connection);
  return { parts, forms, keeper, signalKeeper };
}

test('S20, S21, S31: connecting exchanges at once, tells data centre and scopes, and wakes the keeper', async (t) => {
  const { parts, forms, keeper, signalKeeper } = await installation(t, 'acme', () => [200, grant]);
  const result = await connectConcurCompany(parts, 'acme', 'request-of-acme', signalKeeper);
  assert.ok(result.status === 'connected');
  assert.deepEqual(
    [forms[0]?.get('credtype'), forms[0]?.get('grant_type'), forms[0]?.get('password'), forms.length],
    ['authtoken', 'password', 'request-of-acme', 1],
  );
  assert.equal(result.dataCentre, invented);
  assert.deepEqual(keeper, ['acme']);
  assert.equal(result.replacedUnreadable, false);
  const required = result.missingScopes.filter(({ isRequired }) => isRequired).map(({ scope }) => scope);
  assert.deepEqual(required, ['invoice.paymentconfirmation.write', 'INVVEN'], 'it is configured for invoices');
  const lines = connectedLines('acme', result);
  assert.ok(lines.includes(`Data centre: ${invented}`));
  assert.ok(lines.some((line) => /^ {2}invoice\.paymentconfirmation\.write \(needed by.*never become Paid/.test(line)));
  assert.ok(lines.some((line) => /^ {2}INVPO \(not needed as it is configured\)/.test(line)));
  assert.doesNotMatch(JSON.stringify([result, lines]), /(request|access|refresh)-of-acme/);
});

test('S31: without FISVC the connection is stored, and the result says that it is of no use', async (t) => {
  const { parts, signalKeeper } = await installation(t, 'narrow', () => [200, { ...grant, scope: 'INVPMT' }]);
  const result = await connectConcurCompany(parts, 'narrow', 'request', signalKeeper);
  assert.ok(result.status === 'connected');
  const [first] = result.missingScopes;
  assert.ok(first?.scope === 'FISVC' && first.isRequired && /cannot be used/.test(first.switchesOff));
});

test('S22: code 5 asks for a new company request token; nothing is left of the refused one', async (t) => {
  const { parts, forms, signalKeeper, keeper } = await installation(t, 'late', () => [
    400,
    { code: 5, error: 'invalid_grant' },
  ]);
  const result = await connectConcurCompany(parts, 'late', 'request', signalKeeper);
  assert.ok(result.status === 'refused');
  assert.deepEqual([result.code, keeper, forms.length], ['5', [], 1]);
  assert.match(result.reason, /ask for a new company request token/);
  assert.match(result.remedy, /credentials concur --connection late/);
  const { rows } = await stage.db.query("select 1 from concur_request_tokens where connection = 'late'");
  assert.deepEqual(rows, []);
});

test('S33: a user token and an app token are refused with the reason, and nothing is stored', async (t) => {
  const claims = Buffer.from('{"concur.type":"user"}').toString('base64url');
  const answers = [
    { ...grant, access_token: `e30.${claims}.sig` },
    { ...grant, refresh_token: undefined },
  ];
  const { parts, signalKeeper } = await installation(t, 'person', (_form, nth) => [200, answers[nth - 1]!]);
  for (const reason of [/user token/, /no refresh token/]) {
    const result = await connectConcurCompany(parts, 'person', 'request', signalKeeper);
    assert.ok(result.status === 'refused' && result.code === 'NOT_COMPANY_LEVEL');
    assert.match(result.reason, reason);
    assert.match(result.reason, /company-level access/);
  }
  const { rows } = await stage.db.query("select 1 from concur_tokens where connection = 'person'");
  assert.deepEqual(rows, []);
});

test('S24: a refused request token leaves the tokens that were there in use', async (t) => {
  const { parts, signalKeeper } = await installation(t, 'twice', (_form, nth) =>
    nth === 1 ? [200, grant] : [400, { code: 136 }],
  );
  await connectConcurCompany(parts, 'twice', 'request', signalKeeper);
  const result = await connectConcurCompany(parts, 'twice', 'of another app', signalKeeper);
  assert.ok(result.status === 'refused' && result.code === '136');
  assert.match(result.remedy, /stay in use/);
  const tokens = createTokenStore(stage.db, createSealer(parts.connections.encryptionKey.reveal()));
  assert.equal((await tokens.facts('twice'))?.parked, null);
  const kept = await tokens.requestToken('twice');
  assert.deepEqual([kept?.open(), kept?.refused], ['request', null], 'the accepted one still cures a lost renewal');
});

test('S22, S24: what Concur could not judge is kept for the keeper, but never in the place of an accepted one', async (t) => {
  const answers: [number, object][] = [
    [503, {}],
    [200, grant],
    [503, {}],
  ];
  const { parts, signalKeeper } = await installation(t, 'away', () => answers.shift()!);
  const tokens = createTokenStore(stage.db, createSealer(parts.connections.encryptionKey.reveal()));
  const stored = async () => {
    const request = await tokens.requestToken('away');
    return [request?.open(), request?.exchangedAt !== null];
  };
  await assert.rejects(connectConcurCompany(parts, 'away', 'early', signalKeeper), Unavailable);
  assert.deepEqual(await stored(), ['early', false]);
  await connectConcurCompany(parts, 'away', 'good', signalKeeper);
  await assert.rejects(connectConcurCompany(parts, 'away', 'late', signalKeeper), Unavailable);
  assert.deepEqual(await stored(), ['good', true]);
});

test('S21, S70: the landing page subscribes before it exchanges, once an hour, and stores nothing that Concur has not accepted', async (t) => {
  const seen: string[] = [];
  const subscription = { id: 'ours', topic: readyTopic, companyIds: ['.*'] };
  let accepts = false;
  let isAway = true;
  const { origin } = await serve(t, ({ method, url, body }, response) => {
    const form = new URLSearchParams(body);
    if (form.get('grant_type') === 'client_credentials') {
      answer(response, 200, JSON.stringify({ ...grant, access_token: 'app', geolocation: origin }));
    } else if (form.get('grant_type') === 'password') {
      seen.push(`exchange ${form.get('password') ?? ''}`);
      if (isAway) answer(response, 503, '');
      else answer(response, accepts ? 200 : 400, JSON.stringify(accepts ? grant : { code: 5, error: 'invalid_grant' }));
    } else if (method === 'PUT') {
      seen.push('subscribe');
      answer(response, 200);
    } else {
      answer(response, 200, JSON.stringify(url.endsWith('/topics') ? [readyTopic] : [subscription]));
    }
  });
  const events = { endpoint: 'https://hooks.example/concur/events/page', dataCenter: origin, subscriptionId: 'ours' };
  const connections = configFiles(t, [
    ['https://glz.example', origin],
    ['name: emea', 'name: page'],
    ['    systemId: connector-emea\n', `    systemId: connector-emea\n    events: ${JSON.stringify(events)}\n`],
  ]).load(validEnvironment);
  const logger = createLogger({ level: 'silent', name: 'test' });
  const { db, leases, now, passSeconds } = stage;
  const assembled = assembleParts({ connections, db, leases, logger, stopping: new AbortController().signal });
  const parts = { ...assembled, shared: { ...assembled.shared, now } };
  const tokens = createTokenStore(db, createSealer(connections.encryptionKey.reveal()));
  const signalled: string[] = [];
  const connect = appCenterConnect(parts, async (name) => void signalled.push(name));
  await assert.rejects(connect('page', '', 'guess-0'), Unavailable);
  isAway = false;
  for (const guess of ['guess-1', 'guess-2']) assert.equal((await connect('page', '', guess)).connected, false);
  assert.deepEqual(seen, ['subscribe', 'exchange guess-0', 'exchange guess-1', 'exchange guess-2']);
  assert.equal(await tokens.requestToken('page'), undefined);
  passSeconds(3_601);
  seen.length = 0;
  accepts = true;
  assert.equal((await connect('page', '', 'good')).connected, true);
  assert.deepEqual(seen, ['subscribe', 'exchange good', 'subscribe']);
  assert.equal((await tokens.requestToken('page'))?.open(), 'good');
  assert.deepEqual(signalled, ['page']);
});

test('S32: after a change of the encryption key a new request token replaces the unreadable row, and says so', async (t) => {
  const first = await installation(t, 'rekeyed', () => [200, grant]);
  await connectConcurCompany(first.parts, 'rekeyed', 'request', first.signalKeeper);
  const environment = { ...validEnvironment, ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64') };
  const { parts, signalKeeper } = await installation(t, 'rekeyed', () => [200, grant], environment);
  const result = await connectConcurCompany(parts, 'rekeyed', 'anew', signalKeeper);
  assert.ok(result.status === 'connected' && result.replacedUnreadable);
  assert.ok(connectedLines('rekeyed', result).some((line) => /another encryption key; they are replaced/.test(line)));
  const again = await connectConcurCompany(parts, 'rekeyed', 'anew', signalKeeper);
  assert.ok(again.status === 'connected' && !again.replacedUnreadable);
});

test('S23: nextClientSecret of the connections file is tried where Concur refuses the first (code 64)', async (t) => {
  const { origin } = await serve(t, ({ body }, response) => {
    const isNew = new URLSearchParams(body).get('client_secret') === 'secret-to-come';
    answer(response, isNew ? 200 : 401, JSON.stringify(isNew ? grant : { code: 64, error: 'invalid_client' }));
  });
  const connections = configFiles(t, [
    ['https://glz.example', origin],
    ['name: emea', 'name: rotating'],
    ['{ file: concur-secret }', '{ file: concur-secret }\n    nextClientSecret: { env: NEXT_SECRET }'],
  ]).load({ ...validEnvironment, NEXT_SECRET: 'secret-to-come' });
  const logger = createLogger({ level: 'silent', name: 'test' });
  const stopping = new AbortController().signal;
  const parts = assembleParts({ connections, db: stage.db, leases: stage.leases, logger, stopping });
  const result = await connectConcurCompany(parts, 'rotating', 'request', () => Promise.reject(new Error('no keeper')));
  assert.ok(result.status === 'connected' && !result.keeperTold);
});

test('S20: a connection that the file does not name is refused before anything is stored', async (t) => {
  const { parts, forms } = await installation(t, 'known', () => [200, grant]);
  await assert.rejects(connectConcurCompany(parts, 'unknown', 'request'), (error) => {
    assert.ok(error instanceof UnknownConnection);
    assert.match(error.message, /the file names known/);
    return true;
  });
  const { rows } = await stage.db.query("select 1 from concur_request_tokens where connection = 'unknown'");
  assert.deepEqual([rows, forms], [[], []]);
});
