import { z } from 'zod';
import type { FailedCall } from '../http/errors.js';
import { parseAnswer } from './concur-answers.js';
import {
  checkLengths,
  customFields,
  listOf,
  readTexts,
  wireObject,
  wireTexts,
  type Texts,
  type WireObject,
} from './legacy-answers-fields.js';
import { calendarDay } from './wire-values.js';

const ORDER_TEXTS = {
  name: { wire: 'Name' },
  currencyCode: { wire: 'CurrencyCode' },
  orderDate: { wire: 'OrderDate' },
  policyExternalId: { wire: 'PolicyExternalID' },
  vendorCode: { wire: 'VendorCode' },
  vendorAddressCode: { wire: 'VendorAddressCode' },
  status: { wire: 'Status' },
  description: { wire: 'Description' },
  neededByDate: { wire: 'NeededByDate' },
  requestedBy: { wire: 'RequestedBy' },
  requestedDeliveryDate: { wire: 'RequestedDeliveryDate' },
  paymentTerms: { wire: 'PaymentTerms' },
  discountPercentage: { wire: 'DiscountPercentage' },
  discountTerms: { wire: 'DiscountTerms' },
  ledgerCode: { wire: 'LedgerCode' },
  purchaseRequestNumber: { wire: 'PurchaseRequestNumber' },
  shipping: { wire: 'Shipping' },
  shippingMethodKey: { wire: 'ShippingMethodKey', limit: 10 },
  shippingTermsKey: { wire: 'ShippingTermsKey', limit: 10 },
  tax: { wire: 'Tax' },
  poVendorTaxId: { wire: 'PoVendorTaxId' },
  provincialTaxId: { wire: 'ProvincialTaxId' },
  ...customFields(24),
} as const;

const LINE_TEXTS = {
  externalId: { wire: 'ExternalID' },
  lineNumber: { wire: 'LineNumber' },
  description: { wire: 'Description' },
  quantity: { wire: 'Quantity' },
  unitPrice: { wire: 'UnitPrice' },
  expenseType: { wire: 'ExpenseType' },
  accountCode: { wire: 'AccountCode' },
  unitOfMeasureCode: { wire: 'UnitOfMeasureCode' },
  supplierPartId: { wire: 'SupplierPartID' },
  tax: { wire: 'Tax' },
  isReceiptRequired: { wire: 'IsReceiptRequired' },
  receiptType: { wire: 'PurchaseOrderReceiptType' },
  requestedDeliveryDate: { wire: 'RequestedDeliveryDate' },
  ...customFields(20),
} as const;

const ALLOCATION_TEXTS = {
  amount: { wire: 'Amount' },
  grossAmount: { wire: 'GrossAmount' },
  percentage: { wire: 'Percentage' },
  ...customFields(20),
} as const;

const ADDRESS_TEXTS = {
  externalId: { wire: 'ExternalID' },
  name: { wire: 'Name' },
  address1: { wire: 'Address1' },
  address2: { wire: 'Address2' },
  address3: { wire: 'Address3' },
  city: { wire: 'City' },
  stateProvince: { wire: 'StateProvince' },
  postalCode: { wire: 'PostalCode' },
  countryCode: { wire: 'CountryCode' },
} as const;

/** Members that Concur wrote and that have no property: they go back unchanged in an update. */
interface Rest {
  rest?: Readonly<Record<string, unknown>>;
}

/** Bill-to or ship-to address; all but `name`, `address2` and `address3` must be filled (trap 26). */
export interface PurchaseOrderAddress extends Texts<typeof ADDRESS_TEXTS>, Rest {}

/** A part of a line: amount, gross amount and percentage are all required. */
export interface PurchaseOrderAllocation extends Texts<typeof ALLOCATION_TEXTS>, Rest {}

/** A line; `externalId` is unique in the order, and either `expenseType` or `accountCode` is filled. */
export interface PurchaseOrderLine extends Texts<typeof LINE_TEXTS>, Rest {
  allocations?: PurchaseOrderAllocation[];
}

/**
 * A purchase order. Amounts and quantities are decimals, dates `YYYY-MM-DD`, list fields hold item codes, `status` is
 * `Transmitted` or `Closed`. What is required is checked when it is sent: an order that was read may lack any of it.
 */
export interface PurchaseOrder extends Texts<typeof ORDER_TEXTS>, Rest {
  /** Always ours to give: without it a lost answer could not be looked up. */
  purchaseOrderNumber: string;
  billTo?: PurchaseOrderAddress;
  shipTo?: PurchaseOrderAddress;
  lines: PurchaseOrderLine[];
}

const REQUIRED = [
  'name',
  'currencyCode',
  'orderDate',
  'policyExternalId',
  'vendorCode',
  'vendorAddressCode',
] as const satisfies (keyof PurchaseOrder)[];
const REQUIRED_OF_ADDRESS = [
  'externalId',
  'address1',
  'city',
  'stateProvince',
  'postalCode',
  'countryCode',
] as const satisfies (keyof PurchaseOrderAddress)[];
const DATES = ['orderDate', 'neededByDate', 'requestedDeliveryDate'] as const;
const OWN_MEMBERS = ['PurchaseOrderNumber', 'BillToAddress', 'ShipToAddress', 'LineItem', 'ID', 'URI'];

/** Reads the order of an answer, or throws `ContractViolation`; time stamps are cut to their day, the only form that is accepted back. */
export function readOrder(purchaseOrderNumber: string, record: WireObject, call: FailedCall): PurchaseOrder {
  const { texts, rest } = readTexts(ORDER_TEXTS, record);
  const billTo = readAddress(record['BillToAddress']);
  const shipTo = readAddress(record['ShipToAddress']);
  return {
    ...withDays(texts),
    purchaseOrderNumber,
    ...(billTo === undefined ? {} : { billTo }),
    ...(shipTo === undefined ? {} : { shipTo }),
    lines: objectsIn(record['LineItem'], 'LineItem', call).map((line) => readLine(line, call)),
    rest: without(rest, OWN_MEMBERS),
  };
}

/** The body of a request. Throws RangeError with a sentence for an order that Concur would refuse. */
export function orderBody(order: PurchaseOrder): unknown {
  checkOrder(order);
  const { purchaseOrderNumber, billTo, shipTo, lines, rest, ...texts } = order;
  return {
    ...rest,
    PurchaseOrderNumber: purchaseOrderNumber,
    ...wireTexts(ORDER_TEXTS, texts),
    BillToAddress: addressBody(billTo),
    ShipToAddress: addressBody(shipTo),
    LineItem: lines.map(lineBody),
  };
}

function checkOrder(order: PurchaseOrder): void {
  const whose = `purchase order ${order.purchaseOrderNumber}`;
  if (order.purchaseOrderNumber === '') throw new RangeError('a purchase order has a number');
  const missing = REQUIRED.find((name) => (order[name] ?? '') === '');
  if (missing !== undefined) throw new RangeError(`${whose}: ${missing} is missing`);
  if (!['', 'Transmitted', 'Closed'].includes(order.status ?? '')) {
    throw new RangeError(`${whose}: the status is Transmitted or Closed`);
  }
  for (const name of DATES) if ((order[name] ?? '') !== '') calendarDay(order[name] ?? '');
  checkLengths(ORDER_TEXTS, order, whose);
  checkAddress(order.billTo, `${whose}, bill-to address`);
  checkAddress(order.shipTo, `${whose}, ship-to address`);
  if (order.lines.length === 0) throw new RangeError(`${whose}: there is no line`);
  if (new Set(order.lines.map(({ externalId }) => externalId)).size !== order.lines.length) {
    throw new RangeError(`${whose}: each line has an external id of its own`);
  }
  for (const line of order.lines) checkLine(line, `${whose}, line ${line.externalId ?? ''}`);
}

function checkAddress(address: PurchaseOrderAddress = {}, whose: string): void {
  const missing = REQUIRED_OF_ADDRESS.find((name) => (address[name] ?? '') === '');
  // Concur wants a state even for countries without states: a default is configured, never invented here.
  if (missing !== undefined) throw new RangeError(`${whose}: ${missing} is missing`);
  if (!/^[A-Z]{2}$/.test(address.countryCode ?? '')) {
    throw new RangeError(`${whose}: countryCode is two upper-case letters (ISO 3166)`);
  }
}

function checkLine(line: PurchaseOrderLine, whose: string): void {
  for (const name of ['externalId', 'lineNumber', 'quantity', 'unitPrice'] as const) {
    if ((line[name] ?? '') === '') throw new RangeError(`${whose}: ${name} is missing`);
  }
  for (const name of ['quantity', 'unitPrice'] as const) {
    if (!/^-?\d+(\.\d+)?$/.test(line[name] ?? '')) throw new RangeError(`${whose}: ${name} is a decimal`);
  }
  if (((line.expenseType ?? '') === '') === ((line.accountCode ?? '') === '')) {
    throw new RangeError(`${whose}: either an expense type or an account, and not both`);
  }
  for (const { amount = '', grossAmount = '', percentage = '' } of line.allocations ?? []) {
    if ([amount, grossAmount, percentage].includes('')) {
      throw new RangeError(`${whose}: an allocation has amount, gross amount and percentage`);
    }
  }
}

function readAddress(value: unknown): PurchaseOrderAddress | undefined {
  const record = wireObject.safeParse(value);
  if (!record.success) return undefined;
  const { texts, rest } = readTexts(ADDRESS_TEXTS, record.data);
  return { ...texts, rest };
}

function readLine(record: WireObject, call: FailedCall): PurchaseOrderLine {
  const { texts, rest } = readTexts(LINE_TEXTS, record);
  const allocations = objectsIn(record['Allocation'], 'Allocation', call).map((allocation) => {
    const read = readTexts(ALLOCATION_TEXTS, allocation);
    return { ...read.texts, rest: read.rest };
  });
  return { ...withDays(texts), allocations, rest: without(rest, ['Allocation']) };
}

function objectsIn(value: unknown, wrapper: string, call: FailedCall): WireObject[] {
  return parseAnswer(z.array(wireObject), listOf(value, wrapper), call);
}

function addressBody(address: PurchaseOrderAddress = {}): unknown {
  const { rest, ...texts } = address;
  return { ...rest, ...wireTexts(ADDRESS_TEXTS, texts) };
}

function lineBody({ rest, allocations = [], ...texts }: PurchaseOrderLine): unknown {
  const parts = allocations.map(({ rest: others, ...part }) => ({ ...others, ...wireTexts(ALLOCATION_TEXTS, part) }));
  return { ...rest, ...wireTexts(LINE_TEXTS, texts), ...(parts.length === 0 ? {} : { Allocation: parts }) };
}

function withDays<T extends Texts<typeof ORDER_TEXTS> | Texts<typeof LINE_TEXTS>>(texts: T): T {
  const days = Object.entries<string | undefined>(texts)
    .filter(([name]) => /date$/i.test(name))
    .map(([name, text = '']) => [name, /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0] ?? text]);
  return { ...texts, ...(Object.fromEntries(days) as Partial<T>) };
}

function without(record: WireObject, names: readonly string[]): WireObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
