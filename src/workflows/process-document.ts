import {
  allHandlersFinished,
  condition,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { createConcurActivities, createDocumentActivities, createErpActivities } from '../activities/index.js';
import type { DocumentStatus, ResolveVendor, RetryStep } from '../contracts/messages.js';
import { faultOfResolveVendor, messageNames } from '../contracts/messages.js';
import { searchAttributes } from '../contracts/search-attributes.js';
import type { Outcome, Stage } from '../contracts/stages.js';
import type { Hold, PlanSummary, ProcessDocumentInput, ProcessDocumentResult, StepResult } from '../contracts/steps.js';
import { concurQueue, documentsQueue, erpQueue } from '../contracts/task-queues.js';
import { concurCall, erpRead, erpWrite, internal } from './activity-options.js';
import { documentDetails } from './document-details.js';
import type { News } from './document-state.js';
import { DocumentState } from './document-state.js';
import { selfCheckDelaySeconds } from './self-check.js';

type ConcurActivities = ReturnType<typeof createConcurActivities>;
type DocumentActivities = ReturnType<typeof createDocumentActivities>;
type ErpActivities = ReturnType<typeof createErpActivities>;

export const resolveVendorUpdate = defineUpdate<string, [ResolveVendor]>(messageNames.resolveVendor);
export const resolveVendorSignal = defineSignal<[ResolveVendor]>(messageNames.resolveVendor);
export const retryStepSignal = defineSignal<[RetryStep]>(messageNames.retryStep);
export const postingFoundSignal = defineSignal(messageNames.postingFound);
export const paymentReceivedSignal = defineSignal(messageNames.paymentReceived);
export const vendorChangedSignal = defineSignal(messageNames.vendorChanged);
export const documentStatusQuery = defineQuery<DocumentStatus>(messageNames.documentStatus);

/** Thrown inside the flow when a step ends the document early, for example because Concur recalled it. */
class DocumentEnded {
  constructor(
    readonly outcome: Outcome,
    readonly detail: string,
  ) {}
}

/**
 * One Concur document from discovery to payment (requirements section 0): acknowledge → validate → post → prove → confirm
 * posting → wait for payment → confirm payment. Business trouble holds and never fails; the end is always an outcome.
 */
export async function processDocument(input: ProcessDocumentInput): Promise<ProcessDocumentResult> {
  const state = new DocumentState(input);
  registerHandlers(state);
  const steps = new DocumentSteps(state);
  let end: DocumentEnded;
  try {
    end = await steps.run();
  } catch (error) {
    if (!(error instanceof DocumentEnded)) throw error;
    end = error;
  }
  state.outcome = end.outcome;
  state.waitingFor = end.detail;
  steps.show('closed');
  await condition(allHandlersFinished);
  return { outcome: end.outcome, detail: end.detail, erpDocuments: state.erpDocuments };
}

function registerHandlers(state: DocumentState): void {
  setHandler(
    resolveVendorUpdate,
    (resolution) => {
      state.rememberResolution(resolution);
      return `Vendor ${resolution.vendorNumber} is remembered for ${resolution.vendorKey}.`;
    },
    {
      validator: (resolution) => {
        const fault = faultOfResolveVendor(resolution);
        if (fault !== undefined) throw new Error(fault);
      },
      description: 'Name the vendor account for an unknown payee: {"vendorKey","vendorNumber","by","note"}',
    },
  );
  setHandler(
    resolveVendorSignal,
    (resolution) => {
      // A signal cannot be refused; one without the right shape answers no question and is ignored.
      if (faultOfResolveVendor(resolution) === undefined) state.rememberResolution(resolution);
    },
    { description: 'Same as the update resolveVendor, for use when no worker runs' },
  );
  setHandler(retryStepSignal, () => { state.rememberRetry(); }, { description: 'Try the held step again: {"by","note"}' });
  setHandler(vendorChangedSignal, () => { state.rememberRetry(); }, { description: 'Sent by the connector: a vendor has appeared' });
  setHandler(postingFoundSignal, () => { state.rememberPostingHint(); }, { description: 'Sent by the connector: the ERP has posted or refused' });
  setHandler(paymentReceivedSignal, () => { state.rememberPaymentHint(); }, { description: 'Sent by the connector: the ERP has settled' });
  setHandler(documentStatusQuery, () => state.status(), { description: 'Stage, hold and ERP numbers' });
}

class DocumentSteps {
  private readonly concur: ConcurActivities;
  private readonly documents: DocumentActivities;
  private readonly step: { documentId: string };

  constructor(private readonly state: DocumentState) {
    const { key, queuePrefix, timings, documentId } = state.input;
    this.step = { documentId };
    this.concur = proxyActivities<ConcurActivities>(
      concurCall(concurQueue(queuePrefix, key.connection), timings.retryMaximumSeconds),
    );
    this.documents = proxyActivities<DocumentActivities>(internal(documentsQueue(queuePrefix)));
  }

  async run(): Promise<DocumentEnded> {
    this.describe();
    await this.untilDone(() => this.concur.acknowledgeInConcur(this.step));
    const plan = await this.validate();
    await this.post(plan);
    await this.confirmPosting(plan);
    if (!plan.awaitsPayment) return new DocumentEnded('posted-no-payment-expected', plan.noPaymentReason);
    return this.awaitPayment(plan);
  }

  /** Plans the ERP documents and checks vendor, accounts and dimensions; a hold repeats both, since a mapping may change. */
  private async validate(): Promise<PlanSummary> {
    const { queuePrefix, timings } = this.state.input;
    const plan = await this.untilDone(async () => {
      const planned = await this.documents.planErpDocuments(this.step);
      if (planned.status !== 'done') return planned;
      const erp = proxyActivities<ErpActivities>(erpRead(erpQueue(queuePrefix, planned.erp), timings.retryMaximumSeconds));
      const checked = await erp.checkMasterDataInErp(this.step);
      return checked.status === 'done' ? planned : checked;
    });
    upsertSearchAttributes([
      { key: searchAttributes.documentStage, value: 'validated' },
      { key: searchAttributes.erp, value: plan.erp },
      { key: searchAttributes.legalEntity, value: plan.company },
      { key: searchAttributes.postingDate, value: new Date(`${plan.postingOn}T00:00:00Z`) },
    ]);
    this.state.stage = 'validated';
    this.state.waitingFor = `Being written to ${plan.company} (${plan.erp}).`;
    this.describe();
    return plan;
  }

  private async post(plan: PlanSummary): Promise<void> {
    const erp = this.erpWriter(plan);
    for (const part of plan.parts) {
      const result = await this.untilDone(() => erp.postToErp({ ...this.step, part }));
      this.state.erpDocuments = result.erpDocuments;
      if (!result.posted) this.state.waitingFor = result.waitingFor;
    }
  }

  /** Waits for the proof of posting where the ERP posts by itself, then tells Concur. */
  private async confirmPosting(plan: PlanSummary): Promise<void> {
    let deadlineAt = Date.now() + this.state.input.timings.postingDeadlineSeconds * 1_000;
    let consulted = 0;
    while (this.state.erpDocuments.length < plan.parts.length) {
      if (this.state.stage !== 'in-erp') this.show('in-erp');
      const seen = consulted;
      const told = await this.waitUntil(() => this.state.news.postingHints > seen, deadlineAt, 'Waiting until the ERP posts');
      if (!told && Date.now() >= deadlineAt) {
        await this.documents.alertPostingOverdue(this.step);
        deadlineAt = Number.POSITIVE_INFINITY;
      }
      consulted = this.state.news.postingHints;
      const found = await this.untilDone(() =>
        told ? this.documents.readPosting(this.step) : this.erpReader(plan).checkPostingInErp(this.step),
      );
      this.state.erpDocuments = found.erpDocuments;
      this.state.waitingFor = found.waitingFor;
    }
    const confirmed = await this.untilDone(() => this.concur.confirmPostingInConcur(this.step));
    this.state.erpDocuments = confirmed.erpDocuments;
    this.state.waitingFor = plan.awaitsPayment ? `Posted and confirmed to Concur. Waiting for ${plan.company} to pay.` : '';
    this.show(plan.awaitsPayment ? 'awaiting-payment' : 'posted', confirmed.erpDocuments.map((each) => each.number).join(' '));
  }

  /** Tells Concur about each settlement that the ERP reports, until the document is paid in full. */
  private async awaitPayment(plan: PlanSummary): Promise<DocumentEnded> {
    let consulted = 0;
    for (;;) {
      const seen = consulted;
      const told = await this.waitUntil(
        () => this.state.news.paymentHints > seen,
        Number.POSITIVE_INFINITY,
        'Waiting for payment',
      );
      consulted = this.state.news.paymentHints;
      if (!told) await this.untilDone(() => this.erpReader(plan).checkPaymentInErp(this.step));
      const result = await this.untilDone(() => this.concur.confirmPaymentInConcur(this.step));
      if (result.state === 'paid') return new DocumentEnded('paid', result.detail);
      if (result.state === 'partly-paid' && this.state.stage !== 'partly-paid') {
        this.state.waitingFor = result.detail;
        this.show('partly-paid');
      }
    }
  }

  /** True when the news has come; false when the self-check or the deadline is due. */
  private async waitUntil(news: () => boolean, deadlineAt: number, summary: string): Promise<boolean> {
    const { selfCheckSeconds } = this.state.input.timings;
    const checkMs = selfCheckDelaySeconds(this.state.input.documentId, selfCheckSeconds) * 1_000;
    return condition(news, Math.max(1_000, Math.min(checkMs, deadlineAt - Date.now())), { summary });
  }

  /**
   * Repeats a step until its business answer is "done". While it holds, the document waits for a person, for the vendor to
   * appear, for news from the ERP, or for the next reminder; then the step is tried again, which is harmless.
   */
  private async untilDone<T>(attempt: () => Promise<StepResult<T>>): Promise<{ status: 'done' } & T> {
    for (;;) {
      const seen = this.state.news;
      const result = await attempt();
      if (result.status === 'done') {
        if (this.state.hold) this.release();
        return result;
      }
      if (result.status === 'ended') throw new DocumentEnded(result.outcome, result.detail);
      this.holdFor(result.hold);
      await this.waitForRelease(result.hold, seen);
    }
  }

  private async waitForRelease(hold: Hold, seen: News): Promise<void> {
    const { state } = this;
    const released = () =>
      state.nextResolution(hold.vendorKeys) !== undefined ||
      state.news.retries > seen.retries ||
      state.news.postingHints > seen.postingHints ||
      state.news.paymentHints > seen.paymentHints;
    await condition(released, state.input.timings.holdReminderSeconds * 1_000, { summary: `On hold: ${hold.reason}` });
    const resolution = state.nextResolution(hold.vendorKeys);
    if (resolution) {
      await this.documents.rememberVendor({ ...this.step, resolution });
      state.markApplied(resolution);
    }
  }

  private holdFor(hold: Hold): void {
    const before = this.state.hold;
    if (before?.reason !== hold.reason) {
      upsertSearchAttributes([{ key: searchAttributes.holdReason, value: hold.reason }]);
    }
    this.state.hold = { ...hold, since: before?.since ?? new Date().toISOString() };
    this.describe();
  }

  private release(): void {
    this.state.hold = undefined;
    upsertSearchAttributes([{ key: searchAttributes.holdReason, value: null }]);
    this.describe();
  }

  private erpWriter(plan: PlanSummary): ErpActivities {
    const { queuePrefix, timings } = this.state.input;
    return proxyActivities<ErpActivities>(erpWrite(erpQueue(queuePrefix, plan.erp), timings.retryMaximumSeconds));
  }

  private erpReader(plan: PlanSummary): ErpActivities {
    const { queuePrefix, timings } = this.state.input;
    return proxyActivities<ErpActivities>(erpRead(erpQueue(queuePrefix, plan.erp), timings.retryMaximumSeconds));
  }

  /** Reports a stage to the UI: one upsert with everything that changed. */
  show(stage: Stage, erpNumber?: string): void {
    this.state.stage = stage;
    upsertSearchAttributes([
      { key: searchAttributes.documentStage, value: stage },
      ...(erpNumber === undefined ? [] : [{ key: searchAttributes.erpNumber, value: erpNumber }]),
    ]);
    this.describe();
  }

  private describe(): void {
    setCurrentDetails(documentDetails(this.state));
  }
}
