import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewDocuments } from '../../src/sandbox/preview.js';
import { changed, facts, fixtureText, foMapping, rulesFor } from './mapping-fixtures.js';

const envelope = (id: string, docType: string, text: string): string =>
  `{"fIDocuments":[{"id":"${id}","docType":"${docType}","docStatus":"ACKNOWLEDGED","document":${text}}],"numberReturned":1}`;

const files = [
  { name: 'a.json', text: envelope('a'.repeat(32), 'expense', fixtureText('expense-split-with-tax')) },
  { name: 'b.json', text: envelope('a'.repeat(32), 'expense', fixtureText('expense-split-with-tax')) },
  {
    name: 'c.json',
    text: `{"content":[{"id":"c1","docType":"cashadvance","document":${JSON.stringify(fixtureText('cash-advance'))}}]}`,
  },
  { name: 'd.json', text: fixtureText('invoice-two-lines') },
  { name: 'e.json', text: '{"hello":1}' },
  { name: 'f.json', text: 'no json' },
  { name: 'g.json', text: envelope('g1', 'reportobligation', fixtureText('expense-with-advance')) },
];

test('B6: a preview shows ledger and ERP document of every document, once, and lists what it skipped', () => {
  const { documents, skipped } = previewDocuments(files, rulesFor(foMapping), facts);
  assert.deepEqual(
    documents.map(({ docType, file }) => `${docType} ${file}`),
    ['expense a.json', 'cashadvance c.json', 'invoice d.json'],
  );
  assert.deepEqual(
    skipped.map(({ file }) => file),
    ['e.json', 'f.json', 'g.json'],
  );
  assert.match(documents[2]?.documentId ?? '', /^[0-9a-f]{32}$/);
  assert.deepEqual(
    documents.map(({ erpDocuments }) => erpDocuments.length),
    [1, 1, 1],
  );
});

test('Without rules the preview shows ledgers only', () => {
  const { documents } = previewDocuments(files, undefined, facts);
  assert.deepEqual(
    documents.map(({ ledger, erpDocuments }) => [ledger?.currency, erpDocuments.length]),
    [
      ['EUR', 0],
      ['GBP', 0],
      ['EUR', 0],
    ],
  );
});

test('A refused document still shows its ledger; one that cannot be read says where', () => {
  const broken = changed('expense-split-with-tax', ['"totalApprovedAmount": 224.00000000', '"totalApprovedAmount": 1']);
  const unreadable = changed('invoice-two-lines', ['"vendorCode": "S-20001"', '"vendorCode": ""']);
  const { documents } = previewDocuments(
    [
      { name: 'x.json', text: broken },
      { name: 'y.json', text: unreadable },
    ],
    rulesFor(foMapping),
    facts,
  );
  assert.deepEqual(
    documents.map(({ ledger, refusals }) => [ledger?.lines.length, refusals.map(({ hold }) => hold)]),
    [
      [9, ['document-inconsistent']],
      [undefined, ['document-unreadable']],
    ],
  );
  assert.equal(documents[1]?.refusals[0]?.field, 'vendor.vendorCode');
});
