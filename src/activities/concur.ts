import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { meaningOf } from '../clients/concur/fis-codes.js';
import type { UnreadableDocument } from '../clients/concur/fis-client.js';
import { Unavailable } from '../clients/http/errors.js';
import type { DocType } from '../contracts/documents.js';
import { documentWorkflowId } from '../contracts/workflow-ids.js';
import type { DocumentStep, ErpDocumentNumber, PaymentResult, StepResult } from '../contracts/steps.js';
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
import { describeDiscovered } from './discovered-document.js';
import { askConcur, itemFor } from './concur-states.js';
import { writeToConcur } from './concur-writes.js';
import { confirmPayment } from './confirm-payment.js';
import type { ConcurDependencies } from './dependencies.js';
import { noPaymentReason } from './payment-expectation.js';
import { postResult, proofMismatch } from './posting-facts.js';
import { alert, hold, runStep } from './run-step.js';
import { toApplicationFailure } from './to-application-failure.js';

const call = (operation: string) => ({ system: 'concur', operation });

/** Activities on the queue of one Concur connection. Each may run twice for the same document. */
export function createConcurActivities(deps: ConcurDependencies) {
  const { db, fis, systemId } = deps;
  const guard = { db, lookAgainSeconds: deps.lookAgainSeconds, now: deps.now };

  return {
    /**
     * Reads the READY queue page by page and stores what is new, before anything is acknowledged (S62, S65). A queue that
     * shifts while it is read is read again by the caller until a pass brings nothing new.
     */
    async collectReadyDocuments({
      docTypes,
    }: {
      docTypes: DocType[];
    }): Promise<{ found: number; fresh: number; unstarted: number }> {
      try {
        let found = 0;
        let fresh = 0;
        for (const docType of docTypes) {
          for (let page = 0; page < deps.maximumPages; page += 1) {
            const list = await fis.listReady({ docType, page, limit: deps.pageLimit, signal: cancellationSignal() });
            found += list.documents.length;
            fresh += await storePage(docType, list.documents);
            for (const unreadable of list.unreadable) await alertUnreadable(docType, unreadable);
            heartbeat();
            if (list.isLast) break;
          }
        }
        const unstarted = await unstartedDocuments(db, deps.connection, 1);
        return { found, fresh, unstarted: unstarted.length };
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },

    /** Takes the document off Concur's queue; from then on we owe Concur a confirmation (FIS spec 4). */
    async acknowledgeInConcur({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'concur-refused', async () => {
        const document = await readDocument(db, documentId);
        if (document.acknowledgedAt) return { status: 'done' };
        const { value } = await writeToConcur<AcknowledgeMeaning>({
          ...guard,
          documentId,
          operation: 'fis.acknowledge',
          key: documentId,
          payload: { ids: [document.fiId], systemId },
          look: async () => acknowledgedAlready(await askConcur(fis, document, cancellationSignal())),
          send: () => sendAcknowledgement(document),
        });
        return settleAcknowledgement(document, value);
      });
    },

    /** Tells Concur that every ERP document of this document is posted; refuses to say so without proof (S100). */
    async confirmPostingInConcur({
      documentId,
    }: DocumentStep): Promise<StepResult<{ erpDocuments: ErpDocumentNumber[] }>> {
      return runStep<{ erpDocuments: ErpDocumentNumber[] }>(deps, documentId, 'concur-refused', async () => {
        const document = await readDocument(db, documentId);
        const rows = await readErpDocuments(db, documentId);
        const result = postResult(rows);
        if (!result.posted) throw new Error(`${documentId} is not posted in full; a confirmation would be untrue.`);
        const mismatch = proofMismatch(rows);
        if (mismatch) return { status: 'hold', hold: mismatch };
        await reachStage(db, documentId, 'posted', { detail: { erpDocuments: result.erpDocuments } });
        if (!document.postingConfirmedAt) {
          const refused = await sendPostingConfirmation(document, rows);
          if (refused) return { status: 'hold', hold: refused };
        }
        await markPostingSignalled(db, documentId);
        const reason = noPaymentReason(document, rows);
        if (reason === undefined) {
          await reachStage(db, documentId, 'awaiting-payment', { postingConfirmed: true });
        } else {
          await markSettled(db, documentId);
          await reachStage(db, documentId, 'posted', { postingConfirmed: true });
          await closeDocument(db, documentId, 'posted-no-payment-expected', reason);
        }
        return { status: 'done', erpDocuments: result.erpDocuments };
      });
    },

    /** Tells Concur about settlements that it has not heard of yet: parts as PP, the last as CP, invoices once when paid. */
    async confirmPaymentInConcur({ documentId }: DocumentStep): Promise<StepResult<PaymentResult>> {
      return runStep(deps, documentId, 'payment-confirmation-refused', () => confirmPayment(deps, documentId));
    },
  };

  async function storePage(docType: DocType, documents: Awaited<ReturnType<typeof fis.listReady>>['documents']): Promise<number> {
    const candidates = documents.map((each) => ({
      each,
      id: documentWorkflowId({ connection: deps.connection, docType, fiId: each.id }),
    }));
    const known = await knownDocuments(db, candidates.map((candidate) => candidate.id));
    let fresh = 0;
    for (const { each, id } of candidates) {
      // Only READY documents may be taken; anything else, known or unknown, is not ours to post (FIS spec 7.1).
      if (known.has(id) || each.status !== 'READY') continue;
      if (await storeDiscovered(db, describeDiscovered(deps.connection, docType, each))) fresh += 1;
    }
    return fresh;
  }

  /** An item without the envelope that FIS promises cannot be taken; it stays in Concur's queue and people are told. */
  async function alertUnreadable(docType: DocType, item: UnreadableDocument): Promise<void> {
    const name = item.id ?? `item ${item.index}`;
    await alert(deps, `unreadable-item: ${docType}/${name}`, `Concur lists an ${docType} document (${name}) that cannot be read: ${item.problem}`, undefined);
  }

  async function sendAcknowledgement(document: StoredDocument): Promise<AcknowledgeMeaning> {
    const items = await fis.acknowledge({ docType: document.docType, systemId, ids: [document.fiId], signal: cancellationSignal() });
    const item = itemFor(items, document.fiId, 'fis.acknowledge');
    const meaning = meaningOf('acknowledge', item.code, item.result);
    switch (meaning) {
      case 'done':
        return { kind: 'acknowledged' };
      case 'recalled':
        return { kind: 'recalled' };
      case 'already-done':
        return whoAcknowledged(document, item.message);
      case 'retry':
      case 'not-ready':
        throw new Unavailable(`Concur asks to try the acknowledgement later (code ${item.code}).`, call('fis.acknowledge'));
      default:
        return { kind: 'refused', message: `Concur refused the acknowledgement (code ${item.code}). ${item.message}` };
    }
  }

  /** Code 101 is a question, not an error: who holds the document? (decisions 5, C2) */
  async function whoAcknowledged(document: StoredDocument, message: string): Promise<AcknowledgeMeaning> {
    const state = await askConcur(fis, document, cancellationSignal());
    return acknowledgedAlready(state) ?? { kind: 'elsewhere', message };
  }

  function acknowledgedAlready(state: Awaited<ReturnType<typeof askConcur>>): AcknowledgeMeaning | undefined {
    if (state?.status === 'RECALLED') return { kind: 'recalled' };
    if (state === undefined || state.status === 'READY') return undefined;
    return state.erpSystemId === systemId ? { kind: 'acknowledged' } : { kind: 'elsewhere', message: '' };
  }

  async function settleAcknowledgement(document: StoredDocument, meaning: AcknowledgeMeaning): Promise<StepResult<object>> {
    switch (meaning.kind) {
      case 'acknowledged':
        await reachStage(db, document.id, 'acknowledged', { acknowledged: true });
        return { status: 'done' };
      case 'recalled':
        return { status: 'ended', outcome: 'recalled', detail: 'Recalled in Concur before it was acknowledged; nothing was written to the ERP.' };
      case 'elsewhere':
        return {
          status: 'hold',
          hold: hold(
            'acknowledged-elsewhere',
            `Another system has acknowledged this document in Concur. Find out which one posts it; nothing has been written to the ERP. ${meaning.message}`.trim(),
          ),
        };
      case 'refused':
        return { status: 'hold', hold: hold('concur-refused', meaning.message) };
    }
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
            throw new Unavailable(`Concur asks to try the posting confirmation later (code ${item.code}).`, call('fis.confirm-posting'));
          case 'recalled':
            return { refused: `Concur says that the document was recalled, but it is posted in the ERP: reverse the posting there. (code ${item.code})` };
          default:
            return { refused: `Concur refused the posting confirmation (code ${item.code}). ${item.message}` };
        }
      },
    });
    return value.refused === undefined ? undefined : hold('concur-refused', value.refused);
  }
}

type AcknowledgeMeaning =
  | { kind: 'acknowledged' }
  | { kind: 'recalled' }
  | { kind: 'elsewhere'; message: string }
  | { kind: 'refused'; message: string };

/** Concur's statuses from which it follows that our success has been recorded (FIS spec 7.1). */
const confirmedStatuses = new Set(['POSTING_CONFIRMED_SUCCESS', 'PAYMENT_CONFIRMED_SUCCESS', 'PAID']);
