import { proxyActivities } from '@temporalio/workflow';
import type { createDocumentActivities, createErpActivities } from '../activities/index.js';
import type { WatchInput, WatchResult } from '../contracts/steps.js';
import { documentsQueue, erpQueue } from '../contracts/task-queues.js';
import { erpRead, internal } from './activity-options.js';

/** Asks one ERP company in bulk which written documents are posted or refused, and tells those documents (decisions 8). */
export async function watchPostings(input: WatchInput): Promise<WatchResult> {
  const seen = await erpOf(input).readPostingsFromErp({ company: input.company });
  const told =
    seen.untold > 0 ? await documentsOf(input).tellPostings({ erp: input.erp, company: input.company }) : { told: 0 };
  return { watched: seen.watched, found: seen.found, told: told.told };
}

/** Asks one ERP company in bulk for settlements since the watermark, and tells the documents that were paid (decisions 8). */
export async function watchPayments(input: WatchInput): Promise<WatchResult> {
  const seen = await erpOf(input).readSettlementsFromErp({ company: input.company });
  const told =
    seen.untold > 0 ? await documentsOf(input).tellPayments({ erp: input.erp, company: input.company }) : { told: 0 };
  return { watched: seen.watched, found: seen.found, told: told.told };
}

/** Asks one ERP company whether the vendors that documents wait for have appeared, and wakes those documents (S88). */
export async function watchVendors(input: WatchInput): Promise<WatchResult> {
  const seen = await erpOf(input).readWaitedVendorsFromErp({ company: input.company });
  const told =
    seen.vendorKeys.length > 0 ? await documentsOf(input).tellVendors({ vendorKeys: seen.vendorKeys }) : { told: 0 };
  return { watched: seen.watched, found: seen.vendorKeys.length, told: told.told };
}

const erpOf = (input: WatchInput) =>
  proxyActivities<ReturnType<typeof createErpActivities>>(
    erpRead(erpQueue(input.queuePrefix, input.erp), input.retryMaximumSeconds),
  );

const documentsOf = (input: WatchInput) =>
  proxyActivities<ReturnType<typeof createDocumentActivities>>(internal(documentsQueue(input.queuePrefix)));
