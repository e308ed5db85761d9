import type { IgnoreDocument, ResolveVendor } from '../contracts/messages.js';
import type {
  DecideChange,
  ProcessPurchaseRequestInput,
  PurchaseOrderSummary,
  PurchaseRequestOutcome,
  PurchaseRequestReview,
  PurchaseRequestStage,
  PurchaseRequestStatus,
} from '../contracts/purchase-orders.js';
import type { Hold } from '../contracts/steps.js';

/**
 * What the workflow of a purchase request remembers. Messages are only remembered here; the main flow consults them, so that a
 * message that a reset puts back before its time keeps its meaning (temporal practices 11).
 */
export class PurchaseRequestState {
  stage: PurchaseRequestStage = 'discovered';
  hold: (Hold & { since: string; isOverdue: boolean }) | undefined;
  /** The number that people know; the id until Concur has told it. */
  number: string;
  waitingFor = 'Being read in Concur.';
  /** Why a person's wish has changed nothing. */
  notice = '';
  orders: PurchaseOrderSummary[] = [];
  openChanges: PurchaseRequestReview['openChanges'] = [];
  outcome: PurchaseRequestOutcome | undefined;
  ignoreRequest: IgnoreDocument | undefined;
  private resolutions: ResolveVendor[] = [];
  private decisions: DecideChange[] = [];
  private retries = 0;
  private consulted = 0;

  constructor(readonly input: ProcessPurchaseRequestInput) {
    this.number = input.key.requestId;
  }

  rememberRetry(): void {
    this.retries += 1;
  }

  rememberResolution(resolution: ResolveVendor): void {
    this.resolutions.push(resolution);
  }

  rememberDecision(decision: DecideChange): void {
    this.decisions.push(decision);
  }

  /** Something has come in that the next round should act on. */
  get hasNews(): boolean {
    const isAsked = this.retries > this.consulted || this.ignoreRequest !== undefined;
    return isAsked || this.resolutions.length > 0 || this.decisions.length > 0;
  }

  /** Takes the answers that have come in, oldest first; whoever asked for a round gets it now. */
  takeAnswers(): { resolutions: ResolveVendor[]; decisions: DecideChange[] } {
    const { resolutions, decisions } = this;
    this.resolutions = [];
    this.decisions = [];
    this.consulted = this.retries;
    return { resolutions, decisions };
  }

  remember({ orders, openChanges }: PurchaseRequestReview): void {
    this.orders = orders;
    this.openChanges = openChanges;
  }

  status(): PurchaseRequestStatus {
    const { stage, hold, waitingFor, orders, openChanges, outcome } = this;
    return {
      ...{ stage, waitingFor, orders, openChanges },
      ...(hold === undefined ? {} : { hold }),
      ...(outcome === undefined ? {} : { outcome }),
    };
  }
}
