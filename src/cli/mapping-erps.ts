import { connectErp } from '../composition/erp-connection.js';
import { assembleParts } from '../composition/parts.js';
import type { Connections } from '../config/load-connections.js';
import type { ErpPort } from '../contracts/erp-port.js';
import { createLogger } from '../observability/logger.js';
import type { Database } from '../store/database.js';
import { createLeaseStore } from '../store/lease-store.js';

/**
 * Runs `work` with the adapters of the workers, by the name of the connection. Calls count for the parallelism and the pauses of the
 * connection as everybody's do.
 */
export async function withErps<T>(
  connections: Connections,
  db: Database,
  work: (portOf: (erp: string) => ErpPort | undefined, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leases = createLeaseStore(db);
  const stopping = new AbortController();
  const logger = createLogger({ level: 'silent', name: 'mapping' });
  const parts = assembleParts({ connections, db, leases, logger, stopping: stopping.signal });
  const ports = new Map<string, ErpPort>();
  try {
    return await work((name) => {
      const erp = connections.file.erp.find((each) => each.name === name);
      if (erp === undefined) return undefined;
      const port = ports.get(name) ?? connectErp(parts, erp).port;
      ports.set(name, port);
      return port;
    }, stopping.signal);
  } finally {
    stopping.abort();
    leases.close();
  }
}
