import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { LedgerLine, PublishedLedger } from '../../src/contracts/ledger.js';
import { previewDocuments, type Preview } from '../../src/sandbox/preview.js';
import { cli, publishedSamples, skipWithoutSamples } from './sandbox-process.js';

type Previewed = Preview['documents'][number];

const members = ['docType', 'documentId', 'erpDocuments', 'ledger', 'refusals', 'warnings'];
/** One that can be posted, one that is refused by its own figures, and one whose vendor no ERP can hold. */
const throughTheProgram = [
  'FI-API-CashAdvanceID-2E6DA12BB8B87D468BD666383E44033D-Example-5.2.1.json',
  'inline-expense.json',
  'inline-invoice.json',
];

function expectedLedgers(): [string, PublishedLedger][] {
  const text = readFileSync(join(publishedSamples, 'EXPECTED-LEDGERS.json'), 'utf8');
  return Object.entries((JSON.parse(text) as { documents: Record<string, PublishedLedger> }).documents);
}

function assertLedger(actual: PublishedLedger | null | undefined, expected: PublishedLedger, file: string): void {
  assert.equal(actual?.currency, expected.currency, file);
  assert.deepEqual(asMultiset(actual.lines), asMultiset(expected.lines), file);
}

const asMultiset = (lines: LedgerLine[]): string[] => lines.map((line) => JSON.stringify(sortedKeys(line))).sort();

const sortedKeys = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([left], [right]) => left.localeCompare(right))
          .map(([key, inner]) => [key, sortedKeys(inner)]),
      )
    : value;

describe('preview of the published documents', { skip: skipWithoutSamples }, () => {
  it('S99: the ledger of every published document is the expected one', () => {
    const ledgers = expectedLedgers();
    assert.equal(ledgers.length, 22);
    const facts = { today: {}, openFrom: {}, resolvedVendors: {} };
    for (const [name, expected] of ledgers) {
      const text = readFileSync(join(publishedSamples, name), 'utf8');
      const [document] = previewDocuments([{ name, text }], undefined, facts).documents;
      assertLedger(document?.ledger, expected, name);
    }
  });

  for (const name of throughTheProgram) {
    it(`S99: the program prints ${name} as one JSON object and ends with 0, also when it refuses`, async () => {
      const { code, stdout, stderr } = await cli('preview', '--document', join(publishedSamples, name), '--json');
      assert.equal(code, 0, stderr);
      const { documents } = JSON.parse(stdout) as { documents: Previewed[] };
      assert.equal(documents.length, 1);
      const [document] = documents;
      assert.ok(document);
      for (const member of members) assert.ok(member in document, member);
      const expected = expectedLedgers().find(([file]) => file === name)?.[1];
      assert.ok(expected);
      assertLedger(document.ledger, expected, name);
      const isRefused = name.startsWith('inline-expense') || name.startsWith('inline-invoice');
      assert.equal(document.refusals.length > 0, isRefused, JSON.stringify(document.refusals));
      assert.equal(document.erpDocuments.length > 0, !isRefused);
    });
  }

  it('a file that is not there ends with 2 and one sentence', async () => {
    const { code, stdout, stderr } = await cli('preview', '--document', '/nowhere/report.json', '--json');
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    assert.equal(stderr, '/nowhere/report.json cannot be read.\n');
  });
});
