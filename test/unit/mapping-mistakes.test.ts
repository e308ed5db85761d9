import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { examineMappings } from '../../src/config/examine-mapping.js';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const yaml = 'mapping/demf.yaml';
const accounts = 'mapping/demf-accounts.csv';

type Change = (folder: string) => void;

/** Replaces text in a file; text that is not there is a fault of the test. */
const edit =
  (file: string, from: string, to: string): Change =>
  (folder) => {
    const text = readFileSync(join(folder, file), 'utf8');
    assert.ok(text.includes(from), `${file} holds no ${from}`);
    writeFileSync(join(folder, file), text.replace(from, to));
  };
const table =
  (content: string | Buffer, file = accounts): Change =>
  (folder) => {
    writeFileSync(join(folder, file), content);
  };
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/** What `mapping check --offline` finds in the examples after some changes: severity, place, message and remedy. */
function found(t: TestContext, ...changes: Change[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'mapping-mistakes-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(examples, folder, { recursive: true });
  for (const change of changes) change(folder);
  return examineMappings(join(folder, 'connections.yaml')).faults.map(
    ({ severity, file, line, message, remedy }) => `${severity} ${file}:${line}: ${message}; ${remedy}`,
  );
}

/** Mistakes that people make with spreadsheets and YAML, one at a time: each is exactly one finding. */
const mistakes: [name: string, change: Change, finding: RegExp][] = [
  [
    'a code twice in YAML',
    edit(yaml, '{ S-20001: DE-20001 }', '{ S-20001: DE-20001, S-20001: DE-2 }'),
    /^fault mapping\/demf\.yaml:17: S-20001 stands twice; remove one of the two$/,
  ],
  [
    'a fault of a table that two companies share',
    table('concur,erp\n410,CC-0410\n410,CC-0420\n', 'tables/cost-centres.csv'),
    /^fault tables\/cost-centres\.csv:3: the code 410 is mapped twice; remove one row/,
  ],
  [
    'a day that no calendar has, in a table',
    table('concur,erp,from\n6100,466000,2026-02-30\n'),
    /demf-accounts\.csv:2: 2026-02-30 is no day; write year, month and day/,
  ],
  [
    'a day that no calendar has, in YAML',
    edit(yaml, 'to: 2026-12-31 }', 'to: 2026-02-30 }'),
    /demf\.yaml:20: .*; write year, month and day/,
  ],
  [
    'two columns of one name',
    table('concur,erp,erp\n6100,466000,466001\n'),
    /demf-accounts\.csv:1: the table has two columns erp; /,
  ],
  ['tabs', table('concur\terp\n6100\t466000\n'), /demf-accounts\.csv:1: .*; separate the columns by commas$/],
  [
    'a semicolon and the line of Excel before it',
    table('sep=;\r\nconcur;erp\r\n6100;466000\r\n'),
    /demf-accounts\.csv:1: .*; separate the columns by commas$/,
  ],
  [
    'Unicode text of Excel',
    table(utf16('\ufeffconcur\terp\r\n6100\t466000\r\n')),
    /demf-accounts\.csv:1: the file is saved as UTF-16; save it as UTF-8/,
  ],
  ['UTF-16 without a mark', table(utf16('concur,erp\r\n6100,466000\r\n')), /csv:1: the file is saved as UTF-16; /],
  ['a mapping file in UTF-16', table(utf16('vendors: {}\n'), yaml), /demf\.yaml:1: the file is saved as UTF-16; /],
  [
    'a quote that is never closed is told where it begins',
    table('concur,erp,note\n6100,466000,a\n6110,466300,"b\n6120,1,c\n7100,2,d\n'),
    /demf-accounts\.csv:3: .*a quote is not closed\); close the quotes/,
  ],
  [
    'a long code that a spreadsheet has made a power of ten',
    table('concur,erp\n1.23E+15,466000\n'),
    /demf-accounts\.csv:2: .* is a number that a spreadsheet has shortened; format the column as text/,
  ],
  ['a soft hyphen', table('concur,erp\n6100,4660\u00ad00\n'), /csv:2: .* holds a character that cannot be seen/],
  ['a protected blank', table('concur,erp\n6100,4660\u00a000\n'), /csv:2: .* holds a character that cannot be seen/],
  [
    'a reference to an anchor that is not there',
    edit(yaml, "codes: { MILEG: '467300' }", 'codes: *types'),
    /demf\.yaml:29: Unresolved alias.*; name an anchor that stands above/,
  ],
  ['an indentation that ends too soon', edit(yaml, '  sameCode: true\n  # …', '   sameCode: true\n  # …'), /yaml:16: /],
  [
    'an unquoted code in a condition',
    edit(yaml, '[LODNG, LODTX]', '[0100, LODTX]'),
    /demf\.yaml:56: .*; put the value in quotes$/,
  ],
  [
    'an unquoted account of a card',
    edit(yaml, "CBCP: { ledger: '361000' }", 'CBCP: { ledger: 0361000 }'),
    /demf\.yaml:36: .*; put the value in quotes$/,
  ],
  [
    'a misspelt setting that names a table',
    edit(yaml, 'inputTaxTable:', 'inputTaxtable:'),
    /demf\.yaml:39: the file has no setting inputTaxtable; /,
  ],
  [
    'a mapping file that names a mapping file',
    edit(yaml, 'vendors:\n', 'file: demf.yaml\nvendors:\n'),
    /demf\.yaml:13: a mapping file names no further mapping file; remove file/,
  ],
  [
    'accounts for a company that nobody describes',
    edit(yaml, 'vendors:\n', "intercompany:\n  - { company: usmg, dueFrom: '1', dueTo: '2' }\nvendors:\n"),
    /demf\.yaml:14: fo\/usmg is no ERP company of this file; /,
  ],
  [
    'a paying company that nobody describes',
    edit(
      'connections.yaml',
      '  legalEntity:\n',
      '  payingEntity:\n    - path: report.ledgerCode\n      codes: { US01: { erp: fo, company: usmg } }\n  legalEntity:\n',
    ),
    /connections\.yaml:139: fo\/usmg is no ERP company of this file; /,
  ],
  [
    'a rule about costs of a document that has none',
    edit(yaml, '{ allocationCustom7Code: { prefix: P- } }', '{ documentType: cashadvance }'),
    /demf\.yaml:63: .*a dimension is never decided for cashadvance; write expense or invoice$/,
  ],
  ['a rule without a name', edit(yaml, 'name: hotels abroad', "name: ''"), /demf\.yaml:55: .*; write at least one/],
];

describe('mapping check, mistakes of spreadsheets and YAML', () => {
  for (const [name, change, finding] of mistakes) {
    it(`B8: ${name} is one finding with file, line and remedy`, (t) => {
      const [only, ...more] = found(t, change);
      assert.match(only ?? 'nothing is found', finding);
      assert.deepEqual(more, []);
    });
  }

  it('B8: a code that stands twice, or tables in another form, hide no other fault of the same file', (t) => {
    const said = found(
      t,
      edit(yaml, '{ S-20001: DE-20001 }', '{ S-20001: DE-20001, S-20001: DE-2 }'),
      edit(yaml, 'inputTaxTable:', 'inputTaxtable:'),
      table('concur;erp\n6100;466000\n'),
    );
    assert.deepEqual(
      said.map((line) => /^fault (\S+):/.exec(line)?.[1]),
      ['mapping/demf.yaml:17', 'mapping/demf.yaml:39', 'mapping/demf-accounts.csv:1'],
    );
  });

  it('B8: a byte order mark, as Excel writes it, is no fault', (t) => {
    assert.deepEqual(found(t, table('\ufeffconcur,erp\r\n6100,466000\r\n')), []);
  });
});
