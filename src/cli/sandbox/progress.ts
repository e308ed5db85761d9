import type { Database } from '../../store/database.js';

/** How many documents are where. */
export interface Tally {
  total: number;
  stages: Record<string, number>;
  outcomes: Record<string, number>;
  holds: Record<string, number>;
  /** Documents that have reached an end or a hold. */
  settled: number;
}

export async function tally(db: Database): Promise<Tally> {
  const { rows } = await db.query<{ stage: string; outcome: string | null; hold: string | null; n: string }>(
    `select stage, outcome, hold_reason as hold, count(*) as n from documents group by 1, 2, 3`,
  );
  const result: Tally = { total: 0, stages: {}, outcomes: {}, holds: {}, settled: 0 };
  for (const row of rows) {
    const n = Number(row.n);
    result.total += n;
    if (row.hold !== null) result.holds[row.hold] = (result.holds[row.hold] ?? 0) + n;
    else if (row.outcome !== null) result.outcomes[row.outcome] = (result.outcomes[row.outcome] ?? 0) + n;
    else result.stages[row.stage] = (result.stages[row.stage] ?? 0) + n;
    if (row.hold !== null || row.outcome !== null) result.settled += n;
  }
  return result;
}

/** One line that is overwritten on a terminal, and written again only when it changes elsewhere. */
export function progressLine(): { show: (now: Tally, expected: number) => void; end: () => void } {
  let last = '';
  const onTerminal = process.stderr.isTTY;
  return {
    show: (now, expected) => {
      const parts = [...entries(now.stages), ...entries(now.outcomes), ...entries(now.holds, 'hold: ')];
      const line = `${now.settled}/${Math.max(expected, now.total)} settled  ${parts.join('  ')}`;
      if (line === last) return;
      last = line;
      process.stderr.write(
        onTerminal ? `\r\u001b[2K${line.slice(0, (process.stderr.columns || 120) - 1)}` : `${line}\n`,
      );
    },
    end: () => {
      if (onTerminal && last) process.stderr.write('\n');
    },
  };
}

const entries = (counts: Record<string, number>, prefix = ''): string[] =>
  Object.entries(counts).map(([name, n]) => `${prefix}${name} ${n}`);
