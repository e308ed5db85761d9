import assert from 'node:assert/strict';
import { test } from 'node:test';
import { journalRoutes } from '../../src/composition/fo-journal-names.js';
import { configFiles } from './config-files.js';

const german: [string, string] = [
  'vendors: { sameCode: true }',
  "vendors: { sameCode: true }\n          intercompany: [{ erp: bc, company: O'Brien & Söhne, dueFrom: '1390', dueTo: '2390' }]",
];
const irish: [string, string] = [
  'mapping: {}',
  "mapping: { intercompany: [{ erp: fo, company: demf, dueFrom: '1391', dueTo: '2391' }] }",
];
const paying: [string, string] = [
  'rules:\n',
  `rules:
  payingEntity:
    - path: employee.employeeOrgUnit1Code
      documentTypes: [expense]
      codes: { DE: { erp: fo, company: demf } }
  inputTaxIn: paying
  zeroDocuments: confirm
`,
];

test('B37: accounts between companies, the company that pays and its input tax are read, and change the mapping version', (t) => {
  const { rules } = configFiles(t, [german, irish, paying]).load();
  assert.deepEqual(
    rules.companies.map(({ intercompany }) => intercompany),
    [
      [{ partner: { erp: 'bc', company: "O'Brien & Söhne" }, dueFrom: '1390', dueTo: '2390' }],
      [{ partner: { erp: 'fo', company: 'demf' }, dueFrom: '1391', dueTo: '2391' }],
    ],
  );
  assert.deepEqual(rules.payingEntity, [
    { path: 'employee.employeeOrgUnit1Code', docTypes: ['expense'], codes: { DE: { erp: 'fo', company: 'demf' } } },
  ]);
  assert.deepEqual([rules.inputTaxIn, rules.zeroDocuments], ['paying', 'confirm']);
  const without = configFiles(t, [german, irish]).load().rules;
  assert.deepEqual([without.payingEntity, without.inputTaxIn, without.zeroDocuments], [[], 'allocation', 'hold']);
  assert.notEqual(without.version, rules.version);
});

test('A partner of the same connection needs no name of it', (t) => {
  const second: [string, string] = [
    '  - name: bc\n',
    '      - { company: FRRT, currency: EUR, journalNames: { expense: E, cashadvance: A, invoice: I }, mapping: {} }\n  - name: bc\n',
  ];
  const here: [string, string] = [
    german[0],
    "vendors: { sameCode: true }\n          intercompany: [{ company: FRRT, dueFrom: '1390', dueTo: '2390' }]",
  ];
  const { rules } = configFiles(t, [here, second]).load();
  assert.deepEqual(rules.companies[0]?.intercompany?.[0]?.partner, { erp: 'fo', company: 'FRRT' });
});

test('Unknown and doubled partners, a company that owes itself, and a payer that is no header field are told together', (t) => {
  const rows = ["{ company: nowhere, dueFrom: '1', dueTo: '2' }", "{ company: demf, dueFrom: '1', dueTo: '2' }"];
  const twice = "{ erp: bc, company: O'Brien & Söhne, dueFrom: '1', dueTo: '2' }";
  const faulty: [string, string] = [
    german[0],
    `vendors: { sameCode: true }\n          intercompany: [${[...rows, twice, twice].join(', ')}]`,
  ];
  const wrong: [string, string] = [
    'rules:\n',
    'rules:\n  payingEntity:\n    - path: expenseEntry.allocation.allocationCustom1Code\n      codes: { DE: { erp: fo, company: gone } }\n',
  ];
  const faults = configFiles(t, [faulty, wrong]).faults().join('\n');
  for (const expected of [
    /fo\/nowhere is no ERP company of this file/,
    /demf owes nothing to itself/,
    /the accounts for bc\/O'Brien & Söhne stand twice/,
    /one company pays; name a field of its header/,
    /fo\/gone is no ERP company of this file/,
  ]) {
    assert.match(faults, expected);
  }
});

test('B37: the journal name for costs that another company pays is a general journal, also for the check of its set-up', (t) => {
  const named: [string, string] = ['invoice: INV }', 'invoice: INV, general: ICJ }'];
  const { file, rules } = configFiles(t, [named]).load();
  assert.equal(rules.companies[0]?.journalNames.general, 'ICJ');
  const [fo] = file.erp;
  assert.ok(fo?.kind === 'dynamics-fo' && fo.companies[0]);
  assert.deepEqual(journalRoutes(fo.companies[0])['ICJ'], ['fo-general-journal']);
});
