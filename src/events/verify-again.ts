import type { Database } from '../store/database.js';
import { quarantinedEvents, rejudgeEvent } from '../store/event-store.js';
import type { EventJudge } from './event-judge.js';

/**
 * Judges the quarantined events of a connection again whose verdict was reached with other keys, algorithms or another mode;
 * what passes now is work like any fresh event (decisions 11). Events that came with a wrong client certificate stay. Safe to
 * repeat, and at the same time by several processes.
 * @returns how many left the quarantine
 */
export async function verifyAgain(
  db: Database,
  connection: string,
  judge: Pick<EventJudge, 'keySet' | 'judgeSignature'>,
): Promise<{ released: number }> {
  let released = 0;
  for (;;) {
    const rows = await quarantinedEvents(db, connection, judge.keySet, 100);
    if (rows.length === 0) return { released };
    for (const { id, body, signature } of rows) {
      const verdict = judge.judgeSignature(body ?? undefined, signature ?? undefined);
      await rejudgeEvent(db, id, verdict, judge.keySet);
      if (verdict.verdict !== 'quarantined') released += 1;
    }
  }
}
