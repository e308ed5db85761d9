import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  log,
  proxyActivities,
  rootCause,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { createWebhookActivities } from '../activities/index.js';
import { messageNames } from '../contracts/messages.js';
import { erpQueue } from '../contracts/task-queues.js';
import type { KeepWebhooksInput, WebhookState } from '../contracts/webhooks.js';
import { erpRead } from './activity-options.js';
import { tellCompanyNews } from './tell-company-news.js';

export const renewWebhooksSignal = defineSignal(messageNames.refreshNow);

/** After a failure that repeating does not cure. */
const lookAgainMs = 3_600_000;
/** A sweep that takes longer is left to the next check: it must not keep subscriptions from being renewed. */
const sweepLimitMs = 1_800_000;

/**
 * Keeps the webhooks of one Business Central connection (S54, S58): the one keeper of that connection (decisions 28), whose
 * tokens need none, since they are asked for with a secret when they are used. It lives as long as the connection and not as a
 * Schedule, because it has to wake at the instant at which a renewal is due, soon after a failure, and when a person asks for it.
 * It looks at the list of subscriptions at least every hour, and reads what may have been missed (S59). No client state or
 * address ever enters this workflow. Repair is terminate and bootstrap, never reset.
 */
export async function keepWebhooks(input: KeepWebhooksInput): Promise<void> {
  let isAsked = input.carried === true;
  setHandler(
    renewWebhooksSignal,
    () => {
      isAsked = true;
    },
    { description: 'Renew all subscriptions now, each with a new client state' },
  );
  const options = erpRead(erpQueue(input.queuePrefix, input.connection), input.retryMaximumSeconds);
  const keeper = proxyActivities<ReturnType<typeof createWebhookActivities>>(options);
  for (let check = 0; check < input.checksPerRun && !workflowInfo().continueAsNewSuggested; check += 1) {
    const asked = isAsked ? ({ renewAll: true } as const) : {};
    isAsked = false;
    const state = await keeper.keepWebhooks(asked).catch(messageOfFailure);
    setCurrentDetails(typeof state === 'string' ? failedDetails(input, state) : details(input, state));
    if (typeof state !== 'string' && state.isSweepDue) await sweep();
    const waitMs =
      typeof state === 'string' ? lookAgainMs : Math.max(1_000, new Date(state.nextCheckAt).getTime() - Date.now());
    await condition(() => isAsked, waitMs, { summary: 'Until the next check' });
  }
  await condition(allHandlersFinished);
  const { carried: _former, ...lasting } = input;
  await continueAsNew<typeof keepWebhooks>(isAsked ? { ...lasting, carried: true } : lasting);

  async function sweep(): Promise<void> {
    try {
      await CancellationScope.withTimeout(sweepLimitMs, async () => {
        const { news } = await keeper.sweepChanges({});
        for (const each of news) await tellCompanyNews(input, each);
      });
    } catch (error) {
      if (CancellationScope.current().consideredCancelled || !isEndOfSweep(error)) throw error;
      log.warn('what may have been missed could not all be read or told; the next check goes on with it', { error });
    }
  }
}

/** The keeper outlives a failure that repeating cannot cure: nobody else renews. */
function messageOfFailure(error: unknown): string {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
  return rootCause(error) ?? error.message;
}

const isEndOfSweep = (error: unknown): boolean => error instanceof ActivityFailure || isCancellation(error);

function details({ connection }: KeepWebhooksInput, { held, polled, firstExpiry }: WebhookState): string {
  return [
    `### Webhooks of ${connection}: ${held} subscriptions stand`,
    ...(firstExpiry === undefined ? [] : [`The first one would end ${firstExpiry}; all are renewed long before.`]),
    ...(polled.length === 0
      ? []
      : [
          `**Found by polling for now**\n${polled.map(({ company, set, reason }) => `- ${set} of ${company}: ${reason}`).join('\n')}`,
        ]),
    '**Message:** `refreshNow` renews all of them at once.',
  ].join('\n\n');
}

const failedDetails = ({ connection }: KeepWebhooksInput, reason: string): string =>
  [
    `### Webhooks of ${connection} could not be looked after`,
    `**What happened:** ${reason}`,
    'It is tried again within the hour, and on the signal `refreshNow`. Changes are found by polling.',
  ].join('\n\n');
