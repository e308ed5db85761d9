import { appendAudit } from '../store/audit-store.js';
import { inTransaction } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import { markConfirmed } from '../store/settlement-store.js';
import type { ConcurDependencies } from './dependencies.js';

/** Records what Concur was told of settlements, with its audit line. */
export async function recordTold(
  deps: ConcurDependencies,
  document: StoredDocument,
  told: { settlementKeys: string[]; status: 'PP' | 'CP' | 'RE' | 'PAID' | 'VOID'; facts: Record<string, unknown> },
): Promise<void> {
  const { settlementKeys, status, facts } = told;
  await inTransaction(deps.db, async (client) => {
    await markConfirmed(client, document.id, settlementKeys, status);
    const data = { status, settlements: settlementKeys, ...facts };
    await appendAudit(client, { documentId: document.id, kind: 'payment', actor: 'connector', data });
  });
}
