import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf } from './company-book.js';
import { vendorKey, type CompanyState, type VendorRecord } from './company-state.js';
import { isObject, isText, parsedBody } from './post-body.js';
import type { ConcurContext } from './state.js';
import { legacyHost, unknownParameter, v3Answer, v3Broken, v3Page, v3Refused } from './v3-answers.js';
import { paymentMethods, vendorFields } from './vendor-records.js';

/** Field of a vendor by the query parameter that searches it. */
const searchable: Record<string, string> = {
  vendorCode: 'VendorCode',
  vendorName: 'VendorName',
  taxID: 'TaxID',
  buyerAccountNumber: 'AccountNumber',
  paymentMethodType: 'PaymentMethodType',
  addressCode: 'AddressCode',
  address1: 'Address1',
  address2: 'Address2',
  address3: 'Address3',
  city: 'City',
  state: 'State',
  postalCode: 'PostalCode',
  country: 'CountryCode',
  ...Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`custom${index + 1}`, `Custom${index + 1}`])),
};
const parameters = new Set([
  ...Object.keys(searchable),
  ...['limit', 'offset', 'sortBy', 'sortDirection', 'searchType', 'approved'],
]);
const searches: Record<string, (value: string, wanted: string) => boolean> = {
  exact: (value, wanted) => value === wanted,
  begins: (value, wanted) => value.startsWith(wanted),
  contains: (value, wanted) => value.includes(wanted),
  ends: (value, wanted) => value.endsWith(wanted),
};

/** `GET /api/v3.1/invoice/vendors` (concur-platform.md 3): 25 vendors unless more are asked for, by name. */
export function listVendors(context: ConcurContext, request: SimRequest): SimResponse {
  const fault = queryFault(request.query);
  if (fault !== undefined) return v3Broken(context, 'vendors', request, 400, fault);
  const company = companyOf(context);
  const found = sorted(Object.values(company.vendors).filter(matcher(request.query)), request.query);
  const page = v3Page(request, found, { usual: 25, most: 1000 });
  if (typeof page === 'string') return v3Broken(context, 'vendors', request, 400, page);
  return vendorCollection(company, request, page.rows.map(vendorRow), { next: page.next, total: found.length });
}

/** `DELETE /api/v3.1/invoice/vendors`: only a vendor that nothing has used. */
export function deleteVendor(context: ConcurContext, request: SimRequest): SimResponse {
  const operation = 'vendorDelete';
  const key = keyIn(request.query);
  if (key === undefined)
    return v3Broken(context, operation, request, 400, 'vendorCode and addressCode are both required');
  const company = companyOf(context);
  const vendor = company.vendors[key];
  if (vendor === undefined) return v3Refused(request, 400, `Vendor ${key} does not exist`);
  if (isUsed(company, key)) return v3Refused(request, 400, `Vendor ${key} is in use and cannot be deleted`);
  company.vendors = Object.fromEntries(Object.entries(company.vendors).filter(([other]) => other !== key));
  context.desk.write({ operation, key, outcome: 'applied' });
  context.desk.changed();
  const row = { ...vendorRow(vendor), StatusList: [vendorStatus(1, 'Vendor deleted')] };
  return vendorCollection(company, request, [row], { next: null, total: 1 });
}

/** `PUT` and `DELETE /api/v3.1/invoice/vendor/groups`: the groups of one vendor address. */
export function changeVendorGroups(context: ConcurContext, request: SimRequest): SimResponse {
  const operation = 'vendorGroups';
  const key = keyIn(request.query);
  const names = request.method === 'PUT' ? groupsInBody(request) : [request.query.get('groupName') ?? ''];
  if (key === undefined || names === undefined || names.some((name) => name === '')) {
    const message = 'vendorCode, addressCode and the names of groups are required';
    return v3Broken(context, operation, request, 400, message);
  }
  const company = companyOf(context);
  const vendor = company.vendors[key];
  if (vendor === undefined) return v3Refused(request, 400, `Vendor ${key} does not exist`);
  if (request.method === 'PUT') {
    vendor.groups = [...new Set([...vendor.groups, ...names])];
  } else {
    if (!vendor.groups.includes(names[0] ?? '')) return v3Refused(request, 400, `Vendor ${key} has no such group`);
    vendor.groups = vendor.groups.filter((name) => name !== names[0]);
  }
  context.desk.write({ operation, key, outcome: 'applied', detail: vendor.groups.join(',') });
  context.desk.changed();
  const VendorGroup = lone(company, vendor.groups.map(groupRow));
  const rest = { Items: null, NextPage: null, RequestRunSummary: null, TotalCount: vendor.groups.length };
  return v3Answer(request, 200, 'VendorGroupCollection', { VendorGroup, ...rest });
}

/** The envelope of all vendor answers: rows stand under `Vendor`, and exactly one row is no array. */
export function vendorCollection(
  company: CompanyState,
  request: SimRequest,
  rows: unknown[],
  counts: { next: string | null; total: number; summary?: string },
): SimResponse {
  return v3Answer(request, 200, 'VendorCollection', {
    Items: null,
    NextPage: counts.next,
    RequestRunSummary: counts.summary ?? null,
    TotalCount: counts.total,
    Vendor: lone(company, rows),
  });
}

/** A vendor with all fields of the API; empty ones are null. */
export function vendorRow(vendor: VendorRecord): Record<string, unknown> {
  const fields = Object.fromEntries(vendorFields.map((name) => [name, vendor.fields[name] ?? null]));
  return {
    ...fields,
    Country: vendor.fields['CountryCode'] ?? null,
    ID: vendor.id,
    URI: `${legacyHost}/api/v3.1/invoice/vendors/${vendor.id}`,
    VendorBankList: null,
    VendorGroupList: vendor.groups.length === 0 ? null : vendor.groups.map(groupRow),
    StatusList: null,
  };
}

/** One status of one record; `fault` says that the record was not taken. */
export function vendorStatus(recordNumber: number, message: string, fault?: 'WARNING' | 'ERROR'): unknown {
  return { Code: fault === undefined ? 0 : 1, Message: message, RecordNumber: recordNumber, Type: fault ?? 'SUCCESS' };
}

function lone(company: CompanyState, rows: unknown[]): unknown {
  return rows.length === 1 && company.loneRows === 'object' ? rows[0] : rows;
}

function groupRow(name: string): unknown {
  return { ID: null, Name: name, URI: null };
}

function isUsed(company: CompanyState, key: string): boolean {
  const inRequests = Object.values(company.purchaseRequests).flatMap(({ lines }) =>
    lines.map((line) => vendorKey(line.vendorCode, line.vendorAddressCode)),
  );
  const inOrders = Object.values(company.purchaseOrders).map((order) =>
    vendorKey(String(order['VendorCode']), String(order['VendorAddressCode'])),
  );
  return [...Object.values(company.payees), ...inRequests, ...inOrders].includes(key);
}

function keyIn(query: URLSearchParams): string | undefined {
  const [code, address] = [query.get('vendorCode') ?? '', query.get('addressCode') ?? ''];
  return code === '' || address === '' ? undefined : vendorKey(code, address);
}

function groupsInBody(request: SimRequest): string[] | undefined {
  const body = parsedBody(request);
  const groups = isObject(body) ? body['VendorGroup'] : undefined;
  if (!Array.isArray(groups) || groups.length === 0 || !groups.every(isObject)) return undefined;
  return groups.map(({ Name: name }) => (isText(name, 255) ? name : ''));
}

function queryFault(query: URLSearchParams): string | undefined {
  const approved = query.get('approved');
  if (approved !== null && !/^(True|False)$/i.test(approved)) return 'approved must be True or False';
  const searchType = query.get('searchType') ?? 'exact';
  if (searches[searchType] === undefined) return `searchType ${searchType} is unknown`;
  if (!/^(ascending|descending)$/.test(query.get('sortDirection') ?? 'ascending')) return 'sortDirection is unknown';
  if (!vendorFields.includes(query.get('sortBy') ?? 'VendorName')) return 'sortBy is not a field of a vendor';
  if (!paymentMethods.includes(query.get('paymentMethodType') ?? 'CLIENT')) return 'paymentMethodType is unknown';
  return unknownParameter(query, parameters);
}

/** One search type applies to all criteria. */
function matcher(query: URLSearchParams): (vendor: VendorRecord) => boolean {
  const matches = searches[query.get('searchType') ?? 'exact'] ?? (() => false);
  const criteria = Object.entries(searchable).flatMap(([parameter, field]) => {
    const wanted = query.get(parameter);
    return wanted === null ? [] : [{ field, wanted }];
  });
  const approved = query.get('approved')?.toLowerCase();
  return ({ fields }) =>
    criteria.every(({ field, wanted }) => matches(fields[field] ?? '', wanted)) &&
    (approved === undefined || (approved === 'true') === (fields['Approved'] === 'Y'));
}

function sorted(vendors: VendorRecord[], query: URLSearchParams): VendorRecord[] {
  const field = query.get('sortBy') ?? 'VendorName';
  const sign = query.get('sortDirection') === 'descending' ? -1 : 1;
  const order = ({ fields }: VendorRecord): string =>
    [fields[field], fields['VendorCode'], fields['AddressCode']].join('\n');
  return vendors
    .map((vendor) => ({ vendor, order: order(vendor) }))
    .sort((left, right) => (left.order < right.order ? -sign : sign))
    .map(({ vendor }) => vendor);
}
