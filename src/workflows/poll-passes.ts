import { proxyActivities } from '@temporalio/workflow';
import type { createConcurActivities, createDocumentActivities } from '../activities/index.js';
import type { PollInput, PollResult } from '../contracts/steps.js';
import { concurQueue, documentsQueue } from '../contracts/task-queues.js';
import { concurCall, internal } from './activity-options.js';

/**
 * Reads all pages of the given types, stores what is new and starts the workflows; repeats until a pass brings nothing
 * unknown, since acknowledging shifts the queue meanwhile (decisions 26, S62). The scheduled poll and the poll that events
 * hint at are both this, so that a document takes the same path whatever made it known (S70).
 */
export async function pollUntilNothingNew(input: PollInput): Promise<PollResult> {
  const concur = proxyActivities<ReturnType<typeof createConcurActivities>>(
    concurCall(concurQueue(input.queuePrefix, input.connection), input.retryMaximumSeconds),
  );
  const documents = proxyActivities<ReturnType<typeof createDocumentActivities>>(
    internal(documentsQueue(input.queuePrefix)),
  );
  const total: PollResult = { found: 0, fresh: 0, started: 0 };
  let docTypes = input.docTypes;
  for (let pass = 0; pass < input.maximumPasses && docTypes.length > 0; pass += 1) {
    const unsettled: typeof docTypes = [];
    for (const docType of docTypes) {
      let fresh = 0;
      const passBeganAt = new Date().toISOString();
      for (let page = 0; page < input.maximumPages; page += 1) {
        const read = await concur.collectReadyPage({ docType, page, passBeganAt });
        total.found += read.found;
        fresh += read.fresh;
        // Started after each page: a long queue must not keep the first document waiting for the last.
        if (read.unstarted > 0)
          total.started += (await documents.startDocuments({ connection: input.connection })).started;
        if ((read.takenBack ?? 0) > 0) await concur.confirmReversalsInConcur({ docType });
        if (read.isLast) break;
      }
      total.fresh += fresh;
      // A type of which everything was known costs no further call.
      if (fresh > 0) unsettled.push(docType);
    }
    docTypes = unsettled;
  }
  return total;
}
