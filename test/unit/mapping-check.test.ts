import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { examineMappings } from '../../src/config/examine-mapping.js';
import type { MappingFault } from '../../src/config/mapping-fault.js';
import { configFiles, validEnvironment } from './config-files.js';

interface Files {
  path: string;
  found: () => string[];
  faults: () => MappingFault[];
  load: () => ReturnType<ReturnType<typeof configFiles>['load']>;
}

/** The connections file of the tests, whose F&O company has its mapping in a file of its own. */
function mappingFiles(
  t: TestContext,
  mapping: string,
  tables: Record<string, string> = {},
  more: [string, string][] = [],
): Files {
  const inPlace = `mapping:
          employees: { codes: { KX10001: E-001 } }
          vendors: { sameCode: true }
          accounts: { table: accounts.csv, codes: { '6110': '611000' } }`;
  const files = configFiles(t, [[inPlace, 'mapping: { file: mapping/demf.yaml }'], ...more]);
  const folder = dirname(files.path);
  mkdirSync(join(folder, 'mapping'));
  for (const [name, text] of Object.entries({ 'demf.yaml': mapping, ...tables })) {
    writeFileSync(join(folder, 'mapping', name), text);
  }
  const faults = () => examineMappings(files.path).faults;
  return {
    path: files.path,
    faults,
    found: () =>
      faults().map(
        ({ file, line, severity, message }) => `${file}:${line}: ${severity === 'warning' ? '? ' : ''}${message}`,
      ),
    load: () => files.load(validEnvironment),
  };
}

describe('A mapping in a file of its own', () => {
  const mapping = `for: { erp: fo, company: demf }
employees: { codes: { KX10001: E-001 } }
vendors: { sameCode: true }
accounts: { table: accounts.csv, codes: { '6110': '611000' } }
`;

  it('B32: says the same as one in place, has the same version, and names its own lines and tables', (t) => {
    const apart = mappingFiles(t, mapping, { 'accounts.csv': 'concur,erp\n6100,610000\n' }).load().rules;
    const inPlace = configFiles(t).load().rules;
    assert.equal(apart.version, inPlace.version);
    const [company] = apart.companies;
    assert.ok(company);
    assert.deepEqual(company.accounts.places, {
      6110: { file: 'mapping/demf.yaml', line: 4 },
      6100: { file: 'mapping/accounts.csv', line: 2 },
    });
    assert.ok(company.source);
    assert.deepEqual(company.source.files, ['mapping/demf.yaml', 'mapping/accounts.csv']);
    assert.match(company.source.digest, /^[0-9a-f]{8}$/);
  });

  it('B32: is refused where it is written for another company, cannot be read, is no YAML, or has settings beside it', (t) => {
    const wrong = mappingFiles(t, mapping.replace('demf', 'usmf'), { 'accounts.csv': 'concur,erp\n6100,1\n' });
    assert.deepEqual(wrong.found(), ['mapping/demf.yaml:1: the file is written for fo/usmf, but fo/demf uses it']);
    assert.throws(wrong.load, /mapping\/demf\.yaml:1: the file is written for fo\/usmf/);
    assert.match(mappingFiles(t, 'a: [\n').found()[0] ?? '', /^mapping\/demf\.yaml:\d+: /);
    const gone = mappingFiles(t, mapping, {}, [['mapping/demf.yaml', 'mapping/gone.yaml']]);
    assert.deepEqual(gone.found(), ['connections.yaml:23: the mapping file mapping/gone.yaml cannot be read']);
    const beside = mappingFiles(t, 'vendors: {}', {}, [['mapping/demf.yaml }', 'mapping/demf.yaml, advance: {} }']]);
    assert.deepEqual(beside.found(), [
      'connections.yaml:23: mapping names a file and has settings of its own beside it (advance)',
    ]);
  });

  it('S114: the version changes with a rule, its days and its order, and not with a comment or the order of rows', (t) => {
    const rule = (name: string, account: string, to = '') =>
      `  - { name: ${name}, ${to}when: { country: FR }, set: { account: '${account}' } }\n`;
    const version = (text: string, csv = 'concur,erp\n1,2\n3,4\n') =>
      mappingFiles(t, `accounts: { table: accounts.csv }\nrules:\n${text}`, { 'accounts.csv': csv }).load().rules
        .version;
    const now = version(rule('a', '1') + rule('b', '2'));
    assert.notEqual(version(rule('b', '2') + rule('a', '1')), now);
    assert.notEqual(version(rule('a', '1', 'to: 2026-01-31, ') + rule('b', '2')), now);
    assert.notEqual(version(rule('a', '9') + rule('b', '2')), now);
    assert.equal(version(`  # a comment\n${rule('a', '1')}${rule('b', '2')}`), now);
    assert.notEqual(version(rule('a', '1') + rule('b', '2'), 'concur,erp\n1,2\n3,5\n'), now);
    const rows = ['K-2,1,,2026-06-30\n', 'K-2,2,2026-07-01,\n', 'B-1,3,,\n', 'A-1,4,,\n'];
    const withRows = (list: string[]) => version(rule('a', '1'), `concur,erp,from,to\n${list.join('')}`);
    assert.equal(withRows(rows.toReversed()), withRows(rows));
    const either = (countries: string) =>
      version(`  - { name: a, when: { country: [${countries}] }, set: { account: '1' } }\n`);
    assert.equal(either('FR, DE'), either('DE, FR'));
  });
});

describe('mapping check, files', () => {
  const mistakes = `employees:
  codes: { KX10001: E-001, KX10002: '' }
vendors:
  codes: { V-1: THIS-CODE-HAS-MORE-THAN-20-CHARACTERS }
  default: V-9999
accounts:
  table: accounts.csv
  rows:
    - { concur: '7000', erp: '700000', from: 2026-06-30, to: 2026-01-01 }
    - { concur: '7100', erp: '710000', to: 2026-06-30 }
    - { concur: '7100', erp: '710001', from: 2026-06-30 }
accuonts: {}
cardLiabilities:
  CBCP: '210000'
advance: { '1620': 162000 }
expenseTypes: { table: types.csv }
dimensions:
  - dimension: CostCenter
    from: [allocationCustom2, employeeOrgUnit1Code]
    values: { sameCode: true }
rules:
  - name: hotels
    when: { expenseType: { prefix: LOD } }
    set: { account: '610001' }
  - name: hotels in France
    when: { expenseType: LODNG, country: FR }
    set: { account: '610002' }
  - name: suppliers
    when: { documentType: invoice }
    set: { vendor: V-ONE }
  - name: reports of suppliers
    when: { supplier: V-1, entryCustom3Code: X }
    set: { dimensions: { CostCentre: '410' } }
  - name: taxes of projects
    when: { allocationCustom1Code: P, documentType: travel }
    set: { taxAccount: '157600' }
  - name: misspelt
    when: { expensetype: LODNG }
    set: { account: '610003' }
`;
  const accounts = 'concur,erp,form\n6100,610000,\n6100,610001,\n6200,,\n6300,63\u200B0000,\n6400,640000\n';

  it('B8: a mapping with planted mistakes of every kind gets a finding for each, with file, line and remedy, in one run', (t) => {
    const files = mappingFiles(t, mistakes, { 'accounts.csv': accounts, 'unused.csv': 'concur,erp\n1,2\n' });
    assert.deepEqual(files.found(), [
      'mapping/demf.yaml:2: the vendor account is empty',
      'mapping/demf.yaml:4: the vendor account THIS-CODE-HAS-MORE-THAN-20-CHARACTERS has 37 characters, at most 20 are possible',
      'mapping/demf.yaml:5: vendors has no setting default',
      'mapping/demf.yaml:9: the row begins on 2026-06-30 and has ended before, on 2026-01-01',
      'mapping/demf.yaml:11: the days of 7100 overlap with those of mapping/demf.yaml:10',
      'mapping/demf.yaml:12: the file has no setting accuonts',
      'mapping/demf.yaml:14: cardLiabilities.CBCP has a value that is not allowed',
      'mapping/demf.yaml:15: advance.1620 has a value of the wrong kind (invalid input: expected string, received number)',
      'mapping/demf.yaml:16: mapping/types.csv cannot be read',
      'mapping/demf.yaml:19: Concur has no field allocationCustom2 for a dimension',
      'mapping/demf.yaml:19: employeeOrgUnit1Code tells of the employee: cost objects never come from employee fields',
      "mapping/demf.yaml:25: ? rule 'hotels in France' never decides about account: rule 'hotels' stands before it and holds whenever it does",
      "mapping/demf.yaml:30: rule 'suppliers': the vendor V-ONE would be a default: the rule has no condition on employee or supplier",
      "mapping/demf.yaml:32: rule 'reports of suppliers': only invoices have supplier, and they have no entryCustom3Code",
      "mapping/demf.yaml:33: rule 'reports of suppliers': CostCentre is no dimension of this mapping",
      "mapping/demf.yaml:35: rule 'taxes of projects': the condition allocationCustom1Code can never hold where the account of a tax is decided",
      "mapping/demf.yaml:35: rule 'taxes of projects': documentType is never travel",
      "mapping/demf.yaml:38: rule 'misspelt': there is no condition expensetype",
      'mapping/accounts.csv:1: the table has a column form that nobody reads',
      'mapping/accounts.csv:3: the code 6100 is mapped twice',
      'mapping/accounts.csv:4: a row needs a value in the columns concur and erp',
      'mapping/accounts.csv:5: the account "63?0000" holds a character that cannot be seen or read',
      'mapping/accounts.csv:6: the row has 2 cells, the header 3',
      'mapping/unused.csv:1: ? no mapping reads this table',
    ]);
    for (const { remedy, message } of files.faults()) assert.ok(remedy.length > 3, message);
    assert.match(files.faults().find(({ line }) => line === 38)?.remedy ?? '', /did you mean expenseType\?/);
  });

  it('B8: what is only doubtful keeps nobody from starting; every fault does, with the same words', (t) => {
    const doubtful = `accounts: { sameCode: true, default: '699999' }
rules:
  - { name: everything, set: { account: '1' } }
  - { name: hotels, when: { expenseType: LODNG }, set: { account: '2' } }
`;
    const files = mappingFiles(t, doubtful);
    assert.equal(files.faults().length, 3);
    assert.ok(files.faults().every(({ severity }) => severity === 'warning'));
    assert.doesNotThrow(files.load);
    const faulty = mappingFiles(t, mistakes, { 'accounts.csv': accounts });
    assert.throws(faulty.load, /mapping\/demf\.yaml:14: erp\.0\.companies\.0\.mapping\.cardLiabilities/);
    const overlap = mappingFiles(
      t,
      "accounts: { codes: { '1': '2' }, rows: [{ concur: '1', erp: '3', from: 2026-01-01 }] }",
    );
    assert.throws(overlap.load, /the days of 1 overlap with those of mapping\/demf\.yaml:1; give each/);
  });

  it('B8: rows that follow each other day by day do not overlap, nor do rules with other conditions cover each other', (t) => {
    const fine = `accounts:
  table: accounts.csv
  rows: [{ concur: '7', erp: '70', to: 2026-06-30 }, { concur: '7', erp: '71', from: 2026-07-01 }]
dimensions:
  - { dimension: A, from: [allocationCustom1Code], values: { sameCode: true } }
rules:
  - { name: a, when: { country: FR }, set: { account: '1' } }
  - { name: b, when: { country: [FR, DE] }, set: { account: '2' } }
  - { name: c, to: 2026-01-31, when: { expenseType: X }, set: { account: '3' } }
  - { name: d, when: { expenseType: X }, set: { account: '4' } }
  - { name: e, when: { country: FR }, set: { dimensions: { A: '5' } } }
`;
    const table = 'concur,erp,from,to,note\n8,80,,2026-06-30,old\n8,81,2026-07-01,,new\n';
    assert.deepEqual(mappingFiles(t, fine, { 'accounts.csv': table }).found(), []);
  });

  it('B8: places stay right behind a rule that is left out, and a faulty connections file hides no fault of a mapping', (t) => {
    const text = `rules:
  - { name: 5, set: { account: '1' } }
  - { name: b, when: { country: Germany }, set: { account: '2' } }
dimensions:
  - { dimension: [D], from: [allocationCustom1Code] }
  - { dimension: E, from: [allocationCustom0Code] }
`;
    const files = mappingFiles(t, text, {}, [['currency: EUR\n        timeZone', 'currency: Euro\n        timeZone']]);
    assert.deepEqual(files.found(), [
      'connections.yaml:20: erp.0.companies.0.currency has a value that is not allowed',
      'mapping/demf.yaml:2: rules.0.name has a value of the wrong kind (invalid input: expected string, received number)',
      "mapping/demf.yaml:3: rule 'b': country is never Germany",
      'mapping/demf.yaml:5: dimensions.0.dimension has a value of the wrong kind (invalid input: expected string, received array)',
      'mapping/demf.yaml:6: Concur has no field allocationCustom0Code for a dimension',
    ]);
    assert.equal(examineMappings(files.path).source, undefined);
  });

  it('B8: tables for spreadsheets: a semicolon, an unclosed quote and an empty file are told with their lines', (t) => {
    const text =
      'accounts: { table: a.csv }\nvendors: { table: b.csv }\nemployees: { table: c.csv }\ncardPrograms: { table: d.csv }\ninputTaxTable: e.csv\n';
    const tables = {
      'a.csv': 'concur;erp\n1;2\n',
      'b.csv': 'concur,erp\n1,"2\n',
      'c.csv': '',
      'd.csv': 'concur,erp,as\nAMX,210000,account\n',
      'e.csv': 'authority,code,erp,from\nDEVAT,V1,157600,01.02.2026\nDEVAT,V2,157601,\nDEVAT,V2,157602,\n',
    };
    const files = mappingFiles(t, text, tables);
    const found = files.found().sort();
    assert.match(found[0] ?? '', /^mapping\/a\.csv:1: .*its header is concur;erp/);
    assert.match(found[1] ?? '', /^mapping\/b\.csv:\d: the table is no valid CSV/);
    assert.match(found[2] ?? '', /^mapping\/c\.csv:1: the table is empty/);
    assert.match(found[3] ?? '', /^mapping\/d\.csv:2: the column as holds account/);
    assert.match(found[4] ?? '', /^mapping\/e\.csv:2: 01\.02\.2026 is no day/);
    assert.match(found[5] ?? '', /^mapping\/e\.csv:4: the tax DEVAT\/V2 is mapped twice/);
    assert.equal(found.length, 6);
    assert.match(files.faults().find(({ file }) => file === 'mapping/a.csv')?.remedy ?? '', /commas/);
  });

  it("decisions 17, S98: a dimension of the employee shares no cost object's field, and a default hides no required value", (t) => {
    const text = `dimensions:
  - { dimension: CostCenter, from: [allocationCustom2Code], required: true, default: C1, values: { sameCode: true } }
  - dimension: Department
    from: [allocationCustom2Code]
    fromEmployee: [employeeOrgUnit2Code, employeeCustom22Code]
    values: { sameCode: true }
  - { dimension: Department, from: [allocationCustom3Code] }
`;
    assert.deepEqual(mappingFiles(t, text).found(), [
      'mapping/demf.yaml:2: ? CostCenter is required, but its default hides that it is missing',
      'mapping/demf.yaml:5: Concur has no field employeeCustom22Code for a dimension',
      "mapping/demf.yaml:5: Department would take the employee's own code where the cost object allocationCustom2Code of CostCenter is missing",
      'mapping/demf.yaml:7: the dimension Department is described twice',
    ]);
  });
});
