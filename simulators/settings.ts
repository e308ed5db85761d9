import { z } from 'zod';
import { defaultEventTiming } from './concur/ess-state.js';
import type { SimulatorSettings } from './harness/settings-types.js';

const port = z.int().min(0).max(65_535).default(0);
const milliseconds = z.int().min(0);
const share = z.number().min(0).max(1);

const eventTiming = z.strictObject({
  lagMs: milliseconds.default(defaultEventTiming.lagMs),
  retentionMs: milliseconds.default(defaultEventTiming.retentionMs),
  backoffMs: milliseconds.default(defaultEventTiming.backoffMs),
  backoffLimitMs: milliseconds.default(defaultEventTiming.backoffLimitMs),
  timeoutMs: milliseconds.default(defaultEventTiming.timeoutMs),
});

const bcWebhooks = z
  .strictObject({
    enabled: z.boolean(),
    lifeMs: milliseconds,
    handshakeMs: milliseconds,
    delayMs: milliseconds,
    answerMs: milliseconds,
    retryFactor: z.number().min(0),
    threshold: milliseconds,
    maximum: z.int().min(1),
    lostShare: share,
    doubledShare: share,
    lateShare: share,
    lateMs: milliseconds,
  })
  .partial();

const settingsSchema = z.strictObject({
  ports: z.strictObject({
    concur: port,
    entra: port,
    fo: port,
    bc: port,
    nav: z.int().min(0).max(65_535).optional(),
    control: port,
  }),
  stateFolder: z.string().min(1),
  seed: z.int(),
  faults: z.enum(['none', 'realistic', 'brutal']),
  faultsIn: z.array(z.enum(['concur', 'entra', 'fo', 'bc', 'nav'])).optional(),
  fo: z.strictObject({
    clientId: z.string(),
    clientSecret: z.string(),
    tenant: z.string(),
    postingDelayMs: milliseconds,
    batchEveryMs: milliseconds,
    paymentDelayMs: milliseconds,
    partShare: share,
    workflowDelayMs: milliseconds.optional(),
    refuseShare: share.optional(),
    reverseShare: share.optional(),
    reverseDelayMs: milliseconds.optional(),
  }),
  bc: z.strictObject({
    clientId: z.string(),
    clientSecret: z.string(),
    tenant: z.string(),
    environment: z.string(),
    scope: z.string(),
    paymentDelayMs: milliseconds,
    partShare: share,
    refuseShare: share.optional(),
    reverseShare: share.optional(),
    reverseDelayMs: milliseconds.optional(),
    webhooks: bcWebhooks.optional(),
    onPremises: z.strictObject({ instance: z.string(), user: z.string(), accessKey: z.string() }).optional(),
    requestLimit: z.int().min(1).optional(),
    postingMs: milliseconds.optional(),
  }),
  nav: z
    .strictObject({
      instance: z.string().min(1),
      user: z.string().min(1),
      webServiceKey: z.string().min(1),
      codeunit: z.boolean(),
      personDelayMs: milliseconds.optional(),
      paymentDelayMs: milliseconds,
      partShare: share,
      reverseShare: share.optional(),
      reverseDelayMs: milliseconds.optional(),
    })
    .optional(),
  concur: z
    .strictObject({
      accessTokenSeconds: z.int().min(1),
      extractedLagMs: milliseconds.optional(),
      correctionLagMs: milliseconds.optional(),
      events: eventTiming.optional(),
    })
    .transform(({ accessTokenSeconds, extractedLagMs, correctionLagMs, events }) => ({
      accessTokenSeconds,
      ...(extractedLagMs === undefined ? {} : { extractedLagMs }),
      ...(correctionLagMs === undefined ? {} : { correctionLagMs }),
      ...(events === undefined ? {} : { events }),
    })),
});

/** Reads the settings of the simulator process. Throws with all problems at once, naming fields, never values. */
export function parseSettings(json: string): SimulatorSettings {
  const parsed = settingsSchema.safeParse(JSON.parse(json));
  if (!parsed.success) throw new Error(`simulator settings are wrong:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
