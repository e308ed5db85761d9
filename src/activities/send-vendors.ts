import type { ConcurVendor, VendorResult } from '../clients/concur/vendor-client.js';
import { ContractViolation, ExternalSystemError, Rejected } from '../clients/http/errors.js';

/** What a call with several records said of one of them. */
export type SentVendor =
  | { is: 'taken' }
  /** Concur's words, or those of our own check before anything was sent. A refusal of the call may pass (platform spec 7). */
  | { is: 'refused'; words: string; mayPass: boolean }
  /** The call succeeded and told nothing about this record: it may have been taken. */
  | { is: 'unknown' }
  /** The whole call failed; an `OutcomeUnknown` among the errors may have been taken as well. */
  | { is: 'failed'; error: ExternalSystemError };

/**
 * Sends records in one call and tells what became of each, in their order. A call that is refused as a whole, or that our own
 * check refuses, is sent again in halves until the record to blame stands alone: one vendor never stops the others.
 */
export async function sendVendors(
  send: (vendors: ConcurVendor[]) => Promise<VendorResult[]>,
  vendors: ConcurVendor[],
): Promise<SentVendor[]> {
  if (vendors.length === 0) return [];
  try {
    const results = await send(vendors);
    return vendors.map((vendor) => resultOf(vendor, results));
  } catch (error) {
    if (isSaidOfContent(error)) {
      if (vendors.length > 1) {
        const half = Math.ceil(vendors.length / 2);
        return [
          ...(await sendVendors(send, vendors.slice(0, half))),
          ...(await sendVendors(send, vendors.slice(half))),
        ];
      }
      return [{ is: 'refused', words: error.message, mayPass: error instanceof Rejected }];
    }
    if (error instanceof ContractViolation) return vendors.map(() => ({ is: 'unknown' }));
    if (!(error instanceof ExternalSystemError)) throw error;
    return vendors.map(() => ({ is: 'failed', error }));
  }
}

function resultOf({ vendorCode, addressCode }: ConcurVendor, results: readonly VendorResult[]): SentVendor {
  const result = results.find((each) => each.vendorCode === vendorCode && each.addressCode === addressCode);
  if (result === undefined) return { is: 'unknown' };
  return result.ok ? { is: 'taken' } : { is: 'refused', words: result.messages.join(' '), mayPass: false };
}

/** "Not found" is said of the service as a whole, and would only be said again. */
const isSaidOfContent = (error: unknown): error is RangeError | Rejected =>
  error instanceof RangeError || (error instanceof Rejected && error.call.status !== 404);
