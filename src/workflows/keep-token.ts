import {
  ActivityFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  defineSignal,
  defineUpdate,
  isCancellation,
  proxyActivities,
  rootCause,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { createTokenActivities } from '../activities/index.js';
import { describeMissingScope, isUsable } from '../contracts/concur-scopes.js';
import type { Reauthorise } from '../contracts/messages.js';
import { faultOfReauthorise, messageNames } from '../contracts/messages.js';
import type { KeepTokenAsk, KeepTokenInput, TokenState } from '../contracts/steps.js';
import { concurQueue } from '../contracts/task-queues.js';
import { concurCall } from './activity-options.js';

export const refreshNowSignal = defineSignal(messageNames.refreshNow);
export const reauthoriseSignal = defineSignal<[Reauthorise]>(messageNames.reauthorise);
export const reauthoriseUpdate = defineUpdate<string, [Reauthorise]>(messageNames.reauthorise);

/** How long a parked connection waits before it looks whether a person has entered a new request token. */
const parkedCheckMs = 60_000;

/**
 * Keeps the tokens of one Concur connection fresh: the only place that decides when to renew (S24). No token ever enters
 * this workflow; it knows instants only. Repair is terminate and bootstrap, never reset (decisions 28).
 */
export async function keepToken(input: KeepTokenInput): Promise<void> {
  const asked = registerHandlers(input.carried ?? {});
  const { keepTokenFresh } = proxyActivities<ReturnType<typeof createTokenActivities>>(
    concurCall(concurQueue(input.queuePrefix, input.connection), 300),
  );
  for (let rotation = 0; rotation < input.rotationsPerRun && !workflowInfo().continueAsNewSuggested; rotation += 1) {
    const state = await keepTokenFresh(asked.take()).catch(stateAfter);
    setCurrentDetails(details(input.connection, state, asked.lastReauthorise()));
    const waitMs =
      state.status === 'active' ? Math.max(1_000, new Date(state.renewAt).getTime() - Date.now()) : parkedCheckMs;
    await condition(() => asked.isPending(), waitMs, {
      summary: state.status === 'active' ? 'Until the next renewal' : 'Parked: waiting for a person',
    });
  }
  await condition(allHandlersFinished);
  const { carried: _former, ...lasting } = input;
  await continueAsNew<typeof keepToken>(asked.isPending() ? { ...lasting, carried: asked.take() } : lasting);
}

interface Asked {
  isPending: () => boolean;
  /** What was asked for since it was last taken. */
  take: () => KeepTokenAsk;
  lastReauthorise: () => string | undefined;
}

/** Handlers check the shape only and remember; the main flow acts (temporal practices 11). */
function registerHandlers(carried: KeepTokenAsk): Asked {
  let ask = carried;
  let lastReauthorise: string | undefined;
  const reauthorise = ({ by }: Reauthorise): void => {
    ask = { ...ask, again: true };
    lastReauthorise = `${by} at ${new Date().toISOString()}`;
  };
  setHandler(
    refreshNowSignal,
    () => {
      ask = { ...ask, renew: true };
    },
    { description: 'Renew now: a token was refused, or new credentials were entered' },
  );
  setHandler(
    reauthoriseUpdate,
    (message) => {
      reauthorise(message);
      return 'What is stored is tried once more; the details of this workflow say what came of it.';
    },
    {
      validator: (message) => {
        const fault = faultOfReauthorise(message);
        if (fault !== undefined) throw new Error(fault);
      },
      description: 'Parked, and the cause is mended: try once more with what is stored: {"by"}',
    },
  );
  setHandler(
    reauthoriseSignal,
    (message) => {
      // A signal cannot be refused; one that does not say who asks is ignored.
      if (faultOfReauthorise(message) === undefined) reauthorise(message);
    },
    { description: 'Same as the update reauthorise, for use when no worker runs' },
  );
  return {
    isPending: () => Object.keys(ask).length > 0,
    take: () => {
      const taken = ask;
      ask = {};
      return taken;
    },
    lastReauthorise: () => lastReauthorise,
  };
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

function details(connection: string, state: TokenState, lastReauthorise: string | undefined): string {
  return [
    ...(state.status === 'parked' ? parkedLines(connection, state) : activeLines(connection, state)),
    ...(lastReauthorise === undefined ? [] : [`Last \`reauthorise\`: ${lastReauthorise}.`]),
    '**Messages:** `refreshNow` renews at once; `reauthorise` with {"by": "your name"} makes a parked keeper try once more.',
  ].join('\n\n');
}

function parkedLines(connection: string, state: Extract<TokenState, { status: 'parked' }>): string[] {
  const code = state.code === undefined ? '' : ` (code \`${state.code}\`)`;
  const since = state.since === undefined ? '' : ` since ${state.since}`;
  return [
    `### Concur connection ${connection} is parked${since}`,
    `**What happened**${code}**:** ${state.reason}`,
    `**What to do:** ${state.remedy}`,
  ];
}

function activeLines(connection: string, state: Extract<TokenState, { status: 'active' }>): string[] {
  const missing = state.missingScopes.map((scope) => ({ scope }));
  return [
    isUsable(missing)
      ? `### Concur connection ${connection} is connected`
      : `### Concur connection ${connection} has tokens, but cannot be used`,
    `Access token version ${state.version}, valid until ${state.accessExpiresAt}, at ${state.dataCentre}.`,
    `The refresh token ends ${state.refreshExpiresAt}; it is renewed long before.`,
    ...(missing.length === 0 ? [] : [`**Missing scopes**\n${missing.map(lineOf).join('\n')}`]),
  ];
}

const lineOf = ({ scope }: { scope: string }): string => `- ${describeMissingScope(scope)}`;
