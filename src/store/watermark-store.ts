import type { Queryable } from './database.js';

/** The instant up to which a bulk read has seen everything; undefined before the first run. */
export async function readWatermark(db: Queryable, name: string): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date }>('select at from watermarks where name = $1', [name]);
  return rows[0]?.at;
}

/** Moves the watermark forward, never back. */
export async function advanceWatermark(db: Queryable, name: string, at: Date): Promise<void> {
  await db.query(
    `insert into watermarks (name, at) values ($1, $2)
     on conflict (name) do update set at = greatest(watermarks.at, excluded.at)`,
    [name, at],
  );
}
