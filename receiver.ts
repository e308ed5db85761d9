import { Client, Connection } from '@temporalio/client';
import { businessEventEndpoints, hintableWatches } from './src/composition/business-events.js';
import { createHintDispatcher, hintSender } from './src/composition/event-hints.js';
import { changeSender, createChangeDispatcher } from './src/composition/change-hints.js';
import { appCenterConnect, receiverEndpoints, releaseQuarantine } from './src/composition/event-receiver.js';
import { assembleParts } from './src/composition/parts.js';
import { createWatchHints, watchTrigger } from './src/composition/watch-hints.js';
import { webhookReception } from './src/composition/webhooks-connection.js';
import { loadConnections } from './src/config/load-connections.js';
import { readProcessSettings } from './src/config/process-settings.js';
import { SettingsError } from './src/config/settings-error.js';
import { createReceiver } from './src/events/receiver-server.js';
import { createLogger } from './src/observability/logger.js';
import { migrate, openDatabase } from './src/store/database.js';
import { createLeaseStore } from './src/store/lease-store.js';

/** Entry of the process that receives events of Concur and of F&O, and notifications of Business Central. Any number may run behind one address. */
const settings = readProcessSettings(process.env);
const logger = createLogger({
  level: settings.logLevel,
  name: 'receiver',
  ...(settings.logFile === undefined ? {} : { file: settings.logFile }),
});
const connections = loadConnections(settings.connectionsFile, process.env);
const { receiver, namespace } = connections.file.operation;
if (!receiver) throw new SettingsError([`${settings.connectionsFile}: set operation.receiver to receive events`]);
const db = openDatabase(connections.databaseUrl, {
  onError: (error) => {
    logger.warn({ err: error }, 'a database connection broke');
  },
});
await migrate(db);
const leases = createLeaseStore(db);
const stopping = new AbortController();
const parts = assembleParts({ connections, db, leases, logger, stopping: stopping.signal });
const endpoints = receiverEndpoints(parts);

// Not connected yet, and never waited for: events are stored while Temporal is away.
const connection = Connection.lazy({ address: connections.temporalAddress });
const client = new Client({ connection, namespace });
const hints = createHintDispatcher({
  db,
  targets: connections.file.concur.filter(({ events }) => events !== undefined),
  send: hintSender(client, connections.file),
  logger,
});
const watchHints = createWatchHints({
  db,
  watches: hintableWatches(connections.file),
  trigger: watchTrigger(client, connections.file.operation.queuePrefix),
  logger,
});
const businessEvents = { endpoints: businessEventEndpoints(connections), onStored: watchHints.nudge };
const hooks = webhookReception(parts);
const changes = createChangeDispatcher({
  db,
  connections: hooks.connections,
  send: changeSender(client, connections.file),
  logger,
});
const app = createReceiver({
  db,
  endpoints,
  logger,
  onStored: hints.nudge,
  onConnect: appCenterConnect(parts),
  businessEvents,
  hooks: { ...hooks, onStored: changes.nudge },
});

const stopped = new Promise<void>((resolve) => {
  process.once('SIGINT', resolve);
  process.once('SIGTERM', resolve);
});
await app.listen({ host: receiver.host, port: receiver.port });
logger.info(
  {
    addresses: app.addresses(),
    connections: [...endpoints, ...businessEvents.endpoints].map((endpoint) => endpoint.connection),
  },
  'the receiver is listening',
);
// Beside the events that come in: a quarantine may be large.
const releasing = releaseQuarantine(parts, endpoints).then(hints.nudge, (error: unknown) => {
  logger.warn({ err: error }, 'the quarantine could not be judged again; the next start tries it');
});
await stopped;
stopping.abort();
// New requests are refused and those under way are answered before anything that they use is closed.
await app.close();
await releasing;
await hints.close();
await watchHints.close();
await changes.close();
leases.close();
await connection.close();
await db.end();
logger.info('the receiver has stopped');
