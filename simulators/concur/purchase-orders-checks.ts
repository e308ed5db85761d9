import { Decimal } from 'decimal.js';
import { vendorKey, type CompanyState } from './company-state.js';
import { isObject, type JsonObject } from './post-body.js';

/** Why an order is refused (codes of concur-platform.md 4.5). `data` says that content, not the program, is to blame. */
export interface OrderFault {
  code: string;
  message: string;
  fieldCode?: string;
  line?: string;
  data?: boolean;
}

type Level = 'Header' | 'ShipTo' | 'BillTo' | 'LineItem' | 'Allocation';

const policies = ['PO', 'USPO', 'GBPO', 'JPPO', 'CAPO', 'AUPO'];
const headerRequired = ['CurrencyCode', 'Name', 'OrderDate', 'PolicyExternalID', 'VendorCode', 'VendorAddressCode'];
const addressRequired = ['ExternalID', 'Address1', 'City', 'StateProvince', 'PostalCode', 'CountryCode'];
const lineRequired = ['ExternalID', 'LineNumber', 'Quantity', 'UnitPrice'];
const allocationRequired = ['Amount', 'GrossAmount', 'Percentage'];
const known: Record<Level, ReadonlySet<string>> = {
  Header: new Set([
    ...headerRequired,
    ...['BillToAddress', 'ShipToAddress', 'LineItem', 'PurchaseOrderNumber', 'Description', 'NeededByDate'],
    ...['RequestedBy', 'RequestedDeliveryDate', 'PaymentTerms', 'DiscountPercentage', 'DiscountTerms', 'LedgerCode'],
    ...['PurchaseRequestNumber', 'Shipping', 'ShippingMethodKey', 'ShippingTermsKey', 'Tax', 'PoVendorTaxId'],
    ...['ProvincialTaxId', 'IsTest', 'IsChangeOrder', 'Status', 'ID', 'URI'],
    ...['AmountWithoutVat', 'VatAmountOne', 'VatAmountTwo', 'VatRateOne', 'VatRateTwo'],
    ...customs(24),
  ]),
  ShipTo: new Set([...addressRequired, 'Address2', 'Address3', 'Name']),
  BillTo: new Set([...addressRequired, 'Address2', 'Address3', 'Name']),
  LineItem: new Set([
    ...lineRequired,
    ...['ExpenseType', 'AccountCode', 'Allocation', 'Description', 'UnitOfMeasureCode', 'SupplierPartID', 'Tax'],
    ...['IsReceiptRequired', 'PurchaseOrderReceiptType', 'RequestedDeliveryDate', 'CreateDate'],
    ...['AmountWithoutVat', 'VatAmount', 'VatRate'],
    ...customs(20),
  ]),
  Allocation: new Set([...allocationRequired, ...customs(20)]),
};

/** The first thing wrong with an order, or undefined. Values are text, as `plainOrder` leaves them. */
export function orderFault(company: CompanyState, order: JsonObject): OrderFault | undefined {
  return (
    fieldsFault('Header', order, headerRequired) ??
    headerFault(company, order) ??
    addressesFault(order) ??
    linesFault(order)
  );
}

function headerFault(company: CompanyState, order: JsonObject): OrderFault | undefined {
  const currency = textIn(order, 'CurrencyCode');
  if (!/^[A-Z]{3}$/.test(currency)) return fault('3000', 'Currency is invalid', 'Header', 'CurrencyCode');
  const key = vendorKey(textIn(order, 'VendorCode'), textIn(order, 'VendorAddressCode'));
  if (company.vendors[key] === undefined) {
    return { ...fault('2000', `Vendor ${key} was not found`, 'Header', 'VendorCode'), data: true };
  }
  if (!policies.includes(textIn(order, 'PolicyExternalID'))) {
    return { ...fault('4000', 'Policy is unknown', 'Header', 'PolicyExternalID'), data: true };
  }
  if (!isDate(order['OrderDate'])) return fault('8002', 'OrderDate is no date', 'Header', 'OrderDate');
  if (!['Closed', 'Transmitted', ''].includes(textIn(order, 'Status'))) {
    return fault('8002', 'Status must be Transmitted or Closed', 'Header', 'Status');
  }
  const long = ['ShippingMethodKey', 'ShippingTermsKey'].find((name) => textIn(order, name).length > 10);
  return long === undefined ? undefined : fault('8001', `${long} is longer than 10`, 'Header', long);
}

function addressesFault(order: JsonObject): OrderFault | undefined {
  for (const [name, level, code] of [
    ['ShipToAddress', 'ShipTo', '6000'],
    ['BillToAddress', 'BillTo', '6001'],
  ] as const) {
    const address = order[name];
    if (!isObject(address)) return fault(code, `${name} is missing`, 'Header', name);
    const found = fieldsFault(level, address, addressRequired);
    if (found !== undefined) return { ...found, code: found.code === '8000' ? code : found.code };
    const isCountry = /^[A-Z]{2}$/.test(textIn(address, 'CountryCode'));
    if (!isCountry) return fault('8005', 'CountryCode is invalid', level, 'CountryCode');
  }
  return undefined;
}

function linesFault(order: JsonObject): OrderFault | undefined {
  const lines = order['LineItem'];
  if (!Array.isArray(lines) || lines.length === 0 || !lines.every(isObject)) {
    return fault('5000', 'The order has no line items', 'Header', 'LineItem');
  }
  const ids = lines.map((line) => textIn(line, 'ExternalID'));
  for (const [index, line] of lines.entries()) {
    const found = lineFault(line);
    if (found !== undefined) return { ...found, line: ids[index] ?? '' };
    if (ids.indexOf(ids[index] ?? '') !== index) {
      return { ...fault('5600', 'ExternalID is not unique', 'LineItem', 'ExternalID'), line: ids[index] ?? '' };
    }
  }
  return undefined;
}

function lineFault(line: JsonObject): OrderFault | undefined {
  const form = fieldsFault('LineItem', line, lineRequired);
  if (form !== undefined) return form;
  if ((textIn(line, 'ExpenseType') === '') === (textIn(line, 'AccountCode') === '')) {
    return fault('5001', 'Either ExpenseType or AccountCode must be given', 'LineItem', 'AccountCode');
  }
  const amounts = ['Quantity', 'UnitPrice', 'Tax'].filter((name) => textIn(line, name) !== '');
  const wrong = amounts.find((name) => !isDecimal(textIn(line, name)));
  if (wrong !== undefined) return fault('8002', `${wrong} is no number`, 'LineItem', wrong);
  const price = new Decimal(textIn(line, 'UnitPrice'));
  const tax = new Decimal(textIn(line, 'Tax') === '' ? '0' : textIn(line, 'Tax'));
  if (price.mul(tax).lt(0)) return fault('5004', 'Tax and price have different signs', 'LineItem', 'Tax');
  if (!['QUANTITY_RECEIPT', 'NONE', 'WQTY', ''].includes(textIn(line, 'PurchaseOrderReceiptType'))) {
    return fault('8002', 'PurchaseOrderReceiptType is unknown', 'LineItem', 'PurchaseOrderReceiptType');
  }
  return allocationsFault(line, price.mul(textIn(line, 'Quantity')));
}

function allocationsFault(line: JsonObject, total: Decimal): OrderFault | undefined {
  const allocations = line['Allocation'] ?? [];
  if (!Array.isArray(allocations) || !allocations.every(isObject)) {
    return fault('8002', 'Allocation is no list', 'LineItem', 'Allocation');
  }
  let sum = new Decimal(0);
  for (const allocation of allocations) {
    const form = fieldsFault('Allocation', allocation, allocationRequired);
    if (form !== undefined) return form;
    if (!isDecimal(textIn(allocation, 'Amount'))) return fault('8002', 'Amount is no number', 'Allocation', 'Amount');
    const amount = new Decimal(textIn(allocation, 'Amount'));
    if (amount.isZero()) return fault('5503', 'An allocation amount is zero', 'Allocation', 'Amount');
    if (amount.mul(total).lt(0)) return fault('5502', 'An allocation has another sign', 'Allocation', 'Amount');
    sum = sum.plus(amount);
  }
  const isTooMuch = sum.abs().gt(total.abs());
  return isTooMuch ? fault('5501', 'Allocations exceed the line total', 'Allocation', 'Amount') : undefined;
}

function fieldsFault(level: Level, part: JsonObject, required: readonly string[]): OrderFault | undefined {
  const unknown = Object.keys(part).find((name) => !known[level].has(name));
  if (unknown !== undefined) return fault('8006', `${unknown} is not on the form`, level, unknown);
  const missing = required.find((name) => textIn(part, name) === '');
  if (missing !== undefined) return fault('8000', `${missing} is required`, level, missing);
  const long = Object.keys(part).find((name) => name.startsWith('Custom') && textIn(part, name).length > 48);
  return long === undefined ? undefined : fault('8001', `${long} is longer than 48`, level, long);
}

function fault(code: string, message: string, level: Level, field: string): OrderFault {
  return { code, message, fieldCode: `${level}${field}` };
}

function textIn(part: JsonObject, name: string): string {
  const value = part[name];
  return typeof value === 'string' ? value : '';
}

function isDecimal(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text);
}

/** Only the day counts; times are in the published examples in several forms. */
function isDate(value: unknown): boolean {
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}($|[T ])/.test(value);
}

function customs(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `Custom${index + 1}`);
}
