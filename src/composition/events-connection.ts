import type { SubscriptionDependencies } from '../activities/subscriptions.js';
import { createAppTokenAuth } from '../clients/concur/app-token-client.js';
import type { EventSubscriptionClient, SubscriptionOrder } from '../clients/concur/event-subscription-client.js';
import { createEventSubscriptionClient } from '../clients/concur/event-subscription-client.js';
import { createHttpClient } from '../clients/http/http-client.js';
import type { ConcurConnection, ConnectionsFile } from '../config/connections-schema.js';
import { sharersOf, subscriptionIdOf } from '../config/event-keys.js';
import type { EventsSection } from '../config/events-schema.js';
import { readyEventFilter, readyTopic } from '../contracts/events.js';
import { createSealer } from '../store/envelope-encryption.js';
import { createTokenStore } from '../store/token-store.js';
import { secretsOf } from './concur-connection.js';
import type { Parts } from './parts.js';
import { auditObserver, gateOf, sideFailureLog, userAgent } from './parts.js';

/** Builds what keeps the event subscription of one connection; undefined where it has no events. No call is made here. */
export function connectEvents(parts: Parts, concur: ConcurConnection): SubscriptionDependencies | undefined {
  const { events } = concur;
  if (!events) return undefined;
  const tokens = createTokenStore(parts.db, createSealer(parts.connections.encryptionKey.reveal()));
  return {
    ...parts.shared,
    connection: concur.name,
    companyUuid: concur.companyUuid,
    subscriptions: subscriptionClient(parts, concur, events),
    wanted: wantedSubscription(parts.connections.file, concur, events),
    silentAfterHours: events.silentAfterHours,
    isConnected: async () => (await tokens.facts(concur.name)) !== undefined,
  };
}

/** One subscription for all polled types, and for all connections that share its id (S76). */
export function wantedSubscription(
  file: ConnectionsFile,
  concur: ConcurConnection,
  events: EventsSection,
): SubscriptionOrder {
  const id = subscriptionIdOf(concur, events);
  const docTypes = sharersOf(file, id).flatMap(({ documentTypes }) => documentTypes);
  return { id, topic: readyTopic, filter: readyEventFilter(docTypes), endpoint: events.endpoint };
}

/** Authorized with a token of the application, never with the company's (trap 7). */
function subscriptionClient(parts: Parts, concur: ConcurConnection, events: EventsSection): EventSubscriptionClient {
  const observe = auditObserver(parts.db, parts.logger);
  const auth = createAppTokenAuth({
    dataCenter: events.dataCenter,
    geolocationAllow: concur.geolocationAllow,
    clientId: concur.clientId,
    clientSecrets: () => secretsOf(parts, concur.name),
    now: parts.shared.now,
    userAgent,
    observe,
  });
  // A gate of its own: a pause that the event service asks for is none of the documents' business.
  const gate = `${concur.name}/events`;
  return createEventSubscriptionClient(
    createHttpClient({
      system: 'concur',
      auth,
      gate: gateOf(parts.leases, gate, 1),
      observe,
      timeoutMs: 60_000,
      userAgent,
      correlationHeader: 'concur-correlationid',
      sendCorrelationId: true,
      defaultRetryAfterMs: parts.connections.file.timings.throttledWaitSeconds * 1_000,
      onSideFailure: sideFailureLog(parts.logger, gate),
    }),
  );
}
