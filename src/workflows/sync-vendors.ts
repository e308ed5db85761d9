import { continueAsNew, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type {
  createDocumentActivities,
  createErpActivities,
  createVendorMasterActivities,
  createVendorCreationActivities,
  createVendorOutcomeActivities,
  createVendorProposalActivities,
} from '../activities/index.js';
import { concurQueue, documentsQueue, erpQueue } from '../contracts/task-queues.js';
import type { SyncVendorsInput, SyncVendorsResult, VendorPlan } from '../contracts/vendor-master.js';
import { concurCall, erpRead, erpWrite, internal } from './activity-options.js';
import { vendorSyncDetails } from './vendor-sync-details.js';

/** A company may have tens of thousands of vendors, on many pages; each round reads up to fifty records in Concur. */
const longRead = '30 minutes';
const longRound = '10 minutes';
/** Rounds that one history holds well below the server's limit. */
const roundsPerRun = 400;

/**
 * Tells one Concur connection what has changed among the vendors of one ERP company since it was last told (S13, decisions 13).
 * A run that is held back, and a dry run, end without any write to Concur, as a result and not as a failure. `plan` is given by
 * an earlier run of the same execution whose history had grown long.
 */
export async function syncVendors(input: SyncVendorsInput & { plan?: VendorPlan }): Promise<SyncVendorsResult> {
  const { concur, erp, company } = input;
  // The same after a reset and after a continuation: what was read and planned is found again in the store.
  const run = workflowInfo().firstExecutionRunId;
  const plan = input.plan ?? (await readAndPlan(input, run));
  let result: SyncVendorsResult = {
    ...{ read: plan.read, unchanged: plan.unchanged, refused: plan.refused },
    ...{ created: plan.create, updated: plan.update, blocked: plan.block },
    ...(plan.heldBack === undefined ? {} : { heldBack: plan.heldBack }),
  };
  let remaining = plan.pending;
  setCurrentDetails(vendorSyncDetails(input, result, remaining));
  for (let round = 0; remaining > 0; round += 1) {
    if (round === roundsPerRun) await continueAsNew<typeof syncVendors>({ ...input, plan });
    const summary = `Tell Concur, ${remaining} vendors to go`;
    const written = await concurOf(input).writeVendorChanges.executeWithOptions({ summary }, [{ concur, run }]);
    ({ remaining, result } = written);
    setCurrentDetails(vendorSyncDetails(input, result, remaining));
    // What a later run has taken over is not waited for.
    if (written.done + written.refused === 0) break;
  }
  if (!input.dryRun) await documentsOf(input).reportVendorSync({ concur, erp, company, result });
  return result;

  async function readAndPlan({ dryRun, force, by }: SyncVendorsInput, runId: string): Promise<VendorPlan> {
    setCurrentDetails(vendorSyncDetails(input, undefined, 0));
    const reading = { erp, company, run: runId };
    const { readVendorMaster } = erpOf(input);
    const readAll = () => readVendorMaster.executeWithOptions({ summary: `Read all vendors of ${company}` }, [reading]);
    await readAll();
    if (input.fromConcur === true && !dryRun && (await takeFromConcur(input, runId))) await readAll();
    const question = { ...reading, concur, dryRun, force, ...(by === undefined ? {} : { by }) };
    const { planVendorSync } = documentsOf(input);
    return planVendorSync.executeWithOptions({ summary: 'Compare with what Concur was last told' }, [question]);
  }
}

/** Proposes what Concur knows and the ERP does not, and creates what was accepted (C9); true where the ERP has new vendors. */
async function takeFromConcur(input: SyncVendorsInput, run: string): Promise<boolean> {
  const { concur, erp, company } = input;
  const place = { concur, erp, company };
  const { toCreate } = await concurOf(input).findVendorProposals.executeWithOptions(
    { summary: `Look for vendors that ${company} does not know` },
    [{ ...place, run }],
  );
  if (toCreate === 0) return false;
  const summary = `Create ${toCreate} accepted vendors in ${company}`;
  const { created } = await erpCreationOf(input).createProposedVendors.executeWithOptions({ summary }, [place]);
  return created > 0;
}

const erpOf = (input: SyncVendorsInput) =>
  proxyActivities<ReturnType<typeof createErpActivities>>({
    ...erpRead(erpQueue(input.queuePrefix, input.erp), input.retryMaximumSeconds),
    startToCloseTimeout: longRead,
  });

const documentsOf = (input: SyncVendorsInput) =>
  proxyActivities<ReturnType<typeof createDocumentActivities> & ReturnType<typeof createVendorOutcomeActivities>>(
    internal(documentsQueue(input.queuePrefix)),
  );

const concurOf = (input: SyncVendorsInput) =>
  proxyActivities<ReturnType<typeof createVendorMasterActivities> & ReturnType<typeof createVendorProposalActivities>>({
    ...concurCall(concurQueue(input.queuePrefix, input.concur), input.retryMaximumSeconds),
    startToCloseTimeout: longRound,
  });

const erpCreationOf = (input: SyncVendorsInput) =>
  proxyActivities<ReturnType<typeof createVendorCreationActivities>>(
    erpWrite(erpQueue(input.queuePrefix, input.erp), input.retryMaximumSeconds),
  );
