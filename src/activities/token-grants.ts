import { setTimeout as delay } from 'node:timers/promises';
import type { TokenGrant } from '../clients/concur/token-client.js';
import { GrantRevoked, Rejected } from '../clients/http/errors.js';
import { clearAlertCause } from '../store/alert-store.js';
import type { ConcurTokens, Refusal, Writer } from '../store/token-store.js';
import { NotTheWriter, UnreadableSecret } from '../store/token-store.js';
import { alert } from './run-step.js';
import type { TokenDependencies } from './tokens.js';

const saveTries = 6;
const firstSaveWaitMs = 250;

/**
 * Asks Concur for a pair, with the next client secret where it refuses the current one, and stores it before anything else is
 * done: the former refresh token may be worthless from now on. Only then people are told of the secret.
 * @throws ExternalSystemError, NotTheWriter
 */
export async function obtainPair(
  deps: TokenDependencies,
  call: (clientSecret: string) => Promise<TokenGrant>,
  by: Writer & { formerScopes: string[] },
): Promise<TokenGrant> {
  const { grant, isNextSecret } = await withSecrets(deps, call);
  await save(deps, tokensFrom(grant, deps.now(), by.formerScopes), by);
  await tellOfSecret(deps, isNextSecret).catch(deps.onSideFailure);
  return grant;
}

async function withSecrets(
  deps: TokenDependencies,
  call: (clientSecret: string) => Promise<TokenGrant>,
): Promise<{ grant: TokenGrant; isNextSecret: boolean }> {
  const [current, next] = deps.clientSecrets();
  try {
    return { grant: await call(current), isNextSecret: false };
  } catch (error) {
    if (next === undefined || !(error instanceof GrantRevoked) || error.code !== '64') throw error;
    return { grant: await call(next), isNextSecret: true };
  }
}

/** Where only the next secret is taken, it is time to change over. */
async function tellOfSecret(deps: TokenDependencies, isNextSecret: boolean): Promise<void> {
  const cause = `concur-client-secret: ${deps.connection}`;
  if (!isNextSecret) {
    await clearAlertCause(deps.db, cause);
    return;
  }
  const message = `Concur refuses the client secret of connection ${deps.connection} (code 64) and accepts the next one: move nextClientSecret to clientSecret in the connections file and restart the workers.`;
  await alert(deps, cause, message, undefined);
}

/** Tried for a while, since nobody else has this pair. */
async function save(deps: TokenDependencies, pair: ConcurTokens, by: Writer): Promise<void> {
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

/** Only what no repetition cures is a refusal; everything else is thrown again. */
export function refusalOf(error: unknown, at: Date): Refusal {
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
