import type { ControlRoute } from './control-routes.js';

const businessEvents = '/control/fo/business-events';
const setUpFaults = '/control/fo/set-up-faults';

/** What tests do with the set-up of the simulated Finance & Operations environment, and what its payments have come to. */
export const foRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '/control/fo/payments', run: ({ world }) => world.fo.paymentProgress?.() },
  { method: 'GET', path: setUpFaults, run: ({ world }) => world.fo.setUpFaults?.() },
  { method: 'GET', path: businessEvents, run: ({ world }) => world.fo.businessEvents?.() },
  {
    method: 'PUT',
    path: businessEvents,
    run: ({ world, body }) => {
      world.fo.activateBusinessEvents?.(JSON.parse(body));
      return world.fo.businessEvents?.();
    },
  },
  {
    method: 'PUT',
    path: setUpFaults,
    run: ({ world, body }) => {
      world.fo.changeSetUpFaults?.(JSON.parse(body));
      return world.fo.setUpFaults?.();
    },
  },
];
