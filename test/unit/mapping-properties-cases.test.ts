import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { NeutralDocument } from '../../src/contracts/ledger.js';
import type { MappingRules } from '../../src/contracts/mapping-rules.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { DocumentUnreadable } from '../../src/mapping/document-unreadable.js';
import { amountOf, currencyDecimals, fitsCurrency, plain, sumOf } from '../../src/mapping/money.js';
import type { Plan } from '../../src/mapping/plan-types.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import { documentCases } from '../../src/sandbox/cases/document-cases.js';
import type { CaseDocument } from '../../src/sandbox/cases/generate-cases.js';
import { caseDocument } from '../../src/sandbox/cases/generate-cases.js';
import { caseRules } from './case-fixtures.js';
import { amountsOf, mutated, shuffled } from './document-variations.js';

/** Documents of this file in one run of the tests; with those of mapping-properties.test.ts there are more than 10,000. */
const documentsInAll = 10_000;

const rules = {
  fo: caseRules('fo', 'fo-vendor-invoice-journal'),
  bc: caseRules('bc', 'bc-purchase-invoice'),
} as const;
const todays = (of: MappingRules): Record<string, string> =>
  Object.fromEntries(of.companies.map(({ erp, company }) => [`${erp}/${company}`, '2026-08-01']));
const today = { fo: todays(rules.fo), bc: todays(rules.bc) };

/** Any document that the generator can make: its case, its seed, its place in the sequence. */
const documents = fc
  .record({
    which: fc.nat({ max: documentCases.length - 1 }),
    seed: fc.nat({ max: 2 ** 31 }),
    place: fc.nat({ max: 999 }),
  })
  // Counterexamples are printed as these three; the document is made from them.
  .map((choice) => ({ ...choice, case: documentCases[choice.which]?.name }));

function made({ which, seed, place }: { which: number; seed: number; place: number }): CaseDocument {
  const each = documentCases[which];
  assert.ok(each);
  return caseDocument(each, seed, place, Math.floor(place / documentCases.length));
}

const read = ({ docType }: CaseDocument, document: unknown): NeutralDocument =>
  readConcurDocument(docType, JSON.stringify(document));

function planned(neutral: NeutralDocument, { id, document }: CaseDocument, erp: 'fo' | 'bc'): Plan {
  const facts = { fiId: id, today: today[erp], openFrom: {}, resolvedVendors: {} };
  return planErpDocuments(neutral, JSON.parse(JSON.stringify(document)), rules[erp], facts);
}

const ledgerSet = (neutral: NeutralDocument): string[] =>
  publishedLedger(neutral)
    .lines.map((line) => JSON.stringify(line, Object.keys({ ...line, ...line.costObjects }).sort()))
    .sort();

/** What an ERP document must have in common in whichever order its lines come: keys, accounts, dimensions and sums. */
function essence(document: ErpDocument): string {
  const lines = document.lines.map((line) => {
    const {
      text: _text,
      description: _description,
      lineNumber: _lineNumber,
      ...rest
    } = line as Record<string, unknown>;
    return JSON.stringify(rest);
  });
  return JSON.stringify({ ...document, lines: lines.sort() });
}

/** The amounts that each part of the document states for itself, with what the ledger has for that part. */
function statedParts(
  { docType, document }: CaseDocument,
  { legs }: NeutralDocument,
): [stated: string, posted: string][] {
  const items = (document['expenseEntry'] ?? document['lineItem'] ?? []) as Record<string, unknown>[];
  return items.flatMap((item, index) => {
    const allocations = item['allocation'] as { journal: unknown }[];
    return allocations.map(({ journal }, allocation): [string, string] => {
      const lines = (Array.isArray(journal) ? journal : [journal]) as { amountGross: number }[];
      const costs = legs.filter(
        ({ at, leg }) => at?.item === index && at.allocation === allocation && leg !== 'party' && leg !== 'advance',
      );
      assert.ok(docType !== 'cashadvance');
      return [
        plain(sumOf(lines.map(({ amountGross }) => String(amountGross)))),
        plain(sumOf(costs.map(({ amount }) => amount))),
      ];
    });
  });
}

function totalOf({ document }: CaseDocument): string | undefined {
  const head = (document['report'] ?? document['requestHeader']) as Record<string, number> | undefined;
  const total = head?.['totalApprovedAmount'] ?? head?.['requestTotal'];
  return total === undefined ? undefined : plain(amountOf(String(total)));
}

const isRefusedCase = ({ case: name }: CaseDocument): boolean => name === 'advance-clears-itself';

test(`S99, B12: ${documentsInAll} generated documents balance, add up by allocation, and come to their own total`, () => {
  fc.assert(
    fc.property(documents, (choice) => {
      const source = made(choice);
      const neutral = read(source, source.document);
      assert.equal(neutral.refusals.length > 0, isRefusedCase(source), JSON.stringify(neutral.refusals));
      assert.equal(plain(sumOf(neutral.legs.map(({ amount }) => amount))), '0');
      assert.ok(neutral.legs.every(({ amount }) => fitsCurrency(amountOf(amount), neutral.currency)));
      for (const [stated, posted] of statedParts(source, neutral)) assert.equal(posted, stated);
      const spent = neutral.legs.filter(({ leg }) => leg === 'expense' || leg === 'inputTax');
      const total = totalOf(source);
      if (total !== undefined) {
        assert.equal(neutral.total, total);
        assert.equal(plain(sumOf(spent.map(({ amount }) => amount))), total);
      }
    }),
    { numRuns: documentsInAll },
  );
});

test('S99, S130, B37: every ERP document of a generated document balances, and together they post its ledger', () => {
  fc.assert(
    fc.property(documents, fc.constantFrom('fo' as const, 'bc' as const), (choice, erp) => {
      const source = made(choice);
      const neutral = read(source, source.document);
      const plan = planned(neutral, source, erp);
      assert.equal(plan.documents.length === 0, plan.refusals.length > 0, JSON.stringify(plan.refusals));
      const keys = plan.documents.map(({ keySeed }) => keySeed);
      assert.equal(new Set(keys).size, keys.length);
      for (const document of plan.documents) {
        const signed = signedLines(document);
        const debits = signed.filter((line) => amountOf(line).isPositive());
        assert.equal(plain(sumOf(signed)), '0');
        assert.equal(plain(sumOf(debits)), document.debitTotal);
      }
    }),
    { numRuns: 1_000 },
  );
});

/** Signed lines of an ERP document; a purchase document has its vendor as payable. */
function signedLines(document: ErpDocument): string[] {
  switch (document.route) {
    case 'bc-purchase-invoice':
    case 'bc-purchase-credit-memo':
    case 'fo-pending-invoice': {
      const lines = document.lines.map(({ amount }) => amountOf(amount));
      const sign = document.route === 'bc-purchase-credit-memo' ? -1 : 1;
      const signed = [...lines, sumOf(lines).neg()].map((amount) => plain(amount.times(sign)));
      return signed;
    }
    case 'bc-general-journal':
      return document.lines.map(({ amount }) => amount);
    default:
      return document.lines.map(({ debit, credit }) => debit ?? `-${credit ?? ''}`);
  }
}

test('B12: in whichever order members, entries, allocations, lines and tax rows come, ledger and ERP documents are the same', () => {
  fc.assert(
    fc.property(documents, fc.nat(), fc.constantFrom('fo' as const, 'bc' as const), (choice, seed, erp) => {
      const source = made(choice);
      const other = { ...source, document: shuffled(source.document, seed) as Record<string, unknown> };
      const [one, two] = [read(source, source.document), read(other, other.document)];
      assert.deepEqual(ledgerSet(two), ledgerSet(one));
      assert.deepEqual(two.refusals.map(({ code }) => code).sort(), one.refusals.map(({ code }) => code).sort());
      const [here, there] = [planned(one, source, erp), planned(two, other, erp)];
      assert.deepEqual(there.documents.map(essence), here.documents.map(essence));
    }),
    { numRuns: 1_000 },
  );
});

test('A number may be written in any way: 50, 50.0, 50.00000000 or 0E-8', () => {
  fc.assert(
    fc.property(documents, (choice) => {
      const { docType, document } = made(choice);
      const text = JSON.stringify(document);
      const long = text.replace(
        /("[A-Za-z]*[Aa]mount[A-Za-z]*":)(-?\d+)(\.\d+)?(?=[,}])/g,
        (_, name: string, whole: string, part?: string) =>
          whole === '0' && part === undefined ? `${name}0E-8` : `${name}${whole}${(part ?? '.').padEnd(9, '0')}`,
      );
      assert.notEqual(long, text);
      assert.deepEqual(ledgerSet(readConcurDocument(docType, long)), ledgerSet(readConcurDocument(docType, text)));
    }),
    { numRuns: 500 },
  );
});

test('S99, B12: one amount changed in a document is seen in its ledger, refused, or warned about where Concur only tells it', () => {
  fc.assert(
    fc.property(documents, fc.nat(), fc.integer({ min: 1, max: 99_999 }), (choice, which, by) => {
      const source = made(choice);
      const places = amountsOf(source.document);
      const place = places[which % places.length];
      assert.ok(place);
      const before = read(source, source.document);
      const changed = mutated(source.document, place.path, by, currencyDecimals(before.currency));
      let after: NeutralDocument;
      try {
        after = read(source, changed);
      } catch (error) {
        assert.ok(error instanceof DocumentUnreadable);
        return;
      }
      const isSeen = after.total !== before.total || ledgerSet(after).join() !== ledgerSet(before).join();
      const isRefused = after.refusals.length > 0;
      const isWarned = JSON.stringify(after.warnings) !== JSON.stringify(before.warnings);
      const isEnough = isSeen || isRefused || (place.isOnlyTold && isWarned);
      assert.ok(isEnough, `${source.case}: ${place.path.join('.')} was raised by ${by} and nobody saw it`);
    }),
    { numRuns: 2_000 },
  );
});
