import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable } from '../clients/http/errors.js';
import type { CallAuth } from '../clients/http/types.js';
import type { StoredTokens, TokenStore } from '../store/token-store.js';

/** Asks the keeper to renew now: a signal, so that there is one writer only (decisions 28). */
export type RefreshRequest = (connection: string) => Promise<void>;

/** One signal in this time is enough: the keeper does not forget it, and every signal is a line in its history. */
const signalEveryMs = 30_000;
const parkedRetryMs = 60_000;
const renewLookMs = 250;
const renewLooks = 20;

/**
 * Authorizes calls with the newest token of the store; a refused one is reported to the keeper and its successor waited for,
 * once (S30). Of many calls that miss a token at the same time, one asks the keeper (at most every 30 s per process); a
 * parked connection asks nobody, since only a person can help.
 */
export function concurAuth(
  connection: string,
  tokens: Pick<TokenStore, 'read' | 'reject'>,
  requestRefresh: RefreshRequest,
  now: () => Date,
): CallAuth {
  let signalledAt = -Infinity;
  let signal: Promise<boolean> | undefined;

  /** Resolves with whether the keeper has been told; never rejects. */
  function tellKeeper(): Promise<boolean> {
    const at = now().getTime();
    if (signal !== undefined && at - signalledAt < signalEveryMs) return signal;
    signalledAt = at;
    signal = requestRefresh(connection).then(
      () => true,
      () => false,
    );
    return signal;
  }

  const isUsable = (stored: StoredTokens): boolean =>
    !stored.rejected && stored.parkedReason === null && stored.accessExpiresAt.getTime() > now().getTime();

  async function hasUsable(): Promise<boolean> {
    const stored = await tokens.read(connection);
    return stored !== undefined && isUsable(stored);
  }

  function unavailable(message: string, retryAfterMs: number): Unavailable {
    return new Unavailable(
      `Concur connection ${connection} ${message}`,
      { system: 'concur', operation: 'authorize' },
      retryAfterMs,
    );
  }

  return {
    authorize: async () => {
      const stored = await tokens.read(connection);
      if (stored && isUsable(stored)) {
        return { baseUrl: stored.geolocation, headers: { authorization: bearerOf(stored) } };
      }
      if (stored && stored.parkedReason !== null) {
        throw unavailable(`is parked until new credentials are entered: ${stored.parkedReason}`, parkedRetryMs);
      }
      const told = await tellKeeper();
      const keeper = told
        ? 'the token keeper has been asked for one.'
        : 'the token keeper cannot be reached; if it does not run, the schedule bootstrap starts it.';
      throw unavailable(`has no valid access token; ${keeper}`, 2_000);
    },
    renew: async (aborted, rejected) => {
      const stored = await tokens.read(connection);
      if (stored === undefined || stored.parkedReason !== null) return;
      // Refused was an older token: its successor is here already, and is not to be blamed.
      if (rejected['authorization'] !== bearerOf(stored)) return;
      await tokens.reject(connection, stored.version);
      if (!(await tellKeeper())) return;
      for (let looks = 0; looks < renewLooks && !(await hasUsable()); looks += 1) {
        aborted?.throwIfAborted();
        await delay(renewLookMs);
      }
    },
  };
}

const bearerOf = (stored: StoredTokens): string => `Bearer ${stored.accessToken}`;
