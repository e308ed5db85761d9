import type { PostingLease } from '../clients/dynamics-nav/options.js';
import { Unavailable } from '../clients/http/errors.js';
import type { Parts } from './parts.js';

/**
 * One posting at a time per company over all workers: postings lock number series and ledger tables (NAV spec 5). A process
 * that is to end does not wait for its turn any more.
 */
export function postingLease(parts: Parts, erp: string, company: string): PostingLease {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const lease = await parts.leases.acquire(`posting:${erp}/${company}`, 1, parts.stopping).catch((error: unknown) => {
      if (!parts.stopping.aborted) throw error;
      throw new Unavailable('The worker is shutting down.', { system: erp, operation: 'posting-lease' }, 1_000);
    });
    try {
      return await work();
    } finally {
      await lease.release();
    }
  };
}
