import type { Operation, SimRequest, SimResponse } from '../harness/server.js';
import { broken, refusedAtTheDoor, scopesOf } from './admission.js';
import { deleteSubscription, listSubscriptions, readSubscription, saveSubscription } from './ess-subscriptions.js';
import type { ConcurContext } from './state.js';

const subscriptionPath = /^\/events\/v4\/subscriptions\/([^/]+)$/;
/** Scope that the token must have to see a topic. */
const topicScopes: Record<string, string> = { 'public.concur.financialintegration': 'FISVC' };

/**
 * The management calls of the Event Subscription Service v4; undefined for any other address. Operation names:
 * `event-topics`, `event-subscriptions`, `event-subscription`, `event-subscription-save`, `event-subscription-delete`.
 */
export function eventOperation(context: ConcurContext, request: SimRequest): Operation | undefined {
  const { path, method } = request;
  if (path === '/events/v4/topics') {
    return managed(context, request, 'event-topics', 'GET', () => ({ status: 200, body: topicsFor(context, request) }));
  }
  if (path === '/events/v4/subscriptions') {
    return managed(context, request, 'event-subscriptions', 'GET', () => listSubscriptions(context));
  }
  if (path === '/events/v4/subscriptions/webhook') {
    const name = 'event-subscription-save';
    return managed(context, request, name, 'PUT', () =>
      saveSubscription(context, name, request, topicsFor(context, request)),
    );
  }
  const [, id] = subscriptionPath.exec(path) ?? [];
  if (id === undefined) return undefined;
  return method === 'DELETE'
    ? managed(context, request, 'event-subscription-delete', 'DELETE', () => deleteSubscription(context, id))
    : managed(context, request, 'event-subscription', 'GET', () => readSubscription(context, id));
}

/** Only an app token may call; other methods are a mistake of the client. */
function managed(
  context: ConcurContext,
  request: SimRequest,
  name: string,
  allowed: 'GET' | 'PUT' | 'DELETE',
  work: () => SimResponse,
): Operation {
  const { method, path } = request;
  return {
    name,
    kind: method === 'GET' ? 'read' : 'write',
    execute: () => {
      if (method !== allowed) return broken(context, name, 405, `${method} is not allowed on ${path}`);
      return refusedAtTheDoor(context, name, request, 'events.topic.read', 'app') ?? work();
    },
  };
}

/** A missing scope is no error here, its topic just is not there (concur-platform.md, trap 35). */
function topicsFor(context: ConcurContext, request: SimRequest): string[] {
  const scopes = scopesOf(context, request);
  return Object.entries(topicScopes)
    .filter(([, scope]) => scopes.includes(scope))
    .map(([topic]) => topic);
}
