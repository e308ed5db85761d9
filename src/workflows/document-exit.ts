import { proxyActivities } from '@temporalio/workflow';
import type { DocumentEnd } from '../contracts/leaving.js';
import type { StepResult } from '../contracts/steps.js';
import { concurQueue, erpQueue } from '../contracts/task-queues.js';
import { concurCall, erpWrite } from './activity-options.js';
import type { ConcurActivities, ErpActivities, ProxiedDocumentActivities } from './activity-proxies.js';
import type { DocumentDisplay } from './document-display.js';
import type { DocumentState } from './document-state.js';
import type { HoldLoop } from './hold-loop.js';
import { DocumentEnded } from './hold-loop.js';

/**
 * The way out: what is unposted leaves the ERP, then Concur gets the document back with the reason, or has taken it back itself
 * (FIS spec 5.1, 5.2). All or nothing; where something stays in the ERP, it holds and Concur hears nothing.
 */
export class DocumentExit {
  constructor(
    private readonly state: DocumentState,
    private readonly display: DocumentDisplay,
    private readonly holds: HoldLoop,
    private readonly documents: ProxiedDocumentActivities,
  ) {}

  async run(): Promise<DocumentEnded> {
    const { state } = this;
    state.isLeaving = true;
    state.waitingFor = 'Being taken out of the ERP, to go back to Concur.';
    this.display.release();
    this.display.describe();
    const end = await this.holds
      .untilDone(() => this.leave())
      .catch((error: unknown) => {
        if (error instanceof DocumentEnded) return error;
        throw error;
      });
    await this.documents.wakeRelated({ documentId: state.input.documentId });
    return new DocumentEnded(end.outcome, end.detail);
  }

  private async leave(): Promise<StepResult<DocumentEnd>> {
    const { documentId, key, queuePrefix, timings, humanNumber } = this.state.input;
    const plan = await this.documents.prepareLeaving({ documentId });
    if (plan.status !== 'done') return plan;
    for (const { part, erp, company } of plan.parts) {
      const erpActivities = proxyActivities<ErpActivities>(
        erpWrite(erpQueue(queuePrefix, erp), timings.retryMaximumSeconds),
      );
      const summary = `Take it out of ${company}`;
      const withdrawn = await erpActivities.withdrawFromErp.executeWithOptions({ summary }, [{ documentId, part }]);
      if (withdrawn.status !== 'done') return withdrawn;
    }
    if (plan.outcome === 'recalled') return this.documents.endRecalled({ documentId });
    const concur = proxyActivities<ConcurActivities>(
      concurCall(concurQueue(queuePrefix, key.connection), timings.retryMaximumSeconds),
    );
    const summary = `Return ${humanNumber} to Concur`;
    return concur.returnToConcur.executeWithOptions({ summary }, [{ documentId }]);
  }
}
