import { Decimal } from 'decimal.js';
import type { Call } from './calls.js';
import { checkAccount, checkPostingDate, checkVendor } from './checks.js';
import { businessError, fieldError } from './errors.js';
import { lineAmounts } from './invoice-amounts.js';
import { invoiceKey } from './invoices.js';
import { exchangeRate } from './ledger-amounts.js';
import { postDocument, type Leg } from './ledger.js';
import { PURCHASE_TAX_ACCOUNT } from './master-data.js';
import type { DimensionPair, InvoiceLineRow, InvoiceRow } from './records.js';
import { schedule } from './scheduled-postings.js';
import { cents } from './wire.js';
import { nextNumber, type Company, type World } from './world.js';

/** The action `Microsoft.NAV.post` on a draft; on a posted invoice it is refused and a repeat. */
export function postInvoiceAction(call: Call, invoice: InvoiceRow): void {
  const { world, company } = call;
  call.key = invoiceKey(company, invoice);
  if (call.enveloped) world.desk.violation(call.operation, 'posting action inside a $batch');
  if (invoice.postedAt > 0) {
    call.repeatMessage = `invoice ${invoice.postedNumber} was posted before`;
    throw businessError('The action can be applied to a draft invoice only.');
  }
  if (schedule(call, 'invoice', invoice.id)) return;
  postInvoice(world, company, invoice);
}

/** Checks and posts a draft: a new number from the posted series, G/L entries, one vendor ledger entry. */
export function postInvoice(world: World, company: Company, invoice: InvoiceRow): void {
  checkHeader(company, invoice);
  const lines = invoice.lines.filter((line) => line.lineType === 'Account');
  const legs = lines.flatMap((line) => lineLegs(company, invoice, line));
  if (legs.length === 0) throw businessError('There is nothing to post.');
  legs.push(vendorLeg(invoice, legs));
  const postedNumber = String(nextNumber(company, 'invoice'));
  const { postingDate, dueDate, invoiceDate } = invoice;
  const vendorEntryId = postDocument(world, company, {
    documentNumber: postedNumber,
    documentType: 'Invoice',
    ...{ postingDate, dueDate, documentDate: invoiceDate },
    mark: `${invoice.vendorNumber}/${invoice.vendorInvoiceNumber}`,
    currency: invoice.currencyCode || company.currency,
    invoiceId: invoice.id,
    legs,
  });
  company.invoices.update(invoice, { postedNumber, postedAt: world.nowMs(), vendorEntryId });
}

/** The duplicate check comes only here, over posted invoices of the pay-to vendor, whatever became of them. */
function checkHeader(company: Company, invoice: InvoiceRow): void {
  const { vendorNumber, payToVendorNumber, vendorInvoiceNumber } = invoice;
  for (const number of new Set([vendorNumber, payToVendorNumber])) {
    const vendor = company.vendors.find((row) => row.number === number);
    if (vendor === undefined) throw businessError('The vendor cannot be found.');
    checkVendor(vendor, 'post');
  }
  if (vendorInvoiceNumber === '') {
    throw businessError(
      'You need to enter the document number of the document from the vendor in the Vendor Invoice No. field, so that this document stays linked to the original.',
    );
  }
  const twin = company.invoices.find(
    (row) =>
      row.postedAt > 0 &&
      row.payToVendorNumber === payToVendorNumber &&
      row.vendorInvoiceNumber === vendorInvoiceNumber,
  );
  if (twin !== undefined)
    throw businessError(`Purchase Invoice ${vendorInvoiceNumber} already exists for this vendor.`);
  checkPostingDate(company, invoice.postingDate);
}

function lineLegs(company: Company, invoice: InvoiceRow, line: InvoiceLineRow): Leg[] {
  const account = company.accounts.find((row) => row.number === line.accountNumber);
  if (account === undefined) throw fieldError('No. must have a value in Purchase Line. It cannot be zero or empty.');
  checkAccount(account);
  const { net, tax } = lineAmounts(line);
  const rate = exchangeRate(company, invoice.currencyCode);
  const leg = (accountNumber: string, amount: Decimal, dimensions: DimensionPair[]): Leg => ({
    ...{ accountNumber, vendorNumber: '', currencyCode: invoice.currencyCode, description: line.description },
    ...{ amount, amountLcy: cents(amount.times(rate)), documentAmount: amount, dimensions },
  });
  const legs = [leg(account.number, net, line.dimensions), leg(PURCHASE_TAX_ACCOUNT, tax, line.dimensions)];
  return legs.filter((candidate) => !candidate.amount.isZero());
}

function vendorLeg(invoice: InvoiceRow, legs: readonly Leg[]): Leg {
  const amount = Decimal.sum(0, ...legs.map((leg) => leg.amount)).neg();
  if (amount.isPositive() && !amount.isZero()) {
    throw businessError('The total amount for the invoice must be 0 or greater.');
  }
  return {
    accountNumber: '',
    vendorNumber: invoice.payToVendorNumber,
    currencyCode: invoice.currencyCode,
    ...{ amount, amountLcy: Decimal.sum(0, ...legs.map((leg) => leg.amountLcy)).neg(), documentAmount: amount },
    description: `Invoice ${invoice.vendorInvoiceNumber}`,
    dimensions: invoice.dimensions,
  };
}
