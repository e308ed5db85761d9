import { Decimal } from 'decimal.js';
import type { Company, World } from './company.js';
import {
  checkAccount,
  checkDimensions,
  checkPostingDate,
  checkPostingGroups,
  checkVatSetup,
  checkVendor,
} from './checks.js';
import { rateOf } from './currency.js';
import { businessError, missingValue, NavError } from './errors.js';
import { postDocument, type Leg } from './ledger.js';
import { applyNamed } from './applications.js';
import { referenceFields } from './logic-purchase-header.js';
import { lineAmounts, vatOf } from './purchase-amounts.js';
import { recordPosted } from './purchase-records.js';
import { linesOf } from './tables-documents.js';
import { vendorEntries } from './tables-ledger.js';
import { accounts, vendors } from './tables-master.js';
import { cents, integer, text, type Row } from './values.js';

/** Posts a draft invoice or credit memo and gives the posted number. Throws NavError, and then nothing has happened. */
export function postPurchase(world: World, company: Company, header: Row): string {
  const lines = linesOf(company, header).filter((line) => line['Type'] !== ' ');
  checkHeader(company, header);
  if (lines.length === 0) throw businessError('There is nothing to post.');
  const type = text(header, 'Document_Type');
  const sign = type === 'Credit Memo' ? -1 : 1;
  const debits = lines.flatMap((line) => lineLegs(company, header, line, sign));
  const credit = vendorLeg(company, header, debits);
  if (credit.amount.times(sign).gt(0)) {
    throw businessError(`The total amount for the ${type.toLowerCase()} must be 0 or greater.`);
  }
  const number = String(company.next(`posted ${type}`, sign > 0 ? 108_001 : 109_001));
  const posted = postDocument(world, company, {
    ...{ documentNumber: number, documentType: type },
    ...{ postingDate: text(header, 'Posting_Date'), documentDate: text(header, 'Document_Date') },
    legs: [...debits, credit].filter((leg) => !leg.amount.isZero() || leg.party !== undefined),
    told: {
      mark: `${text(header, 'Buy_from_Vendor_No')}/${credit.externalNumber}`,
      currency: text(header, 'Currency_Code') || company.head.currency,
    },
  });
  const entry = posted.entries[0]?.entry ?? {};
  applyNamed(world, company, { kind: 'Vendor', entry }, header);
  recordPosted(company, header, lines, { number, entryNumber: integer(entry, 'Entry_No') });
  return number;
}

/** The duplicate check comes only here, over the pay-to vendor's ledger, whatever became of the entry (section 12). */
function checkHeader(company: Company, header: Row): void {
  const type = text(header, 'Document_Type');
  const buyFrom = text(header, 'Buy_from_Vendor_No');
  if (buyFrom === '') throw missingValue('Buy-from Vendor No.', `Purchase Header: No.=${text(header, 'No')}`);
  for (const number of new Set([buyFrom, text(header, '$payTo')])) {
    const vendor = company.table(vendors).get(number);
    if (vendor === undefined) throw businessError('The vendor cannot be found.');
    checkVendor(vendor, 'post');
    checkPostingGroups(vendor);
  }
  const field = referenceFields[type] ?? '';
  const reference = text(header, field);
  if (reference === '') {
    const name = type === 'Invoice' ? 'Vendor Invoice No.' : 'Vendor Cr. Memo No.';
    throw businessError(
      `You need to enter the document number of the document from the vendor in the ${name} field, so that this document stays linked to the original.`,
    );
  }
  checkDuplicate(company, { type, reference, vendor: text(header, '$payTo') });
  checkPostingDate(company, text(header, 'Posting_Date'));
}

/** Refuses a number that the vendor's ledger has already for this type of document, unless that was reversed. */
export function checkDuplicate(
  company: Company,
  { type, reference, vendor }: Record<'type' | 'reference' | 'vendor', string>,
): void {
  const twin = company
    .table(vendorEntries)
    .find(
      (entry) =>
        entry['Document_Type'] === type &&
        entry['External_Document_No'] === reference &&
        entry['Vendor_No'] === vendor &&
        entry['Reversed'] !== true,
    );
  if (twin !== undefined) throw businessError(`Purchase ${type} ${reference} already exists for this vendor.`);
}

function lineLegs(company: Company, header: Row, line: Row, sign: number): Leg[] {
  const name = `Purchase Line: Document No.=${text(header, 'No')}, Line No.=${integer(line, 'Line_No')}`;
  if (text(line, 'No') === '') throw missingValue('No.', name);
  const account = company.table(accounts).get(text(line, 'No'));
  if (account === undefined)
    throw new NavError(
      404,
      'Internal_RecordNotFound',
      'NavCSideRecordNotFoundException',
      'The G/L Account does not exist.',
    );
  checkAccount(account);
  const [business, product] = [text(header, '$vatBusiness'), text(line, 'VAT_Prod_Posting_Group')];
  checkVatSetup(company, business, product);
  checkDimensions(
    company,
    integer(line, 'Dimension_Set_ID'),
    `${text(header, 'Document_Type')} ${text(header, 'No')}, line no. ${integer(line, 'Line_No')}`,
    [
      { table: 15, number: text(account, 'No') },
      { table: 23, number: text(header, '$payTo') },
    ],
  );
  const { net, tax } = lineAmounts(company, header, line);
  const rate = rateOf(company, text(header, 'Currency_Code'));
  const leg = (number: string, amount: Decimal, vat: Decimal): Leg => ({
    ...{ account: number, description: text(line, 'Description'), currency: text(header, 'Currency_Code') },
    ...{ externalNumber: referenceOf(header), dueDate: text(header, 'Due_Date') },
    ...{ amount, amountLcy: cents(amount.times(rate)), documentAmount: amount, vat: cents(vat.times(rate)) },
    dimensionSet: integer(line, 'Dimension_Set_ID'),
  });
  const taxAccount = text(vatOf(company, business, product) ?? {}, 'Purchase_VAT_Account');
  const legs = [
    leg(text(account, 'No'), net.times(sign), tax.times(sign)),
    leg(taxAccount, tax.times(sign), new Decimal(0)),
  ];
  return legs.filter(({ amount }) => !amount.isZero());
}

function referenceOf(header: Row): string {
  return text(header, referenceFields[text(header, 'Document_Type')] ?? '');
}

function vendorLeg(company: Company, header: Row, legs: readonly Leg[]): Leg {
  const amount = Decimal.sum(0, ...legs.map((leg) => leg.amount)).neg();
  const where = `${text(header, 'Document_Type')} ${text(header, 'No')}`;
  checkDimensions(company, integer(header, 'Dimension_Set_ID'), where, [{ table: 23, number: text(header, '$payTo') }]);
  return {
    account: '',
    party: { kind: 'Vendor', number: text(header, '$payTo') },
    ...{ description: text(header, 'Posting_Description'), currency: text(header, 'Currency_Code') },
    ...{ externalNumber: referenceOf(header), dueDate: text(header, 'Due_Date') },
    ...{ amount, documentAmount: amount, vat: new Decimal(0) },
    amountLcy: Decimal.sum(0, ...legs.map((leg) => leg.amountLcy)).neg(),
    dimensionSet: integer(header, 'Dimension_Set_ID'),
  };
}
