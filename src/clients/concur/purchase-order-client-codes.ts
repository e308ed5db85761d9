/** Codes of a refused purchase order (platform spec 4.5), as a person reads them. */
const MEANINGS: Readonly<Record<string, string>> = {
  '1000': 'the order number is missing or not valid',
  '2000': 'Concur has no vendor with this code and address',
  '3000': 'the currency is missing or not valid',
  '4000': 'Concur knows no policy with this external id',
  '4001': 'the policy has no purchase orders',
  '4002': 'the policy of an order cannot change',
  '5000': 'the order has no lines',
  '5001': 'a line needs either an expense type or an account, and not both',
  '5002': 'the expense type of a line is not valid',
  '5003': 'the account of a line is not valid',
  '5004': 'tax and price of a line have different signs',
  '5500': 'there are allocations, but the policy has no allocation form',
  '5501': 'the allocations of a line come to more than the line',
  '5502': 'an allocation has another sign than its line',
  '5503': 'an allocation amount is zero',
  '5600': 'two lines have the same external id',
  '6000': 'the ship-to address is missing or not valid',
  '6001': 'the bill-to address is missing or not valid',
  '8000': 'a required field is missing',
  '8001': 'a value is too long',
  '8002': 'a value has the wrong type',
  '8003': 'Concur has no such item in the list',
  '8004': 'Concur has no such item in the connected list',
  '8005': 'the country code is not valid',
  '8006': 'the field is not on the form of the policy',
};

/** The one code that is no refusal: something unexpected, to be repeated after a look. */
export const UNEXPECTED = '9999';

/** What a code means; undefined for one that is not documented. */
export function meaningOfOrderCode(code: string): string | undefined {
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
}
