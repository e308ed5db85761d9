import assert from 'node:assert/strict';
import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createEventJudge } from '../../src/events/event-judge.js';
import { createSignatureCheck } from '../../src/events/event-signature.js';
import type { EventKey } from '../../src/contracts/events.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const shared = join(projectRoot(), '..', 'shared');
const vectorPath = join(shared, 'samples', 'concur', 'ess-signature', 'valid-pss-sha256-maxsalt.json');
const keysPath = join(shared, 'contracts', 'concur-ess-public-keys.json');

interface Signer extends EventKey {
  pss: (body: Buffer, saltLength?: number, hash?: string) => string;
  pkcs1: (body: Buffer) => string;
}

function signer(id: string): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    id,
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    pss: (body, saltLength = constants.RSA_PSS_SALTLEN_MAX_SIGN, hash = 'sha256') =>
      sign(hash, body, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }).toString('base64'),
    pkcs1: (body) => sign('sha256', body, privateKey).toString('base64'),
  };
}

const current = signer('2026');
const retired = signer('2025');
const body = Buffer.from('{ "eventType" : "expense.readyForIntegration", "note": "Zażółć – 領収書 €" }\n');

describe('the signature of an event', () => {
  const check = createSignatureCheck(['pss-sha256'], [current]);

  it('S71: the body as received verifies, and the result names algorithm and key', () => {
    assert.deepEqual(check(body, current.pss(body)), { verified: true, algorithm: 'pss-sha256', keyId: '2026' });
  });

  it('S71: any length of salt is accepted, and blanks around the header', () => {
    assert.equal(check(body, ` ${current.pss(body, 32)} `).verified, true);
    assert.equal(check(body, current.pss(body, 0)).verified, true);
  });

  it('S71: a body altered by one byte does not verify, wherever the byte is', () => {
    const signature = current.pss(body);
    for (const place of [0, 20, body.length - 1]) {
      const altered = Buffer.from(body);
      altered[place]! ^= 1;
      assert.equal(check(altered, signature).verified, false);
    }
  });

  it('S71: trap 11: the same JSON in other bytes does not verify', () => {
    const again = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    assert.notDeepEqual(again, body);
    assert.equal(check(again, current.pss(body)).verified, false);
  });

  it('S71: a missing, empty or senseless header never verifies and never throws', () => {
    assert.deepEqual(check(body, undefined), { verified: false, reason: 'no signature' });
    assert.deepEqual(check(body, '  '), { verified: false, reason: 'no signature' });
    for (const header of ['garbage', '!!!', 'A'.repeat(10_000), Buffer.alloc(256).toString('base64')]) {
      assert.equal(check(body, header).verified, false, header.slice(0, 10));
    }
  });

  it('S71: a retired key does not verify; B26: in the set of keys it does, and the result says so', () => {
    const signature = retired.pss(body);
    assert.equal(check(body, signature).verified, false);
    const both = createSignatureCheck(['pss-sha256'], [current, retired]);
    assert.deepEqual(both(body, signature), { verified: true, algorithm: 'pss-sha256', keyId: '2025' });
    assert.deepEqual(both(body, current.pss(body)), { verified: true, algorithm: 'pss-sha256', keyId: '2026' });
  });

  it('S71: only listed algorithms count: PKCS #1 is a setting, not a fall-back', () => {
    assert.equal(check(body, current.pkcs1(body)).verified, false);
    const either = createSignatureCheck(['pss-sha256', 'pss-sha512', 'pkcs1-sha256'], [current]);
    assert.deepEqual(either(body, current.pkcs1(body)), { verified: true, algorithm: 'pkcs1-sha256', keyId: '2026' });
    const sha512 = current.pss(body, constants.RSA_PSS_SALTLEN_DIGEST, 'sha512');
    assert.deepEqual(either(body, sha512), { verified: true, algorithm: 'pss-sha512', keyId: '2026' });
  });

  it('S71: without a key nothing verifies', () => {
    const result = createSignatureCheck(['pss-sha256'], [])(body, current.pss(body));
    assert.deepEqual(result, { verified: false, reason: 'no key is configured' });
  });

  it('S71: the test vector of the specification verifies', (t) => {
    if (!existsSync(vectorPath)) {
      t.skip('the test vectors are not there');
      return;
    }
    const vector = JSON.parse(readFileSync(vectorPath, 'utf8'));
    const keys = [current, { id: 'vector', pem: vector.publicKeyPem }];
    const result = createSignatureCheck(['pss-sha256'], keys)(
      Buffer.from(vector.rawBodyBase64, 'base64'),
      vector.headers['Concur-Signature'],
    );
    assert.deepEqual(result, { verified: true, algorithm: 'pss-sha256', keyId: 'vector' });
  });

  it('B26: both published keys of Concur can be used together', (t) => {
    if (!existsSync(keysPath)) {
      t.skip('the published keys are not there');
      return;
    }
    const { keys } = JSON.parse(readFileSync(keysPath, 'utf8'));
    const published = keys.map((key: { publicKeyPem: string; spkiSha256Base64: string }) => ({
      id: key.spkiSha256Base64,
      pem: key.publicKeyPem,
    }));
    assert.equal(published.length, 2);
    const result = createSignatureCheck(['pss-sha256'], published)(body, current.pss(body));
    assert.deepEqual(result, { verified: false, reason: 'the signature fits no configured key' });
  });
});

describe('the verdict about an event', () => {
  const settings = { algorithms: ['pss-sha256'] as const, keys: [current] };
  const noHeader = () => undefined;

  it('S71: enforce puts aside what does not verify, observe and off do not', () => {
    const verdictIn = (mode: 'off' | 'observe' | 'enforce', header?: string) =>
      createEventJudge({ ...settings, mode }).judge(body, header, noHeader).verdict;
    assert.deepEqual(
      (['off', 'observe', 'enforce'] as const).map((mode) => verdictIn(mode, retired.pss(body))),
      ['unverified', 'unverified', 'quarantined'],
    );
    assert.deepEqual(
      (['off', 'observe', 'enforce'] as const).map((mode) => verdictIn(mode, current.pss(body))),
      ['unverified', 'verified', 'verified'],
    );
  });

  it('C20: a wrong client certificate puts an event aside in every mode, also a signed one', () => {
    const rule = { header: 'X-Client-Subject', commonName: 'webhook.api.concursolutions.com' };
    const judge = createEventJudge({ ...settings, mode: 'off', clientCertificate: rule });
    const verdictOf = (subject?: string) =>
      judge.judge(body, current.pss(body), (name) => (name === rule.header ? subject : undefined)).verdict;
    const ours = 'CN=webhook.api.concursolutions.com,O=SAP SE,L=Walldorf,ST=Baden-Württemberg,C=DE';
    assert.equal(verdictOf(ours), 'unverified');
    assert.equal(verdictOf('webhook.api.concursolutions.com'), 'unverified');
    assert.equal(verdictOf('C=DE, O=Other Name, cn = webhook.api.concursolutions.com'), 'unverified');
    for (const foreign of [
      undefined,
      '',
      'CN=webhook.api.concursolutions.com.evil.example',
      'CN=evil.example,O=CN=webhook.api.concursolutions.com',
      String.raw`CN=evil.example,O=a\,CN=webhook.api.concursolutions.com`,
      'CN=webhook.api.concursolutions.com, CN=evil.example',
    ]) {
      assert.equal(verdictOf(foreign), 'quarantined', foreign);
    }
  });

  it('B26: another key, algorithm or mode is another set of keys; the same settings are the same', () => {
    const setOf = (changes: object) => createEventJudge({ ...settings, mode: 'enforce', ...changes }).keySet;
    const sets = [{}, { keys: [current, retired] }, { algorithms: ['pkcs1-sha256'] }, { mode: 'observe' }].map(setOf);
    assert.equal(new Set(sets).size, 4);
    assert.equal(setOf({}), sets[0]);
  });
});
