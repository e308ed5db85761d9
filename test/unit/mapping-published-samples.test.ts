import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import type { DocType } from '../../src/contracts/documents.js';
import type { LedgerLine, PublishedLedger } from '../../src/contracts/ledger.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { loadDocuments } from '../../src/sandbox/load-documents.js';

const samples = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/samples/concur/fis');
const expectedFile = join(samples, 'EXPECTED-LEDGERS.json');
const skip = existsSync(expectedFile) ? false : `the published samples are not at ${samples}`;

interface Sample {
  file: string;
  docType: DocType;
  text: string;
  expected: PublishedLedger;
}

function readSamples(): Sample[] {
  const { documents } = JSON.parse(readFileSync(expectedFile, 'utf8')) as {
    documents: Record<string, PublishedLedger>;
  };
  return Object.entries(documents).map(([file, expected]) => {
    const loaded = loadDocuments([{ name: file, text: readFileSync(join(samples, file), 'utf8') }]);
    const [document] = loaded.documents;
    assert.ok(document, `${file} holds one document`);
    return { file, docType: document.docType, text: document.documentText, expected };
  });
}

const sortedKeys = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => a.localeCompare(b))
          .map(([k, v]) => [k, sortedKeys(v)]),
      )
    : value;
const multiset = (lines: LedgerLine[]): string[] => lines.map((line) => JSON.stringify(sortedKeys(line))).sort();

test('M1: the ledger of each published document equals the expected ledger', { skip }, () => {
  const all = readSamples();
  assert.equal(all.length, 22);
  for (const { file, docType, text, expected } of all) {
    const ledger = publishedLedger(readConcurDocument(docType, text));
    assert.equal(ledger.currency, expected.currency, file);
    assert.deepEqual(multiset(ledger.lines), multiset(expected.lines), file);
  }
});

test(
  'Of the published documents, only the one whose clearing account is an expense account is refused',
  { skip },
  () => {
    const refused = readSamples().flatMap(({ file, docType, text }) =>
      readConcurDocument(docType, text).refusals.map((refusal) => `${file} ${refusal.code}`),
    );
    assert.deepEqual(refused, ['inline-expense.json A4']);
  },
);

test('Published oddities are warned about, not refused (decisions 15)', { skip }, () => {
  const codes = readSamples().flatMap(({ docType, text }) =>
    readConcurDocument(docType, text).warnings.map((warning) => warning.code),
  );
  assert.ok(codes.includes('E1'));
  assert.ok(codes.includes('N3'));
  for (const unexpected of ['C1', 'E5', 'E9', 'E18']) {
    assert.ok(!codes.includes(unexpected), unexpected);
  }
});

test('The folder of published documents holds 20 different financial documents in 22 files', { skip }, () => {
  const files = readdirSync(samples).map((name) => ({ name, text: readFileSync(join(samples, name), 'utf8') }));
  const { documents, skipped } = loadDocuments(files);
  assert.equal(documents.length, 20);
  assert.deepEqual(skipped.map(({ file }) => file).sort(), ['EXPECTED-LEDGERS.json', 'MANIFEST.json']);
});
