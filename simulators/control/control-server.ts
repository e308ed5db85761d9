import { createServer, type Server } from 'node:http';
import { listen, readBody, send } from '../harness/wire.js';
import type { SimResponse } from '../harness/server.js';
import { controlRoutes, type ControlCall, type ControlRoute } from './control-routes.js';
import type { SimulatedWorld } from './simulated-world.js';

/** Serves the control API on a loopback port of its own; no faults happen here. Errors are `{ error }` with 400 or 404. */
export async function startControlServer(
  world: SimulatedWorld,
  port: number,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((incoming, outgoing) => {
    void readBody(incoming).then((body) => {
      if (body === undefined) return;
      const { pathname } = new URL(incoming.url ?? '/', 'http://loopback');
      send(outgoing, answer(world, incoming.method ?? 'GET', pathname, body));
    });
  });
  const url = await listen(server, port);
  return { url, close: () => closed(server) };
}

function answer(world: SimulatedWorld, method: string, path: string, body: string): SimResponse {
  for (const route of controlRoutes) {
    const params = matched(route, method, path);
    if (params !== undefined) return run(route, { world, body, params });
  }
  return { status: 404, body: { error: `${method} ${path} is not part of the control API` } };
}

/** Path parameters by name, or undefined if the route is another one. */
function matched(route: ControlRoute, method: string, path: string): Record<string, string> | undefined {
  if (route.method !== method) return undefined;
  const wanted = route.path.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return params;
}

function run(route: ControlRoute, call: ControlCall): SimResponse {
  try {
    const result = route.run(call);
    return result === undefined ? { status: 404, body: { error: 'not found' } } : { status: 200, body: result };
  } catch (error) {
    return { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

async function closed(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
