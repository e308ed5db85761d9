import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { DocType } from '../contracts/documents.js';
import type { EventReceived, PollOnHintInput } from '../contracts/events.js';
import { messageNames } from '../contracts/messages.js';
import type { PollResult } from '../contracts/steps.js';
import { pollUntilNothingNew } from './poll-passes.js';

export const eventReceivedSignal = defineSignal<[EventReceived]>(messageNames.eventReceived);

/** A run that nobody has told anything is needless; the signal comes with the start. */
const firstHintMs = 10_000;

/**
 * Polls because events have announced documents, and again while more were announced since the last poll began; then it ends.
 * However many events come in, there is one run per connection, and what they announce meanwhile becomes one more round (S72).
 * A lost hint loses nothing: the scheduled poll finds the document (S74).
 */
export async function pollOnHint(input: PollOnHintInput): Promise<PollResult & { rounds: number }> {
  const hinted = new Set<DocType>(input.hinted);
  setHandler(
    eventReceivedSignal,
    (event) => {
      for (const docType of input.docTypes) if (isListed(event, docType)) hinted.add(docType);
    },
    { description: 'Documents of these types may be ready: {"docTypes": ["expense"]}' },
  );
  const total = { found: 0, fresh: 0, started: 0, rounds: 0 };
  await condition(() => hinted.size > 0, firstHintMs, { summary: 'Until the first hint' });
  while (hinted.size > 0) {
    if (total.rounds >= input.maximumRounds || workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof pollOnHint>({ ...input, hinted: [...hinted] });
    }
    const docTypes = input.docTypes.filter((docType) => hinted.has(docType));
    // Cleared before the round: what is announced while it runs may come behind the page that was read.
    hinted.clear();
    const round = await pollUntilNothingNew({ ...input, docTypes });
    total.found += round.found;
    total.fresh += round.fresh;
    total.started += round.started;
    total.rounds += 1;
  }
  await condition(allHandlersFinished);
  return total;
}

/** Checks the shape, since the signal can be sent by hand. */
function isListed(event: unknown, docType: DocType): boolean {
  const docTypes: unknown = typeof event === 'object' && event !== null ? Reflect.get(event, 'docTypes') : undefined;
  return Array.isArray(docTypes) && docTypes.includes(docType);
}
