import type { ControlRoute } from './control-routes.js';

const setUpFaults = '/control/nav/set-up-faults';

/** What tests do with the set-up of the simulated NAV server. */
export const navRoutes: readonly ControlRoute[] = [
  { method: 'GET', path: '/control/nav/payments', run: ({ world }) => world.nav.paymentProgress?.() },
  { method: 'GET', path: setUpFaults, run: ({ world }) => world.nav.setUpFaults?.() },
  {
    method: 'PUT',
    path: setUpFaults,
    run: ({ world, body }) => {
      world.nav.changeSetUpFaults?.(JSON.parse(body));
      return world.nav.setUpFaults?.();
    },
  },
];
