import { z } from 'zod';
import type { TokenEvents } from '../concur/token-events.js';
import type { ControlRoute } from './control-routes.js';

const switches = z
  .strictObject({
    keepRefreshToken: z.boolean(),
    maintenance: z.boolean(),
    level: z.enum(['company', 'user']),
    withheldScopes: z.array(z.string()),
  })
  .partial();

const path = '/control/concur/tokens';

/** What happens to the company's tokens; each answers the state that follows, never a token. */
export const tokenRoutes: readonly ControlRoute[] = [
  { method: 'GET', path, run: ({ world }) => world.concur.tokens.report() },
  {
    method: 'POST',
    path,
    run: ({ world, body }) => {
      const given = switches.parse(JSON.parse(body));
      world.concur.tokens.change(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
      return world.concur.tokens.report();
    },
  },
  event('revoke-access', (tokens) => tokens.revokeAccess()),
  event('revoke-refresh', (tokens) => tokens.revokeRefresh()),
  event('disconnect', (tokens) => tokens.disconnect()),
  event('move', (tokens) => tokens.move()),
  // The one answer that holds a token: the administrator of the company has asked for it.
  { method: 'POST', path: `${path}/request-token`, run: ({ world }) => world.concur.tokens.newRequestToken() },
];

function event(name: string, happen: (tokens: TokenEvents) => unknown): ControlRoute {
  return {
    method: 'POST',
    path: `${path}/${name}`,
    run: ({ world }) => {
      happen(world.concur.tokens);
      return world.concur.tokens.report();
    },
  };
}
