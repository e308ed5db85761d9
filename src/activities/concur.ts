import { cancellationSignal } from '@temporalio/activity';
import { meaningOf } from '../clients/concur/fis-codes.js';
import type { UnreadableDocument } from '../clients/concur/fis-client.js';
import { Unavailable } from '../clients/http/errors.js';
import type { DocType } from '../contracts/documents.js';
import { documentWorkflowId } from '../contracts/workflow-ids.js';
import type { CollectedPage, DocumentStep, PaymentResult, PostResult, StepResult } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import {
  closeDocument,
  knownDocuments,
  reachStage,
  readDocument,
  storeDiscovered,
  unstartedDocuments,
} from '../store/document-store.js';
import { markPostingSignalled, markSettled, readErpDocuments } from '../store/erp-document-store.js';
import { acknowledge } from './acknowledge.js';
import { describeDiscovered } from './discovered-document.js';
import { askConcur, itemFor } from './concur-states.js';
import { writeToConcur } from './concur-writes.js';
import { confirmPayment } from './confirm-payment.js';
import type { ConcurDependencies } from './dependencies.js';
import { noPaymentReason } from './payment-expectation.js';
import { postResult, proofMismatch, refusalHold } from './posting-facts.js';
import { alert, hold, runStep, runUnattended } from './run-step.js';

const call = (operation: string) => ({ system: 'concur', operation });

/** Activities on the queue of one Concur connection. Each may run twice for the same document. */
export function createConcurActivities(deps: ConcurDependencies) {
  const { db, fis, systemId } = deps;
  const guard = { db, lookAgainSeconds: deps.lookAgainSeconds };

  return {
    /**
     * Reads one page of the READY queue and stores what is new, before anything is acknowledged (S62, S65). One page at a time,
     * so that a long queue makes progress whatever happens in between.
     */
    async collectReadyPage({ docType, page }: { docType: DocType; page: number }): Promise<CollectedPage> {
      return runUnattended(deps, `Concur connection ${deps.connection}`, async () => {
        const list = await fis.listReady({ docType, page, limit: deps.pageLimit, signal: cancellationSignal() });
        const fresh = await storePage(docType, list.documents);
        for (const unreadable of list.unreadable) await alertUnreadable(docType, unreadable);
        const unstarted = await unstartedDocuments(db, deps.connection, 1);
        return { found: list.documents.length, fresh, unstarted: unstarted.length, isLast: list.isLast };
      });
    },

    /** Takes the document off Concur's queue; from then on we owe Concur a confirmation (FIS spec 4). */
    async acknowledgeInConcur({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'concur-refused', () => acknowledge(deps, documentId));
    },

    /**
     * Tells Concur that every ERP document of this document is posted. Without proof it tells nothing and answers what is still
     * awaited (S100); a refusal of the ERP holds.
     */
    async confirmPostingInConcur({ documentId }: DocumentStep): Promise<StepResult<PostResult>> {
      return runStep<PostResult>(deps, documentId, 'concur-refused', async () => {
        const document = await readDocument(db, documentId);
        const rows = await readErpDocuments(db, documentId);
        const result = postResult(rows);
        const held = refusalHold(rows) ?? proofMismatch(rows);
        if (held) return { status: 'hold', hold: held };
        if (!result.posted) return { status: 'done', ...result };
        await reachStage(db, documentId, 'posted', { detail: { erpDocuments: result.erpDocuments } });
        if (!document.postingConfirmedAt) {
          const refused = await sendPostingConfirmation(document, rows);
          if (refused) return { status: 'hold', hold: refused };
        }
        await markPostingSignalled(db, documentId);
        const reason = noPaymentReason(document, rows, deps.unobservablePayments);
        if (reason === undefined) {
          await reachStage(db, documentId, 'awaiting-payment', { postingConfirmed: true });
        } else {
          await markSettled(db, documentId);
          await reachStage(db, documentId, 'posted', { postingConfirmed: true });
          await closeDocument(db, documentId, 'posted-no-payment-expected', reason);
        }
        return { status: 'done', ...result };
      });
    },

    /** Tells Concur about settlements that it has not heard of yet: parts as PP, the last as CP, invoices once when paid. */
    async confirmPaymentInConcur({ documentId }: DocumentStep): Promise<StepResult<PaymentResult>> {
      return runStep(deps, documentId, 'payment-confirmation-refused', () => confirmPayment(deps, documentId));
    },
  };

  async function storePage(
    docType: DocType,
    documents: Awaited<ReturnType<typeof fis.listReady>>['documents'],
  ): Promise<number> {
    const candidates = documents.map((each) => ({
      each,
      id: documentWorkflowId({ connection: deps.connection, docType, fiId: each.id }),
    }));
    const known = await knownDocuments(
      db,
      candidates.map((candidate) => candidate.id),
    );
    let fresh = 0;
    for (const { each, id } of candidates) {
      // Only READY documents may be taken; anything else, known or unknown, is not ours to post (FIS spec 7.1).
      if (known.has(id)) continue;
      if (each.status !== 'READY') {
        await alertUnreadable(docType, { index: 0, id: each.id, problem: `its status is ${each.status}, not READY` });
        continue;
      }
      if (await storeDiscovered(db, describeDiscovered(deps.connection, docType, each))) fresh += 1;
    }
    return fresh;
  }

  /** An item without the envelope that FIS promises cannot be taken; it stays in Concur's queue and people are told. */
  async function alertUnreadable(docType: DocType, item: UnreadableDocument): Promise<void> {
    const name = item.id ?? `item ${item.index}`;
    await alert(
      deps,
      `unreadable-item: ${docType}/${name}`,
      `Concur lists an ${docType} document (${name}) that cannot be read: ${item.problem}`,
      undefined,
    );
  }

  async function sendPostingConfirmation(document: StoredDocument, rows: Awaited<ReturnType<typeof readErpDocuments>>) {
    const confirmation = {
      docId: document.fiId,
      status: 'success' as const,
      postingDocs: rows.flatMap((row) =>
        row.proof === null
          ? []
          : [
              {
                companyId: row.company.slice(0, 32),
                documentNumber: row.proof.documentNumber,
                fiscalYear: row.proof.fiscalYear,
                postingDate: row.proof.postedOn,
              },
            ],
      ),
      messages: [],
    };
    const { value } = await writeToConcur<{ refused?: string }>({
      ...guard,
      documentId: document.id,
      operation: 'fis.confirm-posting',
      key: document.id,
      payload: confirmation,
      look: async () => {
        const state = await askConcur(fis, document, cancellationSignal());
        return state && confirmedStatuses.has(state.status) ? {} : undefined;
      },
      send: async () => {
        const items = await fis.confirmPosting({
          docType: document.docType,
          systemId,
          confirmations: [confirmation],
          signal: cancellationSignal(),
        });
        const item = itemFor(items, document.fiId, 'fis.confirm-posting');
        const meaning = meaningOf('posting', item.code, item.result);
        switch (meaning) {
          case 'done':
          case 'already-done':
            return {};
          case 'retry':
          case 'not-ready':
            throw new Unavailable(
              `Concur asks to try the posting confirmation later (code ${item.code}).`,
              call('fis.confirm-posting'),
            );
          case 'not-acknowledged':
            // Concur has forgotten the acknowledgement; it is given again before the confirmation is repeated (code 111).
            await fis.acknowledge({
              docType: document.docType,
              systemId,
              ids: [document.fiId],
              signal: cancellationSignal(),
            });
            throw new Unavailable('Concur asked for the acknowledgement again.', call('fis.confirm-posting'), 1_000);
          case 'recalled':
            return {
              refused: `Concur says that the document was recalled, but it is posted in the ERP: reverse the posting there. (code ${item.code})`,
            };
          default:
            return { refused: `Concur refused the posting confirmation (code ${item.code}). ${item.message}` };
        }
      },
    });
    return value.refused === undefined ? undefined : hold('concur-refused', value.refused);
  }
}

/** Concur's statuses from which it follows that our success has been recorded (FIS spec 7.1). */
const confirmedStatuses = new Set(['POSTING_CONFIRMED_SUCCESS', 'PAYMENT_CONFIRMED_SUCCESS', 'PAID']);
