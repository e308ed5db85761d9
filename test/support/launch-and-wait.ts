/** Stands in for the sandbox in tests that kill it: starts both servers in a folder, prints their ids, and waits. */
import { join } from 'node:path';
import { startPostgres } from '../../src/launcher/postgres.js';
import { startTemporal } from '../../src/launcher/temporal-server.js';

const [folder = '.'] = process.argv.slice(2);
const [postgres, temporal] = await Promise.all([
  startPostgres({ folder }),
  startTemporal({ dbFile: join(folder, 'temporal.db'), searchAttributes: {} }),
]);
process.stdout.write(`${JSON.stringify({ postgres: postgres.pid, temporal: temporal.pid })}\n`);
process.once('SIGTERM', () => {
  void Promise.all([temporal.stop(), postgres.stop()]);
});
