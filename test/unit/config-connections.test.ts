import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { connectionsJsonSchema } from '../../src/cli/config-commands.js';
import { parseConnectionsFile } from '../../src/config/load-connections.js';
import { readProcessSettings } from '../../src/config/process-settings.js';
import { SettingsError } from '../../src/config/settings-error.js';
import { configFiles, validEnvironment } from './config-files.js';

test('A complete file is read with its secrets, its tables and the defaults of all timings', (t) => {
  const { file, rules, databaseUrl, temporalAddress, clientSecrets } = configFiles(t).load();
  assert.deepEqual(
    [file.timings.foLookAgainSeconds, file.timings.bcLookAgainSeconds, file.timings.concurLookAgainSeconds],
    [[30, 120, 600], [30, 120, 540], [300]],
  );
  assert.deepEqual([databaseUrl, temporalAddress], ['postgres://localhost/connector', '127.0.0.1:7233']);
  assert.equal(clientSecrets['emea']?.reveal(), 'concur-secret-value');
  assert.deepEqual(
    rules.companies.map(({ company }) => company),
    ['demf', "O'Brien & Söhne"],
  );
  assert.deepEqual(rules.companies[0]?.accounts.byCode, { 6110: '611000', 6100: '610000' });
});

test('DATABASE_URL and TEMPORAL_ADDRESS in the environment win over the file', (t) => {
  const environment = { ...validEnvironment, DATABASE_URL: 'postgres://else/where', TEMPORAL_ADDRESS: 'else:1' };
  const { databaseUrl, temporalAddress } = configFiles(t).load(environment);
  assert.deepEqual([databaseUrl, temporalAddress], ['postgres://else/where', 'else:1']);
});

test('All faults of the shape are listed together, each with its line, its place and what to do', (t) => {
  const { faults } = configFiles(t, [
    ['name: emea', 'name: EMEA Company'],
    ['currency: EUR', 'currency: Euro'],
    ['kind: business-central', 'kind: business-centrum'],
    ['systemId: connector-emea', 'systemID: connector-emea'],
  ]);
  const found = faults();
  assert.equal(found.length, 5);
  const expected = [
    /^5: concur\.0\.name: use lower-case letters, digits and hyphens/,
    /^5: concur\.0\.systemId: .*expected string/,
    /^10: concur\.0\.systemID: no such setting; correct its spelling or remove it/,
    /^20: erp\.0\.companies\.0\.currency: use the three letters of ISO 4217/,
    /^28: erp\.1\.kind: /,
  ];
  for (const line of expected)
    assert.ok(
      found.some((fault) => line.test(fault)),
      `${line} in ${found.join('\n')}`,
    );
});

test('A pattern and a time zone that cannot work are faults of the file, not of a document later on', (t) => {
  const { faults } = configFiles(t, [
    ['timeZone: Europe/Berlin', 'timeZone: Berlin'],
    ['    tokenUrl:', "    geolocationAllow: ['(']\n    tokenUrl:"],
  ]);
  assert.deepEqual(
    faults().map((fault) => fault.replace(/;.*/, '')),
    [
      '6: concur.0.geolocationAllow.0: is no regular expression',
      '22: erp.0.companies.0.timeZone: is no known time zone',
    ],
  );
});

test('A file that is no YAML is told by line, and one that is not there by its remedy', (t) => {
  const { faults } = configFiles(t, [['concur:\n', 'concur: [\n']]);
  assert.match(faults()[0] ?? '', /^\d+: /);
  assert.throws(() => parseConnectionsFile('/nowhere/connections.yaml'), /cannot be read; name the connections file/);
});

test('Codes keep their zeros: a key of digits is text, and a value of digits must be quoted', (t) => {
  const quoted = configFiles(t, [["'6110': '611000'", "0410: '0099', 1e3: '1'"]]);
  assert.deepEqual(quoted.load().rules.companies[0]?.accounts.byCode, { '0410': '0099', '1e3': '1', 6100: '610000' });
  const { faults } = configFiles(t, [["'6110': '611000'", '6110: 611000']]);
  assert.match(
    faults()[0] ?? '',
    /^\d+: erp\.0\.companies\.0\.mapping\.accounts\.codes\.6110: .*put the value in quotes$/,
  );
});

test('A company that a rule names and nobody describes is told with its line and the companies that there are', (t) => {
  const { faults } = configFiles(t, [['DE01: { erp: fo, company: demf }', 'DE01: { erp: fo, company: usmf }']]);
  assert.deepEqual(faults(), [
    "41: rules.legalEntity.0.codes.DE01: fo/usmf is no ERP company of this file; correct the name or describe the company (fo/demf, bc/O'Brien & Söhne)",
  ]);
});

test('Names that would mean two things are refused: of connections, and of companies within one', (t) => {
  const again = `      - company: demf
        currency: EUR
        journalNames: { expense: EXP, cashadvance: ADV, invoice: INV }
        mapping: {}
  - name: bc`;
  const { faults } = configFiles(t, [
    ['name: fo', 'name: emea'],
    ['  - name: bc', again],
  ]);
  const found = faults();
  assert.ok(found.includes('12: erp.0.name: the connection name emea is used twice; rename one of them'));
  assert.ok(found.some((fault) => /companies\.1\.company: the company demf is described twice/.test(fault)));
});

test('S98: a dimension that would come from the employee instead of the cost object is refused', (t) => {
  const dimension = 'mapping: { dimensions: [{ dimension: D, from: [employeeOrgUnit2Code], values: {} }] }';
  const { faults } = configFiles(t, [['mapping: {}', dimension]]);
  assert.match(faults()[0] ?? '', /cost objects never come from employee fields/);
});

test('S101: a payment method by which Concur would pay again is refused', (t) => {
  const { faults } = configFiles(t, [['    systemId:', '    invoicePaymentMethod: ACH\n    systemId:']]);
  assert.match(faults()[0] ?? '', /^10: concur\.0\.invoicePaymentMethod: /);
});

test('Decisions 22: the list of confirmable payment methods takes none by which Concur would pay again, nor an empty one', (t) => {
  const refused = configFiles(t, [['    systemId:', '    invoicePaymentMethods: [CLIENT, CHECK]\n    systemId:']]);
  assert.match(refused.faults()[0] ?? '', /^10: concur\.0\.invoicePaymentMethods\.1: /);
  const empty = configFiles(t, [['    systemId:', '    invoicePaymentMethods: []\n    systemId:']]);
  assert.match(empty.faults()[0] ?? '', /concur\.0\.invoicePaymentMethods: /);
});

test('The committed JSON schema is that of the code; `concur-dynamics config schema` prints it', () => {
  const committed = readFileSync(new URL('../../schemas/connections.schema.json', import.meta.url), 'utf8');
  assert.deepEqual(JSON.parse(committed), JSON.parse(JSON.stringify(connectionsJsonSchema())));
});

test('Settings of a process are told by the name of the variable, never by its value', () => {
  assert.deepEqual(readProcessSettings({ CONNECTIONS_FILE: 'c.yaml' }), {
    connectionsFile: 'c.yaml',
    logLevel: 'info',
    logFile: undefined,
    metricsAddress: undefined,
    healthHost: '127.0.0.1',
  });
  const faulty = () => readProcessSettings({ LOG_LEVEL: 'hunter2' });
  assert.throws(faulty, (error: unknown) => {
    assert.ok(error instanceof SettingsError);
    assert.equal(error.problems.length, 2);
    assert.match(error.message, /CONNECTIONS_FILE/);
    assert.match(error.message, /LOG_LEVEL/);
    assert.ok(!error.message.includes('hunter2'));
    return true;
  });
});
