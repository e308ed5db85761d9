import { Rejected, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpResponse } from '../http/types.js';
import { callConcur } from './legacy-answers.js';
import { defined, listOf, optionalText, rowsOf, wireObject, type WireObject } from './legacy-answers-fields.js';
import { allPages, continuationOf, pageAddress, type Page, type PageAddress } from './paging.js';
import { readVendor, vendorBody, type ConcurVendor, type VendorKey } from './vendor-values.js';
import { checkKey, checkVendors, type VendorRules } from './vendor-values-checks.js';

export { mergedForUpdate, type ConcurVendor, type VendorChanges, type VendorKey } from './vendor-values.js';

/** Concur's answer for one record of a call. */
export interface VendorResult extends VendorKey {
  /** No status of the record warns or fails; a warning means that it was not taken. */
  ok: boolean;
  /** Concur's words, for people. */
  messages: string[];
}

/** What a company or a release may set differently. */
export interface VendorClientOptions extends Partial<VendorRules> {
  /** Version in the path (C24); `v3.1` unless given. */
  version?: string;
}

/**
 * Vendor records v3.1 (platform spec 3). Reads may be repeated. A write whose answer is lost is `OutcomeUnknown`: before it
 * is repeated, `find` the pair of codes and compare. A record that Concur gives no status has no result, and so an unknown
 * outcome as well. There is no version stamp, so that the caller lets only one writer work on a vendor at a time.
 * All throw as `callConcur`, and RangeError, before anything is sent, for what Concur would refuse.
 */
export interface VendorClient {
  /** All addresses of a vendor code, or the one address; codes must match exactly. */
  find(query: { vendorCode: string; addressCode?: string; signal?: AbortSignal }): Promise<ConcurVendor[]>;
  /** One page of all vendors. `next` is handed back as `offset`; there is no filter by change (trap 16: 25 is Concur's default). */
  list(query?: { limit?: number; offset?: string; approved?: boolean; signal?: AbortSignal }): Promise<{
    vendors: ConcurVendor[];
    next?: string;
  }>;
  /** Creates addresses, at most 50 in a call. The answer is 200 even where records failed: look at each result. */
  create(call: { vendors: ConcurVendor[]; signal?: AbortSignal }): Promise<VendorResult[]>;
  /** Replaces addresses; give whole records, made by `mergedForUpdate` from what was read just before. */
  update(call: { vendors: ConcurVendor[]; signal?: AbortSignal }): Promise<VendorResult[]>;
  /** Deletes an address that was never used; `Rejected` where it was used or does not exist. */
  remove(call: VendorKey & { signal?: AbortSignal }): Promise<void>;
  /** Puts an address into a vendor group; harmless when repeated. */
  addToGroup(call: VendorKey & { groupName: string; signal?: AbortSignal }): Promise<void>;
  /** Takes an address out of a vendor group. */
  removeFromGroup(call: VendorKey & { groupName: string; signal?: AbortSignal }): Promise<void>;
}

const LIST_LIMIT = 1000;
const FAILED = /warn|error|fail/i;

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createVendorClient(http: HttpClient, options: VendorClientOptions = {}): VendorClient {
  const { version = 'v3.1', stateRequiredIn = ['UA'], maximumPerCall = 50 } = options;
  if (!/^v\d+\.\d+$/.test(version)) throw new RangeError('the version of the vendor service is written as v3.1');
  const path = `/api/${version}/invoice/vendors`;
  const groupsPath = `/api/${version}/invoice/vendor/groups`;
  const rules: VendorRules = { stateRequiredIn, maximumPerCall };

  async function write(verb: 'create' | 'update', vendors: ConcurVendor[], signal: AbortSignal | undefined) {
    checkVendors(vendors, verb, rules);
    const { response, call } = await callConcur(http, {
      operation: `vendor.${verb}`,
      method: verb === 'create' ? 'POST' : 'PUT',
      path,
      json: { Vendor: vendors.map(vendorBody) },
      kind: 'write',
      signal,
    });
    return resultsFor(vendors, rowsOf(response.json(), 'Vendor', call).rows);
  }

  async function change(
    operation: string,
    request: { method: 'PUT' | 'DELETE'; path: string; json?: unknown },
    query: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const sent = { ...request, operation, query, kind: 'write' as const, resolves: [200, 204], signal };
    const { response, call } = await callConcur(http, sent);
    refuseFailed(response, call);
  }

  return {
    async find({ vendorCode, addressCode, signal }) {
      const query = { limit: String(LIST_LIMIT), searchType: 'exact', vendorCode, ...defined({ addressCode }) };
      const found = await allPages({ path, query }, (address) => readPage(http, 'vendor.find', address, signal));
      return found.filter(
        (vendor) =>
          vendor.vendorCode === vendorCode && (addressCode === undefined || vendor.addressCode === addressCode),
      );
    },
    async list({ limit = LIST_LIMIT, offset, approved, signal } = {}) {
      if (!Number.isInteger(limit) || limit < 1 || limit > LIST_LIMIT) {
        throw new RangeError(`a page of vendors has 1 to ${LIST_LIMIT} rows`);
      }
      const filter = approved === undefined ? {} : { approved: approved ? 'True' : 'False' };
      const address = pageAddress({ path, query: { limit: String(limit), ...filter } }, offset);
      const { rows, next } = await readPage(http, 'vendor.list', address, signal);
      // An empty page is the end, whatever it says of a next one.
      return { vendors: rows, ...defined({ next: rows.length === 0 ? undefined : next }) };
    },
    create: ({ vendors, signal }) => write('create', vendors, signal),
    update: ({ vendors, signal }) => write('update', vendors, signal),
    async remove({ vendorCode, addressCode, signal }) {
      checkKey({ vendorCode, addressCode });
      await change('vendor.remove', { method: 'DELETE', path }, { vendorCode, addressCode }, signal);
    },
    async addToGroup({ vendorCode, addressCode, groupName, signal }) {
      checkKey({ vendorCode, addressCode });
      const json = { VendorGroup: [{ Name: groupName }] };
      await change(
        'vendor.add-to-group',
        { method: 'PUT', path: groupsPath, json },
        { vendorCode, addressCode },
        signal,
      );
    },
    async removeFromGroup({ vendorCode, addressCode, groupName, signal }) {
      checkKey({ vendorCode, addressCode });
      const query = { vendorCode, addressCode, groupName };
      await change('vendor.remove-from-group', { method: 'DELETE', path: groupsPath }, query, signal);
    },
  };
}

async function readPage(
  http: HttpClient,
  operation: string,
  address: PageAddress,
  signal: AbortSignal | undefined,
): Promise<Page<ConcurVendor>> {
  const { response, call } = await callConcur(http, { ...address, operation, method: 'GET', kind: 'read', signal });
  const { rows, nextPage } = rowsOf(response.json(), 'Vendor', call);
  return { rows: rows.map(readVendor), ...defined({ next: continuationOf(nextPage, call) }) };
}

/** One result per record that has a status; results carry no dependable number, so the codes tell them apart. */
function resultsFor(vendors: ConcurVendor[], rows: WireObject[]): VendorResult[] {
  return vendors.flatMap(({ vendorCode, addressCode }): VendorResult[] => {
    const statuses = rows
      .filter((row) => row['VendorCode'] === vendorCode && row['AddressCode'] === addressCode)
      .flatMap(statusesOf);
    if (statuses.length === 0) return [];
    const ok = !statuses.some(({ type }) => FAILED.test(type));
    return [{ vendorCode, addressCode, ok, messages: statuses.map(({ words }) => words) }];
  });
}

interface Status {
  type: string;
  words: string;
}

/** Statuses that have a type: the others say nothing about the outcome. */
function statusesOf(row: WireObject): Status[] {
  return listOf(row['StatusList'], 'Status').flatMap((value) => {
    const status = wireObject.safeParse(value);
    const type = status.success ? optionalText.parse(status.data['Type']) : undefined;
    if (!status.success || type === undefined) return [];
    return [{ type, words: optionalText.parse(status.data['Message']) ?? type }];
  });
}

/** A deletion or a change of groups is refused by a status as well as by an HTTP status. */
function refuseFailed(response: HttpResponse, call: FailedCall): void {
  if (response.text.trim() === '') return;
  const body = wireObject.safeParse(response.json());
  if (!body.success) return;
  const records = [body.data, ...['Vendor', 'VendorGroup', 'Items'].flatMap((name) => listOf(body.data[name]))];
  const failed = records
    .flatMap((record) => statusesOf(wireObject.safeParse(record).data ?? {}))
    .find(({ type }) => FAILED.test(type));
  if (failed === undefined) return;
  throw new Rejected(`Concur ${call.operation} was refused. Concur says: ${failed.words}`, call, failed.type);
}
