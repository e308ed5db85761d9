import type { PollInput, PollResult } from '../contracts/steps.js';
import { pollUntilNothingNew } from './poll-passes.js';

/** The scheduled poll of one document type: the backbone, with or without events (S68). */
export async function pollDocuments(input: PollInput): Promise<PollResult> {
  return pollUntilNothingNew(input);
}
