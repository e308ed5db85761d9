import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Journal } from '../../simulators/harness/types.js';
import { examineAll } from '../../src/cli/mapping-check.js';
import { affectedDocuments, readRules } from '../../src/cli/mapping-diff.js';
import { planFacts } from '../../src/cli/mapping-facts.js';
import { seenReport } from '../../src/cli/mapping-seen.js';
import { loadConnections } from '../../src/config/load-connections.js';
import { openDatabase } from '../../src/store/database.js';
import { changed, fixtureText } from '../unit/mapping-fixtures.js';
import { mappingStage, type MappingStage } from './mapping-stage.js';

/** Twenty mistakes: each line that has one says which in a comment, the tables in their column note. */
const planted = `for: { erp: bc, company: "O'Brien & Söhne" }
employees: { table: employees.csv }
accounts: { table: accounts.csv, default: '6199' } # 1 no such account
cardLiabilities: { CBCP: { ledger: '2100 ' } } # 2 a blank at the end
advance: { '1620': 1620 } # 3 no quotes
payrolClearing: '2100' # 4 misspelt
expenseTypes: { table: expense-types.csv } # 5 no such file
dimensions:
  - dimension: DEPARTMENT
    from: [allocationCustom2] # 6 no such field
    values: { codes: { '410': D410, '420': D420 } } # 7 no such value
  - dimension: PROJECT # 8 no such dimension
    from: [allocationCustom3Code]
    values: { codes: { P1: P-1 } }
rules:
  - { name: hotels, when: { expenseType: LODNG }, set: { account: '6195' } } # 9 blocked
  - { name: hotels in France, when: { expenseType: LODNG, country: FR }, set: { account: '6100' } } # 10 never reached
  - { name: any, when: { country: Germany }, set: { account: '6100' } } # 11 no country
  - { name: payee, when: { documentType: expense }, set: { vendor: E-001 } } # 12 a default in disguise
  - { name: dates, from: 2026-12-31, to: 2026-01-01, when: { country: FR }, set: { account: '6100' } } # 13 ends before it begins
`;
const tables = {
  'accounts.csv': `concur,erp,from,to,note
6100,6100,,,
6100,6110,,,14 mapped twice
6110,6190,,,15 takes no postings
6120,,,,16 empty
6130,6110,2026-01-01,2026-06-30,
6130,6110,2026-06-30,,17 the days overlap
`,
  'employees.csv': `concur,erp,note
KX10001,E-001,
KX10002,E-002,18 blocked
KX10003,E-003,19 no such vendor
KX10004,E-0000000000000000004,20 too long
`,
};
const expected: [place: string, message: RegExp][] = [
  ['mapping/bc.yaml:3', /6199 does not exist/],
  ['mapping/bc.yaml:4', /blanks at its ends/],
  ['mapping/bc.yaml:5', /wrong kind/],
  ['mapping/bc.yaml:6', /no setting payrolClearing/],
  ['mapping/bc.yaml:7', /cannot be read/],
  ['mapping/bc.yaml:10', /no field allocationCustom2 /],
  ['mapping/bc.yaml:11', /D420/],
  ['mapping/bc.yaml:14', /PROJECT/],
  ['mapping/bc.yaml:16', /6195 is blocked/],
  ['mapping/bc.yaml:17', /never decides/],
  ['mapping/bc.yaml:18', /never Germany/],
  ['mapping/bc.yaml:19', /would be a default/],
  ['mapping/bc.yaml:20', /has ended before/],
  ['mapping/employees.csv:3', /E-002 is blocked/],
  ['mapping/employees.csv:4', /E-003 does not exist/],
  ['mapping/employees.csv:5', /21 characters/],
  ['mapping/accounts.csv:3', /mapped twice/],
  ['mapping/accounts.csv:4', /6190 is a total account/],
  ['mapping/accounts.csv:5', /needs a value/],
  ['mapping/accounts.csv:7', /overlap/],
];

const sound = `employees: { codes: { KX10001: E-001, KX10003: E-002 } }
vendors: { sameCode: true }
accounts: { codes: { '6100': '6100', '1910': '2100' } }
cardLiabilities: { CBCP: { ledger: '2100' } }
inputTax: [{ authority: DEVAT, account: '2100' }]
dimensions: [{ dimension: DEPARTMENT, from: [allocationCustom2Code], values: { codes: { '410': D410, '420': SALES } } }]
`;

describe('mapping commands before Business Central', () => {
  let stage: MappingStage;
  before(async () => {
    stage = await mappingStage();
  });
  after(() => stage.close());

  it('B8, S93, S94: twenty planted mistakes get twenty findings in one run, each with file, line and remedy', async () => {
    const report = await examineAll({ config: stage.install(planted, tables) }, stage.environment);
    assert.deepEqual(report.notAsked, []);
    const said = report.findings.map(({ file, line, message }) => `${file}:${line} ${message}`);
    for (const [index, [place, message]] of expected.entries()) {
      assert.ok(said[index]?.startsWith(`${place} `), `${index + 1}: ${place}\n${said.join('\n')}`);
      assert.match(said[index] ?? '', message);
    }
    assert.equal(said.length, 20, said.join('\n'));
    for (const { remedy, message } of report.findings) assert.ok(remedy.length > 5, message);
    assert.equal(report.ok, false);
    const witnessed = (await (await fetch(`${stage.system.urls.control}/control/journal`)).json()) as Journal;
    assert.deepEqual([witnessed.writes, witnessed.violations], [[], []]);
  });

  it('B8: a sound mapping is found sound; one that the ERP was not asked about is not', async () => {
    const path = stage.install(sound.replace('KX10003: E-002', 'KX10003: E-001'));
    const report = await examineAll({ config: path }, stage.environment);
    assert.deepEqual([report.ok, report.findings, report.asked], [true, [], ["bc/O'Brien & Söhne"]]);
    const offline = await examineAll({ config: path, offline: true }, {});
    assert.deepEqual([offline.ok, offline.asked], [true, []]);
    const wrong = await examineAll({ config: path }, { ...stage.environment, BC_SECRET: 'wrong' });
    assert.deepEqual([wrong.ok, wrong.notAsked.length, wrong.findings], [false, 1, []]);
  });

  it('B8, B29: codes seen and not mapped are listed with sums and similar names, and employees who will fail next', async () => {
    const report = fixtureText('expense-split-with-tax');
    await stage.store('expense', '1'.repeat(32), report);
    const other = changed(
      'expense-split-with-tax',
      ['KX10001', 'KX20001'],
      ['"Ada"', '"Adah"'],
      ['A1B2C3D4E5F6A7B8C9D0', 'B1B2C3D4E5F6A7B8C9D0'],
    );
    await stage.store('expense', '2'.repeat(32), other);
    const blocked = changed(
      'expense-split-with-tax',
      ['KX10001', 'KX10003'],
      ['A1B2C3D4E5F6A7B8C9D0', 'C1B2C3D4E5F6A7B8C9D0'],
    );
    await stage.store('expense', '3'.repeat(32), blocked);
    const connections = loadConnections(stage.install(sound), stage.environment);
    const db = openDatabase(stage.databaseUrl);
    try {
      const seen = await seenReport(connections, db, { days: 90, offline: false });
      assert.deepEqual(seen.notAsked, []);
      const shown = seen.unmapped.map(({ kind, dimension, code, documents, amounts, names }) => [
        dimension ?? kind,
        code,
        documents,
        amounts['EUR'],
        names[0],
      ]);
      assert.deepEqual(shown, [
        ['account', '6110', 3, '372', 'Airfare'],
        ['DEPARTMENT', '430', 3, '100.02', 'Hotel'],
        ['employee', 'KX20001', 1, '114', 'Adah Albrecht'],
      ]);
      assert.deepEqual(
        seen.unmapped.map(({ suggestions }) => suggestions.map(({ erp }) => erp)),
        [['6110'], [], ['E-001']],
      );
      assert.deepEqual(
        seen.failingNext.map(({ employee, reason }) => [employee, reason.replace(/ in O'Brien.*/, '')]),
        [
          ['KX20001', 'no vendor account: no row for KX20001 in employees'],
          ['KX10003', 'Vendor E-002 is blocked for everything'],
        ],
      );
    } finally {
      await db.end();
    }
  });

  it('B29: an employee whose row is over fails next, also when his last document was posted; one who is long gone does not', async () => {
    const report = (employee: string, id: string) =>
      changed('expense-split-with-tax', ['KX10001', employee], ['A1B2C3D4E5F6A7B8C9D0', id]);
    await stage.store('expense', '5'.repeat(32), report('KX50001', 'E1B2C3D4E5F6A7B8C9D0'));
    await stage.store('expense', '6'.repeat(32), report('KX60001', 'F1B2C3D4E5F6A7B8C9D0'));
    const leavers = ['KX50001', 'KX60001'].map((id) => `{ concur: ${id}, erp: E-001, to: 2026-06-30 }`).join(', ');
    const mapping = sound.replace('employees: {', `employees: { rows: [${leavers}],`);
    const connections = loadConnections(stage.install(mapping), stage.environment);
    const db = openDatabase(stage.databaseUrl);
    try {
      await db.query(`update documents set outcome = 'posted' where fi_id = any($1)`, [
        ['5'.repeat(32), '6'.repeat(32)],
      ]);
      await db.query(`update documents set discovered_at = now() - interval '91 days' where fi_id = $1`, [
        '6'.repeat(32),
      ]);
      const { failingNext, unmapped } = await seenReport(connections, db, { days: 90, offline: true });
      const ours = failingNext.filter(({ employee }) => /^KX[56]/.test(employee));
      assert.deepEqual(
        ours.map(({ employee }) => employee),
        ['KX50001'],
      );
      assert.match(ours[0]?.reason ?? '', /the rows for KX50001 in employees do not hold on .* \(until 2026-06-30\)/);
      assert.deepEqual(
        unmapped.filter(({ code }) => code.startsWith('KX5')),
        [],
      );
      await db.query('delete from documents where fi_id = any($1)', [['5'.repeat(32), '6'.repeat(32)]]);
    } finally {
      await db.end();
    }
  });

  it('B8, B32: a change of the mapping tells which waiting documents it would post otherwise', async () => {
    const complete = sound
      .replace("'6100': '6100',", "'6100': '6100', '6110': '6110',")
      .replace("'420': SALES", "'420': SALES, '430': SALES");
    const changedRow = complete.replace("'6110': '6110'", "'6110': '6100'");
    const [old, now] = [stage.install(complete), stage.install(changedRow)];
    const connections = loadConnections(old, stage.environment);
    const db = openDatabase(stage.databaseUrl);
    try {
      const facts = await planFacts(connections, db);
      assert.deepEqual(await affectedDocuments(db, readRules(old), readRules(old), facts), []);
      const affected = await affectedDocuments(db, readRules(old), readRules(now), facts);
      assert.equal(affected.length, 3);
      assert.match(affected[0]?.before.join() ?? '', /124 · ledger · 6110 · DEPARTMENT D410 · Airfare/);
      assert.match(affected[0]?.after.join() ?? '', /124 · ledger · 6100 · DEPARTMENT D410 · Airfare/);
      await db.query(`update documents set outcome = 'posted' where fi_id = $1`, ['1'.repeat(32)]);
      assert.equal((await affectedDocuments(db, readRules(old), readRules(now), facts)).length, 2);
    } finally {
      await db.end();
    }
  });
});
