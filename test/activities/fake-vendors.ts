import type { ConcurVendor, VendorClient, VendorKey, VendorResult } from '../../src/clients/concur/vendor-client.js';
import { OutcomeUnknown } from '../../src/clients/http/errors.js';

/** What happens to one record of a call. */
export type Fate =
  /** Not taken, with these words. */
  | { refused: string }
  /** Taken, or not, and the answer says nothing about it. */
  | { silent: 'taken' | 'not-taken' }
  /** The whole call fails after, or before, everything in it was taken. */
  | { lost: 'taken' | 'not-taken' };

const keyOf = ({ vendorCode, addressCode }: VendorKey): string => `${vendorCode}/${addressCode}`;

/** Vendors as Concur keeps them: a PUT replaces the record, and one that names no payment method falls back to CLIENT. */
export function fakeVendors(standing: ConcurVendor[] = []) {
  const records = new Map<string, ConcurVendor>(standing.map((vendor) => [keyOf(vendor), vendor]));
  const calls: string[] = [];
  const fates = new Map<string, Fate[]>();
  const findFailures = new Map<string, Error[]>();
  let writers = 0;
  let mostWriters = 0;

  async function write(verb: 'create' | 'update', vendors: ConcurVendor[]): Promise<VendorResult[]> {
    calls.push(`${verb} ${vendors.map(keyOf).join(' ')}`);
    writers += 1;
    mostWriters = Math.max(mostWriters, writers);
    await new Promise((resolve) => setImmediate(resolve));
    writers -= 1;
    const results: VendorResult[] = [];
    let lost = false;
    for (const vendor of vendors) {
      const fate = fates.get(keyOf(vendor))?.shift() ?? { taken: true };
      const { vendorCode, addressCode } = vendor;
      const answer = (ok: boolean, message: string) =>
        results.push({ vendorCode, addressCode, ok, messages: [message] });
      const isThere = records.has(keyOf(vendor));
      if ('refused' in fate) answer(false, fate.refused);
      else if (verb === 'create' && isThere) answer(false, 'Vendor already exists');
      else if (verb === 'update' && !isThere) answer(false, 'Vendor does not exist');
      else {
        if (!Object.values(fate).includes('not-taken')) take(vendor);
        if ('lost' in fate) lost = true;
        if ('taken' in fate) answer(true, 'Vendor saved');
      }
    }
    if (lost)
      throw new OutcomeUnknown('The answer was lost.', { system: 'concur', operation: `vendor.${verb}` }, 300_000);
    return results;
  }

  function take(vendor: ConcurVendor): void {
    const groups = records.get(keyOf(vendor))?.groups ?? [];
    records.set(keyOf(vendor), { paymentMethodType: 'CLIENT', ...vendor, groups });
  }

  function changeGroups(verb: string, key: VendorKey, change: (groups: string[]) => string[]): void {
    calls.push(`${verb} ${keyOf(key)}`);
    const vendor = records.get(keyOf(key));
    if (vendor) records.set(keyOf(key), { ...vendor, groups: change(vendor.groups ?? []) });
  }

  const client: VendorClient = {
    find: async ({ vendorCode, addressCode = '' }) => {
      const failure = findFailures.get(vendorCode)?.shift();
      if (failure) throw failure;
      const found = records.get(keyOf({ vendorCode, addressCode }));
      return found ? [found] : [];
    },
    list: () => Promise.reject(new Error('nobody lists all vendors')),
    create: ({ vendors }) => write('create', vendors),
    update: ({ vendors }) => write('update', vendors),
    remove: () => Promise.reject(new Error('nothing is ever removed')),
    addToGroup: async (call) => changeGroups('add', call, (groups) => [...groups, call.groupName]),
    removeFromGroup: async (call) =>
      changeGroups('remove', call, (groups) => groups.filter((name) => name !== call.groupName)),
  };
  return {
    client,
    calls,
    fates,
    findFailures,
    record: (key: string): ConcurVendor | undefined => records.get(key),
    put: (vendor: ConcurVendor) => records.set(keyOf(vendor), vendor),
    mostWriters: () => mostWriters,
  };
}
