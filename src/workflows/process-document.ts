import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { ProcessDocumentInput, ProcessDocumentResult } from '../contracts/steps.js';
import { DocumentDisplay } from './document-display.js';
import { registerHandlers } from './document-messages.js';
import { DocumentState } from './document-state.js';
import { DocumentSteps } from './document-steps.js';
import { DocumentEnded } from './hold-loop.js';

/**
 * One Concur document from discovery to payment (requirements section 0): acknowledge → validate → post → prove → confirm
 * posting → wait for payment → confirm payment. Business trouble holds and never fails; the end is always an outcome.
 */
export async function processDocument(input: ProcessDocumentInput): Promise<ProcessDocumentResult> {
  const state = new DocumentState(input);
  registerHandlers(state);
  const display = new DocumentDisplay(state);
  const end = await new DocumentSteps(state, display).run().catch((error: unknown) => {
    if (error instanceof DocumentEnded) return error;
    throw error;
  });
  state.outcome = end.outcome;
  state.waitingFor = end.detail;
  display.show('closed');
  await condition(allHandlersFinished);
  return { outcome: end.outcome, detail: end.detail, erpDocuments: state.erpDocuments };
}
