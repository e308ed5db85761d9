import { createServer } from 'node:net';

// Below the ranges from which Linux (32768) and macOS (49152) draw the local ports of outgoing connections, so that a port
// found free here is not taken by somebody's connection before our server binds it.
const LOWEST = 20_000;
const HIGHEST = 32_000;
const MAX_TRIES = 100;

const handedOut = new Set<number>();

const canBind = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });

/**
 * A TCP port on 127.0.0.1 that nobody listens on now and that this process has not handed out before.
 *
 * @param preferred - taken when it is free (also when handed out before: a restart wants its old port again)
 */
export const freePort = async (preferred?: number): Promise<number> => {
  if (preferred !== undefined && (await canBind(preferred))) {
    handedOut.add(preferred);
    return preferred;
  }
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (handedOut.has(port) || !(await canBind(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST} after ${MAX_TRIES} tries`);
};
