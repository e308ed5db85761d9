import { heartbeat, cancellationSignal } from '@temporalio/activity';
import type { ErpWriteContext, PostingProof, TrackedErpDocument } from '../contracts/erp-port.js';
import type { DocumentStep, PostResult, StepResult } from '../contracts/steps.js';
import { appendAudit } from '../store/audit-store.js';
import { inTransaction } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import { readDocument, reachStage } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import {
  awaitingPosting,
  markWritten,
  readErpDocuments,
  tracked,
  unsignalledPostings,
} from '../store/erp-document-store.js';
import { livingRelative, newerRelative } from '../store/related-documents.js';
import { mayBeInErp } from '../store/remote-write-store.js';
import { readSettlements as knownSettlements, storeSettlements } from '../store/settlement-store.js';
import { setVendorWaits, waitedVendors } from '../store/vendor-store.js';
import type { ErpDependencies } from './dependencies.js';
import { underDocumentLease } from './document-lease.js';
import { createGuardedWrites } from './guarded-writes.js';
import { noLongerOurs, whileOurs } from './in-charge.js';
import { inCompany, masterDataNeeds, readFindings } from './master-data.js';
import { postResult, proofHold, refusalHold, relativeHold } from './posting-facts.js';
import { closedPeriodHold } from './open-periods.js';
import { notePaymentObstacles } from './payment-obstacles.js';
import { lookAtPayments, type PaymentLook } from './payment-watch.js';
import { recordPosting } from './record-posting.js';
import { runStep, runUnattended } from './run-step.js';
import { createVendorReadActivities } from './vendor-master.js';
import { withdrawFromErp } from './withdraw-from-erp.js';

const bulkSize = 200;

/** Activities on the queue of one ERP connection. Each may run twice for the same document (temporal practices 5). */
export function createErpActivities(deps: ErpDependencies) {
  const { db, port } = deps;

  /** The parts of a document that belong to this connection. */
  async function ownRows(documentId: string): Promise<PlannedErpDocument[]> {
    return (await readErpDocuments(db, documentId)).filter((row) => row.erp === port.name);
  }

  async function postingNow(documentId: string): Promise<StepResult<PostResult>> {
    const rows = await readErpDocuments(db, documentId);
    const held = refusalHold(rows) ?? proofHold(rows, await knownSettlements(db, documentId));
    if (held) return { status: 'hold', hold: held };
    return { status: 'done', ...postResult(rows) };
  }

  return {
    /** Reads vendors, accounts, dimensions and journal names that the plan needs; writes nothing (S84, S93, S94). */
    async checkMasterDataInErp({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'erp-refused', async () => {
        const document = await readDocument(db, documentId);
        const gone = noLongerOurs(document);
        if (gone) return gone;
        // What stands in the ERP already is judged there: a period that closed since must not hold up the other parts.
        const rows = (await ownRows(documentId)).filter((row) => row.state === 'planned');
        if (rows.length === 0) return { status: 'done' };
        const findings = [];
        for (const request of masterDataNeeds(rows)) {
          findings.push(...(await port.checkMasterData(request, cancellationSignal())).map(inCompany(request.company)));
        }
        const { held, waits } = readFindings(port.name, document, rows, findings);
        await setVendorWaits(db, documentId, waits, port.name);
        const unusable = held ?? (await closedPeriodHold(deps, rows, cancellationSignal()));
        if (unusable) return { status: 'hold', hold: unusable };
        await reachStage(db, documentId, 'validated');
        return { status: 'done' };
      });
    },

    /**
     * Writes one planned document and posts it where the ERP has an action for that. What an earlier attempt has written is
     * found and completed; a part that is written or posted already is never written again, also after a reset.
     */
    async postToErp({ documentId, part }: DocumentStep & { part: number }): Promise<StepResult<PostResult>> {
      return runStep(deps, documentId, 'erp-refused', async () => {
        const stored = await readDocument(db, documentId);
        return underDocumentLease(deps, stored, { system: port.name, operation: 'post' }, () =>
          // Read again under the lease: the document may have been sent back meanwhile.
          whileOurs(deps, documentId, (document) => postPart(document, part)),
        );
      });
    },

    /** Takes one part of a document that has to leave out of the ERP again; what is posted or not ours stays and holds. */
    async withdrawFromErp({ documentId, part }: DocumentStep & { part: number }): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'return-blocked', () => withdrawFromErp(deps, documentId, part));
    },

    /** Self-check of one document: asks the ERP about its posting, whatever the watchers saw. */
    async checkPostingInErp({ documentId }: DocumentStep): Promise<StepResult<PostResult>> {
      return runStep(deps, documentId, 'erp-refused', () =>
        whileOurs(deps, documentId, async () => {
          const rows = await readErpDocuments(db, documentId);
          for (const row of rows.filter((each) => each.erp === port.name && mayHaveChanged(each, rows))) {
            for (const state of await port.findPostings(row.company, [tracked(row)], cancellationSignal())) {
              await recordPosting(db, documentId, state);
            }
          }
          return postingNow(documentId);
        }),
      );
    },

    /** Self-check of one document: asks the ERP for all its settlements. */
    async checkPaymentInErp({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'erp-refused', () =>
        whileOurs(deps, documentId, async () => {
          const rows = (await ownRows(documentId)).filter((row) => row.state === 'posted');
          for (const row of rows) {
            await storeSettlements(
              db,
              await port.findSettlements(row.company, [tracked(row)], undefined, cancellationSignal()),
            );
            await notePaymentObstacles(deps, row.company, [tracked(row)]);
          }
          return { status: 'done' };
        }),
      );
    },

    /** Bulk read: which written documents of a company are posted, refused or gone. */
    async readPostingsFromErp({
      company,
    }: {
      company: string;
    }): Promise<{ watched: number; found: number; untold: number }> {
      return runUnattended(deps, `${port.name}/${company}`, async () => {
        let watched = 0;
        let found = 0;
        for await (const page of awaitingPosting(db, port.name, company)) {
          watched += page.length;
          // Recorded part by part: a part that cannot be read does not take the others with it.
          for (const documents of inBulk(page)) {
            for (const state of await port.findPostings(company, documents, cancellationSignal())) {
              if (await recordPosting(db, state.documentId, state)) found += 1;
            }
          }
        }
        const untold = await unsignalledPostings(db, port.name, company);
        return { watched, found, untold: untold.length };
      });
    },

    /** Bulk read: settlements since the watermark, with overlap; the watermark moves only after they are stored. */
    async readSettlementsFromErp({ company }: { company: string }): Promise<PaymentLook> {
      return runUnattended(deps, `${port.name}/${company}`, () => lookAtPayments(deps, company));
    },

    /** Bulk read: which vendors that documents wait for may be posted to now. */
    async readWaitedVendorsFromErp({
      company,
    }: {
      company: string;
    }): Promise<{ watched: number; vendorKeys: string[] }> {
      return runUnattended(deps, `${port.name}/${company}`, async () => {
        const waited = await waitedVendors(db, port.name, company);
        if (waited.length === 0) return { watched: 0, vendorKeys: [] };
        const vendors = [...new Set(waited.map((wait) => wait.vendorAccount))];
        const request = { company, vendors, accounts: [], dimensions: [], journalNames: [] };
        const missing = new Set(
          (await port.checkMasterData(request, cancellationSignal())).map((finding) => finding.code),
        );
        const ready = waited.filter((wait) => !missing.has(wait.vendorAccount)).map((wait) => wait.vendorKey);
        return { watched: waited.length, vendorKeys: [...new Set(ready)] };
      });
    },

    ...createVendorReadActivities(deps),
  };

  async function postPart(document: StoredDocument, part: number): Promise<StepResult<PostResult>> {
    const { id } = document;
    const row = (await readErpDocuments(db, id)).find((each) => each.part === part);
    if (!row) throw new Error(`Part ${part} of ${id} is not planned.`);
    if (row.state === 'planned') {
      // What may be in the ERP already is completed: it is the one that lives.
      const newer = (await mayBeInErp(db, id)) ? undefined : await newerRelative(db, document);
      const held = relativeHold(await livingRelative(db, document), newer);
      if (held) return { status: 'hold', hold: held };
      await reachStage(db, id, 'posting');
      await write(row);
    } else if (row.state === 'written' && port.postAgain) {
      await recordPosting(db, id, await port.postAgain(tracked(row), writeContext(id)));
    }
    const isPosted = (await readErpDocuments(db, id)).every((each) => each.state === 'posted');
    await reachStage(db, id, isPosted ? 'posted' : 'in-erp', { detail: { part } });
    return postingNow(id);
  }

  async function write(row: PlannedErpDocument): Promise<void> {
    const { documentId, part, document } = row;
    const result = await port.write(document, writeContext(documentId));
    await inTransaction(db, async (client) => {
      await markWritten(client, documentId, part, result.keys);
      await appendAudit(client, {
        documentId,
        kind: 'write',
        actor: 'connector',
        data: { part, route: document.route, company: row.company, keys: result.keys, adopted: result.adopted },
      });
    });
    await recordPosting(db, documentId, result.posting);
  }

  function writeContext(documentId: string): ErpWriteContext {
    const writes = createGuardedWrites({ db, documentId, lookAgainSeconds: deps.lookAgainSeconds });
    return { writes, signal: cancellationSignal(), heartbeat };
  }
}

/**
 * What the self-check of a document asks about: what is not posted yet, what was not proven as it was meant, and a part that owes nobody
 * anything while another one is still to be posted, since no payment watch would notice that it is taken back.
 */
function mayHaveChanged({ state, proof, document }: PlannedErpDocument, rows: readonly PlannedErpDocument[]): boolean {
  if (state === 'written' || isDoubtful(proof)) return true;
  return state === 'posted' && document.payable === undefined && rows.some((each) => each.state === 'written');
}

/** A posting that is not what was meant, or does not stand any more, is proven anew at each self-check. */
const isDoubtful = (proof: PostingProof | null): boolean =>
  proof !== null && (proof.differences !== undefined || proof.reversedBy !== undefined);

/** Bulk reads are cut so that one answer stays small. */
function inBulk(documents: TrackedErpDocument[]): TrackedErpDocument[][] {
  const count = Math.ceil(documents.length / bulkSize);
  return Array.from({ length: count }, (_, index) => documents.slice(index * bulkSize, (index + 1) * bulkSize));
}
