import { cancellationSignal } from '@temporalio/activity';
import type { ConcurTokenClient, TokenGrant } from '../clients/concur/token-client.js';
import { GrantRevoked, Rejected } from '../clients/http/errors.js';
import type { TokenState } from '../contracts/steps.js';
import { clearAlertCause } from '../store/alert-store.js';
import type { ConcurTokens, StoredTokens, TokenStore } from '../store/token-store.js';
import type { SharedDependencies } from './dependencies.js';
import { alert } from './run-step.js';
import { toApplicationFailure } from './to-application-failure.js';

export interface TokenDependencies extends SharedDependencies {
  connection: string;
  companyUuid: string;
  tokenUrl: string;
  clientId: string;
  clientSecret: () => string;
  tokens: TokenStore;
  tokenClient: ConcurTokenClient;
}

/** Renewed once this share of an access token's life has passed (platform spec 1.3). */
const renewAtShare = 0.8;
const requestTokenLifeMs = 24 * 3_600_000;
const warningDays = [30, 14, 7, 1];

/** Activities of the token keeper. No token is ever an argument, a result or a part of a message. */
export function createTokenActivities(deps: TokenDependencies) {
  return {
    /** See {@link keepFresh}; the connection is that of the queue. */
    async keepTokenFresh(_input: object): Promise<TokenState> {
      try {
        return await keepFresh(deps, cancellationSignal());
      } catch (error) {
        throw toApplicationFailure(error);
      }
    },
  };
}

/**
 * Makes sure that the stored access token is fresh: keeps it, renews it, or exchanges a company request token. One writer over
 * all workers; a repeated attempt finds what the first one stored (S24). A terminal refusal parks the connection.
 * @throws ExternalSystemError for everything that a later attempt may cure
 */
export async function keepFresh(deps: TokenDependencies, signal: AbortSignal): Promise<TokenState> {
  let used: 'request-token' | 'grant' = 'grant';
  try {
    const stored = await deps.tokens.update(deps.connection, async (current, request) => {
      if (request?.refusedReason === null) {
        used = 'request-token';
        return tokensFrom(await exchange(deps, request, signal), deps.now());
      }
      if (!current || current.parkedReason !== null || stillFresh(current, deps.now())) return undefined;
      return tokensFrom(await refresh(deps, current, signal), deps.now());
    });
    if (!stored) return await parked(deps, 'No valid credentials have been entered for this Concur company.');
    if (stored.parkedReason !== null) return await parked(deps, stored.parkedReason);
    await clearAlertCause(deps.db, alertCause(deps));
    await warnBeforeEnd(deps, stored);
    return active(stored);
  } catch (error) {
    if (!(error instanceof GrantRevoked) && !(error instanceof Rejected)) throw error;
    await deps.tokens.park(deps.connection, used, error.message);
    return parked(deps, error.message);
  }
}

async function exchange(
  deps: TokenDependencies,
  request: { token: string; enteredAt: Date },
  signal: AbortSignal,
): Promise<TokenGrant> {
  if (deps.now().getTime() - request.enteredAt.getTime() > requestTokenLifeMs) {
    throw new GrantRevoked(
      'The company request token is older than 24 hours. Ask for a new company request token.',
      { system: 'concur', operation: 'concur.exchange-request-token' },
      'request-token-expired',
    );
  }
  const { tokenUrl, companyUuid, clientId } = deps;
  return deps.tokenClient.exchangeRequestToken({
    tokenUrl,
    companyUuid,
    requestToken: request.token,
    clientId,
    clientSecret: deps.clientSecret(),
    signal,
  });
}

function refresh(deps: TokenDependencies, current: StoredTokens, signal: AbortSignal): Promise<TokenGrant> {
  const { geolocation, refreshToken } = current;
  return deps.tokenClient.refreshToken({
    geolocation,
    refreshToken,
    clientId: deps.clientId,
    clientSecret: deps.clientSecret(),
    signal,
  });
}

async function parked(deps: TokenDependencies, reason: string): Promise<TokenState> {
  const remedy = `Create a company request token in Concur (Authentication Administration) and run \`concur-dynamics credentials concur --connection ${deps.connection}\` within 24 hours.`;
  await alert(deps, alertCause(deps), `Concur connection ${deps.connection} is parked: ${reason} ${remedy}`, undefined);
  return { status: 'parked', reason, remedy };
}

async function warnBeforeEnd(deps: TokenDependencies, stored: StoredTokens): Promise<void> {
  const days = (stored.refreshExpiresAt.getTime() - deps.now().getTime()) / 86_400_000;
  const due = warningDays.findLast((limit) => days <= limit);
  if (due === undefined) return;
  const message = `The refresh token of Concur connection ${deps.connection} ends in ${Math.max(0, Math.ceil(days))} days although it is renewed regularly. Enter a new company request token before that.`;
  await alert(
    deps,
    `refresh-token-ends: ${deps.connection} on ${stored.refreshExpiresAt.toISOString().slice(0, 10)}, within ${due} days`,
    message,
    undefined,
  );
}

const alertCause = (deps: TokenDependencies): string => `concur-credentials: ${deps.connection}`;

function stillFresh(current: StoredTokens, now: Date): boolean {
  return !current.rejected && renewAt(current).getTime() > now.getTime();
}

function renewAt(stored: StoredTokens): Date {
  const issuedAt = stored.issuedAt.getTime();
  return new Date(issuedAt + renewAtShare * (stored.accessExpiresAt.getTime() - issuedAt));
}

function tokensFrom(grant: TokenGrant, now: Date): ConcurTokens {
  return {
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken,
    accessExpiresAt: new Date(now.getTime() + grant.expiresInSeconds * 1_000),
    refreshExpiresAt: new Date(grant.refreshExpiresAt),
    geolocation: grant.geolocation,
    scopes: grant.scopes,
  };
}

function active(stored: StoredTokens): TokenState {
  return {
    status: 'active',
    version: stored.version,
    accessExpiresAt: stored.accessExpiresAt.toISOString(),
    refreshExpiresAt: stored.refreshExpiresAt.toISOString(),
    renewAt: renewAt(stored).toISOString(),
  };
}
