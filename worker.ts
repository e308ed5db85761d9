import { NativeConnection } from '@temporalio/worker';
import { assembleParts } from './src/composition/parts.js';
import { createWorkers } from './src/composition/workers.js';
import { loadApprovedConnections } from './src/config/load-connections.js';
import { readProcessSettings } from './src/config/process-settings.js';
import { createLogger } from './src/observability/logger.js';
import { startHealthServer } from './src/observability/health-server.js';
import { installRuntime } from './src/observability/runtime.js';
import { migrate, openDatabase } from './src/store/database.js';
import { createLeaseStore } from './src/store/lease-store.js';

/** Entry of a worker process. Any number of them may run; each serves every queue of the connections file. */
const settings = readProcessSettings(process.env);
const logger = createLogger({
  level: settings.logLevel,
  name: 'worker',
  ...(settings.logFile === undefined ? {} : { file: settings.logFile }),
});
installRuntime(logger, settings.metricsAddress);

const connections = loadApprovedConnections(settings.connectionsFile, process.env);
const db = openDatabase(connections.databaseUrl, {
  onError: (error) => {
    logger.warn({ err: error }, 'a database connection broke');
  },
});
await migrate(db);
const leases = createLeaseStore(db);
const connection = await NativeConnection.connect({ address: connections.temporalAddress });
const stopping = new AbortController();
const parts = assembleParts({ connections, db, leases, logger, stopping: stopping.signal });
const workers = await createWorkers(parts, connection);

const health =
  connections.file.operation.healthPort === undefined
    ? undefined
    : await startHealthServer({
        port: connections.file.operation.healthPort,
        host: settings.healthHost,
        checks: {
          workers: () => workers.every((worker) => worker.getState() === 'RUNNING'),
          database: async () => (await db.query('select 1')).rowCount === 1,
        },
      });

const shutDown = (): void => {
  stopping.abort();
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
};
process.once('SIGINT', shutDown);
process.once('SIGTERM', shutDown);

logger.info({ queues: workers.length, mapping: connections.rules.version }, 'the worker is running');
const ends = await Promise.allSettled(
  workers.map((worker) =>
    worker.run().catch((error: unknown) => {
      // One dead worker would leave its queue unserved: end the process, the supervisor starts a new one.
      logger.fatal({ err: error, queue: worker.options.taskQueue }, 'a worker has died; the process ends');
      shutDown();
      throw error;
    }),
  ),
);
// Only now does nobody use the connections any more.
await health?.close();
leases.close();
await connection.close();
await db.end();
logger.info('the worker has stopped');
const death = ends.find((end) => end.status === 'rejected');
if (death) throw death.reason;
