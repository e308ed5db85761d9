import { condition } from '@temporalio/workflow';
import type { ProxiedDocumentActivities } from './activity-proxies.js';
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
   */
  async untilDone<T>(attempt: () => Promise<StepResult<T>>): Promise<{ status: 'done' } & T> {
    for (;;) {
      const seen = this.state.news;
      const result = await attempt();
      if (result.status !== 'hold' && this.state.hold) this.display.release();
      if (result.status === 'done') return result;
      if (result.status === 'ended') throw new DocumentEnded(result.outcome, result.detail);
      this.display.holdFor(result);
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
    await condition(released, this.reminderMs(), { summary: `On hold: ${hold.reason}` });
    const resolution = state.nextResolution(hold.vendorKeys);
    if (resolution) {
      await this.documents.rememberVendor({ documentId: state.input.documentId, resolution });
      state.markApplied(resolution);
    } else if (!released() && state.hold && this.heldForMs() >= this.holdLimitMs() && !state.hold.isOverdue) {
      state.hold.isOverdue = true;
      await this.documents.alertHoldOverdue({ documentId: state.input.documentId });
    }
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
