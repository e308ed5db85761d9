import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NeutralDocument } from '../../src/contracts/ledger.js';
import { readConcurDocument } from '../../src/mapping/concur-to-document.js';
import { amountOf } from '../../src/mapping/money.js';
import { generateDocuments } from '../../src/sandbox/generate-documents.js';

const documents = generateDocuments({ count: 1200, seed: 42 });
const readings = documents.map((source) => ({
  source,
  neutral: readConcurDocument(source.docType, JSON.stringify(source.document)),
}));
const expenses = readings.filter(({ source }) => source.docType === 'expense');
const some = (is: (neutral: NeutralDocument) => boolean): boolean => expenses.some(({ neutral }) => is(neutral));

test('The same count and seed give the same documents, another seed gives others', () => {
  const [first] = generateDocuments({ count: 60, seed: 1 });
  assert.deepEqual(generateDocuments({ count: 60, seed: 1 }), generateDocuments({ count: 60, seed: 1 }));
  assert.notDeepEqual(first, generateDocuments({ count: 60, seed: 2 })[0]);
});

test('Ids are 32 hex and unique; four currencies; invoices and cash advances have their share', () => {
  assert.ok(documents.every(({ id }) => /^[0-9a-f]{32}$/.test(id)));
  assert.equal(new Set(documents.map(({ id }) => id)).size, documents.length);
  assert.equal(new Set(readings.map(({ neutral }) => neutral.businessId)).size, documents.length);
  assert.deepEqual([...new Set(readings.map(({ neutral }) => neutral.currency))].sort(), ['CAD', 'EUR', 'GBP', 'USD']);
  const share = (docType: string): number =>
    documents.filter((each) => each.docType === docType).length / documents.length;
  assert.ok(share('invoice') >= 0.2 && share('cashadvance') > 0.06 && share('cashadvance') < 0.1);
  for (const count of [1, 3, 10, 50]) {
    const few = generateDocuments({ count, seed: 3 });
    assert.ok(few.filter(({ docType }) => docType === 'invoice').length >= count * 0.2);
    assert.ok(few.filter(({ planted }) => planted).length < count * 0.08);
  }
});

test('A firm of three companies has three currencies, and as many documents of all kinds', () => {
  const few = generateDocuments({ count: 240, seed: 42, companies: 3 });
  const currencies = few.map(({ docType, document }) => readConcurDocument(docType, JSON.stringify(document)).currency);
  assert.deepEqual([...new Set(currencies)].sort(), ['EUR', 'GBP', 'USD']);
  for (const currency of ['EUR', 'GBP', 'USD']) assert.ok(currencies.filter((each) => each === currency).length > 60);
});

test('Expense reports have cash, all cards, personal items, tax, splits, offsets, advances, refunds, zero and negative totals', () => {
  const parties = new Set(
    expenses.flatMap(({ neutral }) => neutral.legs.flatMap((leg) => (leg.leg === 'party' ? [leg.party] : []))),
  );
  assert.deepEqual([...parties].sort(), ['CBCP', 'COPD', 'EMPL', 'IBCP']);
  for (const leg of ['personal', 'inputTax', 'advance']) {
    assert.ok(
      some((neutral) => neutral.legs.some((each) => each.leg === leg)),
      leg,
    );
  }
  assert.ok(some((neutral) => amountOf(neutral.total).isZero()));
  assert.ok(some((neutral) => amountOf(neutral.total).isNegative()));
  const settledBy = expenses.flatMap(({ neutral }) =>
    neutral.legs.flatMap((leg) => (leg.leg === 'party' ? [leg.settledBy] : [])),
  );
  assert.deepEqual([...new Set(settledBy)].sort(), ['erp', 'expense-pay', 'payroll']);
});

test('Cash advances are only applied after they were issued, and never more than was issued', () => {
  const open = new Map<string, ReturnType<typeof amountOf>>();
  for (const { neutral } of readings) {
    for (const leg of neutral.legs) {
      if (leg.leg === 'advance') {
        const id = leg.cashAdvanceId ?? neutral.businessId;
        const balance = (open.get(id) ?? amountOf('0')).plus(leg.amount);
        open.set(id, balance);
        assert.ok(!balance.isNegative(), `cash advance ${id}`);
      }
    }
  }
  assert.ok([...open.values()].some((balance) => balance.isZero()));
});

test('Only documents planted as inconsistent contradict themselves; the others are not even warned about', () => {
  for (const { source, neutral } of readings) {
    assert.equal(
      neutral.refusals.length > 0,
      source.planted === 'document-inconsistent',
      JSON.stringify(neutral.refusals),
    );
  }
  const planted = documents.flatMap((each) => (each.planted ? [each.planted] : []));
  const count = (hold: string): number => planted.filter((each) => each === hold).length;
  assert.ok(planted.length < documents.length * 0.08);
  assert.deepEqual(
    ['vendor-missing', 'vendor-blocked', 'mapping-missing', 'document-inconsistent'].map(count),
    [36, 12, 12, 12],
  );
  const sound = readings.filter(({ source }) => source.planted === undefined);
  assert.deepEqual(
    sound.flatMap(({ neutral }) => neutral.warnings),
    [],
  );
});

const corrected = generateDocuments({ count: 1200, seed: 42, corrections: true });

test('S83: three in a hundred come back corrected after a failed posting, two after a recall; half with a higher revision', () => {
  const corrections = corrected.flatMap(({ correction }) => (correction === undefined ? [] : [correction]));
  const count = (kind: string): number => corrections.filter((each) => each.kind === kind).length;
  assert.deepEqual([count('returned-and-corrected'), count('recalled-and-corrected')], [36, 24]);
  const raised = corrections.filter(({ documentText }) => documentText.includes('"revisionNumber":"2"'));
  assert.equal(raised.length, 30);
  const ids = corrected.flatMap(({ id, correction }) => [id, ...(correction === undefined ? [] : [correction.id])]);
  assert.ok(ids.every((id) => /^[0-9a-f]{32}$/.test(id)));
  assert.equal(new Set(ids).size, ids.length);
  const few = generateDocuments({ count: 40, seed: 1, corrections: true });
  assert.equal(few.filter(({ correction }) => correction !== undefined).length, 2);
});

test('S83: the returned document contradicts itself and its correction does not; the recalled one only has other amounts', () => {
  const kinds = new Set<string>();
  for (const { docType, document, correction, planted } of corrected) {
    if (correction === undefined) continue;
    assert.equal(planted, undefined);
    const before = readConcurDocument(docType, JSON.stringify(document));
    const after = readConcurDocument(docType, correction.documentText);
    const isReturned = correction.kind === 'returned-and-corrected';
    assert.equal(before.refusals.length > 0, isReturned);
    assert.deepEqual([after.refusals, after.warnings], [[], []]);
    assert.deepEqual([after.businessId, after.humanNumber], [before.businessId, before.humanNumber]);
    assert.equal(after.payee.id, before.payee.id);
    assert.notEqual(after.total, before.total);
    kinds.add(`${correction.kind} ${docType}`);
  }
  assert.deepEqual([...kinds].sort(), [
    'recalled-and-corrected expense',
    'recalled-and-corrected invoice',
    'returned-and-corrected expense',
  ]);
});

test('Documents without corrections are made as ever: nothing is drawn for what was not asked for', () => {
  assert.ok(documents.every(({ correction }) => correction === undefined));
  assert.deepEqual(
    generateDocuments({ count: 60, seed: 1, corrections: false }),
    generateDocuments({ count: 60, seed: 1 }),
  );
});
