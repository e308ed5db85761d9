import { z } from 'zod';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { broken } from './admission.js';
import type { Subscription } from './ess-state.js';
import type { ConcurContext } from './state.js';

const mostSubscriptions = 5;

/** What a client may write; read-only fields of an earlier GET may come along and change nothing. */
const subscriptionSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9.-]+$/, 'lower-case letters, digits, dots and hyphens only'),
  topic: z.string(),
  filter: z.string().refine(isRegularExpression, 'is not a regular expression').default('.*'),
  webHookConfig: z.strictObject({
    endpoint: z.string().refine(isReachable, 'is neither https with a public name nor http on the loopback address'),
  }),
  applicationId: z.unknown().optional(),
  companyIds: z.unknown().optional(),
  groups: z.unknown().optional(),
  scope: z.unknown().optional(),
  allowPublicAccess: z.unknown().optional(),
  startFromEarliest: z.unknown().optional(),
});

/** `PUT /subscriptions/webhook`: creates, or updates by id (concur-platform.md 2.1). `topics` are those the token may use. */
export function saveSubscription(
  context: ConcurContext,
  operation: string,
  request: SimRequest,
  topics: readonly string[],
): SimResponse {
  const parsed = subscriptionSchema.safeParse(jsonOf(request.body));
  if (!parsed.success) return broken(context, operation, 400, z.prettifyError(parsed.error));
  const { id, topic, filter, webHookConfig } = parsed.data;
  if (!topics.includes(topic)) {
    return broken(context, operation, 400, `topic ${topic} is not available to the application`);
  }
  const { state } = context.events;
  const known = state.subscriptions.find((subscription) => subscription.id === id);
  if (known === undefined && state.subscriptions.length >= mostSubscriptions) {
    context.desk.violation(operation, 'sixth subscription');
    return { status: 400, body: { message: `The application has ${mostSubscriptions} subscriptions already` } };
  }
  const written = { id, topic, filter, endpoint: webHookConfig.endpoint };
  if (known?.markedForDeletion === false) Object.assign(known, written);
  else {
    // Saved again while its deletion is under way, it is a new subscription: without companies.
    const others = state.subscriptions.filter((subscription) => subscription !== known);
    state.subscriptions = [...others, { ...written, companyIds: [], markedForDeletion: false }];
  }
  context.desk.changed();
  return { status: 200, body: { message: `Subscription '${id}' saved successfully` } };
}

/** `GET /subscriptions`. */
export function listSubscriptions(context: ConcurContext): SimResponse {
  const body = context.events.state.subscriptions.map((subscription) => shown(context, subscription));
  return { status: 200, body };
}

/** `GET /subscriptions/{id}`: an array of one as the guide says, or the object of the contract. */
export function readSubscription(context: ConcurContext, id: string): SimResponse {
  const found = find(context, id);
  if (found === undefined) return notFound(id);
  const body = shown(context, found);
  return { status: 200, body: context.events.state.byIdAs === 'array' ? [body] : body };
}

/** `DELETE /subscriptions/{id}`: only marks; the background work deletes. */
export function deleteSubscription(context: ConcurContext, id: string): SimResponse {
  const found = find(context, id);
  if (found === undefined) return notFound(id);
  found.markedForDeletion = true;
  context.desk.changed();
  return { status: 200, body: { message: `Subscription '${id}' marked for deletion` } };
}

function find(context: ConcurContext, id: string): Subscription | undefined {
  return context.events.state.subscriptions.find((subscription) => subscription.id === id);
}

function notFound(id: string): SimResponse {
  return { status: 404, body: { message: `Subscription '${id}' not found` } };
}

function shown(context: ConcurContext, subscription: Subscription): unknown {
  const { id, topic, filter, endpoint, companyIds } = subscription;
  return {
    id,
    topic,
    filter,
    webHookConfig: { endpoint },
    applicationId: context.state.masterData?.clientId ?? '',
    scope: '',
    groups: [],
    companyIds: [...companyIds],
    // Some answers hold more than others.
    ...(id.length % 2 === 0 ? { allowPublicAccess: false, startFromEarliest: false } : {}),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`) instanceof RegExp;
  } catch {
    return false;
  }
}

/** In reality https with a DNS name that everybody can resolve; the sandbox lives on the loopback address. */
function isReachable(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === 'http:') return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return protocol === 'https:' && /^([a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(hostname);
}
