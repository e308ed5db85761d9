import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import type { PurchaseOrder } from '../../src/clients/concur/purchase-order-client.js';
import { orderDifferences, orderDigest, orderFacts } from '../../src/mapping/purchase-order/order-facts.js';
import { orderTarget } from '../../src/mapping/purchase-order/order-target.js';
import { splitLine } from '../../src/mapping/purchase-order/split-line.js';
import { concurOrder, mapped, mappedOrder, refusalsOf, requestId, rules } from './purchase-order-fixtures.js';

const line = (changes: object) => ({ ...concurOrder().lines[0], ...changes });

describe('a purchase order of Concur for Business Central', () => {
  it('S6: has the vendor, the lines and the reference of Concur, dimensions on every line', () => {
    const order = mappedOrder();
    assert.deepEqual(
      [order.vendorNumber, order.currency, order.orderedOn, order.neededOn],
      ['20000', 'EUR', '2026-08-21', '2026-09-10'],
    );
    assert.deepEqual(order.markers, [`CONCUR-PR:${requestId}`, 'CONCUR-PO:PO-77']);
    assert.equal(order.shipToContact, `CONCUR ${requestId}`);
    assert.deepEqual(order.lines, [
      {
        accountNumber: '610000',
        description: 'Laptop rental',
        quantity: '3',
        unitPrice: '90',
        dimensions: [
          { dimension: 'BusinessUnit', value: 'BU-7' },
          { dimension: 'Department', value: 'D410' },
        ],
      },
      { accountNumber: '8420', description: 'Bags', quantity: '2', unitPrice: '12.5', dimensions: [] },
    ]);
  });

  it('S6: each of several orders of one request has markers of its own', () => {
    const several = { isOnlyOrder: false };
    const first = mappedOrder(concurOrder(), several).markers;
    assert.deepEqual(first, [`CONCUR-PR:${requestId}/PO-77`, 'CONCUR-PO:PO-77']);
    const second = mappedOrder(concurOrder({ purchaseOrderNumber: 'PO-78' }), several).markers;
    assert.ok(second.every((marker) => !first.includes(marker)));
  });

  it('S6: the header field is left alone where people need it', () => {
    assert.equal('shipToContact' in mappedOrder(concurOrder(), { rules: { markerField: 'none' } }), false);
  });

  it('S6: a line with two allocations becomes two lines with their own dimensions; quantity and price stay', () => {
    const order = concurOrder({
      lines: [
        line({
          quantity: '1',
          unitPrice: '1000.00',
          allocations: [
            { amount: '333.33', custom2: '410' },
            { amount: '333.33', custom2: '420' },
            { amount: '333.34', custom2: '430' },
          ],
        }),
      ],
    });
    const { lines } = mappedOrder(order);
    assert.deepEqual(
      lines.map(({ quantity, unitPrice, dimensions }) => [quantity, unitPrice, dimensions[0]?.value]),
      [
        ['0.33333', '1000', 'D410'],
        ['0.33333', '1000', 'D420'],
        ['0.33334', '1000', 'D430'],
      ],
    );
  });

  it('S6: parts of any line come to their amounts and to the quantity of the line, or are refused', () => {
    const cents = fc.integer({ min: 1, max: 500_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        cents,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 5 }),
        (quantity, price, weights) => {
          const unitPrice = new Decimal(price).div(100);
          const total = unitPrice.mul(quantity);
          const sum = weights.reduce((left, right) => left + right, 0);
          const shares = weights.slice(1).map((weight) => total.mul(weight).div(sum).toDecimalPlaces(2));
          const first = shares.reduce((rest, share) => rest.minus(share), total);
          const allocations = [first, ...shares].map((amount) => ({ amount: amount.toFixed(2) }));
          const parts = splitLine({ quantity: String(quantity), unitPrice: unitPrice.toFixed(2), allocations }, 'EUR');
          if (typeof parts === 'string') return;
          const whole = parts.reduce((left, part) => left.plus(part.quantity), new Decimal(0));
          assert.ok(whole.eq(quantity));
          for (const [index, part] of parts.entries()) {
            assert.equal(unitPrice.mul(part.quantity).toFixed(2), allocations[index]?.amount);
            assert.ok(new Decimal(part.quantity).decimalPlaces() <= 5);
          }
        },
      ),
    );
  });

  it('S93: everything that is missing is said at once, each with what to do', () => {
    const order = concurOrder({
      vendorCode: 'V-9',
      lines: [line({ accountCode: '9999' }), line({ accountCode: '', expenseType: 'MEALS' })],
    });
    const planned = mapped(order, { mapping: { vendors: { sameCode: false, byCode: {} } } });
    assert.ok('refusals' in planned);
    assert.deepEqual(
      planned.refusals.map(({ hold, vendorKey }) => [hold, vendorKey]),
      [
        ['vendor-missing', "bc-test/O'Brien & Söhne/supplier/V-9"],
        ['mapping-missing', undefined],
        ['mapping-missing', undefined],
      ],
    );
    assert.match(JSON.stringify(planned.refusals), /Account 9999 has no mapping.*Expense type MEALS has no account/);
    const resolved = { "bc-test/O'Brien & Söhne/supplier/V-9": '20001' };
    const known = concurOrder({ vendorCode: 'V-9' });
    assert.equal(
      mappedOrder(known, { mapping: { vendors: { sameCode: false, byCode: {} } }, resolved }).vendorNumber,
      '20001',
    );
  });

  it('S6: what Business Central cannot hold is refused in a sentence, and nothing is rounded', () => {
    const withLine = (changes: object) => concurOrder({ lines: [line({ allocations: [], ...changes })] });
    const refused: [PurchaseOrder, RegExp][] = [
      [withLine({ unitPrice: '0.123456' }), /5 decimals/],
      [withLine({ quantity: '-1' }), /above zero/],
      [withLine({ quantity: '0' }), /above zero/],
      [withLine({ unitPrice: '-5' }), /not be negative/],
      [withLine({ quantity: 'three' }), /no number/],
      [withLine({ accountCode: undefined, expenseType: undefined }), /neither an expense type nor an account/],
      [withLine({ allocations: [{ amount: '100' }, { amount: '100' }] }), /allocations come to 200, the line to 270/],
      [concurOrder({ orderDate: undefined as never }), /no order date/],
      [concurOrder({ lines: [] }), /no lines/],
      [concurOrder({ status: 'Closed' }), /closed in Concur/],
      [concurOrder({ shipping: '14.90' }), /shipping costs 14\.90 .* have no account/],
      [concurOrder({ rest: { IsTest: 'Y' } }), /test order/],
    ];
    for (const [order, sentence] of refused) {
      const refusals = refusalsOf(order);
      assert.equal(refusals.length, 1, refusals.join());
      assert.match(refusals[0] ?? '', sentence);
    }
  });

  it('S6: shipping costs of the header become a line on their account; a shipping of zero is none', () => {
    const given = { rules: { shippingAccount: '6600' } };
    const last = mappedOrder(concurOrder({ shipping: '14.90' }), given).lines.at(-1);
    assert.deepEqual([last?.accountNumber, last?.quantity, last?.unitPrice], ['6600', '1', '14.9']);
    assert.equal(mappedOrder(concurOrder({ shipping: '0.00' })).lines.length, 2);
  });

  it('S98: a required dimension is never taken from elsewhere', () => {
    const required = {
      dimension: 'Department',
      from: ['allocationCustom2Code'],
      required: true,
      sameCode: true,
      byCode: {},
    };
    const [refusal] = refusalsOf(concurOrder(), { mapping: { dimensions: [required] } });
    assert.match(refusal ?? '', /Department is required, but allocationCustom2Code are empty \(PO-77, Bags\)/);
  });
});

describe('the company of a purchase order', () => {
  const berlin = rules({ company: 'Berlin', when: { field: 'ledgerCode', codes: ['DE01'] } });
  const kiel = rules({ company: 'Kiel', when: { field: 'custom2', codes: ['430'] } });

  it('C5: is the one whose codes name it, or the only one; never a guess', () => {
    const other = rules({ company: 'Wien', when: { field: 'ledgerCode', codes: ['AT01'] } });
    assert.deepEqual(orderTarget(concurOrder(), [berlin, other]), { rules: berlin });
    assert.deepEqual(orderTarget(concurOrder(), [rules()]), { rules: rules() });
    const sentence = (found: ReturnType<typeof orderTarget>) => ('refusal' in found ? found.refusal.message : '');
    assert.match(
      sentence(orderTarget(concurOrder(), [other])),
      /No company takes purchase order PO-77: ledgerCode = DE01/,
    );
    assert.match(sentence(orderTarget(concurOrder(), [berlin, kiel])), /would belong to .*Berlin and .*Kiel/);
  });
});

describe('changes of a purchase order in Concur', () => {
  const digest = (order: PurchaseOrder) => orderDigest(orderFacts(order));

  it('S113: notes, addresses, the order of lines and trailing zeros are no change', () => {
    const order = concurOrder();
    const same = concurOrder({
      status: undefined as never,
      billTo: { city: 'Kiel' },
      requestedBy: 'somebody else',
      lines: [...order.lines].reverse().map((each) => ({ ...each, unitPrice: `${each.unitPrice ?? ''}00`, tax: '1' })),
    });
    assert.equal(digest(same), digest(order));
  });

  it('C17: what does change is said fact by fact', () => {
    const [first, second] = concurOrder().lines;
    assert.ok(first && second);
    const after = concurOrder({
      status: 'Closed',
      lines: [
        { ...first, quantity: '4' },
        { externalId: 'PO-77-30', lineNumber: '3', quantity: '1', unitPrice: '5', accountCode: '6100' },
      ],
    });
    assert.notEqual(digest(after), digest(concurOrder()));
    const sentences = orderDifferences(orderFacts(concurOrder()), orderFacts(after));
    assert.deepEqual(sentences, [
      'Line PO-77-10, quantity: 3 → 4.',
      'Line PO-77-20 is gone.',
      'Line PO-77-30 is new: account 6100, quantity 1, unit price 5.',
      'Concur has closed the order.',
    ]);
  });

  it('S113: any change of a fact that reaches the ERP changes the digest', () => {
    const changes: Partial<PurchaseOrder>[] = [
      { vendorCode: '20001' },
      { currencyCode: 'USD' },
      { orderDate: '2026-08-22' },
      { neededByDate: '2026-09-11' },
      { ledgerCode: 'AT01' },
      { shipping: '5' },
      { custom2: '410' },
    ];
    for (const change of changes)
      assert.notEqual(digest(concurOrder(change)), digest(concurOrder()), JSON.stringify(change));
    const [first] = concurOrder().lines;
    for (const change of [{ description: 'x' }, { custom5: 'x' }, { allocations: [] }, { accountCode: '6110' }]) {
      assert.notEqual(
        digest(concurOrder({ lines: [{ ...first, ...change }] })),
        digest(concurOrder({ lines: [{ ...first }] })),
      );
    }
  });
});
