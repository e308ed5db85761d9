import { Decimal } from 'decimal.js';
import { readAccount, readDefaultDimensions, type Account } from './accounts.js';
import type { JournalKind } from './journal-kinds.js';
import { fieldRefused, mandatoryFieldMissing, notRelated } from './odata-errors.js';
import type { FoSetUp } from './set-up.js';
import type { Company } from './store.js';
import { text, type Row } from './values.js';

/** Characters that the text of a line keeps; more are cut without a word (trap 23). */
export const lineTextLength = 60;
/** Characters that an invoice number keeps. */
export const invoiceLength = 20;
/** Decimals of amounts in every currency of the sandbox. */
export const amountDecimals = 2;
/** Currencies by their ISO code. */
export const knownCurrencies: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

/** The two accounts of a line; the offset is there only where the line names one. */
export interface LineAccounts {
  account: Account;
  offset?: Account;
}

/** Reads the accounts of a line with their dimensions. Throws the Infolog refusal for anything unknown or suspended. */
export function readLineAccounts(master: FoSetUp, company: Company, kind: JournalKind, line: Row): LineAccounts {
  const { aotName } = kind.lines;
  const side = (prefix: '' | 'Offset'): Account => {
    const field = `${prefix}AccountDisplayValue`;
    const account = readAccount(master, company, text(line, `${prefix}AccountType`), text(line, field), {
      aotName,
      field,
    });
    // On Ledger accounts the dimensions live in the display value; the default string is ignored there (trap 5).
    if (account.kind === 'Ledger') return account;
    const place = { aotName, field: `${prefix}DefaultDimensionDisplayValue` };
    return { ...account, dimensions: readDefaultDimensions(master, text(line, place.field), place).dimensions };
  };
  if (text(line, 'AccountDisplayValue') === '') throw mandatoryFieldMissing('Account');
  return text(line, 'OffsetAccountDisplayValue') === ''
    ? { account: side('') }
    : { account: side(''), offset: side('Offset') };
}

function checkAmount(kind: JournalKind, field: string, value: Decimal): void {
  if (value.isNegative() && !value.isZero()) {
    throw fieldRefused(
      kind.lines.aotName,
      field,
      `The amount ${value.toFixed()} in field '${field}' must not be negative.`,
    );
  }
  if (value.decimalPlaces() > amountDecimals) {
    throw fieldRefused(
      kind.lines.aotName,
      field,
      `The amount ${value.toFixed()} in field '${field}' is not rounded correctly.`,
    );
  }
}

function checkAmounts(kind: JournalKind, line: Row): void {
  const { debit: debitField, credit: creditField } = kind.fields;
  const debit = new Decimal(text(line, debitField) || '0');
  const credit = new Decimal(text(line, creditField) || '0');
  checkAmount(kind, debitField, debit);
  checkAmount(kind, creditField, credit);
  if (debit.isZero() === credit.isZero()) {
    throw fieldRefused(kind.lines.aotName, debitField, 'Exactly one of debit and credit must be filled.');
  }
}

function checkCompanies(kind: JournalKind, company: Company, line: Row): void {
  for (const field of ['Company', 'OffsetCompany']) {
    const value = text(line, field);
    if (value === '' || value.toLowerCase() === company.company.toLowerCase()) continue;
    throw fieldRefused(
      kind.lines.aotName,
      field,
      `Intercompany accounting between ${company.company} and ${value} is not set up.`,
    );
  }
}

/**
 * Validates a line as it would be after the write and answers it as F&O keeps it: texts cut without a word (trap 23),
 * display values in the full format, default dimensions of Ledger accounts gone.
 */
export function settleLine(master: FoSetUp, company: Company, kind: JournalKind, line: Row): Row {
  const { aotName } = kind.lines;
  const { currency, text: textField, offsetText } = kind.fields;
  checkAmounts(kind, line);
  checkCompanies(kind, company, line);
  const currencyCode = text(line, currency);
  if (!knownCurrencies.has(currencyCode)) throw notRelated(aotName, currency, 'Currency', currencyCode, 'Currencies');
  const { account, offset } = readLineAccounts(master, company, kind, line);
  const defaultDimensions = (side: Account | undefined, field: string): string =>
    side?.kind === 'Vend' ? readDefaultDimensions(master, text(line, field), { aotName, field }).display : '';
  return {
    ...line,
    AccountDisplayValue: account.display,
    OffsetAccountDisplayValue: offset?.display ?? '',
    DefaultDimensionDisplayValue: defaultDimensions(account, 'DefaultDimensionDisplayValue'),
    OffsetDefaultDimensionDisplayValue: defaultDimensions(offset, 'OffsetDefaultDimensionDisplayValue'),
    [textField]: text(line, textField).slice(0, lineTextLength),
    [offsetText]: text(line, offsetText).slice(0, lineTextLength),
    Invoice: text(line, 'Invoice').slice(0, invoiceLength),
  };
}
