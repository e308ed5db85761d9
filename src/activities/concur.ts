import { cancellationSignal } from '@temporalio/activity';
import type { DocType } from '../contracts/documents.js';
import type { DocumentEnd } from '../contracts/leaving.js';
import type { CollectedPage, DocumentStep, PaymentResult, PostResult, StepResult } from '../contracts/steps.js';
import { paidDocumentsTakenBack } from '../store/settlement-store.js';
import { acknowledge } from './acknowledge.js';
import { collectReadyPage } from './collect-ready-page.js';
import { confirmPayment } from './confirm-payment.js';
import { confirmPosting } from './confirm-posting.js';
import { confirmLateReversal } from './confirm-reversal.js';
import type { ConcurDependencies } from './dependencies.js';
import { whileOurs } from './in-charge.js';
import { returnToConcur } from './return-to-concur.js';
import { runStep, runUnattended } from './run-step.js';

/** Activities on the queue of one Concur connection. Each may run twice for the same document. */
export function createConcurActivities(deps: ConcurDependencies) {
  const subject = `Concur connection ${deps.connection}`;
  return {
    /**
     * Reads one page of the READY queue and stores what is new, before anything is acknowledged (S62, S65). One page at a time,
     * so that a long queue makes progress whatever happens in between. `passBeganAt` (ISO instant) is when page 0 was asked for.
     */
    async collectReadyPage(query: { docType: DocType; page: number; passBeganAt: string }): Promise<CollectedPage> {
      return runUnattended(deps, subject, () => collectReadyPage(deps, query, cancellationSignal()));
    },

    /** Takes the document off Concur's queue; from then on we owe Concur a confirmation (FIS spec 4). */
    async acknowledgeInConcur({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'concur-refused', () => acknowledge(deps, documentId));
    },

    /** Tells Concur that every ERP document of this document is posted; without proof it tells nothing (S100). */
    async confirmPostingInConcur({ documentId }: DocumentStep): Promise<StepResult<PostResult>> {
      return runStep(deps, documentId, 'concur-refused', () => confirmPosting(deps, documentId));
    },

    /** Tells Concur about settlements that it has not heard of yet: parts as PP, the last as CP, invoices once when paid. */
    async confirmPaymentInConcur({ documentId }: DocumentStep): Promise<StepResult<PaymentResult>> {
      return runStep(deps, documentId, 'payment-confirmation-refused', () =>
        whileOurs(deps, documentId, () => confirmPayment(deps, documentId)),
      );
    },

    /** Tells Concur about payments that the ERP took back after their documents were paid and closed (decisions 21). */
    async confirmReversalsInConcur({ docType }: { docType: DocType }): Promise<object> {
      return runUnattended(deps, subject, async () => {
        for (const documentId of await paidDocumentsTakenBack(deps.db, deps.connection, docType)) {
          await confirmLateReversal(deps, documentId);
        }
        return {};
      });
    },

    /** Gives a document back to Concur with the reason; only when nothing of it is left in the ERP (FIS spec 5.1). */
    async returnToConcur({ documentId }: DocumentStep): Promise<StepResult<DocumentEnd>> {
      return runStep(deps, documentId, 'concur-refused', () => returnToConcur(deps, documentId));
    },
  };
}
