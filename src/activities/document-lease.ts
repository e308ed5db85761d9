import { Unavailable } from '../clients/http/errors.js';
import type { StoredDocument } from '../store/document-store.js';
import type { SharedDependencies } from './dependencies.js';

/**
 * One at a time per report, invoice or advance: an attempt that was given up, or another financial document of the same report,
 * may be writing at this moment. What is decided under the lease is read from the store under the lease.
 * @throws Unavailable while another attempt runs: repeat
 */
export async function underDocumentLease<T>(
  deps: SharedDependencies,
  { connection, docType, businessId }: StoredDocument,
  call: { system: string; operation: string },
  work: () => Promise<T>,
): Promise<T> {
  const lease = await deps.leases.tryAcquire(`document:${connection}/${docType}/${businessId}`, 1);
  if (!lease) throw new Unavailable('Another attempt of this step is still running.', call, 2_000);
  try {
    return await work();
  } finally {
    await lease.release();
  }
}
