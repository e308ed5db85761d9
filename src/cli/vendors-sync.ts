import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import type { Connections } from '../config/load-connections.js';
import { documentsQueue } from '../contracts/task-queues.js';
import type { SyncVendorsInput, SyncVendorsResult } from '../contracts/vendor-master.js';
import { vendorSyncWorkflowId } from '../contracts/workflow-ids.js';
import { Unreachable } from './failure.js';
import { withTemporal } from './installation.js';
import type { ActiveTarget } from './vendors-commands.js';

/** What a person asks for beyond a usual run. */
export type VendorWish = Pick<SyncVendorsInput, 'dryRun' | 'force' | 'by'>;

interface Started extends ActiveTarget {
  workflowId: string;
  /** False where one ran already: what it does is not what was asked for. */
  isOurs: boolean;
  result?: SyncVendorsResult;
  failure?: string;
}

/**
 * Starts a vendor sync for each target, and waits for their ends where asked. The exit code tells a program whether something
 * needs a person: a run that was held back, failed, or could not begin.
 */
export async function runVendorSync(
  connections: Connections,
  targets: ActiveTarget[],
  wish: VendorWish,
  { wait, json }: { wait: boolean; json: boolean },
): Promise<void> {
  const runs = await withTemporal(connections, async (client) => {
    const started = await Promise.all(targets.map((target) => start(client, connections, target, wish)));
    if (!json) for (const run of started) console.log(beginOf(run));
    return wait ? Promise.all(started.map((run) => endOf(client, run))) : started;
  });
  if (json) console.log(JSON.stringify(runs, null, 2));
  else for (const run of runs) if (run.isOurs && wait) console.log(endSentence(run));
  if (runs.some((run) => needsPerson(run, wish))) process.exitCode = 1;
}

async function start(client: Client, { file }: Connections, target: ActiveTarget, wish: VendorWish): Promise<Started> {
  const { concur, erp, company } = target;
  const { queuePrefix } = file.operation;
  const { retryMaximumSeconds } = file.timings;
  const workflowId = vendorSyncWorkflowId(concur, erp, company);
  const companies = file.erp.find(({ name }) => name === erp)?.companies ?? [];
  const fromConcur = companies.find((one) => one.company === company)?.vendorSync?.fromConcur ?? 'off';
  const input: SyncVendorsInput = {
    ...{ concur, erp, company, queuePrefix, ...wish, retryMaximumSeconds },
    ...(fromConcur === 'off' ? {} : { fromConcur: true }),
  };
  try {
    await client.workflow.start('syncVendors', {
      taskQueue: documentsQueue(queuePrefix),
      workflowId,
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      args: [input],
      staticSummary: `Vendors of ${erp}/${company} to Concur company ${concur}${wish.dryRun ? ' (dry run)' : ''}`,
    });
    return { ...target, workflowId, isOurs: true };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { ...target, workflowId, isOurs: false };
    throw error;
  }
}

async function endOf(client: Client, run: Started): Promise<Started> {
  if (!run.isOurs) return run;
  try {
    const result = (await client.workflow.getHandle(run.workflowId).result()) as SyncVendorsResult;
    return { ...run, result };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw new Unreachable(`The end of ${run.workflowId} is not known.`);
    return { ...run, failure: reasonOf(error) };
  }
}

/** The innermost message is the sentence for people; those around it only say where it came from. */
function reasonOf(error: Error): string {
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

const beginOf = ({ workflowId, isOurs }: Started): string =>
  isOurs
    ? `${workflowId} has begun.`
    : `${workflowId} runs already, not as you asked. Look at it in the Temporal UI, and try again when it has ended.`;

function endSentence({ erp, company, result, failure }: Started): string {
  if (result === undefined) return `${erp}/${company}: failed. ${failure ?? ''}`;
  const { read, unchanged, created, updated, blocked, refused, heldBack } = result;
  const counts = `${created} new, ${updated} changed, ${blocked} blocked, ${refused} not told, ${unchanged} unchanged`;
  if (heldBack === undefined) return `${erp}/${company}: ${read} vendors read; ${counts}.`;
  return `${erp}/${company}: ${read} vendors read; nothing was written. It would be: ${counts}. ${heldBack}`;
}

const needsPerson = ({ isOurs, result, failure }: Started, { dryRun }: VendorWish): boolean =>
  !isOurs || failure !== undefined || (result?.heldBack !== undefined && !dryRun);
