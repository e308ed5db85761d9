import { heartbeat, cancellationSignal } from '@temporalio/activity';
import { Unavailable } from '../clients/http/errors.js';
import type { PostingState, TrackedErpDocument } from '../contracts/erp-port.js';
import { vendorKey } from '../contracts/mapping-rules.js';
import type { DocumentStep, PostResult, StepResult } from '../contracts/steps.js';
import { appendAudit } from '../store/audit-store.js';
import { livingPredecessor, readDocument, reachStage } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import {
  awaitingPayment,
  awaitingPosting,
  markPosted,
  markRefused,
  markWritten,
  readErpDocuments,
  tracked,
  unsignalledPostings,
} from '../store/erp-document-store.js';
import { storeSettlements, unsignalledSettlements } from '../store/settlement-store.js';
import { setVendorWaits, waitedVendors } from '../store/vendor-store.js';
import { advanceWatermark, readWatermark } from '../store/watermark-store.js';
import type { ErpDependencies } from './dependencies.js';
import { createGuardedWrites } from './guarded-writes.js';
import { findingsToHold, masterDataNeeds } from './master-data.js';
import { postResult, proofMismatch, refusalHold } from './posting-facts.js';
import { hold, runStep } from './run-step.js';
import { toApplicationFailure } from './to-application-failure.js';

/** Activities on the queue of one ERP connection. Each may run twice for the same document (temporal practices 5). */
export function createErpActivities(deps: ErpDependencies) {
  const { db, port } = deps;

  async function recordPosting(documentId: string, state: PostingState): Promise<boolean> {
    if (state.state === 'posted') {
      const fresh = await markPosted(db, documentId, state.proof);
      if (fresh) {
        await appendAudit(db, { documentId, kind: 'write', actor: 'connector', data: { posted: state.proof } });
      }
      return fresh;
    }
    if (state.state === 'refused' || state.state === 'missing') await markRefused(db, documentId, state.part, state.reason);
    return false;
  }

  async function postingNow(documentId: string): Promise<StepResult<PostResult>> {
    const rows = await readErpDocuments(db, documentId);
    const held = refusalHold(rows) ?? proofMismatch(rows);
    if (held) return { status: 'hold', hold: held };
    return { status: 'done', ...postResult(rows) };
  }

  return {
    /** Reads vendors, accounts, dimensions and journal names that the plan needs; writes nothing (S84, S93, S94). */
    async checkMasterDataInErp({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'erp-refused', async () => {
        const rows = await readErpDocuments(db, documentId);
        if (rows.every((row) => row.state !== 'planned')) return { status: 'done' };
        const document = await readDocument(db, documentId);
        const findings = [];
        for (const request of masterDataNeeds(rows)) {
          findings.push(...(await port.checkMasterData(request, cancellationSignal())).map((each) => ({ ...each, company: request.company })));
        }
        const kind = document.docType === 'invoice' ? ('supplier' as const) : ('employee' as const);
        const waits = findings
          .filter((each) => each.kind === 'vendor-missing' || each.kind === 'vendor-blocked')
          .map((each) => ({ vendorKey: vendorKey(port.name, each.company, kind, document.payeeId), vendorAccount: each.code }));
        await setVendorWaits(db, documentId, waits);
        const held = findingsToHold(findings, waits.map((wait) => wait.vendorKey));
        if (held) return { status: 'hold', hold: held };
        await reachStage(db, documentId, 'validated');
        return { status: 'done' };
      });
    },

    /**
     * Writes one planned document, all or nothing, and posts it where the ERP has an action for that. A part that is written
     * or posted already is never written again, also after a reset.
     */
    async postToErp({ documentId, part }: DocumentStep & { part: number }): Promise<StepResult<PostResult>> {
      return runStep(deps, documentId, 'erp-refused', async () => {
        const lease = await deps.leases.tryAcquire(`document:${documentId}`, 1);
        // An attempt that was given up may still be running: two writers would double the document.
        if (!lease) {
          throw new Unavailable('Another attempt of this step is still running.', { system: port.name, operation: 'post' }, 2_000);
        }
        try {
          const row = (await readErpDocuments(db, documentId)).find((each) => each.part === part);
          if (!row) throw new Error(`Part ${part} of ${documentId} is not planned.`);
          if (row.state === 'planned') {
            const living = await livingPredecessor(db, await readDocument(db, documentId));
            if (living !== undefined) {
              return {
                status: 'hold',
                hold: hold(
                  'earlier-posting-lives',
                  `The same report or invoice is in the ERP already as ${living}. Reverse that posting, or return this document to Concur, then retry.`,
                ),
              };
            }
            await reachStage(db, documentId, 'posting');
            await write(row);
          }
          return await postingNow(documentId);
        } finally {
          await lease.release();
        }
      });
    },

    /** Self-check of one document: asks the ERP about its posting, whatever the watchers saw. */
    async checkPostingInErp({ documentId }: DocumentStep): Promise<StepResult<PostResult>> {
      return runStep(deps, documentId, 'erp-refused', async () => {
        const rows = await readErpDocuments(db, documentId);
        for (const row of rows.filter((each) => each.state === 'written')) {
          for (const state of await port.findPostings(row.company, [tracked(row)], cancellationSignal())) {
            await recordPosting(documentId, state);
          }
        }
        return postingNow(documentId);
      });
    },

    /** Self-check of one document: asks the ERP for all its settlements. */
    async checkPaymentInErp({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'erp-refused', async () => {
        const rows = (await readErpDocuments(db, documentId)).filter((row) => row.state === 'posted');
        for (const row of rows) {
          await storeSettlements(db, await port.findSettlements(row.company, [tracked(row)], undefined, cancellationSignal()));
        }
        return { status: 'done' };
      });
    },

    /** Bulk read: which written documents of a company are posted, refused or gone. */
    async readPostingsFromErp({ company }: { company: string }): Promise<{ watched: number; found: number; untold: number }> {
      return failing(async () => {
        const open = await awaitingPosting(db, port.name, company);
        let found = 0;
        for (const state of await inBulk(open, (documents) => port.findPostings(company, documents, cancellationSignal()))) {
          if (await recordPosting(state.documentId, state)) found += 1;
        }
        const untold = await unsignalledPostings(db, port.name, company);
        return { watched: open.length, found, untold: untold.length };
      });
    },

    /** Bulk read: settlements since the watermark, with overlap; the watermark moves only after they are stored. */
    async readSettlementsFromErp({ company }: { company: string }): Promise<{ watched: number; found: number; untold: number }> {
      return failing(async () => {
        const open = await awaitingPayment(db, port.name, company);
        let found = 0;
        if (open.length > 0) {
          const name = `settlements/${port.name}/${company}`;
          const startedAt = deps.now();
          const watermark = await readWatermark(db, name);
          const oldest = watermark ?? new Date(startedAt.getTime() - 86_400_000);
          const since = new Date(oldest.getTime() - deps.overlapSeconds * 1_000).toISOString();
          found = await storeSettlements(db, await port.findSettlements(company, open, since, cancellationSignal()));
          await advanceWatermark(db, name, startedAt);
        }
        const untold = await unsignalledSettlements(db, port.name, company);
        return { watched: open.length, found, untold: untold.length };
      });
    },

    /** Bulk read: which vendors that documents wait for may be posted to now. */
    async readWaitedVendorsFromErp({ company }: { company: string }): Promise<{ watched: number; vendorKeys: string[] }> {
      return failing(async () => {
        const waited = await waitedVendors(db, port.name, company);
        if (waited.length === 0) return { watched: 0, vendorKeys: [] };
        const vendors = [...new Set(waited.map((wait) => wait.vendorAccount))];
        const request = { company, vendors, accounts: [], dimensions: [], journalNames: [] };
        const missing = new Set((await port.checkMasterData(request, cancellationSignal())).map((finding) => finding.code));
        const ready = waited.filter((wait) => !missing.has(wait.vendorAccount)).map((wait) => wait.vendorKey);
        return { watched: waited.length, vendorKeys: [...new Set(ready)] };
      });
    },
  };

  async function write(row: PlannedErpDocument): Promise<void> {
    const { documentId, part, document } = row;
    const result = await port.write(document, {
      writes: createGuardedWrites({ db, documentId, lookAgainSeconds: deps.lookAgainSeconds, now: deps.now }),
      signal: cancellationSignal(),
      heartbeat,
    });
    await markWritten(db, documentId, part, result.keys);
    await appendAudit(db, {
      documentId,
      kind: 'write',
      actor: 'connector',
      data: { part, route: document.route, company: row.company, keys: result.keys, adopted: result.adopted },
    });
    await recordPosting(documentId, result.posting);
    await reachStage(db, documentId, result.posting.state === 'posted' ? 'posted' : 'in-erp', { detail: { part } });
  }
}

/** Turns client errors of reads that belong to no single document into typed failures. */
async function failing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toApplicationFailure(error);
  }
}

/** Bulk reads are cut so that one answer stays small; the parts run one after the other. */
async function inBulk<T>(
  documents: TrackedErpDocument[],
  read: (documents: TrackedErpDocument[]) => Promise<T[]>,
): Promise<T[]> {
  const results: T[] = [];
  for (let start = 0; start < documents.length; start += 200) {
    results.push(...(await read(documents.slice(start, start + 200))));
    heartbeat();
  }
  return results;
}
