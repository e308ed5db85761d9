import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { createWebhookActivities } from '../activities/index.js';
import { messageNames } from '../contracts/messages.js';
import { erpQueue } from '../contracts/task-queues.js';
import type { FollowChangesInput } from '../contracts/webhooks.js';
import { erpRead } from './activity-options.js';
import { tellCompanyNews } from './tell-company-news.js';

export const changesNotifiedSignal = defineSignal(messageNames.changesNotified);

/** A run that nobody has told anything is needless; the signal comes with the start. */
const firstSignalMs = 10_000;

/**
 * Follows the notifications of one Business Central connection that wait in the store, and again while more came in since; then
 * it ends. However many come in, there is one run per connection, and what comes in during a round is one more round, after a
 * pause. A lost signal loses nothing: the receiver repeats it, and the watches poll (S55).
 */
export async function followChanges(input: FollowChangesInput): Promise<{ fresh: number; rounds: number }> {
  let signals = 0;
  setHandler(
    changesNotifiedSignal,
    () => {
      signals += 1;
    },
    { description: 'Notifications of Business Central wait in the store' },
  );
  const { followNotifications } = proxyActivities<ReturnType<typeof createWebhookActivities>>(
    erpRead(erpQueue(input.queuePrefix, input.connection), input.retryMaximumSeconds),
  );
  const total = { fresh: 0, rounds: 0 };
  let isMore = input.isMore === true;
  await condition(() => isMore || signals > 0, firstSignalMs, { summary: 'Until the first signal' });
  for (let seen = 0; isMore || signals > seen;) {
    if (total.rounds >= input.maximumRounds || workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof followChanges>({ ...input, isMore: true });
    }
    if (total.rounds > 0) await sleep(input.paceSeconds * 1_000, { summary: 'Between two rounds' });
    // Noted before the round: what comes in while it runs may stand behind what was read.
    seen = signals;
    const followed = await followNotifications({});
    for (const news of followed.news) await tellCompanyNews(input, news);
    total.fresh += followed.fresh;
    total.rounds += 1;
    isMore = followed.isMore;
  }
  await condition(allHandlersFinished);
  return total;
}
