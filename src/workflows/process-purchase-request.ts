import { allHandlersFinished, condition, proxyActivities } from '@temporalio/workflow';
import type {
  createDocumentActivities,
  createPurchaseOrderActivities,
  createPurchaseRequestActivities,
  createPurchaseReviewActivities,
} from '../activities/index.js';
import type {
  ProcessPurchaseRequestInput,
  ProcessPurchaseRequestResult,
  PurchaseOrderTodo,
  PurchaseRequestReview,
} from '../contracts/purchase-orders.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import { concurQueue, documentsQueue, erpQueue } from '../contracts/task-queues.js';
import { concurCall, erpRead, erpWrite, internal } from './activity-options.js';
import { PurchaseRequestDisplay } from './purchase-request-display.js';
import { registerPurchaseHandlers } from './purchase-request-messages.js';
import { PurchaseRequestState } from './purchase-request-state.js';
import { selfCheckDelaySeconds } from './self-check.js';

type ConcurActivities = ReturnType<typeof createPurchaseRequestActivities>;
type ErpActivities = ReturnType<typeof createPurchaseOrderActivities>;
type StoreActivities = ReturnType<typeof createPurchaseReviewActivities> &
  Pick<ReturnType<typeof createDocumentActivities>, 'rememberVendor'>;

type Ended = NonNullable<PurchaseRequestReview['ended']>;

/** Thrown inside a round when a step holds: the round is begun again once the hold is released. */
class Held extends Error {
  override readonly name = 'Held';

  constructor(readonly hold: Hold) {
    super(hold.message);
  }
}

/**
 * One purchase request of Concur, from its id to the purchase orders in the ERP and to their ends (C5). It goes round: read in
 * Concur, look into the ERP, do what is to be done, wait. Every step may be repeated, so that a hold simply begins a new round.
 * A change never edits what stands in the ERP: it is shown and waits for a person (S113). Nothing is deleted on either side.
 */
export async function processPurchaseRequest(
  input: ProcessPurchaseRequestInput,
): Promise<ProcessPurchaseRequestResult> {
  const state = new PurchaseRequestState(input);
  registerPurchaseHandlers(state);
  const display = new PurchaseRequestDisplay(state);
  const end = await new PurchaseRequestRounds(state, display).run();
  state.outcome = end.outcome;
  state.waitingFor = end.detail;
  display.release();
  display.show('closed');
  await condition(allHandlersFinished);
  return { ...end, orders: state.orders };
}

class PurchaseRequestRounds {
  private readonly store: ReturnType<typeof proxyActivities<StoreActivities>>;
  private readonly concur: ReturnType<typeof proxyActivities<ConcurActivities>>;
  private pendingRounds = 0;

  constructor(
    private readonly state: PurchaseRequestState,
    private readonly display: PurchaseRequestDisplay,
  ) {
    const { key, queuePrefix, timings } = state.input;
    this.store = proxyActivities<StoreActivities>(internal(documentsQueue(queuePrefix)));
    this.concur = proxyActivities<ConcurActivities>(
      concurCall(concurQueue(queuePrefix, key.connection), timings.retryMaximumSeconds),
    );
  }

  async run(): Promise<Ended> {
    for (;;) {
      await this.consultAnswers();
      const ignored = await this.consultIgnore();
      if (ignored) return ignored;
      try {
        const ended = await this.round();
        if (ended) return ended;
        this.display.release();
        await this.wait('Next look at Concur and the ERP', this.pauseSeconds());
      } catch (error) {
        if (!(error instanceof Held)) throw error;
        this.display.holdFor(error.hold);
        await this.wait(`On hold: ${error.hold.reason}`, this.reminderSeconds());
        await this.pastLimit();
      }
    }
  }

  /** @throws Held */
  private async round(): Promise<Ended | undefined> {
    const { state, display } = this;
    const { id } = state.input;
    const read = held(await this.concur.readPurchaseRequestFromConcur({ id }));
    state.number = read.requestNumber ?? state.number;
    for (const erp of read.watchedIn) held(await this.erpOf(erp, 'read').checkPurchaseOrdersInErp({ id }));
    let review = await this.review();
    while (review.todos.length > 0) {
      display.show(state.stage === 'discovered' ? 'posting' : state.stage);
      await this.doAll(review.todos);
      review = await this.review();
    }
    if (review.ended) return review.ended;
    const isPending = read.waitingFor !== undefined;
    this.pendingRounds = isPending ? this.pendingRounds + 1 : 0;
    state.waitingFor =
      read.waitingFor ?? 'The orders stand in the ERP as they were written; they are looked at from time to time.';
    display.show(review.orders.some(({ erpNumber }) => erpNumber !== undefined) ? 'in-erp' : 'discovered');
    return undefined;
  }

  private async review(): Promise<PurchaseRequestReview> {
    const review = held(await this.store.reviewPurchaseRequest({ id: this.state.input.id }));
    this.state.remember(review);
    return review;
  }

  /** One order that is refused does not keep the others from being written. */
  private async doAll(todos: PurchaseOrderTodo[]): Promise<void> {
    const { id } = this.state.input;
    let first: Hold | undefined;
    for (const { what, orderNumber, erp } of todos) {
      const step = { id, orderNumber };
      const result =
        what === 'write'
          ? await this.erpOf(erp, 'write').writePurchaseOrderToErp.executeWithOptions(
              { summary: `Order ${orderNumber} to ${erp}` },
              [step],
            )
          : await this.concur.closePurchaseOrderInConcur(step);
      if (result.status === 'hold') first ??= result.hold;
    }
    if (first) throw new Held(first);
  }

  private erpOf(erp: string, kind: 'read' | 'write'): ReturnType<typeof proxyActivities<ErpActivities>> {
    const { queuePrefix, timings } = this.state.input;
    const options = kind === 'read' ? erpRead : erpWrite;
    return proxyActivities<ErpActivities>(options(erpQueue(queuePrefix, erp), timings.retryMaximumSeconds));
  }

  private async consultAnswers(): Promise<void> {
    const { state, store } = this;
    const { id } = state.input;
    const { resolutions, decisions } = state.takeAnswers();
    for (const resolution of resolutions) await store.rememberVendor({ documentId: id, resolution });
    if (decisions.length > 0) state.notice = '';
    for (const decision of decisions) {
      const answer = await store.decidePurchaseOrderChange({ id, ...decision });
      if (!answer.accepted) state.notice = answer.why;
    }
  }

  private async consultIgnore(): Promise<Ended | undefined> {
    const { ignoreRequest, input } = this.state;
    return ignoreRequest && this.store.ignorePurchaseRequest({ id: input.id, ...ignoreRequest });
  }

  private async wait(summary: string, seconds: number): Promise<void> {
    await condition(() => this.state.hasNews, seconds * 1_000, { summary });
  }

  /** Concur makes a request within minutes; its approval may take weeks. */
  private pauseSeconds(): number {
    const { id, timings } = this.state.input;
    const { pendingSeconds, checkSeconds } = timings;
    if (this.pendingRounds > 0) return Math.min(checkSeconds, pendingSeconds * 2 ** (this.pendingRounds - 1));
    return selfCheckDelaySeconds(id, checkSeconds);
  }

  /** Past its limit a held request tries as rarely as a watched one, so that its history stays bounded (S106). */
  private reminderSeconds(): number {
    const { holdReminderSeconds, checkSeconds } = this.state.input.timings;
    return this.state.hold?.isOverdue ? Math.max(holdReminderSeconds, checkSeconds) : holdReminderSeconds;
  }

  private async pastLimit(): Promise<void> {
    const { hold, input } = this.state;
    const heldMs = Date.now() - new Date(hold?.since ?? Date.now()).getTime();
    if (!hold || hold.isOverdue || heldMs < input.timings.holdLimitSeconds * 1_000) return;
    hold.isOverdue = true;
    await this.store.alertPurchaseRequestOverdue({ id: input.id });
  }
}

/** The result of a step that is done. A step of a purchase request never ends it early: the review does. */
function held<T>(result: StepResult<T>): T {
  if (result.status === 'done') return result;
  if (result.status === 'hold') throw new Held(result.hold);
  throw new Error(`A step of a purchase request answered ${result.status}.`);
}
