import type { Logger } from 'pino';
import { callContext } from '../activities/call-context.js';
import type { SharedDependencies } from '../activities/dependencies.js';
import type { CallGate, CallObserver } from '../clients/http/types.js';
import type { Connections } from '../config/load-connections.js';
import { appendAudit } from '../store/audit-store.js';
import type { Database } from '../store/database.js';
import type { LeaseStore } from '../store/lease-store.js';
import { createAlertChannel } from './alert-channel.js';

export const userAgent = 'concur-dynamics/0.1';

/** What every connection is built from; one set per process. */
export interface Parts {
  connections: Connections;
  db: Database;
  leases: LeaseStore;
  logger: Logger;
  shared: SharedDependencies;
}

export function assembleParts(given: { connections: Connections; db: Database; leases: LeaseStore; logger: Logger }): Parts {
  const { db, leases, logger, connections } = given;
  const alerts = createAlertChannel(connections.file.operation.alertWebhookUrl, logger);
  return { ...given, shared: { db, leases, alerts, now: () => new Date() } };
}

/** Parallelism of one connection over the whole fleet, in PostgreSQL (decisions 6). */
export function gateOf(leases: LeaseStore, connection: string, parallelism: number): CallGate {
  return {
    enter: async (signal) => (await leases.acquire(`connection:${connection}`, parallelism, signal)).release,
    pauseUntil: (at) => leases.pauseUntil(`connection:${connection}`, at),
  };
}

/** Every remote call that serves a document, and every write, becomes a row of the audit trail (S114). */
export function auditObserver(db: Database, logger: Logger): CallObserver {
  return async (record) => {
    const context = callContext.getStore();
    logger.debug({ ...record, documentId: context?.documentId }, 'remote call');
    if (context === undefined && record.kind === 'read') return;
    await appendAudit(db, {
      documentId: context?.documentId,
      kind: 'call',
      actor: 'connector',
      data: { ...record, ...(context === undefined ? {} : { attempt: context.attempt }) },
    });
  };
}
