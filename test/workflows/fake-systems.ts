import { ApplicationFailure } from '@temporalio/common';
import type {
  createConcurActivities,
  createDocumentActivities,
  createErpActivities,
} from '../../src/activities/index.js';
import type { Hold, StepResult } from '../../src/contracts/steps.js';
import type { FakeDocument } from './fake-document.js';
import { storedPosting, storeWhatErpSays, writeToErp } from './fake-document.js';

/** The activities that the document workflow calls, on the queues where it looks for them. */
type FakeConcur = Pick<
  ReturnType<typeof createConcurActivities>,
  'acknowledgeInConcur' | 'confirmPostingInConcur' | 'confirmPaymentInConcur' | 'returnToConcur'
>;
type FakeStore = Pick<
  ReturnType<typeof createDocumentActivities>,
  | 'planErpDocuments'
  | 'rememberVendor'
  | 'alertPostingOverdue'
  | 'alertHoldOverdue'
  | 'requestReturn'
  | 'cancelReturn'
  | 'acceptPosting'
  | 'askForRelease'
  | 'releaseDocument'
  | 'prepareLeaving'
  | 'endRecalled'
  | 'ignoreDocument'
  | 'wakeRelated'
>;
type FakeErp = Pick<
  ReturnType<typeof createErpActivities>,
  'checkMasterDataInErp' | 'postToErp' | 'withdrawFromErp' | 'checkPostingInErp' | 'checkPaymentInErp'
>;

/** Concur, both ERPs and our store, in memory, shared by the documents of a test file. */
export interface FakeSystems {
  add: (document: FakeDocument) => FakeDocument;
  /** Vendor questions to which the ERP has no vendor. */
  missingVendors: Set<string>;
  /** Answers of operators by vendor question, and accounts that do not exist: an operator's answer may be wrong. */
  resolutions: Map<string, string>;
  unknownAccounts: Set<string>;
  concur: FakeConcur;
  store: FakeStore;
  erp: FakeErp;
}

/**
 * Fakes that behave: they keep state per document, refuse what no real system would take, and say posted or paid only when it
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

  const concur: FakeConcur = {
    async acknowledgeInConcur({ documentId }) {
      const document = await attempt('acknowledgeInConcur', documentId);
      if (document.endedByConcur) return { status: 'ended', ...document.endedByConcur };
      const held = plannedHold(document, 'acknowledgeInConcur');
      if (held) return held;
      document.acknowledged = true;
      return { status: 'done' };
    },

    async confirmPostingInConcur({ documentId }) {
      const document = await attempt('confirmPostingInConcur', documentId);
      const result = gone(document) ?? plannedHold(document, 'confirmPostingInConcur') ?? storedPosting(document);
      if (result.status === 'done' && result.posted && document.isRecalled) {
        document.leaving = 'recalled';
        return { status: 'leaving' };
      }
      if (result.status === 'done' && result.posted) {
        demand(!document.confirmations.includes('posting'), 'a second posting confirmation');
        document.confirmations.push('posting');
      }
      return result;
    },

    async confirmPaymentInConcur({ documentId }) {
      const document = await attempt('confirmPaymentInConcur', documentId);
      demand(document.confirmations.includes('posting'), 'a payment confirmation before that of the posting');
      return plannedHold(document, 'confirmPaymentInConcur') ?? tellPayments(document);
    },

    async returnToConcur({ documentId }) {
      const document = await attempt('returnToConcur', documentId);
      demand(document.leaving === 'returned', 'a return that nobody has asked for');
      demand(document.erpParts.size === 0, 'a return while something is in the ERP');
      demand(document.confirmations.length === 0, 'a return after another confirmation');
      const held = plannedHold(document, 'returnToConcur');
      if (held) return held;
      document.confirmations.push('error');
      document.givenUp = { outcome: 'returned', detail: `Returned: ${document.returnRequests.at(-1)?.reason ?? ''}` };
      return { status: 'done', ...document.givenUp };
    },
  };

  const store: FakeStore = {
    async planErpDocuments({ documentId }) {
      const document = await attempt('planErpDocuments', documentId);
      demand(document.acknowledged, 'a plan before the acknowledgement');
      return gone(document) ?? plannedHold(document, 'planErpDocuments') ?? { status: 'done', ...document.plan };
    },

    async rememberVendor({ documentId, resolution }) {
      await attempt('rememberVendor', documentId);
      resolutions.set(resolution.vendorKey, resolution.vendorNumber);
      return {};
    },

    async requestReturn(request) {
      const document = await attempt('requestReturn', request.documentId);
      if (document.givenUp) return { accepted: true };
      if (document.confirmations.includes('posting')) return { accepted: false, why: 'Concur knows it as posted.' };
      if (request.isAutomatic && postedParts(document) > 0) return { accepted: false, why: 'The ERP has posted it.' };
      document.returnRequests.push(request);
      document.leaving ??= 'returned';
      return { accepted: true };
    },

    async askForRelease({ documentId }) {
      const document = await attempt('askForRelease', documentId);
      if (document.released === document.planNumber) return { status: 'done' };
      const message = `Plan ${document.planNumber} waits for a release.`;
      return { status: 'hold', hold: { reason: 'awaiting-release', message, vendorKeys: [] } };
    },

    async releaseDocument({ documentId, plan }) {
      const document = await attempt('releaseDocument', documentId);
      if (plan !== document.planNumber) {
        return { accepted: false, why: `Plan ${plan} is not released: it is ${document.planNumber} now.` };
      }
      document.released = document.planNumber;
      document.plan = { ...document.plan, awaitsRelease: false };
      return { accepted: true };
    },

    async cancelReturn({ documentId }) {
      const document = await attempt('cancelReturn', documentId);
      if (document.givenUp || document.leaving === 'recalled') return { accepted: false, why: 'It is too late.' };
      document.leaving = undefined;
      return { accepted: true };
    },

    async acceptPosting({ documentId, by, note }) {
      const document = await attempt('acceptPosting', documentId);
      if (document.unacceptable !== undefined) return { accepted: false, why: document.unacceptable };
      document.holds.clear();
      document.acceptances.push({ by, note });
      return { accepted: true };
    },

    async prepareLeaving({ documentId }) {
      const document = await attempt('prepareLeaving', documentId);
      if (document.givenUp) return { status: 'ended', ...document.givenUp };
      demand(document.leaving !== undefined, 'a way out that nobody has asked for');
      const parts = document.plan.parts.filter(({ part }) => document.erpParts.has(part));
      return { status: 'done', outcome: document.leaving ?? 'returned', parts };
    },

    async endRecalled({ documentId }) {
      const document = await attempt('endRecalled', documentId);
      demand(document.leaving === 'recalled' && document.erpParts.size === 0, 'a recall that is not true');
      document.givenUp = { outcome: 'recalled', detail: 'Recalled.' };
      return { status: 'done', ...document.givenUp };
    },

    async ignoreDocument({ documentId, by, reason }) {
      const document = await attempt('ignoreDocument', documentId);
      document.givenUp ??= { outcome: 'ignored', detail: `Ignored by ${by}: ${reason}` };
      return document.givenUp;
    },

    async wakeRelated({ documentId }) {
      await attempt('wakeRelated', documentId);
      return { told: 0 };
    },

    async alertPostingOverdue({ documentId }) {
      await attempt('alertPostingOverdue', documentId);
      return {};
    },

    async alertHoldOverdue({ documentId }) {
      await attempt('alertHoldOverdue', documentId);
      return {};
    },
  };

  const erp: FakeErp = {
    async checkMasterDataInErp({ documentId }): Promise<StepResult<object>> {
      const document = await attempt('checkMasterDataInErp', documentId);
      const { vendorKey, plan } = document;
      const answer = resolutions.get(vendorKey);
      const isMissing = answer === undefined ? missingVendors.has(vendorKey) : unknownAccounts.has(answer);
      if (!isMissing) return plannedHold(document, 'checkMasterDataInErp') ?? { status: 'done' };
      const message = `The employee has no vendor account in ${plan.company}.`;
      return { status: 'hold', hold: { reason: 'vendor-missing', message, vendorKeys: [vendorKey], watched: true } };
    },

    async postToErp({ documentId, part }) {
      const document = await attempt('postToErp', documentId);
      const held = gone(document) ?? plannedHold(document, 'postToErp');
      if (held) return held;
      // What stands in the ERP is not written again, whoever asks.
      if (!document.erpParts.has(part)) writeToErp(document, part);
      return storedPosting(document);
    },

    async withdrawFromErp({ documentId, part }) {
      const document = await attempt('withdrawFromErp', documentId);
      demand(document.leaving !== undefined, 'a withdrawal that nobody has asked for');
      const reason = document.leaving === 'recalled' ? 'recalled-after-posting' : 'return-blocked';
      const posted = document.erpParts.get(part)?.state === 'posted';
      const message = posted ? 'It is posted.' : 'Somebody has the journal open.';
      if (posted) storeWhatErpSays(document);
      if (posted || document.isStuck) return { status: 'hold', hold: { reason, message, vendorKeys: [] } };
      document.erpParts.delete(part);
      return { status: 'done' };
    },

    async checkPostingInErp({ documentId }) {
      const document = await attempt('checkPostingInErp', documentId);
      const left = gone(document);
      if (left) return left;
      storeWhatErpSays(document);
      return storedPosting(document);
    },

    async checkPaymentInErp({ documentId }) {
      storeWhatErpSays(await attempt('checkPaymentInErp', documentId));
      return { status: 'done' };
    },
  };

  const add = (document: FakeDocument): FakeDocument => {
    documents.set(document.id, document);
    return document;
  };
  return { add, missingVendors, resolutions, unknownAccounts, concur, store, erp };
}

/** What every step of the ordinary way answers once the store knows that the document is given up or has to leave. */
function gone({ givenUp, leaving }: FakeDocument) {
  if (givenUp) return { status: 'ended', ...givenUp } as const;
  return leaving === undefined ? undefined : ({ status: 'leaving' } as const);
}

const postedParts = ({ erpParts }: FakeDocument): number =>
  [...erpParts.values()].filter(({ state }) => state === 'posted').length;

function plannedHold(document: FakeDocument, activity: string): { status: 'hold'; hold: Hold } | undefined {
  const hold = document.holds.get(activity);
  return hold === undefined ? undefined : { status: 'hold', hold };
}

/** Tells Concur what it has not heard yet: parts as PP, the last as CP. */
function tellPayments(document: FakeDocument) {
  const isPaid = document.seenCents >= document.owedCents;
  if (document.seenCents > document.toldCents) document.confirmations.push(isPaid ? 'CP' : 'PP');
  document.toldCents = document.seenCents;
  if (isPaid) return { status: 'done', state: 'paid', detail: 'Paid in full and confirmed to Concur.' } as const;
  const state = document.toldCents === 0 ? 'open' : 'partly-paid';
  return { status: 'done', state, detail: `Concur has heard of ${document.toldCents} cents.` } as const;
}

function demand(holds: boolean, wrong: string): void {
  if (!holds) throw ApplicationFailure.nonRetryable(`The workflow did wrong: ${wrong}.`);
}
