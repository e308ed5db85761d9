import { proxyActivities } from '@temporalio/workflow';
import type { createDocumentActivities, createErpActivities, createWebhookActivities } from '../activities/index.js';
import type { ChangeMeaning, CompanyNews } from '../contracts/webhooks.js';
import { documentsQueue, erpQueue } from '../contracts/task-queues.js';
import { erpRead, internal } from './activity-options.js';

/** Whom the news are about. */
interface NewsInput {
  connection: string;
  queuePrefix: string;
  retryMaximumSeconds: number;
}

/**
 * Wakes whatever waits for news of a company, by the same reads and signals as the scheduled watches: they look into the ERP
 * themselves, so that too much news does no harm, and lost news are found by the next watch (S55, S88).
 */
export async function tellCompanyNews(input: NewsInput, { company, meanings, upTo }: CompanyNews): Promise<void> {
  const { connection: erp, queuePrefix, retryMaximumSeconds } = input;
  const remote = proxyActivities<ReturnType<typeof createErpActivities> & ReturnType<typeof createWebhookActivities>>(
    erpRead(erpQueue(queuePrefix, erp), retryMaximumSeconds),
  );
  const documents = proxyActivities<ReturnType<typeof createDocumentActivities>>(internal(documentsQueue(queuePrefix)));
  const wakes: Record<ChangeMeaning, () => Promise<unknown>> = {
    vendors: async () => {
      const { vendorKeys } = await remote.readWaitedVendorsFromErp({ company });
      if (vendorKeys.length > 0) await documents.tellVendors({ vendorKeys });
    },
    documents: async () => {
      const postings = await remote.readPostingsFromErp({ company });
      if (postings.untold > 0) await documents.tellPostings({ erp, company });
      const settlements = await remote.readSettlementsFromErp({ company });
      if (settlements.untold > 0) await documents.tellPayments({ erp, company });
    },
    'master-data': () => documents.tellMasterData({ erp, company }),
  };
  for (const meaning of meanings) await wakes[meaning]();
  await remote.markNewsTold({ company, upTo });
}
