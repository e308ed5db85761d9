import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readRules } from '../../src/cli/mapping-diff.js';
import { exportMapping, tablesOf } from '../../src/cli/mapping-export.js';
import { configFiles } from './config-files.js';

const inPlace = `mapping:
          employees: { codes: { KX10001: E-001 } }
          vendors: { sameCode: true }
          accounts: { table: accounts.csv, codes: { '6110': '611000' } }`;
const rows = `mapping:
          employees: { codes: { KX10001: E-001, '00042': 'E,"42"' } }
          vendors:
            rows:
              - { concur: S-2, erp: V-2, from: 2027-01-01 }
              - { concur: S-2, erp: V-1, to: 2026-12-31 }
            codes: { S-1: V-1 }
          accounts: { table: accounts.csv, codes: { '6110': '611000' } }
          cardPrograms: { codes: { VISA: { vendor: V-9 }, AMX: { ledger: '210000' } } }
          inputTax:
            - { authority: DEVAT, code: V2, account: '157100', to: 2026-12-31 }
            - { authority: DEVAT, account: '157600' }
          dimensions:
            - { dimension: Cost Center, from: [allocationCustom2Code], values: { codes: { '0410': '0410' } } }`;
const tables = `mapping:
          employees: { table: out/employees.csv }
          vendors: { table: out/vendors.csv }
          accounts: { table: out/accounts.csv }
          cardPrograms: { table: out/cardPrograms.csv }
          inputTaxTable: out/inputTax.csv
          dimensions:
            - { dimension: Cost Center, from: [allocationCustom2Code], values: { table: out/dimension-Cost_Center.csv } }`;

describe('mapping export', () => {
  it('B8, B32: tables that are written and read back give the same mapping, to the digest', (t) => {
    const { path } = configFiles(t, [[inPlace, rows]]);
    const out = join(path, '..', 'out');
    t.mock.method(console, 'log', () => undefined);
    exportMapping('fo/demf', { config: path, out });
    assert.equal(
      readFileSync(join(out, 'vendors.csv'), 'utf8'),
      'concur,erp,from,to\nS-1,V-1,,\nS-2,V-1,,2026-12-31\nS-2,V-2,2027-01-01,\n',
    );
    assert.equal(readFileSync(join(out, 'employees.csv'), 'utf8'), 'concur,erp\n00042,"E,""42"""\nKX10001,E-001\n');
    const { version } = readRules(path);
    const exported = tablesOf(path, 'fo/demf');
    writeFileSync(path, readFileSync(path, 'utf8').replace(rows, tables));
    assert.equal(readRules(path).version, version);
    assert.deepEqual(tablesOf(path, 'fo/demf'), exported);
  });

  it('B8: nothing that is there is overwritten, and an unknown company is told with those that there are', (t) => {
    const { path } = configFiles(t);
    const out = mkdtempSync(join(tmpdir(), 'mapping-export-'));
    t.after(() => rmSync(out, { recursive: true }));
    writeFileSync(join(out, 'accounts.csv'), 'mine');
    assert.throws(() => exportMapping('fo/demf', { config: path, out }), /accounts\.csv: already there/);
    assert.equal(readFileSync(join(out, 'accounts.csv'), 'utf8'), 'mine');
    assert.throws(() => exportMapping('fo/dmef', { config: path, out }), /no company of .*; there is fo\/demf, bc\//);
  });
});
