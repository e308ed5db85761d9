import { careForSubscription } from '../activities/subscriptions.js';
import { readEventKeys } from '../config/event-keys.js';
import type { OnConnect } from '../events/connect-page.js';
import { createEventJudge } from '../events/event-judge.js';
import type { ReceiverEndpoint } from '../events/receiver-server.js';
import { verifyAgain } from '../events/verify-again.js';
import type { RefreshRequest } from './concur-auth.js';
import { connectConcurCompany } from './connect-concur.js';
import { connectEvents } from './events-connection.js';
import type { Parts } from './parts.js';

/** The connections of the file that receive events, each with its own keys. */
export function receiverEndpoints({ connections: { file, folder } }: Parts): ReceiverEndpoint[] {
  return file.concur.flatMap(({ name, companyUuid, events }) => {
    if (!events) return [];
    const { mode, algorithms, clientCertificate, appCenter } = events;
    const keys = readEventKeys(events.keys, folder, (_index, problem) => {
      throw new Error(`The keys of ${name} cannot be used: ${problem}.`);
    });
    const judge = createEventJudge({ mode, algorithms, keys, clientCertificate });
    return [{ connection: name, companyUuid, judge, appCenter }];
  });
}

/**
 * Gives quarantined events another chance with the keys of this start (decisions 11). It may take long, and ends early when the
 * process is told to end: new events do not wait for it.
 * @returns how many are work now
 */
export async function releaseQuarantine(
  { db, logger, stopping }: Parts,
  endpoints: readonly ReceiverEndpoint[],
): Promise<number> {
  let all = 0;
  for (const { connection, judge } of endpoints) {
    const { released } = await verifyAgain(db, connection, judge, stopping);
    if (released > 0) logger.info({ connection, released }, 'events left the quarantine');
    all += released;
  }
  return all;
}

/**
 * What the App Center landing page does. The subscription is made before the token is exchanged, since Concur adds the company
 * to those that stand at that moment (trap 8); a subscription that cannot be made does not keep the company from connecting.
 * Anybody may open the page: until Concur accepts the token, it is looked after once an hour at most and nothing is stored.
 */
export function appCenterConnect(parts: Parts, signalKeeper?: RefreshRequest): OnConnect {
  const caredAt = new Map<string, number>();
  const care = async (connection: string): Promise<void> => {
    const concur = parts.connections.file.concur.find(({ name }) => name === connection);
    const events = concur && connectEvents(parts, concur);
    if (!events) return;
    try {
      await careForSubscription(events, AbortSignal.timeout(subscriptionLimitMs));
      caredAt.set(connection, parts.shared.now().getTime());
    } catch (error) {
      parts.logger.error({ err: error, connection }, 'the event subscription could not be looked after');
    }
  };
  return async (connection, _companyUuid, requestToken) => {
    const sinceMs = parts.shared.now().getTime() - (caredAt.get(connection) ?? -Infinity);
    if (sinceMs >= careEveryMs) await care(connection);
    const result = await connectConcurCompany(parts, connection, requestToken, signalKeeper, 'forget');
    if (result.status === 'refused') return { connected: false, message: `${result.reason} ${result.remedy}` };
    await care(connection);
    return { connected: true, message: 'The company is connected. You can close this page.' };
  };
}

const subscriptionLimitMs = 30_000;
const careEveryMs = 3_600_000;
