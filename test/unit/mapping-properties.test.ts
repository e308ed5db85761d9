import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ErpDocument } from '../../src/contracts/erp-documents.js';
import type { MappingRules } from '../../src/contracts/mapping-rules.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { amountOf, plain, sumOf } from '../../src/mapping/money.js';
import { planErpDocuments } from '../../src/mapping/plan.js';
import { publishedLedger } from '../../src/mapping/published-ledger.js';
import type { GeneratedDocument } from '../../src/sandbox/generate-documents.js';
import { generateDocuments } from '../../src/sandbox/generate-documents.js';
import { planSandbox } from '../../src/sandbox/sandbox-plan.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const runs = { numRuns: 12 };

function rulesOf(documents: GeneratedDocument[], erp: 'fo' | 'bc'): MappingRules {
  const { legalEntity, mapping } = planSandbox(documents, { erp: erp === 'bc' ? 'nav' : erp });
  return { version: 'test', legalEntity, companies: mapping };
}

function planned(documents: GeneratedDocument[], rules: MappingRules): ErpDocument[] {
  const today = Object.fromEntries(rules.companies.map(({ erp, company }) => [`${erp}/${company}`, '2026-07-01']));
  return documents.flatMap(({ id, docType, document }) => {
    const text = JSON.stringify(document);
    const facts = { fiId: id, today, openFrom: {}, resolvedVendors: {} };
    return planErpDocuments(readConcurDocument(docType, text), text, rules, facts).documents;
  });
}

/** Signed lines of any ERP document; a purchase invoice has its vendor as payable. */
function signedLines(document: ErpDocument): string[] {
  switch (document.route) {
    case 'bc-purchase-invoice':
      return [...document.lines.map(({ amount }) => amount), `-${document.payable?.amount}`];
    case 'bc-purchase-credit-memo': {
      const lines = document.lines.map(({ amount }) => plain(amountOf(amount).neg()));
      return [...lines, plain(sumOf(document.lines.map(({ amount }) => amount)))];
    }
    case 'fo-pending-invoice':
      return [...document.lines.map(({ amount }) => amount), plain(amountOf(document.amount).neg())];
    case 'bc-general-journal':
      return document.lines.map(({ amount }) => amount);
    default:
      return document.lines.map(({ debit, credit }) => debit ?? `-${credit}`);
  }
}

test('S99: every ledger and every ERP document of any generated document balances, to the debit total it names', () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom('fo' as const, 'bc' as const), (seed, erp) => {
      const documents = generateDocuments({ count: 30, seed });
      for (const { docType, document } of documents) {
        const { lines } = publishedLedger(readConcurDocument(docType, JSON.stringify(document)));
        assert.equal(plain(sumOf(lines.map(({ amount }) => amount))), '0');
      }
      for (const document of planned(documents, rulesOf(documents, erp))) {
        const lines = signedLines(document);
        assert.equal(plain(sumOf(lines)), '0');
        assert.equal(plain(sumOf(lines.filter((line) => amountOf(line).isPositive()))), document.debitTotal);
      }
    }),
    runs,
  );
});

test('S39, B3: no beginning of an F&O journal balances, so that no batch can post a half-filled one', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const documents = generateDocuments({ count: 30, seed });
      for (const document of planned(documents, rulesOf(documents, 'fo'))) {
        const lines = signedLines(document);
        for (let length = 1; length < lines.length; length += 1) {
          assert.notEqual(plain(sumOf(lines.slice(0, length))), '0', `${length} of ${lines.length} lines balance`);
        }
      }
    }),
    runs,
  );
});

test('S99: cost, tax and party legs of a readable document add up to its own total', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      for (const { docType, document } of generateDocuments({ count: 30, seed })) {
        const neutral = readConcurDocument(docType, JSON.stringify(document));
        const spent = neutral.legs.filter(({ leg }) =>
          docType === 'cashadvance' ? leg === 'advance' : leg === 'expense' || leg === 'inputTax',
        );
        if (neutral.refusals.length === 0) {
          assert.equal(plain(sumOf(spent.map(({ amount }) => amount))), neutral.total);
        }
      }
    }),
    runs,
  );
});

test('The order of documents, entries and fields changes neither ledger nor keys', () => {
  const multiset = (document: GeneratedDocument): string[] =>
    publishedLedger(readConcurDocument(document.docType, JSON.stringify(document.document)))
      .lines.map((line) => JSON.stringify(line))
      .sort();
  fc.assert(
    fc.property(seeds, (seed) => {
      const documents = generateDocuments({ count: 24, seed });
      const turned = documents
        .map((each) => ({ ...each, document: reversedDeep(each.document) as Record<string, unknown> }))
        .reverse();
      const inOrder = turned.toReversed();
      documents.forEach((document, index) => {
        const other = inOrder[index];
        assert.ok(other);
        assert.deepEqual(multiset(document), multiset(other));
      });
      const keys = (from: GeneratedDocument[]): string[] =>
        planned(from, rulesOf(from, 'fo'))
          .map(({ keySeed }) => keySeed)
          .sort();
      assert.deepEqual(keys(documents), keys(turned));
    }),
    { numRuns: 5 },
  );
});

/** Arrays and members in reverse order; journal lines of one entry stay what they are, only their order changes. */
function reversedDeep(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(reversedDeep).reverse();
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, member]) => [key, reversedDeep(member)])
        .reverse(),
    );
  }
  return value;
}

test('No two documents of five hundred share a key', () => {
  const documents = generateDocuments({ count: 500, seed: 7 });
  const all = planned(documents, rulesOf(documents, 'bc'));
  assert.ok(all.length > 450);
  assert.equal(new Set(all.map(({ keySeed }) => keySeed)).size, all.length);
  const numbers = all.flatMap((document) => (document.route === 'bc-general-journal' ? [document.batchCode] : []));
  assert.equal(new Set(numbers).size, numbers.length);
});
