import { z } from 'zod';
import type { HttpClient, HttpRequest, HttpResponse } from '../http/types.js';
import { concurCall, concurRefusal, parseAnswer } from './concur-answers.js';

/** A webhook subscription as Concur shows it. */
export interface EventSubscription {
  id: string;
  topic: string;
  /** Regular expression on the event type; empty where Concur shows none. */
  filter: string;
  endpoint: string;
  /** UUIDs of the companies whose events are delivered; `.*` stands for all. Empty means silence (trap 8). */
  companyIds: string[];
}

/** What a subscription is made or changed by; an `id` is unique over all applications of Concur. */
export type SubscriptionOrder = Pick<EventSubscription, 'id' | 'topic' | 'filter' | 'endpoint'>;

/**
 * Management of the Event Subscription Service v4 (platform spec 2.1), with an app token of the data center. All throw the
 * errors of `HttpClient.send` and `Unauthorized` (403), `Rejected`, `ContractViolation`. All may be repeated: saving is an
 * update by id.
 */
export interface EventSubscriptionClient {
  /** Topics that the scopes of the app allow; a missing scope shows as a missing topic, not as a refusal (trap 35). */
  topics(call: { signal?: AbortSignal }): Promise<string[]>;
  /** All subscriptions of the application, those of other connections and installations included. */
  list(call: { signal?: AbortSignal }): Promise<EventSubscription[]>;
  /** One subscription; undefined where Concur has none of this id. */
  read(call: { id: string; signal?: AbortSignal }): Promise<EventSubscription | undefined>;
  /** Makes or renews a subscription. That it was saved does not mean that any company's events come (trap 8). */
  save(call: SubscriptionOrder & { signal?: AbortSignal }): Promise<void>;
  /** Marks a subscription for deletion; it goes a while later. One that is not there counts as removed. */
  remove(call: { id: string; signal?: AbortSignal }): Promise<void>;
}

const base = '/events/v4';
const texts = z.array(z.string()).nullish();

const subscriptionSchema = z
  .object({
    id: z.string().min(1),
    topic: z.string().nullish(),
    filter: z.string().nullish(),
    webHookConfig: z.object({ endpoint: z.string().nullish() }).nullish(),
    companyIds: texts,
  })
  .transform(({ id, topic, filter, webHookConfig, companyIds }): EventSubscription => {
    const endpoint = webHookConfig?.endpoint ?? '';
    return { id, topic: topic ?? '', filter: filter ?? '', endpoint, companyIds: companyIds ?? [] };
  });

/** The guide answers one subscription as an array of one, the contract as an object. */
const oneOrMore = z.union([z.array(subscriptionSchema), subscriptionSchema.transform((one) => [one])]);

/** Makes the client over an HTTP core whose base URL is the data center and whose tokens are app tokens. */
export function createEventSubscriptionClient(http: HttpClient): EventSubscriptionClient {
  return {
    async topics({ signal }) {
      const { response, call } = await send(http, 'ess.topics', { method: 'GET', path: `${base}/topics`, signal });
      if (response.status !== 200) throw concurRefusal('read', call);
      return parseAnswer(z.array(z.string()), response.json(), call);
    },
    async list({ signal }) {
      const path = `${base}/subscriptions`;
      const { response, call } = await send(http, 'ess.list', { method: 'GET', path, signal });
      if (response.status !== 200) throw concurRefusal('read', call);
      return parseAnswer(oneOrMore, response.json(), call);
    },
    async read({ id, signal }) {
      const { response, call } = await send(http, 'ess.read', { method: 'GET', path: pathOf(id), signal });
      if (response.status === 404) return undefined;
      if (response.status !== 200) throw concurRefusal('read', call);
      return parseAnswer(oneOrMore, response.json(), call).find((each) => each.id === id);
    },
    async save({ id, topic, filter, endpoint, signal }) {
      const path = `${base}/subscriptions/webhook`;
      const json = { id, topic, filter, webHookConfig: { endpoint } };
      const { response, call } = await send(http, 'ess.save', { method: 'PUT', path, json, signal });
      if (response.status !== 200 && response.status !== 201) throw concurRefusal('write', call);
    },
    async remove({ id, signal }) {
      const { response, call } = await send(http, 'ess.remove', { method: 'DELETE', path: pathOf(id), signal });
      if (![200, 202, 204, 404].includes(response.status)) throw concurRefusal('write', call);
    },
  };
}

const pathOf = (id: string): string => `${base}/subscriptions/${encodeURIComponent(id)}`;

type Call = Pick<HttpRequest, 'method' | 'path' | 'json'> & { signal: AbortSignal | undefined };

async function send(
  http: HttpClient,
  operation: string,
  { signal, ...request }: Call,
): Promise<{ response: HttpResponse; call: ReturnType<typeof concurCall> }> {
  const response = await http.send({
    operation,
    ...request,
    kind: request.method === 'GET' ? 'read' : 'write',
    headers: { accept: 'application/json' },
    ...(signal === undefined ? {} : { signal }),
  });
  return { response, call: concurCall(operation, response) };
}
