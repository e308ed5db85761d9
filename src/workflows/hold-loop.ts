import { condition } from '@temporalio/workflow';
import type { ProxiedDocumentActivities } from './activity-proxies.js';
import type { AcceptPosting, ReleaseDocument, ReturnDocument } from '../contracts/messages.js';
import type { Outcome } from '../contracts/stages.js';
import type { Hold, StepResult } from '../contracts/steps.js';
import type { DocumentDisplay } from './document-display.js';
import type { DocumentState, News } from './document-state.js';

/** Thrown inside the flow when a step ends the document early, for example because Concur recalled it. */
export class DocumentEnded extends Error {
  override readonly name = 'DocumentEnded';

  constructor(
    readonly outcome: Outcome,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Thrown inside the flow when the document has to leave the ERP and go back to Concur: see `DocumentExit`. */
export class DocumentLeaving extends Error {
  override readonly name = 'DocumentLeaving';
}

/** Thrown on the way out when a person keeps the document after all: it goes on where it stood. */
export class DocumentKept extends Error {
  override readonly name = 'DocumentKept';
}

/** Repeats steps that hold, and waits in between for whatever may release the hold. */
export class HoldLoop {
  constructor(
    private readonly state: DocumentState,
    private readonly display: DocumentDisplay,
    private readonly documents: ProxiedDocumentActivities,
  ) {}

  /**
   * Repeats a step until its business answer is "done". While it holds, the document waits for a person, for the vendor to
   * appear, for news from the ERP, or for the next reminder; then the step is tried again, which is harmless.
   * @throws DocumentEnded, DocumentLeaving or DocumentKept where a person, a rule or Concur takes the document off its way
   */
  async untilDone<T>(attempt: () => Promise<StepResult<T>>): Promise<{ status: 'done' } & T> {
    for (;;) {
      await this.consultCancel();
      await this.consultReturn();
      const seen = this.state.news;
      const result = await attempt();
      if (result.status !== 'hold' && this.state.hold) this.display.release();
      if (result.status === 'done') return result;
      if (result.status === 'ended') throw new DocumentEnded(result.outcome, result.detail);
      if (result.status === 'leaving') throw new DocumentLeaving();
      this.display.holdFor(result);
      if (this.state.input.returns.reasons.includes(result.hold.reason)) await this.returnByRule(result.hold);
      await this.waitForRelease(result.hold, seen);
    }
  }

  /**
   * Acts on a person's request to return the document. It may have come at any time, also before its time when a reset has put
   * it back; whether it is possible, the store knows. While the document is leaving already, it only changes the reason.
   */
  private async consultReturn(): Promise<void> {
    const { state } = this;
    const request = state.returnRequest;
    if (!request) return;
    const isAccepted = await this.requestReturn(request, false);
    if (state.returnRequest === request) state.returnRequest = undefined;
    if (isAccepted && !state.isLeaving) throw new DocumentLeaving();
  }

  /**
   * Acts on a person's request to keep a document that is leaving, before anything more of it is taken out. Whether it may still
   * be kept, the store knows: not once part of it has left, or Concur has been told.
   */
  private async consultCancel(): Promise<void> {
    const { state } = this;
    const request = state.cancelRequest;
    if (!state.isLeaving || !request) return;
    const answer = await this.documents.cancelReturn({ documentId: state.input.documentId, ...request });
    if (state.cancelRequest === request) state.cancelRequest = undefined;
    state.notice = answer.accepted ? '' : answer.why;
    this.display.describe();
    if (!answer.accepted) return;
    this.display.release();
    throw new DocumentKept();
  }

  /** A rule is asked once per hold; where it does not apply, the document goes on waiting for a person. */
  private async returnByRule(hold: Hold): Promise<void> {
    const { state } = this;
    if (state.isLeaving || state.hold?.isRuleAsked) return;
    if (state.hold) state.hold.isRuleAsked = true;
    // What a person has asked before is no answer to what the rule asks now.
    state.cancelRequest = undefined;
    const reason = (hold.findings ?? [hold.message]).join('\n');
    if (await this.requestReturn({ by: 'connector', reason }, true)) throw new DocumentLeaving();
  }

  private async requestReturn(request: ReturnDocument, isAutomatic: boolean): Promise<boolean> {
    const { documentId } = this.state.input;
    const answer = await this.documents.requestReturn({ documentId, ...request, isAutomatic });
    this.state.notice = answer.accepted ? '' : answer.why;
    if (!answer.accepted) this.display.describe();
    return answer.accepted;
  }

  private async waitForRelease(hold: Hold, seen: News): Promise<void> {
    const { state } = this;
    const { documentId } = state.input;
    const released = () =>
      state.nextResolution(hold.vendorKeys) !== undefined ||
      state.returnRequest !== undefined ||
      state.ignoreRequest !== undefined ||
      (hold.reason === 'posted-differently' && state.acceptRequest !== undefined) ||
      (hold.reason === 'awaiting-release' && state.releaseRequest !== undefined) ||
      (state.isLeaving && state.cancelRequest !== undefined) ||
      state.news.retries > seen.retries ||
      state.news.postingHints > seen.postingHints ||
      state.news.paymentHints > seen.paymentHints;
    await condition(released, this.reminderMs(), { summary: `On hold: ${hold.reason}` });
    const resolution = state.nextResolution(hold.vendorKeys);
    if (state.ignoreRequest) {
      const { outcome, detail } = await this.documents.ignoreDocument({ documentId, ...state.ignoreRequest });
      this.display.release();
      throw new DocumentEnded(outcome, detail);
    }
    if (hold.reason === 'posted-differently' && state.acceptRequest) {
      await this.consultAcceptance(state.acceptRequest);
    } else if (hold.reason === 'awaiting-release' && state.releaseRequest) {
      await this.consultReleaseOf(state.releaseRequest);
    } else if (resolution) {
      await this.documents.rememberVendor({ documentId, resolution });
      state.markApplied(resolution);
    } else if (!released()) {
      await this.pastLimit(hold);
    }
  }

  /** Acts on a person's request to take the posting as it stands; whether it can be taken, the store knows. */
  private async consultAcceptance(request: AcceptPosting): Promise<void> {
    const { state } = this;
    const answer = await this.documents.acceptPosting({ documentId: state.input.documentId, ...request });
    if (state.acceptRequest === request) state.acceptRequest = undefined;
    state.notice = answer.accepted ? '' : answer.why;
    this.display.describe();
  }

  /** Acts on a person's release; whether the plan is still the one that was looked at, the store knows. */
  private async consultReleaseOf(request: ReleaseDocument): Promise<void> {
    const { state } = this;
    const answer = await this.documents.releaseDocument({ documentId: state.input.documentId, ...request });
    if (state.releaseRequest === request) state.releaseRequest = undefined;
    state.notice = answer.accepted ? '' : answer.why;
    this.display.describe();
  }

  /** At its limit a held document goes back to Concur where that is configured; else a person is asked to decide (C14). */
  private async pastLimit(hold: Hold): Promise<void> {
    const { state } = this;
    if (!state.hold || state.hold.isOverdue || this.heldForMs() < this.holdLimitMs()) return;
    state.hold.isOverdue = true;
    if (state.input.returns.atHoldLimit) await this.returnByRule(hold);
    await this.documents.alertHoldOverdue({ documentId: state.input.documentId });
  }

  /**
   * A held document tries again at each reminder, and exactly at its limit. Past the limit it tries as rarely as a waiting
   * document, so that its history stays bounded (S86, S106).
   */
  private reminderMs(): number {
    const { holdReminderSeconds, selfCheckSeconds } = this.state.input.timings;
    const untilLimitMs = this.holdLimitMs() - this.heldForMs();
    if (untilLimitMs <= 0) return Math.max(holdReminderSeconds, selfCheckSeconds) * 1_000;
    return Math.max(1_000, Math.min(holdReminderSeconds * 1_000, untilLimitMs));
  }

  private heldForMs(): number {
    return Date.now() - new Date(this.state.hold?.since ?? Date.now()).getTime();
  }

  private holdLimitMs(): number {
    return this.state.input.timings.holdLimitSeconds * 1_000;
  }
}
