import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { dataCentreFindings } from '../../src/cli/doctor/data-centre.js';
import { clockFinding } from '../../src/cli/doctor/clock-finding.js';
import { examineInstallation } from '../../src/cli/doctor/doctor.js';
import { usedFeatures } from '../../src/composition/concur-connection.js';
import { subscriptionFindings } from '../../src/cli/doctor/event-findings.js';
import { examine, fail, ok, warn, type Finding } from '../../src/cli/doctor/findings.js';
import { isHealthy, reportLines } from '../../src/cli/doctor/report.js';
import { canCall, tokenFindings, type StoredCredentials } from '../../src/cli/doctor/token-findings.js';
import { UsageError } from '../../src/cli/failure.js';
import { Unavailable } from '../../src/clients/http/errors.js';
import type { ConcurConnection } from '../../src/config/connections-schema.js';
import { projectRoot } from '../../src/launcher/project-root.js';
import type { TokenFacts } from '../../src/store/token-store.js';
import { configFiles, validEnvironment } from './config-files.js';

const now = new Date('2026-03-01T12:00:00Z');
const inMinutes = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);
const inDays = (days: number): Date => inMinutes(days * 1_440);

const facts = (changes: Partial<TokenFacts> = {}): TokenFacts => ({
  issuedAt: inMinutes(-10),
  accessExpiresAt: inMinutes(50),
  refreshExpiresAt: inDays(170),
  geolocation: 'https://dc.example',
  scopes: ['FISVC', 'INVPMT', 'invoice.paymentconfirmation.write', 'INVVEN'],
  version: 3,
  rejected: false,
  quickRejections: 0,
  parked: null,
  warnedDays: null,
  isReadable: true,
  ...changes,
});

const tokens = (given: Partial<StoredCredentials>): Finding[] =>
  tokenFindings({
    connection: 'acme',
    facts: facts(),
    request: undefined,
    used: new Set(['documents', 'invoice-payments']),
    now,
    ...given,
  });

const find = (findings: Finding[], check: string): Finding => {
  const found = findings.find((finding) => finding.check === check);
  assert.ok(found, `${check} is not among ${findings.map((each) => each.check).join(', ')}`);
  return found;
};

test('B7: a healthy token is told as such, and nothing of what is in order fails', () => {
  const findings = tokens({});
  assert.deepEqual(
    ['credentials', 'access token', 'refresh token', 'scopes'].map((check) => find(findings, check).status),
    ['ok', 'ok', 'ok', 'ok'],
  );
  assert.match(find(findings, 'access token').found, /another 50 minutes/);
  assert.ok(findings.every(({ status }) => status !== 'fail'));
});

test('S31: a token without FISVC names the scope and what it switches off; scopes of unused features only warn', () => {
  const findings = tokens({ facts: facts({ scopes: ['INVPMT', 'invoice.paymentconfirmation.write'] }) });
  const required = find(findings, 'scope FISVC');
  assert.equal(required.status, 'fail');
  assert.match(required.switchesOff ?? '', /no document can be read/);
  assert.match(required.remedy ?? '', /SAP Concur/);
  assert.equal(find(findings, 'scope IMAGE').status, 'warn');
  assert.ok(!findings.some(({ check }) => check === 'scope INVPMT' || check === 'scopes'));
  assert.equal(find(tokens({ facts: facts({ scopes: [] }) }), 'scopes').status, 'warn');
});

test('B7: never connected, sealed with another key, parked and refused tokens each have a message of their own', () => {
  const never = tokens({ facts: undefined });
  assert.match(find(never, 'credentials').found, /never been connected/);
  assert.match(find(never, 'credentials').remedy ?? '', /credentials concur --connection acme/);
  const sealed = find(tokens({ facts: facts({ isReadable: false }) }), 'credentials');
  assert.match(`${sealed.found} ${sealed.remedy ?? ''}`, /key does not open.*encryptionKey/);
  const parked = (code: string): Finding =>
    find(tokens({ facts: facts({ parked: { code, reason: 'Because.', at: inDays(-1) } }) }), 'credentials');
  assert.deepEqual([parked('108').status, parked('64').status], ['fail', 'fail']);
  assert.match(parked('108').remedy ?? '', /company request token/);
  assert.match(parked('64').remedy ?? '', /reauthorise/, 'a wrong secret needs no new request token');
  assert.match(parked('108').found, /2026-02-28.*\(108\): Because\./);
  const refused = { code: '5', reason: 'It is wrong or older than 24 hours.', at: now };
  assert.equal(find(tokens({ facts: undefined, request: { refused } }), 'request token').status, 'fail');
});

test('S33: a token of a user is told as the wrong kind of token', () => {
  const refused = { code: 'NOT_COMPANY_LEVEL', reason: 'The token is a user token.', at: now };
  const finding = find(tokens({ facts: undefined, request: { refused } }), 'request token');
  assert.match(finding.found, /Not of a company \(S33\)/);
});

test('S29: an access token that ended, was refused or is renewed too late is told, before calls fail', () => {
  const access = (changes: Partial<TokenFacts>): Finding => find(tokens({ facts: facts(changes) }), 'access token');
  assert.equal(access({ accessExpiresAt: inMinutes(-1) }).status, 'fail');
  assert.equal(access({ rejected: true }).status, 'warn');
  const late = access({ issuedAt: inMinutes(-58), accessExpiresAt: inMinutes(2) });
  assert.equal(late.status, 'warn');
  assert.match(late.found, /should have been renewed 10 minutes ago/);
  assert.equal(
    access({ issuedAt: inMinutes(-49), accessExpiresAt: inMinutes(11) }).status,
    'ok',
    'the keeper may be busy',
  );
  assert.deepEqual(
    [facts(), facts({ rejected: true }), facts({ isReadable: false }), facts({ accessExpiresAt: now }), undefined].map(
      (each) => canCall(each, now),
    ),
    [true, false, false, false, false],
  );
});

test('S24: the end of the refresh token is told 30, 14, 7 and 1 days before', () => {
  const refresh = (days: number): Finding =>
    find(tokens({ facts: facts({ refreshExpiresAt: inDays(days) }) }), 'refresh token');
  assert.deepEqual(
    [31, 29, 13, 6, 0.5, -1].map((days) => refresh(days).status),
    ['ok', 'warn', 'warn', 'warn', 'warn', 'fail'],
  );
  assert.deepEqual(
    [29, 13, 6, 0.5].map((days) => /within (\d+) day/.exec(refresh(days).found)?.[1]),
    ['30', '14', '7', '1'],
  );
});

/** Only what the checks of the data centre read. */
const concur = (changes: Partial<ConcurConnection> = {}): ConcurConnection => {
  const geolocationAllow = [String.raw`https://(www-)?[a-z0-9-]+\.concur\.example`];
  return { name: 'acme', documentTypes: ['expense', 'invoice'], geolocationAllow, ...changes } as ConcurConnection;
};
const events = (dataCenter: string) => ({ dataCenter }) as NonNullable<ConcurConnection['events']>;

test('C4: the doctor says what the data centre lacks, by the first label of its host, and accepts new ones', () => {
  const checks = (label: string, changes: Partial<ConcurConnection> = {}): string[] =>
    dataCentreFindings(`https://${label}.concur.example`, concur(changes))
      .filter(({ status }) => status !== 'ok')
      .map(({ check }) => check);
  for (const label of ['us', 'us2', 'www-us2', 'eu2', 'emea', 'us-impl', 'emea-impl'])
    assert.deepEqual(checks(label), []);
  assert.deepEqual(checks('apj1'), ['financial integration here']);
  assert.deepEqual(checks('usg'), ['financial integration here']);
  assert.deepEqual(checks('mars7'), ['financial integration here']);
  assert.deepEqual(checks('cn'), ['financial integration here', 'invoice payments here']);
  assert.deepEqual(checks('cn', { documentTypes: ['expense'] }), ['financial integration here']);
  assert.deepEqual(checks('us2', { events: events('https://us2.concur.example') }), []);
  assert.deepEqual(checks('us', { events: events('https://www-us.concur.example') }), ['events here']);
  assert.deepEqual(checks('us2', { events: events('https://eu2.concur.example') }), ['events.dataCenter']);
  const [implementation] = dataCentreFindings('https://us-impl.concur.example', concur());
  assert.match(implementation?.found ?? '', /North America, implementation/);
});

test('S26: a host that no pattern allows, and the one that only issues tokens, fail; no production host stands in the code', () => {
  const [refused] = dataCentreFindings('https://concur.evil.example', concur());
  assert.equal(refused?.status, 'fail');
  assert.match(refused.remedy ?? '', /allow list/);
  assert.equal(dataCentreFindings('https://glz.concur.example', concur())[0]?.status, 'fail');
  const folder = join(projectRoot(), 'src', 'cli', 'doctor');
  for (const name of readdirSync(folder)) {
    assert.doesNotMatch(readFileSync(join(folder, name), 'utf8'), /concursolutions|concurcdc/, name);
  }
});

test('B7: clocks may differ by a minute; five minutes fail, and waiting times do not count as a difference', () => {
  const at = (...seconds: number[]): Finding => clockFinding(seconds.map((each) => each * 1_000));
  assert.deepEqual(
    [at(), at(59), at(-61), at(299), at(301), at(-301)].map(({ status }) => status),
    ['ok', 'ok', 'warn', 'warn', 'fail', 'fail'],
  );
  assert.match(at(301).found, /301 s behind Concur/);
  assert.match(at(-301).found, /301 s ahead of Concur/);
  assert.equal(at(-400, 2, 350).status, 'ok');
});

const wanted = { id: 'ours', topic: 't', filter: 'f', endpoint: 'https://hooks.example.com/a' };
const companyUuid = '7D1F0A52-36be-4f0e-9a51-6f1f4f0c2b11';
const subscriptions = (...all: Parameters<typeof subscriptionFindings>[0]): Finding[] =>
  subscriptionFindings(all, { wanted, companyUuid, connection: 'acme' });
const standing = { ...wanted, companyIds: [companyUuid.toLowerCase()] };

test('S75: a subscription is judged by its companies and its address, not by its being there', () => {
  assert.deepEqual(new Set(subscriptions(standing).map(({ status }) => status)), new Set(['ok']));
  assert.match(find(subscriptions(standing), 'event subscription').found, /1 of 5/);
  const silent = find(subscriptions({ ...standing, companyIds: [] }), 'event companies');
  assert.equal(silent.status, 'fail');
  assert.ok(!JSON.stringify(silent).toLowerCase().includes(companyUuid.toLowerCase()));
  assert.equal(find(subscriptions({ ...standing, companyIds: ['.*'] }), 'event companies').status, 'ok');
  assert.equal(find(subscriptions({ ...standing, endpoint: 'https://old.example' }), 'event endpoint').status, 'fail');
  assert.equal(find(subscriptions({ ...standing, filter: '.*' }), 'event filter').status, 'warn');
  const others = [1, 2, 3, 4, 5].map((n) => ({ ...standing, id: `other${n}` }));
  const none = find(subscriptions(...others), 'event subscription');
  assert.match(`${none.found} ${none.remedy ?? ''}`, /does not stand.*5 of 5.*events list/);
  assert.match(find(subscriptions(), 'event subscription').remedy ?? '', /events subscribe --connection acme/);
});

test('B7: a check that throws or never ends becomes a finding within its limit, and nothing of a foreign text gets out', async () => {
  const never = await examine('slow', () => new Promise<Finding>(() => undefined), 20);
  assert.deepEqual(never, [fail('slow', 'No answer came within 1 s.')]);
  let isAborted = false;
  const heeding = (signal: AbortSignal): Promise<Finding> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        isAborted = true;
        reject(new Error('late'));
      });
    });
  await examine('slow', heeding, 20);
  assert.ok(isAborted);
  const secretive = Object.assign(new Error('password of scott is tiger'), { code: '28P01' });
  const [thrown] = await examine('database', () => Promise.reject(secretive));
  assert.deepEqual(thrown, fail('database', 'It failed (Error, code 28P01).'));
  const [known] = await examine('x', () =>
    Promise.reject(new Unavailable('It is away.', { system: 's', operation: 'o' })),
  );
  assert.equal(known?.found, 'It is away.');
});

test('B7: the report shows area, finding, effect and remedy, and only failures make it fail', () => {
  const findings = [ok('a', 'Fine.'), warn('b', 'Hm.', { remedy: 'Look.' })];
  const failed = fail('c', 'Broken.', { switchesOff: 'everything' });
  assert.equal(isHealthy([{ area: 'x', findings }]), true);
  assert.equal(isHealthy([{ area: 'x', findings: [...findings, failed] }]), false);
  assert.deepEqual(reportLines([{ area: 'x', findings: [...findings, failed] }]), [
    'x',
    '  ok    a: Fine.',
    '  warn  b: Hm.',
    '        Remedy: Look.',
    '  fail  c: Broken.',
    '        Switches off: everything',
    '',
    '1 ok, 1 warn, 1 fail',
  ]);
});

test('B7: every fault of the configuration is a finding with its line, and no secret is shown', async (t) => {
  const files = configFiles(t, [['systemId: connector-emea', 'systemId: connector-emea\n    parallelism: 4']]);
  const environment = { ...validEnvironment, FO_SECRET: '', ENCRYPTION_KEY: 'hush-hush' };
  const reports = await examineInstallation({ config: files.path, environment });
  const [{ findings } = { findings: [] }] = reports;
  assert.equal(reports.length, 1);
  assert.ok(
    findings.length >= 2 && findings.every(({ status, check }) => status === 'fail' && check === 'configuration'),
  );
  assert.ok(findings.some(({ found }) => /connections\.yaml:\d+: .*FO_SECRET is not set/.test(found)));
  assert.doesNotMatch(JSON.stringify(reports), /hush-hush|concur-secret-value|bc-secret-value/);
  const wrong = examineInstallation({ config: files.path, environment: validEnvironment, connection: 'nobody' });
  await assert.rejects(wrong, UsageError);
});

test('S31: vendors are depended on where invoices are polled and the file names no payment method for them', () => {
  const depends = (changes: Partial<ConcurConnection>): boolean =>
    usedFeatures(concur(changes), { erp: [] }).has('vendors');
  assert.equal(depends({}), true);
  assert.equal(depends({ invoicePaymentMethod: 'CLIENT' }), false);
  assert.equal(depends({ documentTypes: ['expense', 'cashadvance'] }), false);
  const missing = tokens({ facts: facts({ scopes: ['FISVC'] }), used: new Set(['documents', 'vendors']) });
  assert.match(find(missing, 'scope INVVEN').switchesOff ?? '', /payments of invoices are held.*invoicePaymentMethod/);
});
