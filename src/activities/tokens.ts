import { cancellationSignal } from '@temporalio/activity';
import type { ConcurTokenClient } from '../clients/concur/token-client.js';
import type { ConcurFeature } from '../contracts/concur-scopes.js';
import type { KeepTokenAsk, TokenState } from '../contracts/steps.js';
import type { TokenFacts, TokenStore } from '../store/token-store.js';
import { NotTheWriter } from '../store/token-store.js';
import type { SharedDependencies } from './dependencies.js';
import { runUnattended } from './run-step.js';
import { exchangeAgain, takeUpEntered } from './take-up-request-token.js';
import { obtainPair, refusalOf } from './token-grants.js';
import { justRenewedMs, renewAt, reportTokens } from './token-report.js';

export interface TokenDependencies extends SharedDependencies {
  connection: string;
  companyUuid: string;
  tokenUrl: string;
  clientId: string;
  /** The current client secret, then the next one while it is being changed (platform spec 1.7). */
  clientSecrets: () => readonly [current: string, next?: string];
  tokens: TokenStore;
  tokenClient: ConcurTokenClient;
  /** What the configuration uses, to tell required scopes from optional ones (S31). */
  usedFeatures: ReadonlySet<ConcurFeature>;
  /** Told what failed beside a renewal that succeeded. */
  onSideFailure: (failure: unknown) => void;
}

/** Activities of the token keeper. No token is ever an argument, a result or a part of a message. */
export function createTokenActivities(deps: TokenDependencies) {
  return {
    /** See {@link keepFresh}; the connection is that of the queue. */
    keepTokenFresh(asked: KeepTokenAsk): Promise<TokenState> {
      return runUnattended(deps, `the tokens of Concur connection ${deps.connection}`, () =>
        keepFresh(deps, cancellationSignal(), asked),
      );
    },
  };
}

/**
 * Makes sure that the stored access token is fresh: keeps it, renews it, or exchanges a company request token. One writer over
 * all workers and commands, by a lease and without an open transaction, and no pair in the place of a newer one; a repeated
 * attempt finds what the first one stored (S24). A terminal refusal parks the connection (S22).
 * @throws ExternalSystemError for everything that a later attempt may cure
 */
export async function keepFresh(
  deps: TokenDependencies,
  signal: AbortSignal,
  asked: KeepTokenAsk = {},
): Promise<TokenState> {
  const lease = await deps.leases.acquire(`token-keeper:${deps.connection}`, 1, signal);
  try {
    if (asked.again) await deps.tokens.forgetRefusals(deps.connection);
    const isExchanged = await takeUpEntered(deps, signal);
    if (!isExchanged) await renewIfDue(deps, signal, asked);
  } catch (error) {
    // What the newer writer stores is what is reported.
    if (!(error instanceof NotTheWriter)) throw error;
  } finally {
    await lease.release();
  }
  return reportTokens(deps);
}

async function renewIfDue(deps: TokenDependencies, signal: AbortSignal, asked: KeepTokenAsk): Promise<void> {
  const facts = await deps.tokens.facts(deps.connection);
  if (!facts?.isReadable || facts.parked || !isDue(facts, deps.now(), asked)) return;
  const stored = await deps.tokens.read(deps.connection);
  if (!stored) return;
  const { geolocation, refreshToken, version } = stored;
  try {
    const { clientId } = deps;
    const grant = await obtainPair(
      deps,
      (clientSecret) => deps.tokenClient.refreshToken({ geolocation, refreshToken, clientId, clientSecret, signal }),
      { version, formerScopes: stored.scopes },
    );
    // Without the pair that has just been stored, nothing could be renewed once the host is allowed.
    if (grant.hostProblem !== undefined) {
      const refusal = { code: 'HOST_NOT_ALLOWED', reason: grant.hostProblem, at: deps.now() };
      await deps.tokens.park(deps.connection, version + 1, refusal);
    }
  } catch (error) {
    const refusal = refusalOf(error, deps.now());
    // The answer of an earlier refresh may have been lost with its token: the request token that brought the grant cures it.
    if (refusal.code === '108' && (await exchangeAgain(deps, signal))) return;
    await deps.tokens.park(deps.connection, version, refusal);
  }
}

/** A person who says that the cause is mended wants to know whether it is: the stored token may still look fresh. */
function isDue(facts: TokenFacts, now: Date, asked: KeepTokenAsk): boolean {
  if (asked.again || renewAt(facts).getTime() <= now.getTime()) return true;
  return asked.renew === true && now.getTime() - facts.issuedAt.getTime() >= justRenewedMs;
}
