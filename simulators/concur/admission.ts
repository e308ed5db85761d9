import type { Operation, SimRequest, SimResponse } from '../harness/server.js';
import type { ConcurContext } from './state.js';
import type { AccessToken } from './token-state.js';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Checks of transport and token that come before any business of a company API (concur-platform.md 7). Answers what the
 * service answers when it refuses, or undefined when the request may go on. Without a scope any company token will do; the
 * event service wants an app token instead (concur-platform.md 1.8).
 */
export function refusedAtTheDoor(
  context: ConcurContext,
  operation: string,
  request: SimRequest,
  scope: string | undefined,
  kind: AccessToken['kind'] = 'company',
): SimResponse | undefined {
  const correlation = request.headers['concur-correlationid'];
  if (correlation !== undefined && !uuid.test(String(correlation))) {
    return broken(context, operation, 400, 'invalidUuid: concur-correlationid is not a UUID');
  }
  if (request.method === 'POST' || request.method === 'PUT') {
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
  return refusedToken(context, operation, request, scope, kind);
}

/** The address at which the client has called. */
export function originOf(request: SimRequest): string {
  return `http://${request.headers.host ?? '127.0.0.1'}`;
}

/** True after the company has moved to another data center than the one that was called (concur-platform.md 1.4, 5). */
export function livesElsewhere(context: ConcurContext, request: SimRequest): boolean {
  const { home } = context.state.tokens.switches;
  return home !== undefined && home !== originOf(request);
}

function refusedToken(
  context: ConcurContext,
  operation: string,
  request: SimRequest,
  scope: string | undefined,
  kind: AccessToken['kind'],
): SimResponse | undefined {
  const sent = bearerOf(request);
  if (sent === undefined) return broken(context, operation, 401, 'no bearer token was sent');
  const { tokens } = context.state;
  const token = tokens.access[sent];
  if (token === undefined || token.expiresAt <= context.desk.now().getTime()) return unauthorized();
  if (token.revoked === 403) return { status: 403, body: { message: 'Access is denied' } };
  if (token.revoked === 401) return unauthorized();
  // The token is looked at first, as gateways do: a revocation is felt at the old address as well.
  if (kind === 'company' && livesElsewhere(context, request)) {
    return { status: 400, body: { message: 'Company does not exist' } };
  }
  if (token.kind !== kind) return broken(context, operation, 403, `only a token of kind ${kind} may call this service`);
  if (scope !== undefined && !token.scopes.includes(scope)) {
    // Who was given less than is registered has done nothing wrong (S31).
    if (tokens.switches.withheldScopes.includes(scope)) return { status: 403, body: { message: 'Access is denied' } };
    return broken(context, operation, 403, `the token lacks the scope ${scope}`);
  }
  if (tokens.refresh?.newest === sent && tokens.refresh.previous !== undefined) {
    // The client has the new tokens, so the old refresh token is of no use to it any more.
    delete tokens.refresh.previous;
    context.desk.changed();
  }
  return undefined;
}

/** An operation of a company API whose work is done only for an admitted request. */
export function guarded(
  context: ConcurContext,
  request: SimRequest,
  name: string,
  scope: string | undefined,
  work: () => SimResponse,
): Operation {
  return {
    name,
    kind: request.method === 'GET' ? 'read' : 'write',
    execute: () => refusedAtTheDoor(context, name, request, scope) ?? work(),
  };
}

/** Scopes of the token of an admitted request. */
export function scopesOf(context: ConcurContext, request: SimRequest): readonly string[] {
  return context.state.tokens.access[bearerOf(request) ?? '']?.scopes ?? [];
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
