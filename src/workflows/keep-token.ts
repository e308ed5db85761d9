import {
  ActivityFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  rootCause,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { createTokenActivities } from '../activities/index.js';
import { messageNames } from '../contracts/messages.js';
import type { KeepTokenInput, TokenState } from '../contracts/steps.js';
import { concurQueue } from '../contracts/task-queues.js';
import { concurCall } from './activity-options.js';

export const refreshNowSignal = defineSignal(messageNames.refreshNow);

/** How long a parked connection waits before it looks whether a person has entered a new request token. */
const parkedCheckMs = 60_000;

/**
 * Keeps the tokens of one Concur connection fresh: the only place that decides when to renew (S24). No token ever enters
 * this workflow; it knows instants only. Repair is terminate and bootstrap, never reset (decisions 28).
 */
export async function keepToken(input: KeepTokenInput): Promise<void> {
  let asked = 0;
  setHandler(
    refreshNowSignal,
    () => {
      asked += 1;
    },
    { description: 'Renew now: a token was refused, or new credentials were entered' },
  );
  const { keepTokenFresh } = proxyActivities<ReturnType<typeof createTokenActivities>>(
    concurCall(concurQueue(input.queuePrefix, input.connection), 300),
  );
  for (let rotation = 0; rotation < input.rotationsPerRun && !workflowInfo().continueAsNewSuggested; rotation += 1) {
    const seen = asked;
    const state = await keepTokenFresh({}).catch(stateAfter);
    setCurrentDetails(details(input.connection, state));
    const waitMs =
      state.status === 'active' ? Math.max(1_000, new Date(state.renewAt).getTime() - Date.now()) : parkedCheckMs;
    await condition(() => asked !== seen, waitMs, {
      summary: state.status === 'active' ? 'Until the next renewal' : 'Parked: waiting for a new request token',
    });
  }
  await condition(allHandlersFinished);
  await continueAsNew<typeof keepToken>(input);
}

/** The keeper outlives a failure that repeating cannot cure, such as an answer against Concur's contract: nobody else renews. */
function stateAfter(error: unknown): TokenState {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
  return {
    status: 'parked',
    reason: rootCause(error) ?? error.message,
    remedy:
      'Look at the failed activity `keepTokenFresh` in the history; it is tried again every minute and on the signal `refreshNow`.',
  };
}

function details(connection: string, state: TokenState): string {
  if (state.status === 'parked') {
    return `### Concur connection ${connection} is parked\n${state.reason}\n\n**What to do:** ${state.remedy}`;
  }
  return [
    `### Concur connection ${connection} is connected`,
    `Access token version ${state.version}, valid until ${state.accessExpiresAt}.`,
    `The refresh token ends ${state.refreshExpiresAt}; it is renewed long before.`,
  ].join('\n\n');
}
