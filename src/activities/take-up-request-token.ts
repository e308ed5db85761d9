import { GrantRevoked } from '../clients/http/errors.js';
import type { Refusal, RequestToken } from '../store/token-store.js';
import { NotTheWriter } from '../store/token-store.js';
import { obtainPair, refusalOf } from './token-grants.js';
import type { TokenDependencies } from './tokens.js';

const requestTokenLifeMs = 24 * 3_600_000;

/**
 * Exchanges a company request token that is stored nowhere yet. It is stored only with the pair that Concur gives for it, so that
 * what anybody may send to the landing page neither replaces a good one nor holds the keeper up: no lease is taken, since a
 * pair that somebody stores meanwhile is not replaced; then the keeper exchanges the token, which Concur has accepted, once more.
 * Answers why Concur refused it; nothing is stored then.
 * @throws ExternalSystemError for what a later attempt may cure; nothing is stored then, either
 */
export async function takeUpNewRequestToken(
  deps: TokenDependencies,
  requestToken: string,
  signal: AbortSignal,
): Promise<Refusal | undefined> {
  const { connection } = deps;
  const enteredAt = deps.now();
  const version = await versionOf(deps);
  try {
    const used = { enteredAt, requestToken };
    await obtainPair(deps, exchangeCall(deps, requestToken, signal), { version, used, formerScopes: [] });
  } catch (error) {
    if (!(error instanceof NotTheWriter)) return refusalOf(error, deps.now());
    await deps.tokens.enterRequestToken(connection, requestToken, enteredAt);
  }
  return undefined;
}

/** Exchanges a request token that was entered and not yet used; an exchanged one goes when its 24 hours are over. */
export async function takeUpEntered(deps: TokenDependencies, signal: AbortSignal): Promise<boolean> {
  const request = await deps.tokens.requestToken(deps.connection);
  if (!request || request.refused) return false;
  if (request.exchangedAt === null) return exchange(deps, request, signal);
  if (isOver(deps, request)) await deps.tokens.dropRequestToken(deps.connection);
  return false;
}

/** Exchanges the request token that brought the grant once more, within its 24 hours. */
export async function exchangeAgain(deps: TokenDependencies, signal: AbortSignal): Promise<boolean> {
  const request = await deps.tokens.requestToken(deps.connection);
  return request !== undefined && isAccepted(deps, request) && exchange(deps, request, signal);
}

/** Whether Concur has taken this request token, and may take it again. */
export const isAccepted = (deps: Pick<TokenDependencies, 'now'>, request: RequestToken): boolean =>
  request.refused === null && request.exchangedAt !== null && !isOver(deps, request);

/** Resolves with whether Concur gave tokens; a terminal refusal is stored, anything else is thrown. */
async function exchange(deps: TokenDependencies, request: RequestToken, signal: AbortSignal): Promise<boolean> {
  try {
    if (isOver(deps, request)) throw tooOld();
    const version = await versionOf(deps);
    await obtainPair(deps, exchangeCall(deps, request.open(), signal), { version, used: request, formerScopes: [] });
    return true;
  } catch (error) {
    await deps.tokens.refuseRequestToken(deps.connection, request, refusalOf(error, deps.now()));
    return false;
  }
}

function exchangeCall(deps: TokenDependencies, requestToken: string, signal: AbortSignal) {
  const { tokenUrl, companyUuid, clientId } = deps;
  return (clientSecret: string) =>
    deps.tokenClient.exchangeRequestToken({ tokenUrl, companyUuid, requestToken, clientId, clientSecret, signal });
}

const versionOf = async ({ tokens, connection }: TokenDependencies): Promise<number> =>
  (await tokens.facts(connection))?.version ?? 0;

const isOver = (deps: Pick<TokenDependencies, 'now'>, { enteredAt }: RequestToken): boolean =>
  deps.now().getTime() - enteredAt.getTime() > requestTokenLifeMs;

const tooOld = (): GrantRevoked =>
  new GrantRevoked(
    'The company request token is older than 24 hours: ask for a new company request token.',
    { system: 'concur', operation: 'concur.exchange-request-token' },
    'request-token-expired',
  );
