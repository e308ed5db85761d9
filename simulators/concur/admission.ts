import type { SimRequest, SimResponse } from '../harness/server.js';
import type { ConcurContext } from './state.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Checks of transport and token that come before any business of a company API (concur-platform.md 7). Answers what the
 * service answers when it refuses, or undefined when the request may go on.
 */
export function refusedAtTheDoor(
  context: ConcurContext,
  operation: string,
  request: SimRequest,
  scope: string,
): SimResponse | undefined {
  const correlation = request.headers['concur-correlationid'];
  if (correlation !== undefined && !uuid.test(String(correlation))) {
    return broken(context, operation, 400, 'invalidUuid: concur-correlationid is not a UUID');
  }
  if (request.method === 'POST') {
    if (request.headers['transfer-encoding'] !== undefined) {
      return broken(context, operation, 400, 'chunked request bodies are not supported');
    }
    if (request.headers['content-length'] === undefined) {
      return broken(context, operation, 400, 'Content-Length is missing');
    }
    if (!(request.headers['content-type'] ?? '').toLowerCase().startsWith('application/json')) {
      return broken(context, operation, 415, 'Content-Type is not application/json');
    }
  }
  return refusedToken(context, operation, request, scope);
}

function refusedToken(
  context: ConcurContext,
  operation: string,
  request: SimRequest,
  scope: string,
): SimResponse | undefined {
  const sent = bearerOf(request);
  if (sent === undefined) return broken(context, operation, 401, 'no bearer token was sent');
  const { tokens } = context.state;
  const token = tokens.access[sent];
  if (token === undefined || token.expiresAt <= context.desk.now().getTime()) return unauthorized();
  if (token.kind !== 'company') return broken(context, operation, 403, 'only a company token may call this service');
  if (!token.scopes.includes(scope)) return broken(context, operation, 403, `the token lacks the scope ${scope}`);
  if (tokens.refresh?.newest === sent && tokens.refresh.previous !== undefined) {
    // The client has the new tokens, so the old refresh token is of no use to it any more.
    delete tokens.refresh.previous;
    context.desk.changed();
  }
  return undefined;
}

/** Makes the token of this request worthless, as a revocation or an early expiry does. */
export function expireToken(context: ConcurContext, request: SimRequest): void {
  const sent = bearerOf(request);
  if (sent === undefined) return;
  context.state.tokens.access = Object.fromEntries(
    Object.entries(context.state.tokens.access).filter(([token]) => token !== sent),
  );
  context.desk.changed();
}

/** The answer to an expired or unknown token. */
export function unauthorized(): SimResponse {
  return { status: 401, body: { message: 'The access token provided is expired, revoked, malformed or invalid' } };
}

/** Refuses and counts a violation. */
export function broken(context: ConcurContext, operation: string, status: number, message: string): SimResponse {
  context.desk.violation(operation, message);
  return { status, body: { message } };
}

function bearerOf(request: SimRequest): string | undefined {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}
