import { allHandlersFinished, condition, proxyActivities } from '@temporalio/workflow';
import type { ProcessDocumentInput, ProcessDocumentResult } from '../contracts/steps.js';
import { documentsQueue } from '../contracts/task-queues.js';
import { internal } from './activity-options.js';
import type { DocumentActivities } from './activity-proxies.js';
import { DocumentDisplay } from './document-display.js';
import { DocumentExit } from './document-exit.js';
import { registerHandlers } from './document-messages.js';
import { DocumentState } from './document-state.js';
import { DocumentSteps } from './document-steps.js';
import { DocumentEnded, DocumentKept, DocumentLeaving, HoldLoop } from './hold-loop.js';

/**
 * One Concur document from discovery to payment (requirements section 0): acknowledge → validate → post → prove → confirm
 * posting → wait for payment → confirm payment; or back to Concur. Business trouble holds and never fails; the end is always an
 * outcome.
 */
export async function processDocument(input: ProcessDocumentInput): Promise<ProcessDocumentResult> {
  const state = new DocumentState(input);
  registerHandlers(state);
  const end = await handle(state).catch((error: unknown) => {
    if (error instanceof DocumentEnded) return error;
    throw error;
  });
  state.outcome = end.outcome;
  state.waitingFor = end.detail;
  new DocumentDisplay(state).show('closed');
  await condition(allHandlersFinished);
  return { outcome: end.outcome, detail: end.detail, erpDocuments: state.erpDocuments };
}

async function handle(state: DocumentState): Promise<DocumentEnded> {
  const display = new DocumentDisplay(state);
  const documents = proxyActivities<DocumentActivities>(internal(documentsQueue(state.input.queuePrefix)));
  const holds = new HoldLoop(state, display, documents);
  for (;;) {
    try {
      return await new DocumentSteps(state, display, holds, documents).run();
    } catch (error) {
      if (!(error instanceof DocumentLeaving)) throw error;
    }
    try {
      return await new DocumentExit(state, display, holds, documents).run();
    } catch (error) {
      // Every step finds what it did before, so that the way may simply be begun again.
      if (!(error instanceof DocumentKept)) throw error;
      state.isLeaving = false;
    }
  }
}
