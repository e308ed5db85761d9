import { z } from 'zod';
import type { WebhookSet } from '../../contracts/webhooks.js';
import type { BcOData } from './odata.js';
import { isRefusal } from './refusals.js';
import { companySchema } from './schemas.js';
import { quoted } from './wire-text.js';

/** A webhook subscription as Business Central lists it; its client state is not read. */
export interface BcSubscription {
  id: string;
  notificationUrl: string;
  /** As {@link resourceOf} writes it, whatever form Business Central answers. */
  resource: string;
  expiresAt: Date;
}

/** What a subscription is made and renewed with. */
export interface BcSubscriptionOrder {
  notificationUrl: string;
  resource: string;
  /** A secret: it goes into the body of the call, and nowhere else. */
  clientState: string;
}

/**
 * Subscriptions of one environment (NAV spec 18). All throw the errors of `BcOData`. Creating and renewing only succeed if the
 * receiver at the address answers the handshake while the call waits; each may be repeated after an unknown outcome, because
 * the list shows what has become of it.
 */
export interface BcSubscriptionClient {
  /** Ids of all companies by name: copies of an environment have other ids. */
  companyIds(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** All subscriptions that this user may see, those of other applications included. */
  list(signal: AbortSignal): Promise<BcSubscription[]>;
  create(order: BcSubscriptionOrder, signal: AbortSignal): Promise<BcSubscription>;
  /** Renews for another three days; undefined where the subscription does not stand any more. */
  renew(id: string, order: BcSubscriptionOrder, signal: AbortSignal): Promise<BcSubscription | undefined>;
  /** One that is not there counts as removed. */
  remove(id: string, signal: AbortSignal): Promise<void>;
  /** Names of the entity sets that can be followed; undefined where the environment does not tell. */
  supportedSets(companyId: string, signal: AbortSignal): Promise<ReadonlySet<string> | undefined>;
}

/** The resource of a set of one company; all letters small, so that two of them can be compared. */
export const resourceOf = (companyId: string, set: WebhookSet): string =>
  `/api/v2.0/companies(${companyId.toLowerCase()})/${set}`;

const subscriptionSchema = z.object({
  subscriptionId: z.string().min(1),
  notificationUrl: z.string().default(''),
  resource: z.string().default(''),
  expirationDateTime: z.coerce.date(),
});
const supportedSchema = z.object({ resource: z.string() });

export function createBcSubscriptions(odata: BcOData): BcSubscriptionClient {
  const path = 'subscriptions';
  const pathOf = (id: string): string => `${path}(${quoted(id)})`;
  return {
    async companyIds(signal) {
      const rows = await odata.list({ operation: 'bc.companies.list', path: 'companies', signal }, companySchema);
      return new Map(rows.map(({ id, name }) => [name, id]));
    },
    async list(signal) {
      const call = { operation: 'bc.subscriptions.list', path, fresh: true, signal };
      return (await odata.list(call, subscriptionSchema)).map(subscriptionOf);
    },
    async create(order, signal) {
      const call = { operation: 'bc.subscriptions.create', path, json: order, signal };
      return subscriptionOf(await odata.create(call, subscriptionSchema));
    },
    async renew(id, order, signal) {
      const call = { path: pathOf(id), signal };
      try {
        // Without the header the renewal is refused, whatever some examples show (NAV spec trap 26).
        await odata.act('PATCH', { ...call, operation: 'bc.subscriptions.renew', json: order, ifMatch: '*' });
      } catch (error) {
        if (isRefusal(error, 'not-found')) return undefined;
        throw error;
      }
      const found = await odata.find({ ...call, operation: 'bc.subscriptions.read', fresh: true }, subscriptionSchema);
      return found && subscriptionOf(found);
    },
    async remove(id, signal) {
      try {
        await odata.act('DELETE', { operation: 'bc.subscriptions.remove', path: pathOf(id), ifMatch: '*', signal });
      } catch (error) {
        if (!isRefusal(error, 'not-found')) throw error;
      }
    },
    async supportedSets(companyId, signal) {
      const rows = await supportedResources(odata, companyId, signal);
      const names = rows.flatMap((resource) => /(?:^|\/)v2\.0\/(?:.*\/)?(\w+)$/i.exec(resource)?.[1] ?? []);
      return names.length === 0 ? undefined : new Set(names);
    },
  };
}

async function supportedResources(odata: BcOData, companyId: string, signal: AbortSignal): Promise<string[]> {
  const call = {
    operation: 'bc.webhook-resources.list',
    route: 'microsoft/runtime/beta',
    path: `companies(${companyId})/webhookSupportedResources`,
    query: { $filter: "resource eq 'v2.0*'" },
    signal,
  } as const;
  try {
    return (await odata.list(call, supportedSchema)).map(({ resource }) => resource);
  } catch (error) {
    // A server without the route does not tell, and neither does one that refuses this user.
    if (isRefusal(error, 'not-found', 'not-offered', 'permission', 'erp-refused')) return [];
    throw error;
  }
}

function subscriptionOf(row: z.infer<typeof subscriptionSchema>): BcSubscription {
  const { subscriptionId, notificationUrl, resource, expirationDateTime } = row;
  return { id: subscriptionId, notificationUrl, resource: canonical(resource), expiresAt: expirationDateTime };
}

/** The leading slash may be missing, and ids are in letters of either size. */
function canonical(resource: string): string {
  const slashed = resource.startsWith('/') ? resource : `/${resource}`;
  return slashed.replace(/companies\(([0-9a-f-]+)\)/i, (_match, id: string) => `companies(${id.toLowerCase()})`);
}
