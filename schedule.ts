import { Client, Connection } from '@temporalio/client';
import { loadConnections } from './src/config/load-connections.js';
import { readProcessSettings } from './src/config/process-settings.js';
import { createLogger } from './src/observability/logger.js';
import { migrate, openDatabase } from './src/store/database.js';
import { bootstrap } from './src/temporal/bootstrap.js';

/** One-shot, repeatable: migrations, search attributes, schedules and token keepers. Exits 0. */
const settings = readProcessSettings(process.env);
const logger = createLogger({
  level: settings.logLevel,
  name: 'schedule',
  ...(settings.logFile === undefined ? {} : { file: settings.logFile }),
});
const connections = loadConnections(settings.connectionsFile, process.env);
const db = openDatabase(connections.databaseUrl);
const connection = await Connection.connect({ address: connections.temporalAddress });
try {
  logger.info({ applied: await migrate(db) }, 'the database is up to date');
  const client = new Client({ connection, namespace: connections.file.operation.namespace });
  const done = await bootstrap(client, connections.file);
  logger.info(done, 'search attributes, schedules and token keepers are in place');
} finally {
  await connection.close();
  await db.end();
}
