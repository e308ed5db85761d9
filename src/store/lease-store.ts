import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './database.js';

const ttlSeconds = 12;
const renewEveryMs = 3_000;
/** A pause up to this long is waited for; a longer one is told to the caller, so that no worker's slot is spent on waiting. */
const longestPauseMs = 3_000;
/** Names with one row per document: their rows go when the slot is given back, else the table would grow for ever. */
const passingPrefix = 'document:';

/** Refusals that still count: one is forgiven for every time that is as long as the last pause. */
const refusalsLeft = `greatest(0, throttles.refusals
  - floor(extract(epoch from greatest(interval '0', now() - throttles.not_before))
      / greatest(1, extract(epoch from throttles.pause)))::int)`;
const slotsLeft = `greatest(1, $2::int >> coalesce((select ${refusalsLeft} from throttles where name = $1), 0))`;

/** A held slot; give it back with `release`. A process that dies gives its slots back by expiry. */
export interface Lease {
  /** Unique for this taking of the slot. */
  readonly holder: string;
  release: () => Promise<void>;
}

/** No slot of the name is given for a while, because {@link LeaseStore.pauseUntil} said so. */
export class LeasePaused extends Error {
  override readonly name = 'LeasePaused';

  constructor(
    name: string,
    /** Milliseconds until slots are given again. */
    readonly remainingMs: number,
  ) {
    super(`No slot of ${name} is given for another ${Math.ceil(remainingMs / 1_000)} s.`);
  }
}

/** Leases and throttles of this process; one instance per process, so that one timer renews all that it holds. */
export interface LeaseStore {
  /**
   * Takes one of `slots` slots of `name` if one is free and no throttle forbids it. Each pause in a row halves the slots, down to one
   * (S45); they come back one halving at a time, after as long as the last pause took.
   */
  tryAcquire: (name: string, slots: number) => Promise<Lease | undefined>;
  /**
   * Waits for a slot, in small random steps, and for a pause of at most 3 s.
   * @throws LeasePaused when the name is paused for longer, else the signal's reason when aborted
   */
  acquire: (name: string, slots: number, signal?: AbortSignal) => Promise<Lease>;
  /** Whether the slot is still ours: not given back, not expired, not taken over by another process since. */
  holds: (lease: Pick<Lease, 'holder'>) => Promise<boolean>;
  /** No slot of `name` is given before the instant, to any worker (decisions 6). Never shortens an earlier order. */
  pauseUntil: (name: string, at: Date) => Promise<void>;
  close: () => void;
}

export function createLeaseStore(db: Database): LeaseStore {
  const process = randomUUID();
  const held = new Set<string>();
  const known = new Set<string>();
  const timer = setInterval(() => void renew(), renewEveryMs);
  timer.unref();

  async function renew(): Promise<void> {
    if (held.size === 0) return;
    // A failed renewal is repeated by the next tick; the lease is longer than several ticks.
    await db
      .query(`update leases set expires_at = now() + make_interval(secs => $2) where holder = any($1)`, [
        [...held],
        ttlSeconds,
      ])
      .catch(() => undefined);
  }

  async function prepare(name: string, slots: number): Promise<void> {
    const key = `${name}/${slots}`;
    if (known.has(key)) return;
    await db.query(`insert into leases (name, slot) select $1, generate_series(1, $2::int) on conflict do nothing`, [
      name,
      slots,
    ]);
    if (!name.startsWith(passingPrefix)) known.add(key);
  }

  async function tryAcquire(name: string, slots: number): Promise<Lease | undefined> {
    await prepare(name, slots);
    const holder = `${process}/${randomUUID()}`;
    const { rowCount } = await db.query(
      `update leases set holder = $3, expires_at = now() + make_interval(secs => $4)
       where name = $1 and slot = (
         select slot from leases where name = $1 and slot <= ${slotsLeft} and (holder is null or expires_at < now())
           and not exists (select 1 from throttles where name = $1 and not_before > now())
         order by slot limit 1 for update skip locked)`,
      [name, slots, holder, ttlSeconds],
    );
    if (rowCount !== 1) return undefined;
    held.add(holder);
    return { holder, release: () => release(name, holder) };
  }

  async function release(name: string, holder: string): Promise<void> {
    held.delete(holder);
    const statement = name.startsWith(passingPrefix)
      ? 'delete from leases where name = $1 and holder = $2'
      : 'update leases set holder = null, expires_at = null where name = $1 and holder = $2';
    // The lease expires by itself when the database is away.
    await db.query(statement, [name, holder]).catch(() => undefined);
  }

  async function pauseOf(name: string): Promise<number> {
    const { rows } = await db.query<{ ms: number }>(
      `select (extract(epoch from not_before - now()) * 1000)::float8 as ms from throttles
       where name = $1 and not_before > now()`,
      [name],
    );
    return rows[0]?.ms ?? 0;
  }

  return {
    tryAcquire,
    acquire: async (name, slots, signal) => {
      for (;;) {
        signal?.throwIfAborted();
        const lease = await tryAcquire(name, slots);
        if (lease) return lease;
        const pausedMs = await pauseOf(name);
        if (pausedMs > longestPauseMs) throw new LeasePaused(name, pausedMs);
        // An abort ends the wait at once; the signal's own reason is thrown at the top of the loop.
        await delay(pausedMs + 20 + Math.random() * 80, undefined, signal && { signal }).catch(() => undefined);
      }
    },
    holds: async ({ holder }) => {
      const { rowCount } = await db.query('select 1 from leases where holder = $1 and expires_at > now()', [holder]);
      return rowCount === 1;
    },
    pauseUntil: async (name, at) => {
      await db.query(
        // Refusals of parallel calls during a pause count once.
        `insert into throttles (name, not_before, pause) values ($1, $2, greatest(interval '0', $2 - now()))
         on conflict (name) do update set
           refusals = case when throttles.not_before > now() then throttles.refusals else least(6, 1 + ${refusalsLeft}) end,
           pause = case when excluded.not_before > throttles.not_before then excluded.pause else throttles.pause end,
           not_before = greatest(throttles.not_before, excluded.not_before)`,
        [name, at],
      );
    },
    close: () => {
      clearInterval(timer);
    },
  };
}
