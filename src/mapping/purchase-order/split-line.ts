import type { PurchaseOrderAllocation, PurchaseOrderLine } from '../../clients/concur/purchase-order-client-values.js';
import type { Amount } from '../money.js';
import { amountOf, isDecimal, Money, plain, roundedTo, sumOf } from '../money.js';

/** Business Central keeps five decimals of a quantity and of a unit cost (NAV spec 4). */
export const decimalPlaces = 5;

/** A part of a line with a quantity of its own. */
export interface LinePart {
  quantity: string;
  allocation?: PurchaseOrderAllocation;
}

/**
 * Cuts a line by its allocations: each becomes a line of its own, since an ERP line carries one set of dimensions. Price and
 * total quantity stay what they are, so that goods can be received; the quantities come to the amounts in the order's currency.
 * Answers a sentence where that is not possible.
 */
export function splitLine(line: PurchaseOrderLine, currency: string): LinePart[] | string {
  const { quantity = '', unitPrice = '', allocations = [] } = line;
  const [only, ...others] = allocations;
  if (others.length === 0) return [{ quantity, ...(only === undefined ? {} : { allocation: only }) }];
  const amounts = allocations.map(({ amount = '' }) => amount);
  if (!amounts.every(isDecimal)) return 'an allocation has no amount';
  const [whole, price] = [amountOf(quantity), amountOf(unitPrice)];
  const [allocated, total] = [sumOf(amounts), roundedTo(whole.mul(price), currency)];
  if (!allocated.eq(total)) return `its allocations come to ${plain(allocated)}, the line to ${plain(total)}`;
  const ends = endsOf(amounts, price, whole);
  const parts = allocations.map((allocation, index) => ({
    quantity: plain((ends[index] ?? whole).minus(ends[index - 1] ?? 0)),
    allocation,
  }));
  const isExact = parts.every(
    (part, index) =>
      amountOf(part.quantity).isPositive() && roundedTo(price.mul(part.quantity), currency).eq(amounts[index] ?? 0),
  );
  return isExact ? parts : `its quantity ${quantity} cannot be divided so that the parts come to ${amounts.join(', ')}`;
}

/** Running totals of the quantities, so that roundings do not add up; the last is the quantity of the line. */
function endsOf(amounts: readonly string[], price: Amount, whole: Amount): Amount[] {
  let sum: Amount = new Money(0);
  return amounts.map((amount, index) => {
    sum = sum.plus(amount);
    return index === amounts.length - 1 ? whole : sum.div(price).toDecimalPlaces(decimalPlaces);
  });
}
