import { z } from 'zod';
import { businessEventCatalogue } from './business-event-catalogue.js';

const share = z.number().min(0).max(1);
const milliseconds = z.int().min(0);

function isLoopback(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return ['http:', 'https:'].includes(protocol) && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}

/** An endpoint of the type HTTPS with the events that are activated for it (section 13). */
export const endpointSchema = z.strictObject({
  /** Loopback only: the simulator talks to nobody else. */
  url: z.url().refine(isLoopback, 'is not on the loopback interface'),
  /** Ids of the catalogue. */
  events: z.array(z.enum(businessEventCatalogue.map(({ id }) => id))).min(1),
  /** Companies for which the events are activated; all unless given. */
  companies: z.array(z.string().toLowerCase()).optional(),
  /** An event comes up to this much late, each by another time, so that their order is lost. */
  lagMs: milliseconds.default(2_000),
  /** Wait before each of the three retries. */
  retryMs: milliseconds.default(1_000),
  lostShare: share.default(0.05),
  doubledShare: share.default(0.1),
});

export type Endpoint = z.output<typeof endpointSchema>;

const deliverySchema = z.object({
  eventId: z.string(),
  businessEventId: z.string(),
  body: z.string(),
  /** The message that saving an endpoint sends. */
  isTest: z.boolean(),
  /** Milliseconds since 1970. */
  dueAt: z.number(),
  /** Failed attempts so far. */
  attempts: z.number(),
});

/** One message on its way. */
export type EventDelivery = z.output<typeof deliverySchema>;

const countersSchema = z.object({
  /** Events that happened while they were activated. */
  published: z.number(),
  /** Messages besides the first of the same event. */
  doubled: z.number(),
  /** Messages that the endpoint took. */
  sent: z.number(),
  /** Messages given up after the last retry; they stand in the error log. */
  failed: z.number(),
  /** Events that were never sent, and of which nobody is told. */
  lost: z.number(),
});

export type EventCounts = z.output<typeof countersSchema>;

/** State of the business events; JSON-safe. */
export const eventStateSchema = z.object({
  endpoint: endpointSchema.optional(),
  test: z.enum(['none', 'pending', 'delivered', 'failed']),
  controlNumber: z.number(),
  counters: countersSchema,
  deliveries: z.array(deliverySchema),
  errorLog: z.array(z.object({ eventId: z.string(), businessEventId: z.string(), reason: z.string() })),
});

export type EventState = z.output<typeof eventStateSchema>;

/** Nothing activated yet. */
export function noEvents(): EventState {
  return {
    test: 'none',
    controlNumber: 5_637_144_576,
    counters: { published: 0, doubled: 0, sent: 0, failed: 0, lost: 0 },
    deliveries: [],
    errorLog: [],
  };
}
