import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { erpCodeOf, listItemCode } from '../../src/contracts/list-item-codes.js';
import type { ErpDimensionValue, ListItem, ToldListItem } from '../../src/contracts/dimension-sync.js';
import { compareListItems, type ListsToCompare } from '../../src/mapping/dimension-sync/compare-list-items.js';

const value = (code: string, more: Partial<ErpDimensionValue> = {}): ErpDimensionValue => ({
  ...{ code, name: `Name ${code}`, offered: true },
  ...more,
});
const item = (shortCode: string, more: Partial<ListItem> = {}): ListItem => ({
  ...{ code: shortCode, shortCode, value: `Name ${shortCode}`, isDeleted: false },
  ...more,
});
const told = (code: string, more: Partial<ToldListItem> = {}): ToldListItem => ({
  ...{ code, itemCode: listItemCode(code), name: `Name ${code}`, offered: true },
  ...more,
});
const compare = (given: Partial<ListsToCompare>) =>
  compareListItems({
    ...{ dimension: 'DEPARTMENT', company: 'North', values: [], items: [], told: [] },
    rules: { list: 'l-1', fromConcur: 'propose', maximumSharePercent: 20, minimumChanges: 2 },
    ...given,
  });
const kinds = (given: Partial<ListsToCompare>) =>
  compare(given).changes.map(({ kind, itemCode }) => `${kind} ${itemCode}`);

test('B35, S16: item codes have no hyphen, no two codes share one, and each can be read back', () => {
  const code = fc.string({ unit: fc.constantFrom('A', 'h', '_', '-', '1'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(code, code, (one, other) => {
      assert.ok(!listItemCode(one).includes('-'));
      assert.equal(erpCodeOf(listItemCode(one)), one);
      if (one !== other) assert.notEqual(listItemCode(one), listItemCode(other));
    }),
  );
  assert.equal(listItemCode('P-100_A'), 'P_h100__A');
  // Entered by people, not by us: an underscore that no code of ours has.
  assert.equal(erpCodeOf('CC_1'), 'CC_1');
});

test('B35, S16: codes that a list cannot tell apart, or cannot hold, are refused and never cut or merged', () => {
  const long = 'A-'.repeat(11);
  const { changes, refusals } = compare({ values: [value('ab'), value('AB'), value(long), value('OK')] });
  assert.deepEqual(
    changes.map(({ code }) => code),
    ['OK'],
  );
  const messages = new Map(refusals.map(({ code, message }) => [code, message]));
  assert.match(messages.get('ab') ?? '', /cannot tell it from AB/);
  assert.match(messages.get('AB') ?? '', /cannot tell it from ab/);
  assert.match(messages.get(long) ?? '', /has 33 characters, each hyphen and underscore counted twice/);
});

test('S16: what is new, renamed, gone or back again becomes one change each, and then there is none', () => {
  assert.deepEqual(kinds({ values: [value('SALES')] }), ['create SALES']);
  assert.deepEqual(kinds({ values: [value('SALES')], items: [item('SALES', { value: 'Old' })] }), ['update SALES']);
  assert.deepEqual(kinds({ values: [value('SALES')], items: [item('SALES', { isDeleted: true })] }), ['restore SALES']);
  assert.deepEqual(kinds({ values: [value('SALES', { offered: false })], items: [item('SALES')] }), ['remove SALES']);
  const gone = { values: [value('ADM')], items: [item('ADM'), item('SALES')], told: [told('ADM'), told('SALES')] };
  assert.deepEqual(kinds(gone), ['remove SALES']);
  const { changes, unchanged, unknown } = compare({
    values: [value('ADM')],
    items: [item('ADM')],
    told: [told('ADM')],
  });
  assert.deepEqual([changes, unchanged, unknown], [[], 1, []]);
});

test('S16: a hyphen never reaches the list, neither in a code nor in a name, and the dash is no change the next time', () => {
  const values = [value('P-100', { name: 'North-West' })];
  const [change] = compare({ values }).changes;
  assert.deepEqual([change?.itemCode, change?.name], ['P_h100', 'North–West']);
  assert.deepEqual(kinds({ values, items: [item('P_h100', { value: 'North–West' })] }), []);
  const nested = {
    list: 'l-1',
    below: 'USMF',
    fromConcur: 'propose',
    maximumSharePercent: 20,
    minimumChanges: 2,
  } as const;
  assert.equal(compare({ values, rules: nested }).changes[0]?.longCode, 'USMF-P_h100');
});

test('S16: an item that people have entered with the plain code is taken over and not entered a second time', () => {
  const values = [value('CC_1')];
  const items = [item('CC_1')];
  const { changes, known, unknown } = compare({ values, items });
  assert.deepEqual([changes, unknown], [[], []]);
  assert.deepEqual(known, [{ code: 'CC_1', itemCode: 'CC_1', name: 'Name CC_1', offered: true }]);
});

test('C9, S16: an item that the ERP does not know is proposed under the code that the ERP would write, and left alone', () => {
  const { changes, unknown } = compare({
    values: [value('ADM')],
    items: [item('ADM'), item('NEW_h1'), item('OLD', { isDeleted: true })],
  });
  assert.deepEqual(changes, []);
  assert.deepEqual(unknown, [{ itemCode: 'NEW_h1', code: 'NEW-1', name: 'Name NEW_h1' }]);
});

test('S16: a run that would remove or change too much is held back, an empty read always; new values never are', () => {
  const codes = Array.from({ length: 10 }, (_, index) => `V${index}`);
  const given = { items: codes.map((code) => item(code)), told: codes.map((code) => told(code)) };
  const left = (count: number) => compare({ ...given, values: codes.slice(0, count).map((code) => value(code)) });
  assert.equal(left(8).tooMany, undefined);
  assert.match(left(7).tooMany ?? '', /^3 of the 10 values of DEPARTMENT .*3 of them removed.*20 %/);
  const one = { items: [item('V0')], told: [told('V0')] };
  assert.match(compare({ ...one, values: [] }).tooMany ?? '', /No value .* is left to tell/);
  assert.equal(compare({ values: codes.map((code) => value(code)) }).tooMany, undefined);
});
