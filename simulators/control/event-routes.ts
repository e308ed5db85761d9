import { z } from 'zod';
import { signatureKinds } from '../concur/ess-state.js';
import type { ControlRoute } from './control-routes.js';

const eventOrder = z
  .strictObject({
    body: z.string(),
    signature: z.enum(signatureKinds).default('valid'),
    times: z.int().min(1).default(1),
    parallel: z.int().min(1).default(1),
    contentType: z.string().nullable().default('application/json'),
    subscription: z.string().optional(),
  })
  .transform(({ subscription, ...order }) => ({ ...order, ...(subscription === undefined ? {} : { subscription }) }));
const shapeOrder = z.strictObject({ byIdAs: z.enum(['array', 'object']) });

const done = { ok: true };

/** What tests do with the simulated Event Subscription Service behind the connector's back. */
export const eventRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '/control/concur/events', run: ({ world }) => world.concur.events.report() },
  {
    method: 'POST',
    path: '/control/concur/events',
    run: ({ world, body }) => world.concur.events.publish(eventOrder.parse(JSON.parse(body))),
  },
  { method: 'GET', path: '/control/concur/event-keys', run: ({ world }) => world.concur.events.publicKeys() },
  {
    method: 'POST',
    path: '/control/concur/event-keys',
    run: ({ world }) => {
      world.concur.events.rotateKeys();
      return world.concur.events.publicKeys();
    },
  },
  {
    method: 'POST',
    path: '/control/concur/subscriptions',
    run: ({ world, body }) => {
      world.concur.events.answerByIdAs(shapeOrder.parse(JSON.parse(body)).byIdAs);
      return done;
    },
  },
  {
    method: 'POST',
    path: '/control/concur/subscriptions/:id/delete',
    run: ({ world, params }) => (world.concur.events.removeSubscription(params['id'] ?? '') ? done : undefined),
  },
  {
    method: 'POST',
    path: '/control/concur/subscriptions/:id/silence',
    run: ({ world, params }) => (world.concur.events.silenceSubscription(params['id'] ?? '') ? done : undefined),
  },
];
