import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeWebhooks, type WebhookFacts } from '../../src/cli/doctor/webhook-findings.js';
import type { BcSubscription } from '../../src/clients/dynamics-nav/subscriptions.js';
import type { WantedWebhook } from '../../src/store/webhook-store.js';

const now = new Date('2026-08-10T12:00:00Z');
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

const wanted = (change: Partial<WantedWebhook> = {}): WantedWebhook => ({
  ...{ connection: 'bc', company: 'North Ltd', set: 'vendors', group: 'master-data', companyId: 'c1' },
  ...{ subscriptionId: 's1', expiresAt: inHours(60), renewedAt: inHours(-12), misses: 0, trouble: null },
  ...{ sweptAt: inHours(-1), isSweepDue: false },
  ...change,
});
const listed = (change: Partial<BcSubscription> = {}): BcSubscription => ({
  ...{ id: 's1', notificationUrl: 'https://hooks.example.com/hooks/nav/token', resource: '/api/v2.0/x' },
  ...{ expiresAt: inHours(60), ...change },
});

/** What the doctor says, one line per finding. */
function said(change: Partial<WebhookFacts> = {}): { lines: string; remedies: string } {
  const findings = judgeWebhooks({
    ...{ connection: 'bc', publicUrl: 'https://hooks.example.com', now, webhooks: [wanted()], listed: [listed()] },
    ...{ isUnreached: false, putAside: [], lastNotificationAt: inHours(-2), ...change },
  });
  return {
    lines: findings.map(({ status, check, found }) => `${status} ${check}: ${found}`).join('\n'),
    remedies: findings.map(({ remedy = '' }) => remedy).join('\n'),
  };
}

test('B7, S54: subscriptions that stand and a receiver that is reached are told as such', () => {
  const { lines } = said();
  assert.doesNotMatch(lines, /fail|warn/);
  assert.match(lines, /ok webhook receiver: Business Central reaches it\. The last notification came in 2 hours ago/);
  assert.match(lines, /ok webhook vendors, North Ltd: It stands for 60 more hours/);
  assert.match(said({ lastNotificationAt: undefined }).lines, /No notification has come in within seven days/);
});

test('B7, S58: a subscription that Business Central does not list, or that was never made, fails with its remedy', () => {
  const gone = said({ listed: [listed({ id: 'of somebody else' })] });
  assert.match(gone.lines, /fail webhook vendors, North Ltd: Business Central does not list its subscription any more/);
  assert.match(gone.remedies, /webhooks renew --connection bc.*reads what was changed meanwhile/);
  const never = said({
    webhooks: [wanted({ subscriptionId: null, expiresAt: null, renewedAt: null, trouble: 'No.' })],
  });
  assert.match(never.lines, /fail webhook receiver: It has never answered a handshake/);
  assert.match(never.lines, /fail webhook vendors, North Ltd: There is no subscription\. No\./);
  assert.match(never.remedies, /https:\/\/hooks\.example\.com can be reached from the internet over TLS/);
  assert.match(said({ webhooks: [] }).lines, /fail webhooks: The keeper has not looked after them yet/);
});

test('B7, S54: what Business Central says of the end counts, and a renewal that is overdue is told before it is lost', () => {
  const late = said({
    listed: [listed({ expiresAt: inHours(29) })],
    webhooks: [wanted({ misses: 3, trouble: 'Away.' })],
  });
  assert.match(
    late.lines,
    /warn webhook vendors, North Ltd: It ends in 29 hours and was not renewed \(3 attempts\)\. Away\./,
  );
  assert.match(late.remedies, /workflow webhooks:.*runs/);
  assert.match(said({ listed: [listed({ expiresAt: inHours(11) })] }).lines, /fail webhook vendors.*ends in 11 hours/);
});

test('B7: a receiver that is not reached any more, and an address that is not the configured one, are told', () => {
  const unreached = said({ isUnreached: true });
  assert.match(
    unreached.lines,
    /fail webhook receiver: Business Central was asked to call it, and did not get through/,
  );
  const elsewhere = said({ listed: [listed({ notificationUrl: 'https://hooks.example.com.evil.test/hooks/nav/x' })] });
  assert.match(elsewhere.lines, /warn webhook vendors, North Ltd: It delivers to another address/);
});

test('B7, S56: notifications with a wrong client state are counted, by reason', () => {
  const aside = said({ putAside: [{ reason: 'the client state is wrong', count: 7 }] });
  assert.match(aside.lines, /warn webhook quarantine: .*the client state is wrong \(7\)/);
  assert.match(aside.remedies, /knows the address and not its secret.*webhooks renew --connection bc/);
});
