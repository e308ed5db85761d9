/** Codes with which Concur refuses a purchase request (platform spec 4.4), as a person reads them. */
const MEANINGS: Readonly<Record<string, string>> = {
  missingRequestBody: 'nothing arrived',
  invalidRequestBody: 'the request cannot be read',
  missingUserInfo: 'no user is named',
  invalidUserInfo: 'Concur does not know the user',
  provideOneUserInformation: 'the user is named in more than one way',
  missingCurrencyCode: 'the currency is missing',
  invalidCurrencyCode: 'Concur does not know the currency',
  invalidPolicyInformation: 'the policy does not exist or is not open to the user',
  missingLineItems: 'there is no line',
  missingPurchaseType: 'a line does not say whether it is for goods or services',
  invalidPurchaseType: 'a line is neither for goods nor for services',
  missingVendorCode: 'a line names no vendor',
  missingVendorAddressCode: 'a line names no address of the vendor',
  invalidVendor: 'Concur has no vendor with this code and address',
  missingDescription: 'a line has no description',
  missingQuantity: 'a line has no quantity',
  invalidQuantity: 'a quantity is no number that Concur takes',
  missingUnitPrice: 'a line has no unit price',
  invalidUnitPrice: 'a unit price is no number that Concur takes',
  invalidDateFormat: 'a date is not written as YYYY-MM-DD',
};

/** What a code means; undefined for one that is not documented. */
export function meaningOfRefusal(code: string): string | undefined {
  return Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
}
