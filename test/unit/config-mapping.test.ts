import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFiles } from './config-files.js';

const table = (text: string) => ({ 'accounts.csv': text });

test('A table is read with quotes, blanks, empty lines and a byte order mark', (t) => {
  const csv = '\uFEFFconcur,erp\r\n 6100 , 610000\r\n\r\n"6,200","62""0"\r\n0410,0099\r\n';
  const { rules } = configFiles(t, [], table(csv)).load();
  assert.deepEqual(rules.companies[0]?.accounts.byCode, {
    6110: '611000',
    6100: '610000',
    '6,200': '62"0',
    '0410': '0099',
  });
});

test('All faults of a table are told with file and line: gaps, doubles, and codes that stand in the file as well', (t) => {
  const { faults } = configFiles(t, [], table('concur,erp\n6100,\n6200,620000\n6200,620001\n6110,611001\n'));
  assert.deepEqual(faults(), [
    'accounts.csv:2: a row needs a value in the columns concur and erp; fill the cell or remove the row',
    'accounts.csv:4: the code 6200 is mapped twice; remove one row (the other is accounts.csv:3)',
    'accounts.csv:5: the code 6110 is mapped twice; remove one row (the other is connections.yaml:26)',
  ]);
});

test('A code with the name of a property that every object has is a code like any other', (t) => {
  const { rules } = configFiles(t, [], table('concur,erp\nconstructor,610000\n')).load();
  assert.equal(rules.companies[0]?.accounts.byCode['constructor'], '610000');
});

test('A table with other columns, of unequal length or missing is told with its name', (t) => {
  assert.match(configFiles(t, [], table('from,to\n1,2\n')).faults()[0] ?? '', /^accounts\.csv:1: .*concur and erp/);
  assert.match(configFiles(t, [], table('concur,erp\n1,2,3\n')).faults()[0] ?? '', /^accounts\.csv:2: .*3 cells/);
  const missing = configFiles(t, [['table: accounts.csv', 'table: gone.csv']]).faults();
  assert.deepEqual(missing, [
    'connections.yaml:26: gone.csv cannot be read; write the CSV table or remove the reference',
  ]);
});

test('Faults of tables, of rules and of secrets are listed together', (t) => {
  const { faults } = configFiles(
    t,
    [['DE01: { erp: fo, company: demf }', 'DE01: { erp: fo, company: usmf }']],
    table('concur,erp\n6100,\n'),
  );
  const found = faults({});
  assert.equal(found.length, 5);
  for (const part of ['ENCRYPTION_KEY', 'FO_SECRET', 'BC_SECRET', 'accounts.csv:2', 'fo/usmf']) {
    assert.ok(
      found.some((fault) => fault.includes(part)),
      part,
    );
  }
});

test('S114: the mapping version changes with anything that decides a posting, and with nothing else', (t) => {
  const version = (replacements: [string, string][], tables = {}) =>
    configFiles(t, replacements, tables).load().rules.version;
  const now = version([]);
  assert.match(now, /^[0-9a-f]{12}$/);
  assert.equal(version([['systemId: connector-emea', 'systemId: other']]), now);
  assert.notEqual(version([], table('concur,erp\n6100,610001\n')), now);
  assert.notEqual(version([['KX10001: E-001', 'KX10001: E-002']]), now);
  assert.notEqual(version([['currency: EUR', 'currency: USD']]), now);
});
