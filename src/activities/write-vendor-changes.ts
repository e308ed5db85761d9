import { cancellationSignal } from '@temporalio/activity';
import type { ConcurVendor } from '../clients/concur/vendor-client.js';
import { ContractViolation, Rejected, Unavailable } from '../clients/http/errors.js';
import type { PendingVendorChange, SyncVendorsResult, WriteVendorChangesInput } from '../contracts/vendor-master.js';
import { clearAlertCause } from '../store/alert-store.js';
import { appendAudit } from '../store/audit-store.js';
import { requestedCodes } from '../store/told-vendors.js';
import { markUncertain, nextPendingChanges, remainingChanges, runSummary } from '../store/vendor-master-store.js';
import { alert, runUnattended } from './run-step.js';
import { sendVendors, type SentVendor } from './send-vendors.js';
import { changedVendor, groupChange, newVendor, overwrittenBy, vendorDifferences } from './vendor-differences.js';
import type { Overwritten } from './vendor-differences.js';
import { beginVendorRound } from './vendor-round.js';
import type { VendorCase, VendorDone, VendorRound, VendorWriteDependencies } from './vendor-round.js';

/** Concur does not publish how many records a call may have; the specification advises this many at most (platform spec 3). */
const batchSize = 50;
const callsAtOnce = 4;
const turnWaitMs = 120_000;

/** What one round has come to: numbers of vendors. */
export interface WrittenVendors {
  /** Of the whole run, still to be written. */
  remaining: number;
  done: number;
  refused: number;
  /** Numbers of the whole run as they stand now. */
  result: SyncVendorsResult;
}

/** Activities that tell one Concur connection of the vendors of the ERP. */
export function createVendorMasterActivities(deps: VendorWriteDependencies) {
  const subject = `vendors of Concur connection ${deps.connection}`;
  const failing = `vendor-sync-failing: ${deps.connection}`;
  return {
    /**
     * Tells Concur the next changes of a run, at most fifty, and stores what became of each (S13, S14, S19). Safe to repeat:
     * every pair of codes is read and compared before anything is written, so that a write whose answer was lost is found. One
     * run at a time per connection, since vendors have no version stamp. Nothing is ever written to the ERP (C9).
     */
    async writeVendorChanges({ run }: WriteVendorChangesInput): Promise<WrittenVendors> {
      return runUnattended(deps, subject, async () => {
        try {
          const written = await asOnlyWriter(deps, () => writeChanges(deps, run, cancellationSignal()));
          await clearAlertCause(deps.db, failing);
          return written;
        } catch (error) {
          const isPermanent = error instanceof Rejected || error instanceof ContractViolation;
          if (isPermanent) await alert(deps, failing, `Vendors cannot be told to Concur. ${error.message}`, undefined);
          throw error;
        }
      });
    },
  };
}

async function writeChanges(deps: VendorWriteDependencies, run: string, signal: AbortSignal): Promise<WrittenVendors> {
  const round = beginVendorRound(deps, run);
  const work: Work = { deps, run, round, signal };
  const missing: VendorCase[] = [];
  const differing: VendorCase[] = [];
  const changes = await nextPendingChanges(deps.db, run, batchSize);
  const accounts = changes.map(({ account }) => account);
  await markUncertain(deps.db, run, accounts);
  const requested = await requestedCodes(deps.db, run, accounts);
  await inLanes(changes, async (change) => {
    if (round.isPointless()) return;
    await round.about(change, async () => {
      const current = (await look(work, change)) ?? (await lookForRequest(work, requested.get(change.account)));
      if (current === undefined && change.kind === 'block') await round.settle(change, 'absent');
      else if (current === undefined) missing.push({ change, current });
      else if (isAsWanted(change, current)) await finish(work, { change, current }, 'unchanged');
      else differing.push({ change, current });
    });
  });
  await deliver(work, 'created', missing);
  for (const each of differing) await auditOverwriting(work, each);
  await deliver(work, 'updated', differing);
  round.end();
  const { done, refused } = round;
  return { remaining: await remainingChanges(deps.db, run), done, refused, result: await runSummary(deps.db, run) };
}

interface Work {
  deps: VendorWriteDependencies;
  run: string;
  round: VendorRound;
  signal: AbortSignal;
}

/** What Concur holds under the pair of codes. */
async function look({ deps, signal }: Work, { record }: PendingVendorChange): Promise<ConcurVendor | undefined> {
  const { vendorCode, addressCode } = record;
  return (await deps.vendors.find({ vendorCode, addressCode, signal }))[0];
}

/** The record under which Concur waits for a vendor that an employee has asked for: it takes the codes of the ERP. */
async function lookForRequest(
  { deps, signal }: Work,
  requested: { vendorCode: string; addressCode: string; requestId: string } | undefined,
): Promise<ConcurVendor | undefined> {
  if (requested === undefined) return undefined;
  const { requestId, ...codes } = requested;
  const found = await deps.vendors.find({ ...codes, signal });
  return found.find(({ addressImportSyncId, approved }) => addressImportSyncId === requestId && approved !== true);
}

const isAsWanted = (change: PendingVendorChange, current: ConcurVendor): boolean =>
  Object.keys(vendorDifferences(change, current)).length === 0;

/** Sends records of one kind and looks at what became of each of them. */
async function deliver(work: Work, how: 'created' | 'updated', cases: VendorCase[]): Promise<void> {
  const { deps, round, signal } = work;
  const sent = await sendVendors(
    (vendors) =>
      how === 'created' ? deps.vendors.create({ vendors, signal }) : deps.vendors.update({ vendors, signal }),
    cases.map(bodyOf),
  );
  await inLanes([...sent.entries()], async ([index, answer]) => {
    const each = cases[index];
    if (each === undefined) return;
    if (answer.is === 'failed') round.note(answer.error);
    else await round.about(each.change, () => judge(work, each, how, answer));
  });
}

const bodyOf = ({ change, current }: VendorCase): ConcurVendor =>
  current === undefined ? newVendor(change.record) : changedVendor(change, current);

/**
 * Where Concur does not say that it has taken a record, the record itself is asked: an earlier attempt may have written it, and
 * this one be refused for that, or Concur may have taken it without a word.
 */
async function judge(
  work: Work,
  each: VendorCase,
  how: 'created' | 'updated',
  answer: Exclude<SentVendor, { is: 'failed' }>,
): Promise<void> {
  const { change } = each;
  if (answer.is === 'taken') return finish(work, each, how);
  const standing = await look(work, change);
  if (standing !== undefined && isAsWanted(change, standing)) {
    return finish(work, { change, current: { ...standing, ...each.current, groups: standing.groups ?? [] } }, how);
  }
  if (standing !== undefined && each.current === undefined) {
    const message = `Vendor ${change.account} has come into being in Concur meanwhile; it is compared again.`;
    work.round.note(new Unavailable(message, { system: 'concur', operation: 'vendor.create' }));
  } else if (answer.is === 'refused') await work.round.refuse(change, answer.words, answer.mayPass);
  else await work.round.leaveUnknown(change);
}

/** The record stands in Concur; now its group, and then the change is done. */
async function finish(work: Work, { change, current }: VendorCase, how: VendorDone): Promise<void> {
  const { deps, round, signal } = work;
  const { vendorCode, addressCode } = change.record;
  const wanted = groupChange(change, current?.groups ?? []);
  if (wanted !== undefined) {
    const call = { vendorCode, addressCode, groupName: wanted.group, signal };
    await (wanted.verb === 'add' ? deps.vendors.addToGroup(call) : deps.vendors.removeFromGroup(call));
  }
  const overwritten = how === 'updated' && current !== undefined ? overwrittenBy(change, current) : {};
  await round.settle(change, how === 'unchanged' && wanted !== undefined ? 'updated' : how, overwritten);
}

/** Before the write: an attempt that dies after it could not tell any more what stood there (S19). */
async function auditOverwriting({ deps, run }: Work, { change, current }: VendorCase): Promise<void> {
  const { account, record } = change;
  const { vendorCode, addressCode } = record;
  const overwritten: Overwritten = current === undefined ? {} : overwrittenBy(change, current);
  const data = { vendor: account, concur: deps.connection, vendorCode, addressCode, run, overwrites: overwritten };
  await appendAudit(deps.db, { documentId: undefined, kind: 'write', actor: 'connector', data });
}

/** @throws Unavailable when another run keeps its turn for too long: repeat */
async function asOnlyWriter<T>(deps: VendorWriteDependencies, work: () => Promise<T>): Promise<T> {
  const limit = AbortSignal.timeout(turnWaitMs);
  const signal = AbortSignal.any([cancellationSignal(), limit]);
  const lease = await deps.leases.acquire(`vendors:${deps.connection}`, 1, signal).catch((error: unknown) => {
    if (!limit.aborted) throw error;
    const call = { system: 'connector', operation: 'vendors' };
    throw new Unavailable('Another run is telling this Concur company of vendors.', call, 2_000);
  });
  try {
    return await work();
  } finally {
    await lease.release();
  }
}

/** A few at a time; ends when all have ended, also where one of them has failed. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lanes = Array.from({ length: Math.min(callsAtOnce, queue.length) }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  });
  const failed = (await Promise.allSettled(lanes)).find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}
