/** How many events of unproven senders one connection may still store; shared by the requests of one process. */
export interface UntrustedQuota {
  /** Rejects when the events could not be counted. */
  isSpent: (connection: string) => Promise<boolean>;
  /** One more was stored. */
  add: (connection: string) => void;
}

export interface UntrustedQuotaOptions {
  /** Events of one connection within 24 hours. */
  most: number;
  /** Those that are stored now. */
  count: (connection: string) => Promise<number>;
  /** Monotonic, in milliseconds. */
  now: () => number;
}

/** In between, this process adds what it stores itself; others of the fleet may exceed the quota by what they take meanwhile. */
const countEveryMs = 60_000;

/**
 * Anybody who knows the address may post events that nobody can verify, and they are all stored (decisions 11): this bounds what
 * that may cost. Events above it are answered 503, so that Concur's own come again later. Verified ones never count.
 */
export function createUntrustedQuota({ most, count, now }: UntrustedQuotaOptions): UntrustedQuota {
  const counts = new Map<string, { countedAt: number; stored: Promise<number>; added: number }>();
  return {
    isSpent: async (connection) => {
      let counted = counts.get(connection);
      if (counted === undefined || now() - counted.countedAt >= countEveryMs) {
        counted = { countedAt: now(), stored: count(connection), added: 0 };
        counts.set(connection, counted);
      }
      try {
        return (await counted.stored) + counted.added >= most;
      } catch (error) {
        if (counts.get(connection) === counted) counts.delete(connection);
        throw error;
      }
    },
    add: (connection) => {
      const counted = counts.get(connection);
      if (counted) counted.added += 1;
    },
  };
}
