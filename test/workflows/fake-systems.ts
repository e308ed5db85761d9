import { ApplicationFailure } from '@temporalio/common';
import type { createConcurActivities, createDocumentActivities, createErpActivities } from '../../src/activities/index.js';
import type { StepResult } from '../../src/contracts/steps.js';
import type { FakeDocument } from './fake-document.js';
import { postedNumbers, storedPosting, storeWhatErpSays } from './fake-document.js';

type DocumentConcurActivities = Omit<ReturnType<typeof createConcurActivities>, 'collectReadyDocuments'>;
type DocumentStoreActivities = Pick<
  ReturnType<typeof createDocumentActivities>,
  'planErpDocuments' | 'readPosting' | 'rememberVendor' | 'alertPostingOverdue'
>;
type DocumentErpActivities = Pick<
  ReturnType<typeof createErpActivities>,
  'checkMasterDataInErp' | 'postToErp' | 'checkPostingInErp' | 'checkPaymentInErp'
>;

/** Concur, both ERPs and our store, in memory, shared by the documents of a test file. */
export interface FakeSystems {
  add: (document: FakeDocument) => FakeDocument;
  /** Vendor questions to which the ERP has no vendor, and the answers of operators. */
  missingVendors: Set<string>;
  resolutions: Map<string, string>;
  /** Vendor accounts that do not exist, so that an operator's answer may be wrong. */
  unknownAccounts: Set<string>;
  concur: DocumentConcurActivities;
  store: DocumentStoreActivities;
  erp: DocumentErpActivities;
}

/**
 * Fakes that behave: they keep state per document, refuse to write or to confirm twice, and say posted or paid only when it
 * is so. A violation fails the workflow at once, so that no test passes over it.
 */
export function fakeSystems(): FakeSystems {
  const documents = new Map<string, FakeDocument>();
  const missingVendors = new Set<string>();
  const resolutions = new Map<string, string>();
  const unknownAccounts = new Set<string>();

  /** Counts the attempt, lets the test act, throws the failure that the test has planned. */
  async function attempt(activity: string, id: string): Promise<FakeDocument> {
    const document = documents.get(id);
    if (!document) throw ApplicationFailure.nonRetryable(`The fakes know no document ${id}.`);
    document.calls.push(activity);
    await document.before.get(activity)?.();
    const failure = document.failures.get(activity)?.shift();
    if (failure) throw failure;
    return document;
  }

  const concur: DocumentConcurActivities = {
    async acknowledgeInConcur({ documentId }) {
      const document = await attempt('acknowledgeInConcur', documentId);
      if (document.endedByConcur) return { status: 'ended', ...document.endedByConcur };
      if (document.acknowledgementHold) return { status: 'hold', hold: document.acknowledgementHold };
      document.acknowledged = true;
      return { status: 'done' };
    },

    async confirmPostingInConcur({ documentId }) {
      const document = await attempt('confirmPostingInConcur', documentId);
      demand(storedPosting(document).status === 'done', 'a posting confirmation without proof');
      demand(postedNumbers(document).length === document.plan.parts.length, 'a posting confirmation before posting');
      demand(!document.confirmations.includes('posting'), 'a second posting confirmation');
      document.confirmations.push('posting');
      return { status: 'done', erpDocuments: postedNumbers(document) };
    },

    async confirmPaymentInConcur({ documentId }) {
      const document = await attempt('confirmPaymentInConcur', documentId);
      if (document.paymentHold) return { status: 'hold', hold: document.paymentHold };
      const isPaid = document.seenCents >= document.owedCents;
      if (document.seenCents > document.toldCents) {
        document.confirmations.push(isPaid ? 'CP' : 'PP');
        document.toldCents = document.seenCents;
      }
      if (isPaid) return { status: 'done', state: 'paid', detail: 'Paid in full and confirmed to Concur.' };
      if (document.toldCents === 0) return { status: 'done', state: 'open', detail: 'Waiting for the ERP to pay.' };
      return { status: 'done', state: 'partly-paid', detail: 'Paid in part and told to Concur; waiting for the rest.' };
    },
  };

  const store: DocumentStoreActivities = {
    async planErpDocuments({ documentId }) {
      const document = await attempt('planErpDocuments', documentId);
      demand(document.acknowledged, 'a plan before the acknowledgement');
      return { status: 'done', ...document.plan };
    },

    async readPosting({ documentId }) {
      return storedPosting(await attempt('readPosting', documentId));
    },

    async rememberVendor({ documentId, resolution }) {
      await attempt('rememberVendor', documentId);
      resolutions.set(resolution.vendorKey, resolution.vendorNumber);
      return {};
    },

    async alertPostingOverdue({ documentId }) {
      (await attempt('alertPostingOverdue', documentId)).overdueAlerts += 1;
      return {};
    },
  };

  const erp: DocumentErpActivities = {
    async checkMasterDataInErp({ documentId }): Promise<StepResult<object>> {
      const document = await attempt('checkMasterDataInErp', documentId);
      const { vendorKey, plan } = document;
      const answer = resolutions.get(vendorKey);
      const isMissing = answer === undefined ? missingVendors.has(vendorKey) : unknownAccounts.has(answer);
      if (!isMissing) return { status: 'done' };
      const message = `The employee has no vendor account in ${plan.company}.`;
      return { status: 'hold', hold: { reason: 'vendor-missing', message, vendorKeys: [vendorKey] } };
    },

    async postToErp({ documentId, part }) {
      const document = await attempt('postToErp', documentId);
      demand(!document.erpParts.has(part), `part ${part} written twice`);
      document.erpParts.set(part, { state: document.postsAtOnce ? 'posted' : 'open' });
      storeWhatErpSays(document);
      return storedPosting(document);
    },

    async checkPostingInErp({ documentId }) {
      const document = await attempt('checkPostingInErp', documentId);
      storeWhatErpSays(document);
      return storedPosting(document);
    },

    async checkPaymentInErp({ documentId }) {
      storeWhatErpSays(await attempt('checkPaymentInErp', documentId));
      return { status: 'done' };
    },
  };

  return {
    add: (document) => {
      documents.set(document.id, document);
      return document;
    },
    missingVendors,
    resolutions,
    unknownAccounts,
    concur,
    store,
    erp,
  };
}

function demand(holds: boolean, wrong: string): void {
  if (!holds) throw ApplicationFailure.nonRetryable(`The workflow did wrong: ${wrong}.`);
}

