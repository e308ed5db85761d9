import { Decimal } from 'decimal.js';
import { checkAccount, checkPostingDate, checkPostingGroup, checkPostingSetUp, checkVendor } from './checks.js';
import { checkDimensions } from './dimension-rules.js';
import { businessError, fieldError } from './errors.js';
import { exchangeRate } from './ledger-amounts.js';
import type { Leg } from './ledger.js';
import { PURCHASE_TAX_ACCOUNT } from './master-data.js';
import { lineAmounts } from './purchase-amounts.js';
import type { DimensionPair, PurchaseDocumentRow, PurchaseLineRow, VendorRow } from './records.js';
import { cents } from './wire.js';
import type { Company, World } from './world.js';

/** How a kind of document is posted. */
export interface PostingShape {
  /** `Purchase Invoice` or `Purchase Credit Memo`. */
  name: string;
  /** Field that holds the vendor's own number. */
  numberField: string;
  /** Description of the vendor's entry. */
  description: string;
  /** Credit memos have the other sign. */
  sign: 1 | -1;
}

/** What posting asks of the header of an invoice or a credit memo, besides that its number is new. */
export function checkPostable(
  world: World,
  company: Company,
  document: PurchaseDocumentRow,
  { number, shape }: { number: string; shape: PostingShape },
): void {
  for (const vendorNumber of new Set([document.vendorNumber, document.payToVendorNumber])) {
    checkVendor(vendorOf(company, vendorNumber), 'post');
    checkPostingGroup(world, vendorOf(company, vendorNumber));
  }
  if (number === '') {
    throw businessError(
      `You need to enter the document number of the document from the vendor in the ${shape.numberField} field, so that this document stays linked to the original.`,
    );
  }
  checkPostingDate(world, company, document.postingDate);
  checkPostingSetUp(world, { name: shape.name, number: document.draftNumber });
}

/** All legs of a document, the vendor's last; refuses accounts and dimensions that cannot be posted. */
export function documentLegs(
  world: World,
  company: Company,
  document: PurchaseDocumentRow,
  shape: PostingShape,
): Leg[] {
  const lines = document.lines.filter((line) => line.lineType === 'Account');
  const legs = lines.flatMap((line) => lineLegs(world, company, document, line, shape));
  if (legs.length === 0) throw businessError('There is nothing to post.');
  return [...legs, vendorLeg(world, company, document, legs, shape)];
}

function vendorOf(company: Company, number: string): VendorRow {
  const vendor = company.vendors.find((row) => row.number === number);
  if (vendor === undefined) throw businessError('The vendor cannot be found.');
  return vendor;
}

function lineLegs(
  world: World,
  company: Company,
  document: PurchaseDocumentRow,
  line: PurchaseLineRow,
  { name, sign }: PostingShape,
): Leg[] {
  const account = company.accounts.find((row) => row.number === line.accountNumber);
  if (account === undefined) throw fieldError('No. must have a value in Purchase Line. It cannot be zero or empty.');
  checkAccount(world, account);
  checkDimensions(world, company, {
    place: `${name} ${document.draftNumber}, line no. ${line.sequence}`,
    dimensions: line.dimensions,
    party: { name: 'G/L Account', number: account.number, of: { parentType: 'Account', parentId: account.id } },
  });
  const { net, tax } = lineAmounts(line);
  const rate = exchangeRate(company, document.currencyCode);
  const leg = (accountNumber: string, unsigned: Decimal, dimensions: DimensionPair[]): Leg => {
    const amount = unsigned.times(sign);
    return {
      ...{ accountNumber, vendorNumber: '', currencyCode: document.currencyCode, description: line.description },
      ...{ amount, amountLcy: cents(amount.times(rate)), documentAmount: amount, dimensions },
    };
  };
  const legs = [leg(account.number, net, line.dimensions), leg(PURCHASE_TAX_ACCOUNT, tax, line.dimensions)];
  return legs.filter((candidate) => !candidate.amount.isZero());
}

function vendorLeg(
  world: World,
  company: Company,
  document: PurchaseDocumentRow,
  legs: readonly Leg[],
  { name, description, sign }: PostingShape,
): Leg {
  const amount = Decimal.sum(0, ...legs.map((leg) => leg.amount)).neg();
  if (amount.times(sign).greaterThan(0)) {
    const what = name.replace('Purchase ', '').toLowerCase();
    throw businessError(`The total amount for the ${what} must be 0 or greater.`);
  }
  const vendor = vendorOf(company, document.payToVendorNumber);
  checkDimensions(world, company, {
    place: `${name} ${document.draftNumber}`,
    dimensions: document.dimensions,
    party: { name: 'Vendor', number: vendor.number, of: { parentType: 'Vendor', parentId: vendor.id } },
  });
  return {
    accountNumber: '',
    vendorNumber: vendor.number,
    currencyCode: document.currencyCode,
    ...{ amount, amountLcy: Decimal.sum(0, ...legs.map((leg) => leg.amountLcy)).neg(), documentAmount: amount },
    ...{ description, dimensions: document.dimensions },
  };
}
