import { setTimeout as delay } from 'node:timers/promises';
import { justRenewedMs, mostQuickRenewals } from '../activities/token-report.js';
import { Unavailable } from '../clients/http/errors.js';
import type { CallAuth } from '../clients/http/types.js';
import type { StoredTokens, TokenStore } from '../store/token-store.js';
import { UnreadableSecret } from '../store/token-store.js';

/** Asks the keeper to renew now: a signal, so that there is one writer only (decisions 28). */
export type RefreshRequest = (connection: string) => Promise<void>;

/** One signal in this time is enough: the keeper does not forget it, and every signal is a line in its history. */
const signalEveryMs = 30_000;
const parkedRetryMs = 60_000;
/** Until a token that the keeper has been asked for may be there. */
const keeperTakesMs = 2_000;
const renewLookMs = 250;
const renewLooks = 20;
/** A token that ends sooner is renewed before the call (S29); of a short-lived one, a fifth of its life. */
const skewMs = 5 * 60_000;
const skewShare = 0.2;

/**
 * Authorizes calls with the newest token of the store, which also says to which host they go (S25). One that is about to end
 * is renewed first (S29), a refused one is reported to the keeper and its successor waited for, once (S30). After many
 * refused tokens none is renewed within its first minute, so that calls wait instead of spending one after the other. Of
 * many calls that miss a token at the same time, one asks the keeper (at most every 30 s per process and token); a parked
 * connection asks nobody, since only a person can help.
 */
export function concurAuth(
  connection: string,
  tokens: Pick<TokenStore, 'read' | 'reject'>,
  requestRefresh: RefreshRequest,
  now: () => Date,
): CallAuth {
  let signalledAt = -Infinity;
  let signalledFor: number | undefined;
  let signal: Promise<boolean> | undefined;

  /** Resolves with whether the keeper has been told; never rejects. @param version the token that is of no use any more */
  function tellKeeper(version: number | undefined): Promise<boolean> {
    const at = now().getTime();
    if (signal !== undefined && version === signalledFor && at - signalledAt < signalEveryMs) return signal;
    signalledAt = at;
    signalledFor = version;
    signal = requestRefresh(connection).then(
      () => true,
      () => false,
    );
    return signal;
  }

  const leftMs = ({ accessExpiresAt }: StoredTokens): number => accessExpiresAt.getTime() - now().getTime();
  const isUsable = (stored: StoredTokens): boolean => !stored.rejected && stored.parked === null && leftMs(stored) > 0;
  const isFresh = (stored: StoredTokens): boolean => {
    const lifeMs = stored.accessExpiresAt.getTime() - stored.issuedAt.getTime();
    return isUsable(stored) && leftMs(stored) > Math.min(skewMs, skewShare * lifeMs);
  };

  /** How long the keeper will not renew this token, whoever refuses it. */
  const youngForMs = ({ issuedAt }: StoredTokens): number =>
    Math.min(justRenewedMs, issuedAt.getTime() + justRenewedMs - now().getTime());

  async function read(): Promise<StoredTokens | undefined> {
    try {
      return await tokens.read(connection);
    } catch (error) {
      if (!(error instanceof UnreadableSecret)) throw error;
      throw unavailable(`has tokens that cannot be used: ${error.message}`, parkedRetryMs);
    }
  }

  /** Waits a few seconds for the keeper; the newest row, fresh or not. */
  async function successor(aborted: AbortSignal | undefined): Promise<StoredTokens | undefined> {
    for (let looks = 0; ; looks += 1) {
      const stored = await read();
      if (looks >= renewLooks || stored === undefined || stored.parked !== null || isFresh(stored)) return stored;
      aborted?.throwIfAborted();
      await delay(renewLookMs);
    }
  }

  const granted = (stored: StoredTokens) => ({
    baseUrl: stored.geolocation,
    headers: { authorization: bearerOf(stored) },
  });

  /** Without a wait of its own the growing one of the step counts: hundreds of steps must not ask every other second. */
  function unavailable(message: string, retryAfterMs?: number): Unavailable {
    return new Unavailable(
      `Concur connection ${connection} ${message}`,
      { system: 'concur', operation: 'authorize' },
      retryAfterMs,
    );
  }

  return {
    authorize: async (aborted) => {
      let stored = await read();
      if (stored && isFresh(stored)) return granted(stored);
      // It can be used for a moment yet, so that the call may wait for a new one; where none comes, it still is the best.
      if (stored && isUsable(stored) && (await tellKeeper(stored.version))) stored = await successor(aborted);
      if (stored && isUsable(stored)) return granted(stored);
      if (stored && stored.parked !== null) {
        throw unavailable(`is parked until a person acts: ${stored.parked.reason}`, parkedRetryMs);
      }
      const told = await tellKeeper(stored?.version);
      const youngMs = stored?.rejected && stored.quickRejections >= mostQuickRenewals ? youngForMs(stored) : 0;
      if (youngMs > 0) {
        const seconds = Math.ceil(youngMs / 1_000);
        const sentence = `is refused with an access token that was issued less than a minute ago; it is renewed in ${seconds} s.`;
        throw unavailable(sentence, youngMs + keeperTakesMs);
      }
      const keeper = told
        ? 'the token keeper has been asked for one.'
        : 'the token keeper cannot be reached; if it does not run, the schedule bootstrap starts it.';
      throw unavailable(`has no valid access token; ${keeper}`);
    },
    renew: async (aborted, rejected, status = 401) => {
      const stored = await read();
      if (stored === undefined || stored.parked !== null) return;
      // Refused was an older token: its successor is here already, and is not to be blamed.
      if (rejected['authorization'] !== bearerOf(stored)) return;
      const isYoung = youngForMs(stored) > 0;
      // So young a token has not ended: with another status than 401 it is the operation that is refused (a missing scope).
      if (isYoung && status !== 401) return;
      await tokens.reject(connection, stored.version);
      if ((await tellKeeper(stored.version)) && !(isYoung && stored.quickRejections >= mostQuickRenewals))
        await successor(aborted);
    },
  };
}

const bearerOf = (stored: StoredTokens): string => `Bearer ${stored.accessToken}`;
