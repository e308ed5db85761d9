import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import type { Settlement } from '../../src/contracts/erp-port.js';
import type { ExpenseConfirmation } from '../../src/mapping/payment-confirmations.js';
import type { ConfirmationQuestion, ConfirmedSettlement } from '../../src/mapping/settlement-to-confirmation.js';
import { nextConfirmation } from '../../src/mapping/settlement-to-confirmation.js';

const payables = [
  { part: 1, company: 'demf', amount: '10.00', currency: 'EUR' },
  { part: 2, company: 'usmf', amount: '4.00', currency: 'EUR' },
];

/** What happens in the ERP: a payment of a part, an earlier one taken back, or a discount. */
type Happening =
  | { what: 'pay'; part: number; units: number; voucher: number }
  | { what: 'take back'; nth: number; ownVoucher: boolean }
  | { what: 'ask' };

const part = fc.constantFrom(1, 2);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('pay' as const),
      part,
      units: fc.integer({ min: 1, max: 5 }),
      voucher: fc.nat(3),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('take back' as const), nth: fc.nat(5), ownVoucher: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('ask' as const) }) },
);

/** Plays happenings in the ERP; whenever it is asked, Concur is told what the mapping says, as the activities do. */
function play(happenings: Happening[], reversals: ConfirmationQuestion['reversals']) {
  const settlements: Settlement[] = [];
  const confirmed: ConfirmedSettlement[] = [];
  const told: ExpenseConfirmation[] = [];
  let last = 'waiting';
  const dayOf = (index: number) => `2026-03-${String((index % 28) + 1).padStart(2, '0')}`;

  const book = (index: number, given: Pick<Settlement, 'part' | 'amount' | 'reference'>): void => {
    const key = `${payables[given.part - 1]?.company}/${given.reference}/2026/${index}`;
    const facts = { documentId: 'd', kind: 'payment', currency: 'EUR', fiscalYear: '2026' } as const;
    settlements.push({ ...facts, ...given, settlementKey: key, settledOn: dayOf(index) });
  };
  const ask = (): void => {
    const payee = { id: 'KX10001', name: 'Ada' };
    const question = { fiId: 'f', businessId: 'R', docType: 'expense', payee, payables, reversals } as const;
    const next = nextConfirmation({ ...question, payables, settlements, confirmed });
    last = next.outcome;
    if (next.outcome !== 'confirm-expense') return;
    for (const one of next.confirmations) {
      told.push(one);
      confirmed.push({ settlementKey: one.settlementKey, status: one.processingStatusCode });
    }
  };
  happenings.forEach((each, index) => {
    if (each.what === 'ask') ask();
    if (each.what === 'pay') {
      book(index, { part: each.part, amount: String(each.units), reference: `PAY-${each.voucher}` });
    }
    if (each.what === 'take back') {
      const standing = settlements.filter((row) => !row.amount.startsWith('-') && !isUndone(settlements, row));
      const row = standing[each.nth % Math.max(1, standing.length)];
      if (row)
        book(index, {
          part: row.part,
          amount: `-${row.amount}`,
          reference: each.ownVoucher ? `REV-${index}` : row.reference,
        });
    }
  });
  for (let again = 0; again < 3; again += 1) ask();
  return { settlements, told, last };
}

/** The ERP takes back no more of one amount in one part than it has booked. */
const isUndone = (rows: Settlement[], row: Settlement): boolean => {
  const alike = rows.filter((each) => each.part === row.part && each.amount === row.amount).length;
  const undone = rows.filter((each) => each.part === row.part && each.amount === `-${row.amount}`).length;
  return undone >= alike;
};

const companies: Record<string, number> = { demf: 1, usmf: 2 };
const clearingOf = (one: ExpenseConfirmation) => one.clearingDetails[0]!;
const signed = (one: ExpenseConfirmation): Decimal => {
  const amount = new Decimal(clearingOf(one).clearingAmount);
  return one.processingStatusCode === 'RE' ? amount.neg() : amount;
};
const partOf = (one: ExpenseConfirmation) => companies[clearingOf(one).clearingReference.companyCode];
const runs = { numRuns: 400 };

for (const reversals of ['alert', 'confirm'] as const) {
  test(`S101, decisions 21 (${reversals}): whatever the ERP does, Concur never shows more than is owed, nor less than nothing`, () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
        const shown = new Map<number | undefined, Decimal>();
        for (const one of play(happenings, reversals).told) {
          const sum = (shown.get(partOf(one)) ?? new Decimal(0)).plus(signed(one));
          shown.set(partOf(one), sum);
          const due = payables.find((payable) => payable.part === partOf(one))?.amount ?? '0';
          assert.ok(sum.lte(due) && sum.gte(0), `part ${partOf(one)} shows ${sum.toFixed()} of ${due}`);
        }
      }),
      runs,
    );
  });

  test(`S101, trap 12, 13 (${reversals}): references are unique, amounts positive, dates exact, and the receiver is the payee`, () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
        const { told } = play(happenings, reversals);
        const references = told.map((one) => clearingOf(one).clearingReference.paymentRef);
        assert.equal(new Set(references).size, references.length);
        assert.ok(told.filter((one) => one.processingStatusCode === 'CP').length <= 1);
        for (const one of told) {
          const { clearingAmount, clearingDate, receiver } = clearingOf(one);
          assert.ok(new Decimal(clearingAmount).gt(0));
          assert.match(clearingDate, /^\d{4}-\d{2}-\d{2}T00:00:00\.000Z$/);
          assert.deepEqual(receiver, { receiverId: 'KX10001', receiverName: 'Ada', receiverType: 'EMPLOYEE' });
          assert.equal(one.processingStatusCode === 'RE', one.additionalMessage !== '');
          assert.ok(
            reversals === 'confirm' || one.processingStatusCode !== 'RE',
            'nothing is reversed unless configured',
          );
        }
      }),
      runs,
    );
  });
}

test('S102, decisions 21: with reversals told, Concur shows in the end what stands in the ERP, unless a person has to decide', () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 25 }), (happenings) => {
      const { settlements, told, last } = play(happenings, 'confirm');
      if (last === 'person' || last === 'alert') return;
      const isClosed = told.some((one) => one.processingStatusCode === 'CP');
      for (const payable of payables) {
        const inErp = Decimal.sum(
          0,
          ...settlements.filter((row) => row.part === payable.part).map((row) => row.amount),
        );
        const shown = Decimal.sum(0, ...told.filter((one) => partOf(one) === payable.part).map(signed));
        // After CP the report is closed: Concur hears of what is taken back, and of nothing new (trap 17).
        assert.ok(isClosed ? shown.lte(payable.amount) : shown.eq(inErp), `${shown.toFixed()} of ${inErp.toFixed()}`);
        if (told.length > 0) compared += 1;
      }
    }),
    runs,
  );
  assert.ok(compared > 50, 'the property has looked at something');
});
