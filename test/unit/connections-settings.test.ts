import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { documentDependencies, unobservablePayments } from '../../src/composition/document-dependencies.js';
import type { Parts } from '../../src/composition/parts.js';
import type { Connections } from '../../src/config/load-connections.js';
import { loadConnections, parseConnectionsFile } from '../../src/config/load-connections.js';
import { SettingsError } from '../../src/config/settings-error.js';
import { projectRoot } from '../../src/launcher/project-root.js';

const example = readFileSync(join(projectRoot(), 'examples', 'connections.yaml'), 'utf8');
const webhook = 'https://alerts.example.com/hooks/concur-dynamics';
const environment = {
  CONNECTOR_DATABASE_URL: 'postgres://127.0.0.1/connector',
  CONNECTOR_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  CONCUR_ACME_EU_CLIENT_SECRET: 'a',
  CONCUR_ACME_US_CLIENT_SECRET: 'b',
  FO_CLIENT_SECRET: 'c',
  BC_CLIENT_SECRET: 'd',
  ALERT_WEBHOOK: webhook,
};

let folder = '';
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'connector-settings-'));
});
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes the example with one thing changed; tables and mapping files are found at their own place. */
function changed(from: string, to: string): string {
  assert.ok(example.includes(from), from);
  const path = join(folder, 'connections.yaml');
  const examples = join(projectRoot(), 'examples');
  const text = example.replace(from, to).replaceAll('table: tables/', `table: ${examples}/tables/`);
  writeFileSync(path, text.replaceAll('file: mapping/', `file: ${examples}/mapping/`));
  return path;
}

function problemsOf(path: string, given: NodeJS.ProcessEnv = environment): string {
  try {
    loadConnections(path, given);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message;
  }
  return '';
}

test('a time zone that does not exist and a pattern that does not compile are faults with their line', () => {
  assert.match(
    problemsOf(changed('timeZone: America/Chicago', 'timeZone: Europe/Atlantis')),
    /:\d+: .*timeZone: .*known/,
  );
  const mode = 'kind: dynamics-fo';
  assert.match(
    problemsOf(changed(mode, `${mode}\n    hostAllow: ["https://(acme"]`)),
    /:\d+: .*hostAllow\.0: .*regular/,
  );
  const system = 'systemId: acme-dynamics';
  const pattern = changed(system, `${system}\n    geolocationAllow: ["[a-"]`);
  assert.match(problemsOf(pattern), /:\d+: .*geolocationAllow\.0: .*regular/);
});

test('S32: the alert webhook may be a secret; it must hold an address, and no message repeats it', () => {
  const direct = loadConnections(changed(webhook, webhook), environment);
  assert.equal(direct.alertWebhookUrl?.reveal(), webhook);
  const secret = changed(webhook, '{ env: ALERT_WEBHOOK }');
  const loaded = loadConnections(secret, environment);
  assert.equal(loaded.alertWebhookUrl?.reveal(), webhook);
  assert.ok(!JSON.stringify({ ...loaded, databaseUrl: '' }).includes(webhook));
  assert.match(
    problemsOf(secret, { ...environment, ALERT_WEBHOOK: undefined }),
    /alertWebhookUrl: .*ALERT_WEBHOOK is not set/,
  );
  const faulty = problemsOf(secret, { ...environment, ALERT_WEBHOOK: 'hush-hush' });
  assert.match(faulty, /:\d+: operation\.alertWebhookUrl: the secret holds no URL/);
  assert.ok(!faulty.includes('hush-hush'));
  assert.match(problemsOf(changed(webhook, 'mailto:me')), /alertWebhookUrl: Invalid URL/);
});

test('each ERP connection has its own posting deadline', () => {
  const kind = 'kind: dynamics-fo';
  const connections = loadConnections(changed(kind, `${kind}\n    postingDeadlineHours: 1.5`), environment);
  const { postingDeadlineSeconds, unobservablePayments: without } = documentDependencies(partsOf(connections));
  assert.deepEqual(postingDeadlineSeconds, { fo: 5_400, bc: 86_400 });
  assert.deepEqual(without, []);
});

test('companies whose ERP shows no payments are known by name', () => {
  const file = parseConnectionsFile(changed('paymentSource: analytics', 'paymentSource: status-only'));
  assert.deepEqual(unobservablePayments(file), ['bc/ACME Services GmbH']);
});

/** Only what document dependencies read. */
const partsOf = (connections: Connections): Parts => ({ connections, shared: {} }) as Parts;
