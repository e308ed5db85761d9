import { proxyActivities } from '@temporalio/workflow';
import type { createConcurActivities, createDocumentActivities } from '../activities/index.js';
import type { PollInput, PollResult } from '../contracts/steps.js';
import { concurQueue, documentsQueue } from '../contracts/task-queues.js';
import { concurCall, internal } from './activity-options.js';

/**
 * One pass of the poll for one document type: read all pages, store what is new, start the workflows; repeat until a pass
 * brings nothing unknown, since acknowledging shifts the queue meanwhile (decisions 26, S62).
 */
export async function pollDocuments(input: PollInput): Promise<PollResult> {
  const concur = proxyActivities<ReturnType<typeof createConcurActivities>>(
    concurCall(concurQueue(input.queuePrefix, input.connection), input.retryMaximumSeconds),
  );
  const documents = proxyActivities<ReturnType<typeof createDocumentActivities>>(
    internal(documentsQueue(input.queuePrefix)),
  );
  const total: PollResult = { found: 0, fresh: 0, started: 0 };
  for (let pass = 0; pass < input.maximumPasses; pass += 1) {
    let fresh = 0;
    for (const docType of input.docTypes) {
      for (let page = 0; page < input.maximumPages; page += 1) {
        const read = await concur.collectReadyPage({ docType, page });
        total.found += read.found;
        fresh += read.fresh;
        // Started after each page: a long queue must not keep the first document waiting for the last.
        if (read.unstarted > 0)
          total.started += (await documents.startDocuments({ connection: input.connection })).started;
        if (read.isLast) break;
      }
    }
    total.fresh += fresh;
    if (fresh === 0) break;
  }
  return total;
}
