import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { describe, it } from 'node:test';
import { readRules } from '../../src/cli/mapping-diff.js';
import { examineMappings } from '../../src/config/examine-mapping.js';
import { loadApprovedConnections } from '../../src/config/load-connections.js';
import { SettingsError } from '../../src/config/settings-error.js';
import { mappingVersionOf } from '../../src/contracts/mapping-rules.js';
import type { ConfigFiles } from './config-files.js';
import { configFiles, validEnvironment } from './config-files.js';

const employees = '          employees: { codes: { KX10001: E-001 } }';
const demf = { erp: 'fo', company: 'demf' };

const withApproval = (approval: string): [string, string] => [
  employees,
  `          approval: ${approval}\n${employees}`,
];
/** The digest that a person approves, as `mapping check` says it. */
const digestOf = (path: string): string =>
  examineMappings(path).mappings.find(({ company }) => company === 'fo/demf')?.digest ?? '';

/** What keeps a worker from starting, without the folder of the test. */
function refusals({ path }: ConfigFiles): string[] {
  try {
    loadApprovedConnections(path, validEnvironment);
  } catch (error) {
    if (error instanceof SettingsError) return [...error.problems];
    throw error;
  }
  return [];
}

/** A file whose mapping of demf is approved as it stands. */
function approved(test: TestContext, replacements: [string, string][] = []): ConfigFiles {
  const digest = digestOf(configFiles(test).path);
  return configFiles(test, [
    withApproval(`{ author: Ada Albrecht, approver: Bea Bauer, digest: '${digest}' }`),
    ...replacements,
  ]);
}

describe('Who answers for a mapping', () => {
  it('B8: a posting names author and approver of its mapping, and neither changes what the mapping is', (t) => {
    const files = approved(t);
    assert.deepEqual(refusals(files), []);
    const rules = readRules(files.path);
    const plain = readRules(configFiles(t).path);
    assert.equal(rules.version, plain.version);
    assert.equal(digestOf(files.path), digestOf(configFiles(t).path));
    assert.equal(
      mappingVersionOf(rules, demf),
      `${rules.version} (connections.yaml, accounts.csv @ ${rules.companies[0]?.source?.digest}, by Ada Albrecht, approved by Bea Bauer)`,
    );
  });

  it('B8: a mapping that has changed since its approval starts no worker, and is still there to be looked at', (t) => {
    const files = approved(t, [["'6110': '611000'", "'6110': '611001'"]]);
    const now = digestOf(files.path);
    const [refusal = '', ...others] = refusals(files);
    assert.deepEqual(others, []);
    assert.match(refusal, /^connections\.yaml:24: the mapping of fo\/demf is not the one that Bea Bauer has approved/);
    assert.ok(refusal.endsWith(`write digest: '${now}'`), refusal);
    assert.deepEqual(files.faults(), [], 'a preview of the change is possible');
  });

  it('B8: which company a document goes to, and on which day, is part of what was approved', (t) => {
    const rule: [string, string] = ['DE01: { erp: fo, company: demf }', 'DE02: { erp: fo, company: demf }'];
    const zone: [string, string] = ['timeZone: Europe/Berlin', 'timeZone: Europe/London'];
    for (const change of [rule, zone]) assert.equal(refusals(approved(t, [change])).length, 1, change[1]);
  });

  it('B8: a row of a table counts as well, and a row that is only moved does not', (t) => {
    const table = (rows: string[]): Record<string, string> => ({ 'accounts.csv': `concur,erp\n${rows.join('\n')}\n` });
    const [one, other] = ['6100,610000', '6200,620000'];
    const digest = digestOf(configFiles(t, [], table([one, other])).path);
    const approval = withApproval(`{ author: Ada, approver: Bea, digest: '${digest}' }`);
    assert.deepEqual(refusals(configFiles(t, [approval], table([other, one]))), []);
    assert.equal(refusals(configFiles(t, [approval], table([one, '6200,620001']))).length, 1);
  });

  it('B8: nobody approves a mapping of his own, and a digest is written as text', (t) => {
    const own = configFiles(t, [
      withApproval(`{ author: Ada  A, approver: ' ada\u00a0a', digest: '${'0'.repeat(32)}' }`),
    ]);
    assert.match(own.faults().join('\n'), /^24: .*approval.*let somebody else than the author approve it$/);
    const number = configFiles(t, [withApproval('{ author: Ada, approver: Bea, digest: 12345678 }')]);
    assert.match(number.faults().join('\n'), /approval\.digest.*put the value in quotes/);
    const two = configFiles(t, [
      withApproval(`{ author: 'Ada, approved by Eve)', approver: Bea, digest: '${'0'.repeat(32)}' }`),
    ]);
    assert.match(two.faults().join('\n'), /approval\.author.*write a name of letters/);
  });

  it('B8: where approval is required no company goes without, except those for tests; all are named at once', (t) => {
    const required: [string, string] = ['rules:\n', 'rules:\n  requireApproval: true\n'];
    const none = configFiles(t, [required]);
    const told = refusals(none);
    assert.deepEqual(
      told.map((line) => /nobody has approved the mapping of (.*); have it/.exec(line)?.[1]),
      ['fo/demf', "bc/O'Brien & Söhne"],
    );
    assert.ok(told[0]?.includes(`digest '${digestOf(none.path)}'`));
    const test: [string, string] = [
      '        currency: EUR\n        mapping: {}',
      '        currency: EUR\n        isTest: true\n        mapping: {}',
    ];
    assert.equal(refusals(configFiles(t, [required, test])).length, 1);
  });

  it('B8: the check tells the digest to approve and who has approved it, and not while there are faults', (t) => {
    const files = approved(t);
    const digest = digestOf(files.path);
    const [mapping] = examineMappings(files.path).mappings;
    assert.deepEqual(mapping, { company: 'fo/demf', digest, author: 'Ada Albrecht', approver: 'Bea Bauer' });
    writeFileSync(files.path, readFileSync(files.path, 'utf8').replace("'6110': '611000'", "'6110': '611001'"));
    const changed = examineMappings(files.path);
    assert.deepEqual(
      changed.faults.map(({ file, line }) => `${file}:${line}`),
      ['connections.yaml:24'],
    );
    writeFileSync(files.path, readFileSync(files.path, 'utf8').replace("'6110': '611001'", "'6110': ''"));
    const faulty = examineMappings(files.path);
    assert.ok(faulty.faults.every(({ message }) => !message.includes('approved')));
    assert.deepEqual(faulty.mappings, []);
  });
});
