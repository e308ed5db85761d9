import type { ControlRoute } from './control-routes.js';

const webhooks = '/control/bc/webhooks';
const setUpFaults = '/control/bc/set-up-faults';
const limits = '/control/bc/limits';
const orders = '/control/bc/orders';
const done = { ok: true };

/** What tests do with the simulated Business Central tenant behind the connector's back. */
export const bcRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '/control/bc/subscriptions', run: ({ world }) => world.bc.webhooks?.() },
  { method: 'GET', path: '/control/bc/subscribed', run: ({ world }) => ({ sets: world.bc.subscriptions?.() ?? [] }) },
  {
    method: 'POST',
    path: '/control/bc/subscriptions/delete',
    run: ({ world, body }) => world.bc.deleteSubscriptions?.(JSON.parse(body)),
  },
  { method: 'GET', path: '/control/bc/payments', run: ({ world }) => world.bc.paymentProgress?.() },
  {
    method: 'PUT',
    path: limits,
    run: ({ world, body }) => {
      world.bc.changeLimits?.(JSON.parse(body));
      return world.bc.limits?.();
    },
  },
  {
    method: 'POST',
    path: orders,
    run: ({ world, body }) => {
      world.bc.actOnOrder?.(JSON.parse(body));
      return done;
    },
  },
  {
    method: 'POST',
    path: '/control/bc/entries',
    run: ({ world, body }) => {
      world.bc.actOnEntry?.(JSON.parse(body));
      return done;
    },
  },
  { method: 'GET', path: orders, run: ({ world }) => ({ orders: world.bc.orders?.() ?? [] }) },
  { method: 'GET', path: limits, run: ({ world }) => world.bc.limits?.() },
  { method: 'GET', path: setUpFaults, run: ({ world }) => world.bc.setUpFaults?.() },
  {
    method: 'PUT',
    path: setUpFaults,
    run: ({ world, body }) => {
      world.bc.changeSetUpFaults?.(JSON.parse(body));
      return world.bc.setUpFaults?.();
    },
  },
  {
    method: 'PUT',
    path: webhooks,
    run: ({ world, body }) => {
      world.bc.changeWebhooks?.(JSON.parse(body));
      return world.bc.webhooks?.();
    },
  },
];
