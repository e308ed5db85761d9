import type { ODataClient } from './odata.js';
import { UnknownSet } from './odata-errors.js';
import type { ReadQuery } from './odata-reads.js';

/**
 * Reads vendors. An environment that does not publish `VendorsV3` is read by `VendorsV2`, which has the same fields (F&O spec 12).
 * Throws as `ODataClient.read`.
 */
export async function readVendorSet<T>(odata: ODataClient, query: Omit<ReadQuery<T>, 'set'>): Promise<T[]> {
  try {
    return await odata.read({ ...query, set: 'VendorsV3' });
  } catch (error) {
    if (!(error instanceof UnknownSet)) throw error;
    return odata.read({ ...query, set: 'VendorsV2' });
  }
}
