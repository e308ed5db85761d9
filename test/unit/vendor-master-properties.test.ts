import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { ErpVendor } from '../../src/contracts/vendor-master.js';
import { heldBackBecause } from '../../src/mapping/vendor-master/change-cap.js';
import { compare, toldAfter, vendor } from './vendor-master-fixtures.js';

const anyVendor: fc.Arbitrary<ErpVendor> = fc
  .record({
    account: fc.constantFrom(...Array.from({ length: 12 }, (_, index) => `V${index}`), 'A'.repeat(33)),
    name: fc.constantFrom('Nord', 'Süd', '  '),
    countryCode: fc.constantFrom('DE', 'UA', '', 'DEU'),
    currency: fc.constantFrom('EUR', 'USD', ''),
    city: fc.constantFrom('Kiel', 'Husum\nHafen', ''),
    offered: fc.boolean(),
  })
  .map(({ account, ...changes }) => vendor(account, changes));
const anyRead = fc.uniqueArray(anyVendor, { selector: ({ account }) => account, maxLength: 12 });

/** What Concur holds after some runs. */
const anyHistory = fc
  .array(anyRead, { maxLength: 3 })
  .map((reads) =>
    reads.reduce<ReturnType<typeof toldAfter>>((told, read) => toldAfter(told, compare(read, { told })), []),
  );

test('S13: planning again after everything was told gives no change', () => {
  fc.assert(
    fc.property(anyHistory, anyRead, (told, read) => {
      const after = toldAfter(told, compare(read, { told }));
      assert.deepEqual(compare(read, { told: after }).changes, []);
    }),
  );
});

test('the order in which vendors come makes no difference', () => {
  fc.assert(
    fc.property(
      anyHistory,
      anyRead.chain((read) => fc.tuple(fc.constant(read), fc.shuffledSubarray(read, { minLength: read.length }))),
      (told, [read, shuffled]) => {
        assert.deepEqual(compare(shuffled, { told: [...told].reverse() }), compare(read, { told }));
      },
    ),
  );
});

test('S14: after a run Concur offers exactly the vendors that the ERP offers and that can be told, and nothing is deleted', () => {
  fc.assert(
    fc.property(anyHistory, anyRead, (told, read) => {
      const comparison = compare(read, { told });
      const after = new Map(toldAfter(told, comparison).map((one) => [one.account, one]));
      for (const { account } of told) assert.ok(after.has(account), `${account} is still known`);
      const refused = new Set(comparison.refusals.map(({ account }) => account));
      const offered = new Map(read.map((each) => [each.account, each.offered]));
      for (const [account, { record }] of after) {
        if (!refused.has(account)) assert.equal(record?.approved, offered.get(account) ?? false, account);
      }
      for (const change of comparison.changes) assert.equal(change.kind === 'block', !change.record.approved);
    }),
  );
});

test('S126: every vendor that was read is unchanged, changed or refused with a sentence, and none twice', () => {
  fc.assert(
    fc.property(anyHistory, anyRead, (told, read) => {
      const { unchanged, changes, refusals } = compare(read, { told });
      const accounts = new Set(read.map(({ account }) => account));
      const changed = changes.filter(({ account }) => accounts.has(account));
      assert.equal(unchanged + changed.length + refusals.length, read.length);
      const named = [...changes, ...refusals].map(({ account }) => account);
      assert.equal(new Set(named).size, named.length);
      for (const { message } of refusals) assert.match(message, /\.$/);
    }),
  );
});

test('a dry run writes nothing whatever it finds, and force lets go only what is too much', () => {
  const given = fc.record({ dryRun: fc.boolean(), force: fc.boolean(), tooMany: fc.option(fc.constant('Too many.')) });
  fc.assert(
    fc.property(given, ({ dryRun, force, tooMany }) => {
      const heldBack = heldBackBecause({ dryRun, force }, tooMany ?? undefined);
      assert.equal(heldBack !== undefined, dryRun || (tooMany !== null && !force));
      if (dryRun) assert.equal(heldBack?.includes('would be held back'), tooMany !== null && !force);
    }),
  );
});
