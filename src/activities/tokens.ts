import { setTimeout as delay } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import type { ConcurTokenClient, TokenGrant } from '../clients/concur/token-client.js';
import { GrantRevoked, Rejected } from '../clients/http/errors.js';
import type { ConcurFeature } from '../contracts/concur-scopes.js';
import type { KeepTokenAsk, TokenState } from '../contracts/steps.js';
import { clearAlertCause } from '../store/alert-store.js';
import type { Lease } from '../store/lease-store.js';
import type { ConcurTokens, Refusal, RequestToken, TokenFacts, TokenStore, Writer } from '../store/token-store.js';
import { NotTheWriter, UnreadableSecret } from '../store/token-store.js';
import type { SharedDependencies } from './dependencies.js';
import { alert, runUnattended } from './run-step.js';
import { renewAt, reportTokens } from './token-report.js';

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
}

const requestTokenLifeMs = 24 * 3_600_000;
/** A renewal that was asked for is done by one that is younger than this: many workers may ask for the same. */
const justRenewedMs = 60_000;
const saveTries = 6;
const firstSaveWaitMs = 250;

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
 * all workers and commands, by a lease and without an open transaction; a repeated attempt finds what the first one stored
 * (S24). A terminal refusal parks the connection (S22).
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
    await takeUpRequestToken(deps, lease, signal);
    await renewIfDue(deps, lease, signal, asked.renew ?? false);
  } catch (error) {
    // What the newer writer stores is what is reported.
    if (!(error instanceof NotTheWriter)) throw error;
  } finally {
    await lease.release();
  }
  return reportTokens(deps);
}

/** Exchanges a request token that was entered and not yet used; an exchanged one goes when its 24 hours are over. */
async function takeUpRequestToken(deps: TokenDependencies, lease: Lease, signal: AbortSignal): Promise<void> {
  const request = await deps.tokens.requestToken(deps.connection);
  if (!request || request.refused) return;
  if (request.exchangedAt === null) await exchange(deps, request, lease, signal);
  else if (isOver(deps, request)) await deps.tokens.dropRequestToken(deps.connection);
}

async function renewIfDue(deps: TokenDependencies, lease: Lease, signal: AbortSignal, asked: boolean): Promise<void> {
  const facts = await deps.tokens.facts(deps.connection);
  if (!facts?.isReadable || facts.parked || !isDue(facts, deps.now(), asked)) return;
  const stored = await deps.tokens.read(deps.connection);
  if (!stored) return;
  const { geolocation, refreshToken, version } = stored;
  try {
    const { clientId } = deps;
    const grant = await withSecrets(deps, (clientSecret) =>
      deps.tokenClient.refreshToken({ geolocation, refreshToken, clientId, clientSecret, signal }),
    );
    await save(deps, grant, { lease }, stored.scopes);
    // Without the pair that has just been stored, nothing could be renewed once the host is allowed.
    if (grant.hostProblem !== undefined) {
      const refusal = { code: 'HOST_NOT_ALLOWED', reason: grant.hostProblem, at: deps.now() };
      await deps.tokens.park(deps.connection, version + 1, refusal);
    }
  } catch (error) {
    const refusal = refusalOf(error, deps.now());
    // The answer of an earlier refresh may have been lost with its token: the request token that brought the grant cures it.
    if (refusal.code === '108' && (await exchangeAgain(deps, lease, signal))) return;
    await deps.tokens.park(deps.connection, version, refusal);
  }
}

async function exchangeAgain(deps: TokenDependencies, lease: Lease, signal: AbortSignal): Promise<boolean> {
  const request = await deps.tokens.requestToken(deps.connection);
  if (!request || request.refused || request.exchangedAt === null || isOver(deps, request)) return false;
  return exchange(deps, request, lease, signal);
}

/** Resolves with whether Concur gave tokens; a terminal refusal is stored, anything else is thrown. */
async function exchange(
  deps: TokenDependencies,
  request: RequestToken,
  lease: Lease,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if (isOver(deps, request)) throw tooOld();
    const { tokenUrl, companyUuid, clientId } = deps;
    const requestToken = request.open();
    const grant = await withSecrets(deps, (clientSecret) =>
      deps.tokenClient.exchangeRequestToken({ tokenUrl, companyUuid, requestToken, clientId, clientSecret, signal }),
    );
    await save(deps, grant, { lease, used: request }, []);
    return true;
  } catch (error) {
    await deps.tokens.refuseRequestToken(deps.connection, request, refusalOf(error, deps.now()));
    return false;
  }
}

const isOver = (deps: TokenDependencies, { enteredAt }: RequestToken): boolean =>
  deps.now().getTime() - enteredAt.getTime() > requestTokenLifeMs;

const tooOld = (): GrantRevoked =>
  new GrantRevoked(
    'The company request token is older than 24 hours: ask for a new company request token.',
    { system: 'concur', operation: 'concur.exchange-request-token' },
    'request-token-expired',
  );

/** Tries the next client secret where Concur refuses the current one, and tells people that it is time to change over. */
async function withSecrets(
  deps: TokenDependencies,
  call: (clientSecret: string) => Promise<TokenGrant>,
): Promise<TokenGrant> {
  const [current, next] = deps.clientSecrets();
  const cause = `concur-client-secret: ${deps.connection}`;
  try {
    const grant = await call(current);
    await clearAlertCause(deps.db, cause);
    return grant;
  } catch (error) {
    if (next === undefined || !(error instanceof GrantRevoked) || error.code !== '64') throw error;
    const grant = await call(next);
    const message = `Concur refuses the client secret of connection ${deps.connection} (code 64) and accepts the next one: move nextClientSecret to clientSecret in the connections file and restart the workers.`;
    await alert(deps, cause, message, undefined);
    return grant;
  }
}

/** Stores a pair; tried for a while, since the former refresh token may be worthless from now on. */
async function save(deps: TokenDependencies, grant: TokenGrant, by: Writer, formerScopes: string[]): Promise<void> {
  const pair = tokensFrom(grant, deps.now(), formerScopes);
  for (let tries = 1; ; tries += 1) {
    try {
      await deps.tokens.save(deps.connection, pair, by);
      return;
    } catch (error) {
      if (error instanceof NotTheWriter || tries >= saveTries) throw error;
      await delay(firstSaveWaitMs * 2 ** (tries - 1));
    }
  }
}

function isDue(facts: TokenFacts, now: Date, asked: boolean): boolean {
  if (facts.rejected || renewAt(facts).getTime() <= now.getTime()) return true;
  return asked && now.getTime() - facts.issuedAt.getTime() >= justRenewedMs;
}

/** Only what no repetition cures is a refusal. */
function refusalOf(error: unknown, at: Date): Refusal {
  if (error instanceof GrantRevoked || error instanceof Rejected) {
    return { code: error.code, reason: error.message, at };
  }
  if (error instanceof UnreadableSecret) return { code: 'unreadable', reason: error.message, at };
  throw error;
}

function tokensFrom(grant: TokenGrant, now: Date, formerScopes: string[]): ConcurTokens {
  return {
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken,
    issuedAt: now,
    accessExpiresAt: new Date(now.getTime() + grant.expiresInSeconds * 1_000),
    refreshExpiresAt: new Date(grant.refreshExpiresAt),
    geolocation: grant.geolocation,
    scopes: grant.scopes.length > 0 ? grant.scopes : formerScopes,
  };
}
