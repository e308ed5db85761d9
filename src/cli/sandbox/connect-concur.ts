import { setTimeout as delay } from 'node:timers/promises';
import { ExternalSystemError } from '../../clients/http/errors.js';
import type { ConnectResult } from '../../composition/connect-concur.js';
import type { Connections } from '../../config/load-connections.js';
import { connectConcurCompany } from '../credentials-commands.js';

const tries = 30;
const pauseMs = 1_000;

/**
 * Enters a request token as an administrator does, and tries again where Concur is busy or its answer got lost: the token is
 * good for 24 hours and as often as wanted.
 * @throws ExternalSystemError when Concur has not given an answer after half a minute
 */
export async function connectPatiently(
  connections: Connections,
  connection: string,
  requestToken: string,
): Promise<ConnectResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connectConcurCompany(connections, connection, requestToken);
    } catch (error) {
      if (!(error instanceof ExternalSystemError) || attempt >= tries) throw error;
      await delay(pauseMs);
    }
  }
}
