import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LedgerLeg, LegPosition, NeutralDocument } from '../../src/contracts/ledger.js';
import type { ErpTarget } from '../../src/contracts/mapping-rules.js';
import { splitByLegalEntity } from '../../src/mapping/intercompany.js';
import { nameOfTarget } from '../../src/mapping/legal-entity.js';
import { amountOf, plain, sumOf } from '../../src/mapping/money.js';
import { read } from './mapping-fixtures.js';

const companies: ErpTarget[] = ['a', 'b', 'c', 'd'].map((company) => ({ erp: 'fo', company }));

/** A balanced document of any allocations in any companies, with refunds, tax, and amounts that cancel each other. */
const anyDocument = fc
  .array(
    fc.record({
      company: fc.nat(3),
      net: fc.integer({ min: -10_000, max: 10_000 }),
      tax: fc.integer({ min: -500, max: 500 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((allocations) => ({
    companyOf: allocations.map(({ company }) => company),
    document: {
      ...read('expense-split-with-tax'),
      legs: allocations.flatMap(({ net, tax }, allocation): LedgerLeg[] => {
        const common = { text: 'Hotel', at: { item: 0, allocation } };
        const cents = (value: number): string => plain(amountOf(String(value)).div(100));
        return [
          { leg: 'expense', account: '6100', costObjects: {}, fields: {}, amount: cents(net), ...common },
          { leg: 'inputTax', authority: 'X', reclaimCode: '', taxCode: null, amount: cents(tax), ...common },
          { leg: 'party', party: 'EMPL', id: 'E', settledBy: 'erp', amount: cents(-net - tax), ...common },
        ];
      }),
    } satisfies NeutralDocument,
  }));

test('Decisions 14, S99: however a ledger is split, every company balances, and nothing is lost, doubled or changed', () => {
  fc.assert(
    fc.property(
      anyDocument,
      fc.nat(3),
      fc.constantFrom('allocation' as const, 'paying' as const),
      (any, payer, tax) => {
        const paying = companies[payer];
        assert.ok(paying);
        const bearing = ({ allocation }: LegPosition): ErpTarget => companies[any.companyOf[allocation] ?? 0] ?? paying;
        const parts = splitByLegalEntity(any.document, { paying, bearing }, tax);
        for (const { document } of parts) assert.equal(plain(sumOf(document.legs.map(({ amount }) => amount))), '0');
        const own = parts.flatMap(({ document }) => document.legs.filter(({ leg }) => leg !== 'intercompany'));
        const multiset = (legs: LedgerLeg[]): string[] =>
          legs
            .filter(({ amount }) => amount !== '0')
            .map((leg) => JSON.stringify(leg))
            .sort();
        assert.deepEqual(multiset(own), multiset(any.document.legs));
        for (const { target, document } of parts) {
          for (const leg of document.legs) {
            if (leg.leg === 'party') assert.equal(nameOfTarget(target), nameOfTarget(paying));
            if (leg.leg === 'expense' && leg.at) assert.equal(nameOfTarget(target), nameOfTarget(bearing(leg.at)));
          }
        }
        // What one company says of the other, the other says of it.
        const between = parts.flatMap(({ target, document }) =>
          document.legs.flatMap((leg) =>
            leg.leg === 'intercompany' ? [[target.company, leg.partner.company, leg.amount]] : [],
          ),
        );
        for (const [one, other, amount = '0'] of between) {
          const mirrored = [other, one, plain(amountOf(amount).neg())].join();
          assert.ok(
            between.some((each) => each.join() === mirrored),
            mirrored,
          );
        }
        const numbers = parts.map(({ part }) => part);
        assert.equal(new Set(numbers).size, numbers.length);
      },
    ),
    { numRuns: 300 },
  );
});
