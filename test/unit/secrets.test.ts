import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { readSecret, Secret } from '../../src/config/secrets.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { configFiles, validEnvironment } from './config-files.js';

test('S32: a secret shows a placeholder wherever it is printed, and its value only to who asks for it', () => {
  const secret = new Secret('hunter2');
  const lines: string[] = [];
  pino({ level: 'info' }, { write: (line: string) => lines.push(line) }).info({ secret }, 'a line');
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { depth: 9, showHidden: true }),
    ...lines,
  ];
  for (const text of shown) {
    assert.ok(text.includes('[secret]') && !text.includes('hunter2'), text);
  }
  assert.equal(secret.reveal(), 'hunter2');
});

test('S32: secrets that are missing are named by variable or file and line, all together, without any value', (t) => {
  const { faults } = configFiles(t, [['file: concur-secret', 'file: gone-secret']]);
  const found = faults({ FO_SECRET: 'fo-secret-value', ENCRYPTION_KEY: '' });
  assert.deepEqual(found, [
    '3: operation.encryptionKey: environment variable ENCRYPTION_KEY is not set',
    '9: concur.0.clientSecret: file gone-secret cannot be read',
    '32: erp.1.clientSecret: environment variable BC_SECRET is not set',
  ]);
});

test('S32: a secret that stands in the file itself is refused, without being repeated', (t) => {
  const { faults } = configFiles(t, [['clientSecret: { env: FO_SECRET }', 'clientSecret: hunter2']]);
  const [fault, ...more] = faults();
  assert.match(fault ?? '', /^17: erp\.0\.clientSecret: a secret never stands in this file; write \{ env: NAME \}/);
  assert.ok(!(fault ?? '').includes('hunter2') && more.length === 0);
});

test('S32: an encryption key of another length is a fault of the file, told without its value', (t) => {
  const { faults } = configFiles(t);
  const [fault] = faults({ ...validEnvironment, ENCRYPTION_KEY: 'c2hvcnQ=' });
  assert.match(fault ?? '', /^3: operation\.encryptionKey: needs 32 random bytes in base64/);
  assert.ok(!fault?.includes('c2hvcnQ='));
});

test('S32: an alert address may be a secret, and is one in memory however it is given', (t) => {
  const address = 'https://hooks.example/T0/hunter2';
  const plain = configFiles(t, [['operation:\n', `operation:\n  alertWebhookUrl: ${address}\n`]]).load();
  assert.equal(plain.alertWebhookUrl?.reveal(), address);
  const files = configFiles(t, [['operation:\n', 'operation:\n  alertWebhookUrl: { env: HOOK }\n']]);
  assert.equal(files.load({ ...validEnvironment, HOOK: address }).alertWebhookUrl?.reveal(), address);
  const [fault] = files.faults({ ...validEnvironment, HOOK: 'hunter2' });
  assert.match(fault ?? '', /operation\.alertWebhookUrl: the secret holds no URL/);
  assert.ok(!fault?.includes('hunter2'));
});

test('A secret in a file loses the line end that editors add, and an empty file is no secret', (t) => {
  const { load } = configFiles(t);
  assert.equal(load().clientSecrets['emea']?.reveal(), 'concur-secret-value');
  const empty = configFiles(t, [['file: concur-secret', 'file: empty']], { empty: '\n' });
  assert.match(empty.faults()[0] ?? '', /file empty is empty/);
  assert.deepEqual(readSecret({ env: 'X' }, '.', { X: '' }), { problem: 'environment variable X is not set' });
});

test('S32: a sealed secret opens only with its key, in its place and unaltered', () => {
  const key = () => Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64');
  const sealer = createSealer(key());
  const envelope = sealer.seal('hunter2', 'concur-tokens/emea');
  assert.equal(sealer.open(envelope, 'concur-tokens/emea'), 'hunter2');
  assert.ok(!envelope.sealed.includes('hunter2'));
  assert.notDeepEqual(sealer.seal('hunter2', 'concur-tokens/emea').sealed, envelope.sealed, 'never the same twice');
  assert.throws(() => sealer.open(envelope, 'concur-tokens/other'));
  assert.throws(() => createSealer(key()).open(envelope, 'concur-tokens/emea'), /but the configured key is/);
  const altered = Buffer.from(envelope.sealed);
  altered[altered.length - 1]! ^= 1;
  assert.throws(() => sealer.open({ ...envelope, sealed: altered }, 'concur-tokens/emea'));
});
