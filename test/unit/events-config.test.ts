import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { wantedSubscription } from '../../src/composition/events-connection.js';
import { readEventKeys, subscriptionIdOf } from '../../src/config/event-keys.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import { desiredSchedules } from '../../src/temporal/bootstrap.js';
import { configFiles } from './config-files.js';

const publicPem = (kind: 'rsa' | 'ec'): string => {
  const { publicKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
};

const anchor = '    systemId: connector-emea\n';
const eventsOf = (more = '', endpoint = 'https://hooks.example/concur/events/emea') =>
  `${anchor}    events:\n      endpoint: ${endpoint}\n      dataCenter: https://eu2.api.concursolutions.com\n${more}`;
const withEvents = (t: TestContext, more = '', tables: Record<string, string> = {}) =>
  configFiles(t, [[anchor, eventsOf(more)]], tables);

/** A second Concur connection that shares the subscription of the first by its id. */
const second = (more: string) =>
  `${eventsOf('      subscriptionId: shared.one\n')}  - name: us
    tokenUrl: https://glz.example
    companyUuid: 1d1f0a52-36be-4f0e-9a51-6f1f4f0c2b22
    clientId: concur-app
    clientSecret: { file: concur-secret }
    systemId: connector-us
    documentTypes: [invoice]
    events:
      subscriptionId: shared.one
      dataCenter: https://eu2.api.concursolutions.com
${more}`;

const unexpected = (_index: number, problem: string): void => {
  throw new Error(problem);
};

describe('the section `events`', () => {
  it('S68: is left out by default; its own defaults observe the signature that Concur is believed to use', (t) => {
    assert.equal(configFiles(t).load().file.concur[0]?.events, undefined);
    const events = withEvents(t).load().file.concur[0]?.events;
    assert.deepEqual(
      { ...events, endpoint: undefined, dataCenter: undefined },
      {
        endpoint: undefined,
        dataCenter: undefined,
        mode: 'observe',
        algorithms: ['pss-sha256'],
        keys: [],
        silentAfterHours: 72,
        appCenter: false,
      },
    );
    const certificate = withEvents(t, '      clientCertificate: { header: X-Subject }\n').load().file.concur[0]?.events;
    assert.equal(certificate?.clientCertificate?.commonName, 'webhook.api.concursolutions.com');
  });

  it('S71: enforce without a key is a fault, since every event would be put aside', (t) => {
    assert.match(withEvents(t, '      mode: enforce\n').faults().join(), /concur\.0\.events\.keys: mode enforce needs/);
    const keys = '      mode: enforce\n      keys: [key.pem]\n';
    assert.deepEqual(withEvents(t, keys, { 'key.pem': publicPem('rsa') }).faults(), []);
  });

  it('S71: each key file that cannot be used is named with its line', (t) => {
    const keys = '      keys: [gone.pem, { file: none.pem }, ec.pem, broken.pem]\n';
    const faults = withEvents(t, keys, {
      'none.pem': 'nothing here',
      'ec.pem': publicPem('ec'),
      'broken.pem': '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
    }).faults();
    assert.equal(faults.length, 4);
    for (const [index, name] of ['gone', 'none', 'ec', 'broken'].entries()) {
      assert.match(faults[index] ?? '', new RegExp(`^\\d+: concur\\.0\\.events\\.keys\\.${index}: ${name}\\.pem `));
    }
  });

  it('S70: an endpoint without TLS is refused, except on this machine', (t) => {
    const faults = (endpoint: string) => configFiles(t, [[anchor, eventsOf('', endpoint)]]).faults();
    assert.match(faults('http://hooks.example/concur/events/emea').join(), /must begin with https/);
    assert.match(faults('http://127.evil.example/').join(), /must begin with https/);
    assert.deepEqual(faults('http://127.0.0.1:8090/concur/events/emea'), []);
  });

  it('B26: keys of several years stand in one file or in several, also as certificates; the id is that of the key', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'connector-keys-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const [one, two] = [publicPem('rsa'), publicPem('rsa')];
    writeFileSync(join(folder, 'both.pem'), `# ours\n${one}\n${two}`);
    writeFileSync(join(folder, 'one.pem'), one);
    const read = readEventKeys(['both.pem', { file: 'one.pem' }], folder, unexpected);
    assert.deepEqual(
      read.map(({ pem }) => pem),
      [one, two, one],
    );
    assert.equal(read[0]?.id, read[2]?.id);
  });

  it('B26: the published certificates of Concur give the published keys', (t) => {
    const contracts = join(projectRoot(), '..', 'shared', 'contracts');
    if (!existsSync(contracts)) {
      t.skip('the published certificates are not there');
      return;
    }
    const { keys } = JSON.parse(readFileSync(join(contracts, 'concur-ess-public-keys.json'), 'utf8'));
    for (const { certificateFile, spkiSha256Base64 } of keys) {
      const [read] = readEventKeys([certificateFile], contracts, unexpected);
      assert.equal(read?.id, spkiSha256Base64);
    }
  });
});

describe('the subscription of a connection', () => {
  it('S76: is one for all polled types, under an id that Concur takes and that no other company shares', (t) => {
    const { file } = withEvents(t).load();
    const [concur] = file.concur;
    assert.ok(concur?.events);
    const wanted = wantedSubscription(file, concur, concur.events);
    assert.equal(wanted.topic, 'public.concur.financialintegration');
    assert.equal(wanted.filter, '^(cashadvance|expense|invoice)\\.readyForIntegration$');
    assert.match(wanted.id, /^concur-dynamics\.emea\.[0-9a-f]{12}$/);
    assert.notEqual(subscriptionIdOf({ ...concur, companyUuid: 'another' }, concur.events), wanted.id);
  });

  it('S75, S76: connections that share an id share the filter as well', (t) => {
    const endpoint = '      endpoint: https://hooks.example/concur/events/emea\n';
    const { file } = configFiles(t, [[anchor, second(endpoint)]]).load();
    const us = file.concur[1];
    assert.ok(us?.events);
    const narrow = { ...file, concur: file.concur.map((each) => ({ ...each, documentTypes: [...us.documentTypes] })) };
    assert.match(wantedSubscription(file, us, us.events).filter, /cashadvance/);
    assert.doesNotMatch(wantedSubscription(narrow, us, us.events).filter, /cashadvance/);
  });

  it('S75: connections that mean different things by one id are a fault', (t) => {
    const elsewhere = '      endpoint: https://hooks.example/concur/events/us\n';
    const faults = configFiles(t, [[anchor, second(elsewhere)]]).faults();
    assert.match(faults.join(), /concur\.1\.events\.subscriptionId: emea has the same subscription/);
  });

  it('S75: is looked after daily and at once, where events are configured and only there', (t) => {
    const idsOf = (files: ReturnType<typeof configFiles>) =>
      desiredSchedules(files.load().file).filter(({ scheduleId }) => scheduleId.startsWith('events:'));
    assert.deepEqual(idsOf(configFiles(t)), []);
    const [schedule] = idsOf(withEvents(t));
    assert.ok(schedule?.action.type === 'startWorkflow');
    assert.equal(schedule.scheduleId, 'events:emea');
    assert.deepEqual(schedule.state, { triggerImmediately: true });
    assert.deepEqual(schedule.spec.intervals, [{ every: 86_400_000 }]);
    const input = { connection: 'emea', queuePrefix: '', retryMaximumSeconds: 600 };
    assert.deepEqual(schedule.action.args, [input]);
  });
});
