import { Decimal } from 'decimal.js';
import type { Company } from './company.js';
import { checkVatSetup } from './checks.js';
import { rateOf } from './currency.js';
import type { Leg } from './ledger.js';
import { vatOf } from './purchase-amounts.js';
import { paymentTerms, vendors } from './tables-master.js';
import { cents, dayAfter, decimal, integer, text, type Row } from './values.js';

/** A leg with the journal line that it comes from. */
export type LineLeg = Leg & { line: Row };

/**
 * The legs of a journal line: its account, tax split from it where the line says so, and its balancing account. `currency` is
 * that of the whole document; undefined where its lines differ, which makes local currency the common one.
 */
export function journalLegs(company: Company, line: Row, currency: string | undefined): LineLeg[] {
  const amount = decimal(line, 'Amount');
  const legs = splitTax(company, line, legOf(company, line, 'Account', amount, currency), currency);
  if (text(line, 'Bal_Account_No') === '') return legs;
  return [...legs, legOf(company, line, 'Bal_Account', amount.neg(), currency)];
}

function legOf(
  company: Company,
  line: Row,
  side: 'Account' | 'Bal_Account',
  amount: Decimal,
  currency: string | undefined,
): LineLeg {
  const [type, number] = [text(line, `${side}_Type`), text(line, `${side}_No`)];
  const own = text(line, 'Currency_Code');
  const amountLcy = cents(amount.times(rateOf(company, own)));
  const isParty = type === 'Vendor' || type === 'Employee';
  return {
    line,
    account: isParty ? '' : number,
    ...(isParty ? { party: { kind: type, number } } : {}),
    ...{ description: text(line, 'Description'), externalNumber: text(line, 'External_Document_No') },
    dueDate: type === 'Vendor' ? dueDate(company, line, number) : text(line, 'Posting_Date'),
    ...{ currency: own, amount, amountLcy, documentAmount: currency === undefined ? amountLcy : amount },
    ...{ vat: new Decimal(0), dimensionSet: integer(line, 'Dimension_Set_ID') },
  };
}

function dueDate(company: Company, line: Row, vendor: string): string {
  const code = text(company.table(vendors).get(vendor) ?? {}, 'Payment_Terms_Code');
  const terms = company.table(paymentTerms).get(code) ?? {};
  return dayAfter(text(line, 'Document_Date'), text(terms, 'Due_Date_Calculation'));
}

/** The amount of a line with a posting type holds the tax: it is split off and posted to the account of the VAT set-up. */
function splitTax(company: Company, line: Row, leg: LineLeg, currency: string | undefined): LineLeg[] {
  const [business, product] = [text(line, 'VAT_Bus_Posting_Group'), text(line, 'VAT_Prod_Posting_Group')];
  if (text(line, 'Gen_Posting_Type').trim() === '' || leg.party !== undefined) return [leg];
  checkVatSetup(company, business, product);
  const setup = vatOf(company, business, product) ?? {};
  const percent = decimal(setup, 'VAT_Percent');
  const net = cents(leg.amount.times(100).div(percent.plus(100)));
  if (net.eq(leg.amount)) return [leg];
  const tax = legOf(company, line, 'Account', leg.amount.minus(net), currency);
  const amountLcy = leg.amountLcy.minus(tax.amountLcy);
  const documentAmount = leg.documentAmount.minus(tax.documentAmount);
  return [
    { ...leg, amount: net, amountLcy, documentAmount, vat: tax.amountLcy },
    { ...tax, account: text(setup, 'Purchase_VAT_Account') },
  ];
}
