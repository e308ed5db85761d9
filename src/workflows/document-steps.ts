import { condition, proxyActivities } from '@temporalio/workflow';
import type { PlanSummary, PostResult, StepResult } from '../contracts/steps.js';
import { concurQueue, erpQueue } from '../contracts/task-queues.js';
import { concurCall, erpRead, erpWrite } from './activity-options.js';
import type {
  ConcurActivities,
  ErpActivities,
  ProxiedConcurActivities,
  ProxiedDocumentActivities,
  ProxiedErpActivities,
} from './activity-proxies.js';
import type { DocumentDisplay } from './document-display.js';
import type { DocumentState } from './document-state.js';
import type { HoldLoop } from './hold-loop.js';
import { answerOfAll, erpsOf } from './each-erp.js';
import { DocumentEnded } from './hold-loop.js';
import { selfCheckDelaySeconds } from './self-check.js';

/** The steps of one document, in business order. */
export class DocumentSteps {
  private readonly concur: ProxiedConcurActivities;
  private readonly step: { documentId: string };

  constructor(
    private readonly state: DocumentState,
    private readonly display: DocumentDisplay,
    private readonly holds: HoldLoop,
    private readonly documents: ProxiedDocumentActivities,
  ) {
    const { key, queuePrefix, timings, documentId } = state.input;
    this.step = { documentId };
    this.concur = proxyActivities<ConcurActivities>(
      concurCall(concurQueue(queuePrefix, key.connection), timings.retryMaximumSeconds),
    );
  }

  async run(): Promise<DocumentEnded> {
    this.display.describe();
    const summary = `Acknowledge ${this.state.input.humanNumber} in Concur`;
    await this.holds.untilDone(() => this.concur.acknowledgeInConcur.executeWithOptions({ summary }, [this.step]));
    this.state.stage = 'acknowledged';
    const plan = await this.write();
    await this.confirmPosting(plan);
    if (!plan.awaitsPayment) return new DocumentEnded('posted-no-payment-expected', plan.noPaymentReason);
    return this.awaitPayment(plan);
  }

  /**
   * Plans the ERP documents, checks what they need, and writes them. A hold at any of these repeats all three, since a mapping,
   * the ERP, or a posting date may have been mended; what the ERP may hold already keeps its plan.
   */
  private async write(): Promise<PlanSummary> {
    const { plan } = await this.holds.untilDone(async () => {
      const planned = await this.planAndCheck();
      if (planned.status !== 'done') return planned;
      // A document without amounts goes nowhere; Concur is told at once.
      if (planned.parts.length === 0) return { status: 'done' as const, plan: planned };
      this.display.showPlan(planned);
      const released = await this.askForRelease(planned);
      if (released.status !== 'done') return released;
      const written = await this.post(planned);
      return written.status === 'done' ? { status: 'done' as const, plan: planned } : written;
    });
    return plan;
  }

  /**
   * The ERP says on which days it takes postings when it is asked for what the plan needs: where the planned day is closed, a
   * second plan knows the open ones (B10).
   */
  private async planAndCheck(): Promise<StepResult<PlanSummary>> {
    const first = await this.planOnce();
    const isClosed = first.status === 'hold' && first.hold.reason === 'period-closed' && first.target !== undefined;
    return isClosed ? this.planOnce() : first;
  }

  private async planOnce(): Promise<StepResult<PlanSummary>> {
    const planned = await this.documents.planErpDocuments.executeWithOptions(
      { summary: 'Map to accounts, dimensions and vendor' },
      [this.step],
    );
    if (planned.status !== 'done' || planned.parts.length === 0) return planned;
    // Everything that takes part is looked at before anything is written anywhere (B37).
    const checked = await this.inEachErp(planned, (erp, companies) => {
      const summary = `Check vendor, accounts and dimensions in ${companies}`;
      return erp.checkMasterDataInErp.executeWithOptions({ summary }, [this.step]);
    });
    if (checked.status === 'done') return planned;
    return checked.status === 'hold' ? { ...checked, target: planned } : checked;
  }

  /** Where the ERP connection posts only what a person has released, the plan waits for that after all other checks (B6). */
  private async askForRelease(plan: PlanSummary): Promise<StepResult<object>> {
    if (!plan.awaitsRelease) return { status: 'done' };
    const summary = 'Wait for the release of the plan';
    const asked = await this.documents.askForRelease.executeWithOptions({ summary }, [this.step]);
    return asked.status === 'hold' ? { ...asked, target: plan } : asked;
  }

  private async post(plan: PlanSummary): Promise<StepResult<object>> {
    const { queuePrefix, timings } = this.state.input;
    for (const { part, erp: name, company } of plan.parts) {
      const erp = proxyActivities<ErpActivities>(erpWrite(erpQueue(queuePrefix, name), timings.retryMaximumSeconds));
      const summary = `Write to ${company}`;
      const result = await erp.postToErp.executeWithOptions({ summary }, [{ ...this.step, part }]);
      if (result.status !== 'done') return result;
      this.state.remember(result);
    }
    return { status: 'done' };
  }

  /** Waits for the proof of posting where the ERP posts by itself, then tells Concur. */
  private async confirmPosting(plan: PlanSummary): Promise<void> {
    let deadlineAt = new Date(this.state.writtenAt).getTime() + plan.postingDeadlineSeconds * 1_000;
    let consulted = 0;
    let proved = this.state.erpDocuments.length === plan.parts.length;
    while (!proved || !(await this.tellPosting(plan))) {
      if (this.state.stage !== 'in-erp') this.display.show('in-erp');
      const seen = consulted;
      const news = () => this.state.news.postingHints > seen || this.state.returnRequest !== undefined;
      const told = await this.waitUntil(news, deadlineAt, 'Waiting until the ERP posts');
      consulted = this.state.news.postingHints;
      if (!told && Date.now() >= deadlineAt) {
        await this.documents.alertPostingOverdue(this.step);
        deadlineAt = Number.POSITIVE_INFINITY;
      }
      proved = told || (await this.selfCheckPosting(plan));
    }
    this.state.waitingFor = plan.awaitsPayment
      ? `Posted and confirmed to Concur. Waiting for ${plan.company} to pay.`
      : '';
    const numbers = this.state.erpDocuments.map((each) => each.number).join(' ');
    this.display.show(plan.awaitsPayment ? 'awaiting-payment' : 'posted', numbers === '' ? undefined : numbers);
  }

  /** False while the store knows of no proof. A try after a hold asks the ERP itself, whatever the watch has seen. */
  private async tellPosting(plan: PlanSummary): Promise<boolean> {
    let askErp = false;
    const result = await this.holds.untilDone(async () => {
      const checked = askErp ? await this.askPosting(plan) : undefined;
      askErp = true;
      if (checked !== undefined && checked.status !== 'done') return checked;
      const summary = 'Tell Concur that it is posted';
      return this.concur.confirmPostingInConcur.executeWithOptions({ summary }, [this.step]);
    });
    this.state.remember(result);
    return result.posted;
  }

  /** The net under the bulk watch. */
  private async selfCheckPosting(plan: PlanSummary): Promise<boolean> {
    const found = await this.holds.untilDone(() => this.askPosting(plan));
    this.state.remember(found);
    this.display.describe();
    return found.posted;
  }

  private async askPosting(plan: PlanSummary): Promise<StepResult<PostResult>> {
    if (plan.parts.length === 0) {
      return { status: 'done', posted: true, erpDocuments: [], writtenAt: '', waitingFor: '' };
    }
    return this.inEachErp(plan, (erp, companies) => {
      const summary = `Self-check: is it posted in ${companies}?`;
      return erp.checkPostingInErp.executeWithOptions({ summary }, [this.step]);
    });
  }

  private async inEachErp<T>(
    plan: PlanSummary,
    ask: (erp: ProxiedErpActivities, companies: string) => Promise<StepResult<T>>,
  ): Promise<StepResult<T>> {
    const answers: StepResult<T>[] = [];
    for (const { erp, companies } of erpsOf(plan)) answers.push(await ask(this.erpReader(erp), companies.join(', ')));
    return answerOfAll(answers);
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
      // As with the posting, a try after a hold does not rely on what the watcher has stored.
      let askErp = !told;
      const result = await this.holds.untilDone(async () => {
        const checked = askErp ? await this.askPayment(plan) : undefined;
        askErp = true;
        if (checked !== undefined && checked.status !== 'done') return checked;
        const summary = 'Tell Concur what the ERP has paid';
        return this.concur.confirmPaymentInConcur.executeWithOptions({ summary }, [this.step]);
      });
      if (result.state === 'paid') return new DocumentEnded('paid', result.detail);
      this.state.waitingFor = result.detail;
      if (result.state === 'partly-paid' && this.state.stage !== 'partly-paid') this.display.show('partly-paid');
      else this.display.describe();
    }
  }

  private askPayment(plan: PlanSummary): Promise<StepResult<object>> {
    const summary = `Self-check: is it paid in ${plan.company}?`;
    return this.erpReader(plan.erp).checkPaymentInErp.executeWithOptions({ summary }, [this.step]);
  }

  /** True when the news has come; false when the self-check or the deadline is due. */
  private async waitUntil(news: () => boolean, deadlineAt: number, summary: string): Promise<boolean> {
    const { selfCheckSeconds } = this.state.input.timings;
    const checkMs = selfCheckDelaySeconds(this.state.input.documentId, selfCheckSeconds) * 1_000;
    return condition(news, Math.max(1_000, Math.min(checkMs, deadlineAt - Date.now())), { summary });
  }

  private erpReader(erp: string): ProxiedErpActivities {
    const { queuePrefix, timings } = this.state.input;
    return proxyActivities<ErpActivities>(erpRead(erpQueue(queuePrefix, erp), timings.retryMaximumSeconds));
  }
}
