import { getClient, heartbeat } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import type { DocumentEnd, LeavingPlan, ReturnAnswer, ReturnRequest } from '../contracts/leaving.js';
import { messageNames } from '../contracts/messages.js';
import type {
  AcceptPosting,
  CancelReturn,
  IgnoreDocument,
  ReleaseDocument,
  ResolveVendor,
  RetryStep,
} from '../contracts/messages.js';
import { searchAttributes } from '../contracts/search-attributes.js';
import type { DocumentStep, PlanSummary, ProcessDocumentInput, StepResult } from '../contracts/steps.js';
import { documentsQueue } from '../contracts/task-queues.js';
import { clearAlertCause } from '../store/alert-store.js';
import { appendAudit } from '../store/audit-store.js';
import type { StoredDocument } from '../store/document-store.js';
import { markStarted, readDocument, unstartedDocuments } from '../store/document-store.js';
import { markPostingSignalled, readErpDocuments, unsignalledPostings } from '../store/erp-document-store.js';
import { heldDocuments } from '../store/erp-change-store.js';
import { openRelatives } from '../store/related-documents.js';
import { markSettlementsSignalled, unsignalledSettlements } from '../store/settlement-store.js';
import { documentsWaitingFor, rememberResolution } from '../store/vendor-store.js';
import { acceptPosting } from './accept-posting.js';
import type { DocumentDependencies } from './dependencies.js';
import { checkHandOff } from './hand-off.js';
import { ignoreDocument } from './ignore-document.js';
import { cancelReturn, endRecalled, prepareLeaving, requestReturn } from './leaving.js';
import { planDocument } from './plan-document.js';
import { postResult } from './posting-facts.js';
import { askForRelease, releaseDocument } from './release-document.js';
import { alert, runStep } from './run-step.js';
import { createVendorPlanActivities } from './vendor-master.js';

const typeNames = { expense: 'Expense report', invoice: 'Invoice', cashadvance: 'Cash advance' } as const;
const signalsAtOnce = 20;

/** Activities on the queue `documents`: our own store, the mapping, and messages between workflows. */
export function createDocumentActivities(deps: DocumentDependencies) {
  const { db } = deps;

  return {
    ...createVendorPlanActivities(deps),

    /** Maps the stored payload to ERP documents and reserves them; no remote call. */
    async planErpDocuments({ documentId }: DocumentStep): Promise<StepResult<PlanSummary>> {
      return runStep(deps, documentId, 'document-unreadable', () => planDocument(deps, documentId));
    },

    /** Starts the workflow of every stored document that has none; a known one is left alone (S78, S79). */
    async startDocuments({ connection }: { connection: string }): Promise<{ started: number }> {
      const client = getClient();
      let started = 0;
      for (;;) {
        const waiting = await unstartedDocuments(db, connection, 100);
        if (waiting.length === 0) return { started };
        const failures: unknown[] = [];
        await inParallel(waiting, async (document) => {
          try {
            if (await startDocument(client, document)) started += 1;
            await markStarted(db, document.id);
          } catch (error) {
            // One document that cannot be started must not keep the others waiting.
            failures.push(error);
          }
        });
        if (failures.length > 0) throw failures[0];
        heartbeat();
      }
    },

    /** Remembers an operator's answer and wakes every other document that waits for the same question (S89). */
    async rememberVendor({ documentId, resolution }: DocumentStep & { resolution: ResolveVendor }): Promise<object> {
      const waiting = await rememberResolution(db, documentId, resolution);
      await clearAlertCause(db, `vendor-missing: ${resolution.vendorKey}`);
      await tell(
        waiting.filter((id) => id !== documentId),
        messageNames.vendorChanged,
      );
      return {};
    },

    async tellPostings({ erp, company }: { erp: string; company: string }): Promise<{ told: number }> {
      const ids = await unsignalledPostings(db, erp, company);
      const then = (id: string) => markPostingSignalled(db, id, { erp, company });
      return { told: await tell(ids, messageNames.postingFound, { then }) };
    },

    async tellPayments({ erp, company }: { erp: string; company: string }): Promise<{ told: number }> {
      const ids = await unsignalledSettlements(db, erp, company);
      const then = (id: string) => markSettlementsSignalled(db, id);
      return { told: await tell(ids, messageNames.paymentReceived, { then }) };
    },

    async tellVendors({ vendorKeys }: { vendorKeys: string[] }): Promise<{ told: number }> {
      return { told: await tell(await documentsWaitingFor(db, vendorKeys), messageNames.vendorChanged) };
    },

    /** Accounts or dimensions of an ERP company have changed: documents that are held for them try again. */
    async tellMasterData({ erp, company }: { erp: string; company: string }): Promise<{ told: number }> {
      const held = await heldDocuments(db, erp, company, ['account-unusable', 'dimension-unusable']);
      const message: RetryStep = { by: 'connector', note: 'accounts or dimensions of the company have changed' };
      return { told: await tell(held, messageNames.retryStep, { message }) };
    },

    /** Records that a document is to go back to Concur, or says why it cannot. */
    async requestReturn(request: ReturnRequest): Promise<ReturnAnswer> {
      return requestReturn(deps, request);
    },

    /** Takes back that a document is to go back to Concur, or says why that is too late. */
    async cancelReturn(request: DocumentStep & CancelReturn): Promise<ReturnAnswer> {
      return cancelReturn(deps, request);
    },

    /** Takes what the ERP has posted as it stands because a person says so, or says why it cannot be taken. */
    async acceptPosting(request: DocumentStep & AcceptPosting): Promise<ReturnAnswer> {
      return acceptPosting(deps, request);
    },

    /** Holds a planned document until a person has released its plan. */
    async askForRelease({ documentId }: DocumentStep): Promise<StepResult<object>> {
      return runStep(deps, documentId, 'awaiting-release', () => askForRelease(deps, documentId));
    },

    /** Records that a person releases the plan of a document, or says why it cannot be released. */
    async releaseDocument(request: DocumentStep & ReleaseDocument): Promise<ReturnAnswer> {
      return releaseDocument(deps, request);
    },

    /** Which parts of a document that has to leave are, or may be, in an ERP. */
    async prepareLeaving({ documentId }: DocumentStep): Promise<StepResult<LeavingPlan>> {
      return runStep(deps, documentId, 'return-blocked', () => prepareLeaving(deps, documentId));
    },

    /** Closes a document that Concur has recalled, once the ERP holds nothing of it. */
    async endRecalled({ documentId }: DocumentStep): Promise<StepResult<DocumentEnd>> {
      return runStep(deps, documentId, 'return-blocked', () => endRecalled(deps, documentId));
    },

    /** Ends a held document without any further effect on either side, and says what is left where. */
    async ignoreDocument(request: DocumentStep & IgnoreDocument): Promise<DocumentEnd> {
      return ignoreDocument(deps, request);
    },

    /** See {@link checkHandOff}. */
    async checkHandOff(input: { connection: string; targetSeconds: number }): Promise<{ late: number }> {
      return checkHandOff(deps, input);
    },

    /** A document has left: others of the same report may have waited for that, or be about to hold for it. */
    async wakeRelated({ documentId }: DocumentStep): Promise<{ told: number }> {
      const note: RetryStep = { by: 'connector', note: 'another document of the same report has left' };
      const waiting = await openRelatives(db, await readDocument(db, documentId));
      return { told: await tell(waiting, messageNames.retryStep, { message: note }) };
    },

    /** A document is held for longer than the limit: a person should decide (C14). */
    async alertHoldOverdue({ documentId }: DocumentStep): Promise<object> {
      const { humanNumber, holdReason, holdMessage } = await readDocument(db, documentId);
      const message = `${humanNumber} has been on hold for too long (${holdReason ?? 'no reason recorded'}). ${holdMessage ?? ''}`;
      await alert(deps, `hold-overdue: ${documentId}`, message.trim(), documentId);
      return {};
    },

    /** A document stays unposted past its deadline: a person should look into the ERP (C15). */
    async alertPostingOverdue({ documentId }: DocumentStep): Promise<object> {
      const document = await readDocument(db, documentId);
      const open = postResult(await readErpDocuments(db, documentId)).waitingFor;
      await alert(
        deps,
        `posting-overdue: ${documentId}`,
        `${document.humanNumber} is not posted in time. ${open}`,
        documentId,
      );
      return {};
    },
  };

  async function startDocument(client: Client, document: StoredDocument): Promise<boolean> {
    try {
      await client.workflow.start('processDocument', {
        taskQueue: documentsQueue(deps.queuePrefix),
        workflowId: document.id,
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        args: [inputOf(document)],
        staticSummary:
          `${typeNames[document.docType]} ${document.humanNumber} · ${document.payeeCode} · ${document.amount} ${document.currency}`.slice(
            0,
            190,
          ),
        typedSearchAttributes: new TypedSearchAttributes([
          { key: searchAttributes.documentStage, value: 'discovered' },
          { key: searchAttributes.documentType, value: document.docType },
          { key: searchAttributes.documentNumber, value: document.humanNumber },
          { key: searchAttributes.concurCompany, value: document.connection },
          { key: searchAttributes.payee, value: document.payeeCode },
          { key: searchAttributes.documentAmount, value: Number(document.amount) },
        ]),
        memo: { businessId: document.businessId, currency: document.currency },
      });
      return true;
    } catch (error) {
      // Its workflow has run and closed: the ledger row and Temporal agree, nothing is to be done.
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  function inputOf(document: StoredDocument): ProcessDocumentInput {
    return {
      documentId: document.id,
      key: { connection: document.connection, docType: document.docType, fiId: document.fiId },
      queuePrefix: deps.queuePrefix,
      businessId: document.businessId,
      humanNumber: document.humanNumber,
      payeeCode: document.payeeCode,
      amount: document.amount,
      currency: document.currency,
      ...(document.predecessorId === null ? {} : { predecessor: document.predecessorId }),
      returns: deps.returns[document.connection] ?? { reasons: [], atHoldLimit: false },
      timings: deps.timings,
    };
  }

  /** Signals documents, a few at a time; a closed workflow needs no signal. `then` records each success. */
  async function tell(
    ids: string[],
    signal: string,
    how: { message?: object; then?: (id: string) => Promise<void> } = {},
  ): Promise<number> {
    const client = getClient();
    let count = 0;
    await inParallel(ids, async (id) => {
      try {
        await client.workflow.getHandle(id).signal(signal, ...(how.message === undefined ? [] : [how.message]));
        count += 1;
        await appendAudit(db, { documentId: id, kind: 'message', actor: 'connector', data: { signal } });
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        if ((await readDocument(db, id)).outcome === null) {
          // Terminated, or lost with Temporal's database: the news stays untold, and a person must start it again.
          await alert(
            deps,
            `workflow-missing: ${id}`,
            `The workflow ${id} is not running although its document is not finished. Start it again by a reset in the Temporal UI.`,
            id,
          );
          return;
        }
      }
      await how.then?.(id);
    });
    return count;
  }
}

async function inParallel<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lanes = Array.from({ length: Math.min(signalsAtOnce, queue.length) }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  });
  await Promise.all(lanes);
}
