import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf, hexIdOf } from './company-book.js';
import { vendorKey, type CompanyState, type VendorRecord } from './company-state.js';
import {
  answerItems,
  applied,
  isObject,
  parsedBody,
  refused,
  repeated,
  type ItemCall,
  type JsonObject,
} from './post-body.js';
import type { ConcurContext } from './state.js';
import { v3Broken } from './v3-answers.js';
import { readVendorFields, vendorContentFault, vendorFormFault } from './vendor-records.js';
import { vendorCollection, vendorRow, vendorStatus } from './vendors.js';

interface NumberedRecord {
  record: JsonObject;
  number: number;
}

/**
 * `POST` and `PUT /api/v3.1/invoice/vendors` (concur-platform.md 3): 200 whatever becomes of the records, each with its own
 * status. Fields that a PUT leaves out are emptied, which nothing documents and nothing excludes.
 */
export function writeVendors(context: ConcurContext, request: SimRequest): SimResponse {
  const operation = request.method === 'POST' ? 'vendorCreate' : 'vendorUpdate';
  const body = parsedBody(request);
  const records = isObject(body) ? body['Vendor'] : undefined;
  if (!Array.isArray(records) || records.length === 0 || !records.every(isObject)) {
    return v3Broken(context, operation, request, 400, 'the body is not { Vendor: [ … ] } with vendors in it');
  }
  const numbered = records.map((record, index) => ({ record, number: index + 1 }));
  const rows = answerItems(context, operation, numbered, {
    run: (call, item) => [writeOne(call, item)],
    failed: (item) => failedRow(item, 'An unexpected error occurred', 'ERROR'),
  });
  const summary = `${records.length} records processed`;
  return vendorCollection(companyOf(context), request, rows, { next: null, total: rows.length, summary });
}

function writeOne(call: ItemCall, item: NumberedRecord): JsonObject {
  const company = companyOf(call.context);
  const fields = readVendorFields(item.record);
  const formFault = typeof fields === 'string' ? fields : vendorFormFault(fields);
  if (typeof fields === 'string' || formFault !== undefined) {
    const message = formFault ?? 'unreadable';
    refused(call, keyOf(item.record), message);
    return failedRow(item, message, 'ERROR');
  }
  const key = vendorKey(fields['VendorCode'] ?? '', fields['AddressCode'] ?? '');
  const isCreate = call.operation === 'vendorCreate';
  if (isCreate && company.vendors[key] !== undefined) {
    repeated(call, key, 'vendor created again');
    return failedRow(item, `Vendor ${key} already exists`, 'WARNING');
  }
  const awaited = isCreate ? undefined : awaitedVendor(company, fields['AddressImportSyncID']);
  const known = company.vendors[key] ?? awaited?.vendor;
  const fault =
    vendorContentFault(fields) ??
    consistencyFault(company, fields, [key, awaited?.key]) ??
    (isCreate || known !== undefined ? undefined : `Vendor ${key} does not exist`);
  if (fault !== undefined) return undone(call, item, key, fault);
  const vendor = stored(company, key, fields, isCreate ? undefined : known);
  if (awaited !== undefined && awaited.key !== key) bindInvoices(company, awaited.key, key);
  applied(call, key);
  const text = isCreate ? 'Vendor added' : 'Vendor updated';
  return { ...vendorRow(vendor), StatusList: [vendorStatus(item.number, text)] };
}

/** Without a payment method the vendor is paid by the client, whatever it was before. */
function stored(
  company: CompanyState,
  key: string,
  fields: Record<string, string>,
  known: VendorRecord | undefined,
): VendorRecord {
  const defaults = { PaymentMethodType: 'CLIENT', IsLineItemVatIncld: 'N', IsVisibleForContentExtraction: 'Y' };
  const vendor = {
    id: known?.id ?? hexIdOf(key),
    fields: { Approved: 'N', ...defaults, ...fields },
    groups: known?.groups ?? [],
  };
  company.vendors[key] = vendor;
  return vendor;
}

/** The vendor that an employee asked for under this id and that nobody has approved yet. */
function awaitedVendor(
  company: CompanyState,
  importId: string | undefined,
): { key: string; vendor: VendorRecord } | undefined {
  if (importId === undefined) return undefined;
  const found = Object.entries(company.vendors).find(
    ([, { fields }]) => fields['AddressImportSyncID'] === importId && fields['Approved'] !== 'Y',
  );
  return found === undefined ? undefined : { key: found[0], vendor: found[1] };
}

/** Invoices that waited for the requested vendor now belong to the one of the ERP. */
function bindInvoices(company: CompanyState, from: string, to: string): void {
  company.vendors = Object.fromEntries(Object.entries(company.vendors).filter(([key]) => key !== from));
  for (const [document, payee] of Object.entries(company.payees)) {
    if (payee === from) company.payees[document] = to;
  }
}

/** One name per vendor code; one tax id per code and name, or none. */
function consistencyFault(
  company: CompanyState,
  fields: Record<string, string>,
  ownKeys: (string | undefined)[],
): string | undefined {
  const namesakes = Object.entries(company.vendors)
    .filter(([key, vendor]) => !ownKeys.includes(key) && vendor.fields['VendorCode'] === fields['VendorCode'])
    .map(([, vendor]) => vendor.fields);
  const otherName = namesakes.find((other) => other['VendorName'] !== fields['VendorName']);
  if (otherName !== undefined) {
    return `VendorCode ${fields['VendorCode'] ?? ''} belongs to ${otherName['VendorName'] ?? ''}`;
  }
  const taxId = fields['TaxID'];
  const hasOtherTaxId = namesakes.some(({ TaxID: other }) => other !== undefined && other !== taxId);
  return taxId !== undefined && hasOtherTaxId ? 'TaxID differs from the other addresses of this vendor' : undefined;
}

/** A record that the data, not the program, is to blame for. */
function undone(call: ItemCall, item: NumberedRecord, key: string, message: string): JsonObject {
  const { context, operation, lost } = call;
  context.desk.write({ operation, key, outcome: 'refused', detail: message, lost });
  return failedRow(item, message, 'WARNING');
}

function failedRow({ record, number }: NumberedRecord, message: string, type: 'WARNING' | 'ERROR'): JsonObject {
  const { VendorCode = null, AddressCode = null, VendorName = null } = record;
  return { VendorCode, AddressCode, VendorName, StatusList: [vendorStatus(number, message, type)] };
}

function keyOf(record: JsonObject): string {
  return vendorKey(String(record['VendorCode']), String(record['AddressCode']));
}
