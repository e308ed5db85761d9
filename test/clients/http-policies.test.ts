import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rejected } from '../../src/clients/http/errors.js';
import { assertAllowedBaseUrl, HostNotAllowed } from '../../src/clients/http/hosts.js';
import { publishableId, safeCause } from '../../src/clients/http/redaction.js';
import { parseRetryAfter } from '../../src/clients/http/retry-after.js';

const NOW = new Date('2026-09-01T10:00:00Z');
const ALLOW = [String.raw`^https://(www-)?[a-z0-9-]+\.api\.concursolutions\.com$`, String.raw`https://erp\.example`];

test('S44: Retry-After is read as seconds and as every form of HTTP date, never shorter than one second', () => {
  assert.equal(parseRetryAfter('7', NOW), 7_000);
  assert.equal(parseRetryAfter(' 1.5 ', NOW), 1_500);
  assert.equal(parseRetryAfter('0', NOW), 1_000);
  assert.equal(parseRetryAfter('Tue, 01 Sep 2026 10:00:07 GMT', NOW), 7_000);
  assert.equal(parseRetryAfter('Tuesday, 01-Sep-26 10:00:07 GMT', NOW), 7_000);
  assert.equal(parseRetryAfter('Tue, 01 Sep 2026 09:59:00 GMT', NOW), 1_000);
  assert.equal(parseRetryAfter('999999999', NOW), 86_400_000);
  for (const unreadable of [undefined, '', '-5', 'soon', 'Tue, never']) {
    assert.equal(parseRetryAfter(unreadable, NOW), undefined);
  }
});

test('S26: an allowed origin passes, whatever path was appended', () => {
  assert.equal(
    assertAllowedBaseUrl('https://US2.api.concursolutions.com/oauth2/v0/token', ALLOW),
    'https://us2.api.concursolutions.com',
  );
  assert.equal(
    assertAllowedBaseUrl('https://www-eu2.api.concursolutions.com', ALLOW),
    'https://www-eu2.api.concursolutions.com',
  );
});

test('S27: http and any port pass on loopback addresses only', () => {
  for (const url of ['http://127.0.0.1:8080/x', 'http://127.9.8.7', 'http://[::1]:99', 'https://127.0.0.1']) {
    assert.equal(assertAllowedBaseUrl(url, []), new URL(url).origin);
  }
});

test('S25: any other origin is refused with a remedy, and its host is not named', () => {
  const refused = [
    'http://us2.api.concursolutions.com',
    'https://us2.api.concursolutions.com.evil.example',
    'https://evil.example/https://us2.api.concursolutions.com',
    'https://us2.api.concursolutions.com:8443',
    'https://user:pass@us2.api.concursolutions.com',
    'https://erp.example.evil.example',
    'http://localhost:8080',
    'http://127.0.0.1.evil.example',
    'ftp://127.0.0.1',
    'not a url',
    '',
  ];
  for (const url of refused) {
    assert.throws(
      () => assertAllowedBaseUrl(url, ALLOW),
      (error) => {
        assert.ok(error instanceof HostNotAllowed && error instanceof Rejected, url);
        assert.equal(error.code, 'HOST_NOT_ALLOWED');
        assert.ok(error.remedy.length > 0);
        assert.doesNotMatch(error.message, /evil|concursolutions|localhost|pass/);
        return true;
      },
    );
  }
});

test('S32: a cause keeps kind and machine code and loses its message; odd correlation ids are dropped', () => {
  const inner = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });
  const cause = safeCause(new TypeError('fetch https://secret.example failed', { cause: inner }));
  assert.equal(cause.message, 'TypeError ECONNREFUSED');
  assert.equal(cause.cause, undefined);
  assert.equal(safeCause('a string with a secret').message, 'Error');
  assert.equal(publishableId('3f2a77d0-1111-4c3b-9a44-5b6c7d8e9f00'), '3f2a77d0-1111-4c3b-9a44-5b6c7d8e9f00');
  assert.equal(publishableId('<script>alert(1)</script>'), undefined);
});
