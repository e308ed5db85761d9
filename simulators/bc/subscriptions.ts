import { createHash } from 'node:crypto';
import type { SimRequest, SimResponse } from '../harness/server.js';
import type { Segment } from './address.js';
import { listAnswer, recordAnswer, updatedAnswer } from './answers.js';
import { runWrite, type Call, type WriteNote } from './calls.js';
import { BcError, badRequest, errorResponse, methodNotAllowed, notFound } from './errors.js';
import { checkIfMatch } from './if-match.js';
import { checkedBody, jsonBody } from './odata-body.js';
import type { View } from './odata-fields.js';
import { resolveTarget, type Target } from './resolve.js';
import { subscriptions } from './sets-subscriptions.js';
import { supportedSets, type SubscriptionRow } from './webhook-state.js';
import { guidOf, type World } from './world.js';

const RESOURCE = /^\/?api\/v2\.0\/companies\(([0-9a-f-]{36})\)\/(\w+)$/i;

/** What a create or renew call asks for, checked. */
type Wanted = Pick<SubscriptionRow, 'notificationUrl' | 'resource' | 'clientState' | 'company' | 'set'>;

/** The notification URL of this call has been asked, and what was wrong with its answer. */
interface Handshake {
  notificationUrl: string;
  problem: string | undefined;
}

/** True for paths to the subscriptions of the environment, which stand beside the companies. */
export function namesSubscriptions(segments: readonly Segment[]): boolean {
  return segments.length === 1 && segments[0]?.name === 'subscriptions';
}

/** Reads of subscriptions. */
export function readSubscriptions(world: World, segment: Segment, request: SimRequest): SimResponse {
  try {
    const { target, view } = targetOf(world, segment);
    if (target.row === undefined) return listAnswer(target, view, request);
    return recordAnswer(target, target.row, view, request);
  } catch (error) {
    return errorResponse(error);
  }
}

/**
 * Create, renew and delete. Create and renew ask the notification URL during the call, before anything is written; the answer
 * of the caller waits for it (section 18).
 */
export function writeSubscription(
  world: World,
  segment: Segment,
  request: SimRequest,
  operation: string,
): { before: () => Promise<void>; run: (notes: WriteNote[]) => SimResponse } {
  let handshake: Handshake | undefined;
  return {
    before: async () => {
      const notificationUrl = urlToAsk(world, segment, request);
      if (notificationUrl === undefined) return;
      const { sender, settings } = world.webhooks;
      handshake = { notificationUrl, problem: await sender.handshake(notificationUrl, settings.handshakeMs) };
    },
    run: (notes) => {
      try {
        const { target, view } = targetOf(world, segment);
        const { company } = view;
        const call: Call = { world, company, view, request, operation, key: request.path, enveloped: false };
        return runWrite(call, notes, () => write(call, target, handshake));
      } catch (error) {
        return errorResponse(error);
      }
    },
  };
}

/** The URL that a call which is in order so far wants to be asked; undefined where the call is refused anyway. */
function urlToAsk(world: World, segment: Segment, request: SimRequest): string | undefined {
  try {
    const { target } = targetOf(world, segment);
    if (request.method !== (target.row === undefined ? 'POST' : 'PATCH')) return undefined;
    return wantedBy(world, request).notificationUrl;
  } catch (error) {
    if (error instanceof BcError) return undefined;
    throw error;
  }
}

function targetOf(world: World, { name, key }: Segment): { target: Target; view: View } {
  const [company] = world.served;
  const { webhooks } = world;
  if (company === undefined || !world.hasWebhooks) throw notFound(name);
  webhooks.expire();
  const view: View = { world, company, replica: false, nowMs: world.nowMs() };
  const roots = { subscriptions: { set: subscriptions, rows: () => webhooks.subscriptions.all() } };
  if (key === undefined) return { target: resolveTarget(view, roots, [{ name }]), view };
  const quoted = /^(?:subscriptionId=)?'([^']*)'$/.exec(key)?.[1];
  if (quoted === undefined) throw badRequest('The key of a subscription is a string.');
  return { target: resolveTarget(view, roots, [{ name, key: quoted }]), view };
}

function wantedBy(world: World, request: SimRequest): Wanted {
  const { values } = checkedBody(subscriptions, jsonBody(request.headers, request.body));
  const [notificationUrl, resource] = [String(values['notificationUrl'] ?? ''), String(values['resource'] ?? '')];
  const clientState = values['clientState'];
  if (notificationUrl === '' || resource === '') {
    throw badRequest("A subscription needs 'notificationUrl' and 'resource'.");
  }
  if (request.method === 'PATCH' && clientState === undefined) {
    throw badRequest("A renewal needs 'notificationUrl', 'resource' and 'clientState'.");
  }
  const [, company = '', set = ''] = RESOURCE.exec(resource) ?? [];
  if (set === '') throw badRequest(`The resource '${resource}' is not a collection of a company.`);
  if (world.served.every(({ id }) => id !== company.toLowerCase())) {
    throw new BcError(404, 'Internal_CompanyNotFound', 'Cannot find the company. The default company cannot be found.');
  }
  if (!supportedSets.some((supported) => supported === set)) {
    throw badRequest(`The resource '${set}' does not support webhook notifications.`);
  }
  return {
    ...{ notificationUrl, resource, clientState: String(clientState ?? '') },
    ...{ company: company.toLowerCase(), set },
  };
}

function write(call: Call, target: Target, handshake: Handshake | undefined): SimResponse {
  const { request, world } = call;
  const row = target.row as SubscriptionRow | undefined;
  if (row === undefined) {
    if (request.method !== 'POST') throw methodNotAllowed('subscriptions');
    return created(call, target, handshake);
  }
  call.key = keyOf(row);
  if (request.method === 'DELETE') {
    checkIfMatch(call, row);
    world.webhooks.remove(({ id }) => id === row.id);
    return { status: 204 };
  }
  if (request.method !== 'PATCH') throw methodNotAllowed('subscriptions');
  checkIfMatch(call, row);
  const wanted = wantedBy(world, request);
  checkHandshake(wanted, handshake);
  const { modifiedAt } = row;
  const renewed = world.webhooks.subscriptions.update(row, { ...wanted, expiresAt: expiryOf(world) });
  return updatedAnswer(target, renewed, call.view, request, modifiedAt);
}

function created(call: Call, target: Target, handshake: Handshake | undefined): SimResponse {
  const { world, request, view } = call;
  const wanted = wantedBy(world, request);
  call.key = keyOf(wanted);
  checkHandshake(wanted, handshake);
  const { webhooks } = world;
  const present = webhooks.subscriptions.all();
  if (present.length >= webhooks.settings.maximum) {
    throw badRequest(`The maximum number of ${webhooks.settings.maximum} webhook subscriptions is reached.`);
  }
  if (present.some((row) => keyOf(row) === call.key)) call.repeatMessage = `${wanted.resource} was subscribed before`;
  const record = world.newRecord();
  const id = guidOf(`subscription:${record.id}`).replaceAll('-', '');
  const row = webhooks.subscriptions.insert({ ...record, ...wanted, id, expiresAt: expiryOf(world) });
  const location = `http://${request.headers.host ?? 'localhost'}${request.path}('${id}')`;
  return { ...recordAnswer(target, row, view, request), status: 201, headers: { location } };
}

/** Tells subscriptions apart without naming the URL, which holds a secret of the receiver. */
function keyOf({ notificationUrl, resource }: Pick<SubscriptionRow, 'notificationUrl' | 'resource'>): string {
  const url = createHash('sha256').update(notificationUrl).digest('hex').slice(0, 8);
  return `${resource.replace(/^\//, '')}@${url}`;
}

function checkHandshake({ notificationUrl }: Wanted, handshake: Handshake | undefined): void {
  const asked = handshake?.notificationUrl === notificationUrl;
  const problem = asked ? handshake.problem : 'the address was not asked';
  if (problem !== undefined) {
    throw badRequest(`The notification URL did not return the validation token: ${problem}.`);
  }
}

function expiryOf(world: World): number {
  return world.nowMs() + world.webhooks.settings.lifeMs;
}
