import { Decimal } from 'decimal.js';
import { isLosslessNumber } from 'lossless-json';
import { vendorKey, type CompanyState, type PurchaseRequestLine } from './company-state.js';
import { isObject, type JsonObject } from './post-body.js';

/** One reason of refusal (concur-platform.md 4.4). `data` says that content, not the program, is to blame. */
export interface PurchaseRequestFault {
  errorCode: string;
  dataPath: string;
  data: boolean;
}

const contentFaults = ['invalidUserInfo', 'invalidVendor', 'invalidCurrencyCode', 'invalidPolicyInformation'];
const headerFields = new Set([
  ...['userId', 'userEmail', 'userLoginId', 'currencyCode', 'lineItems', 'description', 'policyExternalId'],
  ...['notesToSupplier', 'comments', 'shipToAddressCode', 'billToAddressCode'],
  ...Array.from({ length: 24 }, (_, index) => `custom${index + 1}`),
]);
const lineFields = new Set([
  ...['purchaseType', 'vendorCode', 'vendorAddressCode', 'description', 'quantity', 'unitPrice', 'expenseType'],
  ...['receiptType', 'neededByDate', 'uoMCode', 'uomCode', 'shipping', 'tax', 'supplierPartId', 'url'],
  ...['notesToVendor', 'comments'],
  ...Array.from({ length: 20 }, (_, index) => `custom${index + 1}`),
]);

/** All that is wrong with the body, in the order of its fields; empty for a good one. */
export function purchaseRequestFaults(company: CompanyState, body: JsonObject): PurchaseRequestFault[] {
  const { currencyCode, lineItems, policyExternalId } = body;
  const faults = [...unknownFields(body, headerFields, ''), ...userFaults(company, body)];
  if (isEmpty(currencyCode)) faults.push(fault('missingCurrencyCode', 'currencyCode'));
  else if (!/^[A-Z]{3}$/.test(textOf(currencyCode))) faults.push(fault('invalidCurrencyCode', 'currencyCode'));
  if (policyExternalId !== undefined && textOf(policyExternalId) === '') {
    faults.push(fault('invalidPolicyInformation', 'policyExternalId'));
  }
  if (!Array.isArray(lineItems) || lineItems.length === 0) return [...faults, fault('missingLineItems', 'lineItems')];
  return [...faults, ...lineItems.flatMap((line, index) => lineFaults(company, line, `lineItems[${index}]`))];
}

/** The lines of a body without faults. */
export function purchaseRequestLines(body: JsonObject): PurchaseRequestLine[] {
  const lines = Array.isArray(body['lineItems']) ? body['lineItems'].filter(isObject) : [];
  return lines.map((line) => ({
    vendorCode: textOf(line['vendorCode']),
    vendorAddressCode: textOf(line['vendorAddressCode']),
    description: textOf(line['description']),
    quantity: textOf(line['quantity']),
    unitPrice: textOf(line['unitPrice']),
  }));
}

function userFaults(company: CompanyState, body: JsonObject): PurchaseRequestFault[] {
  const given = ['userId', 'userEmail', 'userLoginId'].filter((name) => !isEmpty(body[name]));
  const [name] = given;
  if (name === undefined) return [fault('missingUserInfo', 'userLoginId')];
  if (given.length > 1) return [fault('provideOneUserInformation', name)];
  const wanted = textOf(body[name]).toLowerCase();
  const isKnown = Object.values(company.users).some((user) => {
    const value = { userId: user.uuid, userEmail: user.email, userLoginId: user.userName }[name];
    return value?.toLowerCase() === wanted;
  });
  return isKnown ? [] : [fault('invalidUserInfo', name)];
}

function lineFaults(company: CompanyState, line: unknown, path: string): PurchaseRequestFault[] {
  if (!isObject(line)) return [fault('invalidRequestBody', path)];
  const faults = unknownFields(line, lineFields, `${path}.`);
  const { purchaseType, vendorCode, vendorAddressCode, description, receiptType, neededByDate } = line;
  if (isEmpty(purchaseType)) faults.push(fault('missingPurchaseType', `${path}.purchaseType`));
  else if (!['GOODS', 'SERVICES'].includes(textOf(purchaseType))) {
    faults.push(fault('invalidPurchaseType', `${path}.purchaseType`));
  }
  if (!['QUANTITY_RECEIPT', 'NONE', ''].includes(textOf(receiptType))) {
    faults.push(fault('invalidRequestBody', `${path}.receiptType`));
  }
  if (isEmpty(vendorCode)) faults.push(fault('missingVendorCode', `${path}.vendorCode`));
  if (isEmpty(vendorAddressCode)) faults.push(fault('missingVendorAddressCode', `${path}.vendorAddressCode`));
  const isVendor = company.vendors[vendorKey(textOf(vendorCode), textOf(vendorAddressCode))] !== undefined;
  if (!isEmpty(vendorCode) && !isEmpty(vendorAddressCode) && !isVendor) {
    faults.push(fault('invalidVendor', `${path}.vendorCode`));
  }
  if (isEmpty(description)) faults.push(fault('missingDescription', `${path}.description`));
  faults.push(
    ...numberFaults(line, 'quantity', 'Quantity', path),
    ...numberFaults(line, 'unitPrice', 'UnitPrice', path),
  );
  if (!/^(\d{4}-\d{2}-\d{2})?$/.test(textOf(neededByDate))) {
    faults.push(fault('invalidDateFormat', `${path}.neededByDate`));
  }
  return faults;
}

function numberFaults(line: JsonObject, name: string, spelled: string, path: string): PurchaseRequestFault[] {
  if (isEmpty(line[name])) return [fault(`missing${spelled}`, `${path}.${name}`)];
  const text = textOf(line[name]);
  const isPositive = /^\d+(\.\d+)?$/.test(text) && new Decimal(text).gt(0);
  return isPositive ? [] : [fault(`invalid${spelled}`, `${path}.${name}`)];
}

function unknownFields(body: JsonObject, known: ReadonlySet<string>, path: string): PurchaseRequestFault[] {
  const unknown = Object.keys(body).filter((name) => !known.has(name));
  return unknown.map((name) => fault('invalidRequestBody', `${path}${name}`));
}

function fault(errorCode: string, dataPath: string): PurchaseRequestFault {
  return { errorCode, dataPath, data: contentFaults.includes(errorCode) };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Decimals come as text or as numbers. */
function textOf(value: unknown): string {
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'string' ? value : '';
}
