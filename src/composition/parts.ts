import type { Logger } from 'pino';
import { callContext } from '../clients/http/call-context.js';
import type { SharedDependencies } from '../activities/dependencies.js';
import { RateLimited } from '../clients/http/errors.js';
import type { CallGate, CallObserver, HttpClientOptions } from '../clients/http/types.js';
import type { Connections } from '../config/load-connections.js';
import { appendAudit } from '../store/audit-store.js';
import type { Database } from '../store/database.js';
import type { LeaseStore } from '../store/lease-store.js';
import { LeasePaused } from '../store/lease-store.js';
import { createAlertChannel } from './alert-channel.js';

export const userAgent = 'concur-dynamics/0.1';

/** What every connection is built from; one set per process. */
export interface Parts {
  connections: Connections;
  db: Database;
  leases: LeaseStore;
  logger: Logger;
  /** Aborted when the process is told to end. */
  stopping: AbortSignal;
  shared: SharedDependencies;
}

export function assembleParts(given: Omit<Parts, 'shared'>): Parts {
  const { db, leases, logger, connections } = given;
  const alerts = createAlertChannel(connections.alertWebhookUrl, logger);
  return { ...given, shared: { db, leases, alerts, now: () => new Date() } };
}

/**
 * Parallelism of one connection over the whole fleet, in PostgreSQL (decisions 6). While a connection is paused for longer,
 * its calls end at once with `RateLimited`: nothing has left, and Temporal repeats the step when the pause is over.
 */
export function gateOf(leases: LeaseStore, connection: string, parallelism: number): CallGate {
  return {
    enter: async (signal) => {
      try {
        return (await leases.acquire(`connection:${connection}`, parallelism, signal)).release;
      } catch (error) {
        if (!(error instanceof LeasePaused)) throw error;
        const seconds = Math.ceil(error.remainingMs / 1_000);
        throw new RateLimited(
          `${connection} has asked for a pause; no call is made for another ${seconds} s.`,
          { system: connection, operation: 'gate' },
          error.remainingMs,
        );
      }
    },
    pauseUntil: (at) => leases.pauseUntil(`connection:${connection}`, at),
  };
}

/**
 * Every remote call that serves documents becomes a row of the audit trail of each of them, and every other write a row of its
 * own (S114); `sharedBy` tells how many documents a call has served. A row that cannot be written goes to the log in full: the
 * call itself has already had its effect.
 */
export function auditObserver(db: Database, logger: Logger): CallObserver {
  const append = (documentId: string | undefined, data: Record<string, unknown>): Promise<void> =>
    appendAudit(db, { documentId, kind: 'call', actor: 'connector', data }).catch((error: unknown) => {
      logger.error({ err: error, documentId, call: data }, 'a remote call could not be written to the audit trail');
    });
  return async (record) => {
    const served = callContext.getStore() ?? [];
    logger.debug({ ...record, documentIds: served.map(({ documentId }) => documentId) }, 'remote call');
    if (served.length === 0 && record.kind === 'write') await append(undefined, { ...record });
    const sharing = served.length > 1 ? { sharedBy: served.length } : {};
    await Promise.all(served.map(({ documentId, attempt }) => append(documentId, { ...record, attempt, ...sharing })));
  };
}

/** What failed beside a call is logged: the call goes on, but the fleet may not know of a pause, or a slot is not free. */
export function sideFailureLog(logger: Logger, connection: string): NonNullable<HttpClientOptions['onSideFailure']> {
  return (during, failure) => {
    logger.error({ err: failure, connection, during }, 'a duty beside a remote call failed');
  };
}
