import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { documentLedger } from '../../simulators/concur/document-ledger.js';
import type { LedgerLine } from '../../src/contracts/ledger.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { plain, sumOf } from '../../src/mapping/money.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import { documentCases } from '../../src/sandbox/cases/document-cases.js';
import { generateCases } from '../../src/sandbox/cases/generate-cases.js';
import { loadDocuments } from '../../src/sandbox/load-documents.js';
import type { CaseFixture } from './case-fixtures.js';
import { caseFixtures, expectedLedgers } from './case-fixtures.js';

const fixtures = caseFixtures();
const expected = expectedLedgers();

const asSet = (lines: LedgerLine[]): string[] =>
  lines.map((line) => JSON.stringify(Object.entries(line).sort(([a], [b]) => a.localeCompare(b)))).sort();
const read = ({ docType, text }: CaseFixture) => readConcurDocument(docType, text);

/**
 * The cases that SAP publishes (FIS spec 10.2 to 10.8), those outside of our sample folder included, and the fixture of ours
 * that has the structure of each.
 */
const published: Record<string, string> = {
  '1.1 and 6.1.1': 'old-form',
  '1.2': 'refund',
  '1.3': 'mileage',
  '1.4': 'foreign-divide',
  '2.1': 'tax-full',
  '2.2': 'tax-payroll',
  '2.3': 'tax-several',
  '3.1 and 6.1.4': 'company-paid',
  '5.1.1': 'advance-issued',
  '5.2.1 advance': 'advance-at-par',
  '5.2.1 report': 'advance-used',
  '6.1.5': 'card-private-left-out',
  '6.1.6': 'itemised',
  '6.1.7': 'company-card',
  '6.1.7 with offsetting': 'offset-to-card',
  '6.2.1': 'card-private-only',
  '6.2.2': 'card-private',
  'inline expense': 'advance-clears-itself',
  'inline cash advance': 'advance-issued',
  'inline invoice': 'invoice-unknown-supplier',
  'E4, a real split': 'allocated',
  'E12, personal lines without account': 'card-private-no-account',
  'E14, a second offset': 'offset',
  'E16, one charge in two entries': 'card-charge-split',
  'E17, a rate in one currency': 'card-billed-rate',
  'A2, an advance returned': 'advance-returned',
};

test('Every case of the generator and every published one has a fixture and an expected ledger', () => {
  const names = fixtures.map(({ name }) => name);
  assert.deepEqual(names, documentCases.map(({ name }) => name).sort());
  assert.deepEqual(names, Object.keys(expected).sort());
  for (const [which, name] of Object.entries(published)) assert.ok(names.includes(name), `${which}: ${name}`);
});

test('S99, B12, M1: each fixture gives exactly its expected ledger, which sums to zero', () => {
  for (const fixture of fixtures) {
    const ledger = publishedLedger(read(fixture));
    const { currency, lines } = expected[fixture.name] ?? { currency: '', lines: [] };
    assert.equal(ledger.currency, currency, fixture.name);
    assert.deepEqual(asSet(ledger.lines), asSet(lines), fixture.name);
    assert.equal(plain(sumOf(lines.map(({ amount }) => amount))), '0', fixture.name);
  }
});

test('The simulated Concur, which reads documents by rules of its own, finds the same sums per kind in each fixture', () => {
  const kinds = {
    expense: 'cost',
    personal: 'cost',
    inputTax: 'tax',
    advance: 'advance',
    party: 'party',
    intercompany: 'none',
  };
  for (const { name, docType, text } of fixtures) {
    const others = documentLedger(docType, text);
    for (const kind of ['cost', 'tax', 'advance', 'party']) {
      const ours = (expected[name]?.lines ?? []).filter(({ leg }) => kinds[leg] === kind);
      const theirs = others.filter((line) => line.kind === kind);
      assert.equal(
        plain(sumOf(ours.map(({ amount }) => amount))),
        plain(sumOf(theirs.map(({ amount }) => amount))),
        name,
      );
    }
  }
});

test('Only the fixtures that are meant to be odd are refused or warned about, by the invariant that they break', () => {
  const codes = (kind: 'refusals' | 'warnings'): string[] =>
    fixtures.flatMap((fixture) => [...new Set(read(fixture)[kind].map(({ code }) => `${fixture.name} ${code}`))]);
  assert.deepEqual(codes('refusals'), ['advance-clears-itself A4']);
  assert.deepEqual(codes('warnings'), [
    'advance-at-par N3',
    'card-billed-rate E17',
    'card-charge-split E16',
    'invoice-tax invoice-tax',
    'old-form E1',
    'tax-foreign E10',
    'tax-foreign E9',
    'tax-several-foreign E10',
    'tax-several-foreign E9',
  ]);
});

test('B12: the documents of one cash advance bring its clearing account back to zero', () => {
  const shared = ['advance-issued', 'advance-used', 'advance-returned'];
  const rows = shared.flatMap((name) => (expected[name]?.lines ?? []).filter(({ leg }) => leg === 'advance'));
  assert.equal(rows.length, 3);
  assert.equal(plain(sumOf(rows.map(({ amount }) => amount))), '0');
});

const samples = join(import.meta.dirname, '../../../shared/samples/concur/fis');
const skip = existsSync(samples) ? false : `the published samples are not at ${samples}`;

/** Paths of a document's members with the JSON types that their values have; positions in arrays do not count. */
function shapeOf(value: unknown, path = '', found = new Map<string, Set<string>>()): Map<string, Set<string>> {
  if (Array.isArray(value)) {
    for (const each of value) shapeOf(each, path, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) shapeOf(member, path === '' ? name : `${path}.${name}`, found);
  } else {
    found.set(path, (found.get(path) ?? new Set()).add(value === null ? 'null' : typeof value));
  }
  return found;
}

/** Members that no current document has: two old samples alone, and numbered fields beyond the documented range. */
const oldMembers = ['employee.emailAddress'];

test(
  'Generated documents have every member of the published ones, numbers as numbers and texts as texts',
  { skip },
  () => {
    const generated = generateCases({ count: documentCases.length * 3, seed: 5 });
    for (const docType of ['expense', 'invoice', 'cashadvance'] as const) {
      const ours = shapeOf(generated.filter((each) => each.docType === docType).map(({ document }) => document));
      const files = readdirSync(samples).map((name) => ({ name, text: readFileSync(join(samples, name), 'utf8') }));
      const { documents } = loadDocuments(files);
      const theirs = shapeOf(documents.filter((each) => each.docType === docType).map(({ document }) => document));
      for (const [path, types] of theirs) {
        if (oldMembers.includes(path)) continue;
        const own = ours.get(path);
        assert.ok(own, `${docType} ${path} is missing`);
        const kinds = [...types].filter((type) => type !== 'null');
        const ownKinds = [...own].filter((type) => type !== 'null');
        assert.ok(
          kinds.length === 0 || ownKinds.every((type) => kinds.includes(type)),
          `${docType} ${path}: ${[...own].join()}`,
        );
      }
    }
  },
);
