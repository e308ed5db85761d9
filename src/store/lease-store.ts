import { randomUUID } from 'node:crypto';
import type { Database } from './database.js';

const ttlSeconds = 12;
const renewEveryMs = 3_000;

/** A held slot; give it back with `release`. A process that dies gives its slots back by expiry. */
export interface Lease {
  release: () => Promise<void>;
}

/** Leases and throttles of this process; one instance per process, so that one timer renews all that it holds. */
export interface LeaseStore {
  /** Takes one of `slots` slots of `name` if one is free and no throttle forbids it. */
  tryAcquire: (name: string, slots: number) => Promise<Lease | undefined>;
  /** Waits for a slot, in small random steps. @throws the signal's reason when aborted */
  acquire: (name: string, slots: number, signal?: AbortSignal) => Promise<Lease>;
  /** No slot of `name` is given before the instant, to any worker (decisions 6). Never shortens an earlier order. */
  pauseUntil: (name: string, at: Date) => Promise<void>;
  close: () => void;
}

export function createLeaseStore(db: Database): LeaseStore {
  const process = randomUUID();
  const held = new Map<string, { name: string; slot: number; holder: string }>();
  const known = new Set<string>();
  const timer = setInterval(() => void renew(), renewEveryMs);
  timer.unref();

  async function renew(): Promise<void> {
    const holders = [...held.keys()];
    if (holders.length === 0) return;
    // A failed renewal is repeated by the next tick; the lease is longer than several ticks.
    await db
      .query(`update leases set expires_at = now() + make_interval(secs => $2) where holder = any($1)`, [holders, ttlSeconds])
      .catch(() => undefined);
  }

  async function prepare(name: string, slots: number): Promise<void> {
    const key = `${name}/${slots}`;
    if (known.has(key)) return;
    await db.query(`insert into leases (name, slot) select $1, generate_series(1, $2::int) on conflict do nothing`, [name, slots]);
    known.add(key);
  }

  async function tryAcquire(name: string, slots: number): Promise<Lease | undefined> {
    await prepare(name, slots);
    const holder = `${process}/${randomUUID()}`;
    const { rows } = await db.query<{ slot: number }>(
      `update leases set holder = $3, expires_at = now() + make_interval(secs => $4)
       where name = $1 and slot = (
         select slot from leases where name = $1 and slot <= $2 and (holder is null or expires_at < now())
           and not exists (select 1 from throttles where name = $1 and not_before > now())
         order by slot limit 1 for update skip locked)
       returning slot`,
      [name, slots, holder, ttlSeconds],
    );
    const slot = rows[0]?.slot;
    if (slot === undefined) return undefined;
    held.set(holder, { name, slot, holder });
    return {
      release: async () => {
        held.delete(holder);
        await db
          .query('update leases set holder = null, expires_at = null where name = $1 and slot = $2 and holder = $3', [
            name,
            slot,
            holder,
          ])
          // The lease expires by itself when the database is away.
          .catch(() => undefined);
      },
    };
  }

  return {
    tryAcquire,
    acquire: async (name, slots, signal) => {
      for (;;) {
        signal?.throwIfAborted();
        const lease = await tryAcquire(name, slots);
        if (lease) return lease;
        await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 80));
      }
    },
    pauseUntil: async (name, at) => {
      await db.query(
        `insert into throttles (name, not_before) values ($1, $2)
         on conflict (name) do update set not_before = greatest(throttles.not_before, excluded.not_before)`,
        [name, at],
      );
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
