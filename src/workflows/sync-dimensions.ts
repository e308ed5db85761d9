import { proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { createDimensionReadActivities, createListItemActivities } from '../activities/index.js';
import type { SyncDimensionsInput, SyncDimensionsResult, SyncListResult } from '../contracts/dimension-sync.js';
import { concurQueue, erpQueue } from '../contracts/task-queues.js';
import { concurCall, erpRead } from './activity-options.js';

/** A list may have tens of thousands of items, a hundred on each page. */
const longCall = '30 minutes';

/**
 * Tells one Concur connection what has changed among the dimension values of one ERP company (S16), dimension by dimension. What is
 * held back, and a dry run, end without any write to Concur, as a result and not as a failure.
 */
export async function syncDimensions(input: SyncDimensionsInput): Promise<SyncDimensionsResult> {
  const { concur, erp, company, dimensions, dryRun, force, by } = input;
  // The same after a reset: what was read is found again in the store.
  const run = workflowInfo().firstExecutionRunId;
  const results: SyncDimensionsResult = {};
  for (const { dimension, list } of dimensions) {
    setCurrentDetails(dimensionDetails(input, results));
    const question = { concur, erp, company, dimension, list, run };
    const { read } = await erpOf(input).readDimensionValues.executeWithOptions(
      { summary: `Read all values of ${dimension}` },
      [question],
    );
    const wish = { ...question, dryRun, force, ...(by === undefined ? {} : { by }) };
    const summary = `Compare ${read} values of ${dimension} with the list in Concur`;
    results[dimension] = await concurOf(input).syncListItems.executeWithOptions({ summary }, [wish]);
  }
  setCurrentDetails(dimensionDetails(input, results));
  return results;
}

/** What the Temporal UI shows under "User Metadata". */
function dimensionDetails({ concur, erp, company }: SyncDimensionsInput, results: SyncDimensionsResult): string {
  const lines = Object.entries(results).map(([dimension, result]) => `- ${dimension}: ${sentenceOf(result)}`);
  return [`### Dimensions of ${erp}/${company} to Concur company ${concur}`, '', ...lines].join('\n');
}

function sentenceOf({ read, created, updated, removed, refused, proposed, heldBack }: SyncListResult): string {
  const counts = `${created} new, ${updated} changed, ${removed} removed, ${refused} not told, ${proposed} proposed`;
  return `${read} values read; ${counts}.${heldBack === undefined ? '' : ` Nothing was written: ${heldBack}`}`;
}

const erpOf = (input: SyncDimensionsInput) =>
  proxyActivities<ReturnType<typeof createDimensionReadActivities>>({
    ...erpRead(erpQueue(input.queuePrefix, input.erp), input.retryMaximumSeconds),
    startToCloseTimeout: longCall,
  });

const concurOf = (input: SyncDimensionsInput) =>
  proxyActivities<ReturnType<typeof createListItemActivities>>({
    ...concurCall(concurQueue(input.queuePrefix, input.concur), input.retryMaximumSeconds),
    startToCloseTimeout: longCall,
  });
