import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { sandboxSecrets, foEventIds, writeSandboxConnections } from '../../src/cli/sandbox/write-connections.js';
import { namedBusinessEvents } from '../../src/cli/business-events-status.js';
import { businessEventEndpoints, hintableWatches } from '../../src/composition/business-events.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { generateDocuments } from '../../src/sandbox/generate-documents.js';
import { planSandbox } from '../../src/sandbox/sandbox-plan.js';
import { desiredSchedules } from '../../src/temporal/bootstrap.js';
import type { ConfigFiles } from './config-files.js';
import { configFiles, validEnvironment } from './config-files.js';

const secret = 'Path-secret_of~32.characters-0001';
const environment = { ...validEnvironment, EVENT_SECRET: secret };

/** A file with this section, and with a second F&O company that is written in capitals. */
function withSection(t: TestContext, section: object): ConfigFiles {
  const company =
    '      - { company: FRRT, currency: EUR, journalNames: { expense: E, cashadvance: A, invoice: I }, mapping: {} }\n';
  return configFiles(t, [
    ['    clientId: fo-app\n', `    clientId: fo-app\n    businessEvents: ${JSON.stringify(section)}\n`],
    ['  - name: bc\n', `${company}  - name: bc\n`],
  ]);
}
const pathSecret = { env: 'EVENT_SECRET' };

describe('the section businessEvents', () => {
  it('S46: without it there is no endpoint and no watch that could be hinted at', (t) => {
    const connections = configFiles(t).load();
    assert.deepEqual([businessEventEndpoints(connections), hintableWatches(connections.file)], [[], []]);
    assert.equal(namedBusinessEvents(connections, undefined), undefined);
  });

  it('S32: the secret is read and shown nowhere; the endpoint knows its digest alone', (t) => {
    const connections = withSection(t, { pathSecret }).load(environment);
    const endpoints = businessEventEndpoints(connections);
    assert.equal(endpoints.length, 1);
    const shown = inspect([connections, endpoints], { depth: null }) + JSON.stringify([connections, endpoints]);
    assert.ok(!shown.includes(secret));
    assert.equal(connections.businessEventSecrets['fo']?.reveal(), secret);
  });

  it('S32: a secret that stands in the file, is short or needs escaping is a fault that does not show it', (t) => {
    assert.match(
      withSection(t, { pathSecret: secret }).faults(environment).join(),
      /a secret never stands in this file/,
    );
    for (const bad of [
      'short',
      secret.slice(0, 31),
      'x'.repeat(101),
      `${secret}/more`,
      `${secret} more`,
      `${secret}%20`,
    ]) {
      const faults = withSection(t, { pathSecret })
        .faults({ ...environment, EVENT_SECRET: bad })
        .join();
      assert.match(faults, /businessEvents\.pathSecret: needs 32 to 100 letters/);
      assert.ok(!faults.includes(bad));
    }
    assert.match(
      withSection(t, { pathSecret }).faults().join(),
      /businessEvents\.pathSecret: .*EVENT_SECRET is not set/,
    );
    assert.deepEqual(withSection(t, { pathSecret }).faults({ ...environment, EVENT_SECRET: 'x'.repeat(100) }), []);
  });

  it('S46: a company that the connection does not have is a fault, however it is written', (t) => {
    const faults = withSection(t, { pathSecret, companies: ['frrt', 'usmf'] }).faults(environment);
    assert.equal(faults.length, 1);
    assert.match(faults.join(), /companies\.1: usmf is no company of fo; name one of them \(demf, FRRT\)/);
  });

  it('S46: an event hints at the Schedules of its company, as the bootstrap calls them', (t) => {
    const section = { pathSecret, paymentEventIds: ['VendPaid'] };
    const { file, ...rest } = withSection(t, section).load(environment);
    const [endpoint] = businessEventEndpoints({ file, ...rest });
    const watches = (businessEventId: string, company: string | null) =>
      endpoint?.watchesOf({ businessEventId, company });
    assert.deepEqual(watches('VendorInvoicePostedBusinessEvent', 'frrt'), ['watch-postings:fo:FRRT']);
    assert.deepEqual(watches('VendPaid', 'demf'), ['watch-payments:fo:demf']);
    assert.deepEqual(watches('VendPaid', null), ['watch-payments:fo:demf', 'watch-payments:fo:FRRT']);
    assert.deepEqual(watches('Unheard', 'demf'), ['watch-postings:fo:demf', 'watch-payments:fo:demf']);
    assert.deepEqual(watches('VendPaid', 'usmf'), []);
    const schedules = desiredSchedules(file).map(({ scheduleId }) => scheduleId);
    const hintable = hintableWatches(file);
    assert.equal(hintable.length, 4);
    assert.ok(hintable.every((watch) => schedules.includes(`${file.operation.queuePrefix}${watch}`)));
  });

  it('S46: only companies of the list are followed', (t) => {
    const connections = withSection(t, { pathSecret, companies: ['frrt'] }).load(environment);
    const [endpoint] = businessEventEndpoints(connections);
    assert.ok(endpoint);
    assert.deepEqual(endpoint.watchesOf({ businessEventId: 'Workflow_x', company: 'demf' }), []);
    assert.deepEqual(endpoint.watchesOf({ businessEventId: 'Workflow_x', company: null }), ['watch-postings:fo:FRRT']);
    assert.deepEqual(hintableWatches(connections.file), ['watch-postings:fo:FRRT', 'watch-payments:fo:FRRT']);
  });

  it('S46: the sandbox takes business events of its simulated F&O wherever it has a receiver', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'connector-sandbox-'));
    t.after(() => rmSync(folder, { recursive: true }));
    sandboxSecrets(folder);
    const url = 'http://127.0.0.1:1';
    const urls = { concur: url, entra: url, fo: url, bc: url, nav: url, control: url };
    const { rules } = planSandbox(generateDocuments({ count: 12, seed: 1 }), { erp: 'fo' });
    const section = { endpoint: url, dataCenter: url, mode: 'enforce' as const, keys: ['concur-events.pem'] };
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(join(folder, 'concur-events.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
    const load = (path: string) => loadConnections(path, { DATABASE_URL: 'postgres://127.0.0.1:1/none' });
    const without = load(writeSandboxConnections(folder, urls, rules, { erp: 'fo' }));
    assert.deepEqual(businessEventEndpoints(without), []);
    const path = writeSandboxConnections(folder, urls, rules, {
      erp: 'fo',
      events: { receiver: { port: 1 }, section },
    });
    const [endpoint] = businessEventEndpoints(load(path));
    const company = rules.fo[0]?.company ?? '';
    for (const [kind, ids] of Object.entries(foEventIds)) {
      for (const businessEventId of ids) {
        assert.deepEqual(endpoint?.watchesOf({ businessEventId, company }), [`watch-${kind}:fo:${company}`]);
      }
    }
  });

  it('S46: events status means the F&O connection by its name, or where Concur sends no events', (t) => {
    const connections = withSection(t, { pathSecret }).load(environment);
    const named = (name?: string) => namedBusinessEvents(connections, name);
    assert.deepEqual([named('fo'), named('emea'), named('bc'), named()], ['fo', undefined, undefined, 'fo']);
  });
});
