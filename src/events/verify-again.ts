import type { Database } from '../store/database.js';
import { newestQuarantinedEvent, quarantinedEvents, rejudgeEvent } from '../store/event-store.js';
import type { EventJudge } from './event-judge.js';

const rowsAtOnce = 100;

/**
 * Judges the quarantined events of a connection again whose verdict was reached with other keys, algorithms or another mode;
 * what passes now is work like any fresh event (decisions 11). Events that came with a wrong client certificate stay. One pass,
 * a few rows at a time, over what is there when it begins: two processes with different keys, which each think the other's
 * verdicts old, both come to an end, and so does one while a flood adds more. Safe to repeat.
 * @param stopping ends the pass between two steps; the rest is done by the next one
 * @returns how many left the quarantine
 */
export async function verifyAgain(
  db: Database,
  connection: string,
  judge: Pick<EventJudge, 'keySet' | 'judgeSignature'>,
  stopping?: AbortSignal,
): Promise<{ released: number }> {
  let released = 0;
  const upTo = await newestQuarantinedEvent(db, connection);
  let after = '0';
  while (upTo !== undefined && stopping?.aborted !== true) {
    const rows = await quarantinedEvents(db, connection, judge.keySet, { after, upTo, limit: rowsAtOnce });
    for (const { id, body, signature } of rows) {
      const verdict = judge.judgeSignature(body ?? undefined, signature ?? undefined);
      await rejudgeEvent(db, id, verdict, judge.keySet);
      if (verdict.verdict !== 'quarantined') released += 1;
      after = id;
    }
    if (rows.length < rowsAtOnce) break;
  }
  return { released };
}
