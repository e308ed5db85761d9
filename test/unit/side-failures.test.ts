import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import type { CallRecord } from '../../src/clients/http/types.js';
import { auditObserver, sideFailureLog } from '../../src/composition/parts.js';
import type { Database } from '../../src/store/database.js';

/** A logger whose lines the test reads. */
function listening() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => lines.push(JSON.parse(line) as never) });
  return { logger, lines };
}

const record: CallRecord = {
  system: 'fo',
  operation: 'fo.create-journal',
  method: 'POST',
  path: '/data/LedgerJournalHeaders',
  kind: 'write',
  status: 201,
  outcome: 'ok',
  durationMs: 12,
};

test('S114: a call that cannot be written to the audit trail goes to the log in full, and does not fail', async () => {
  const { logger, lines } = listening();
  const broken = { query: () => Promise.reject(new Error('the database is away')) } as unknown as Database;
  await auditObserver(broken, logger)(record);
  assert.equal(lines.length, 1);
  assert.deepEqual(lines[0]?.['call'], record);
  assert.equal((lines[0]['err'] as Error).message, 'the database is away');
});

test('S44: a pause that the fleet could not be told of is an error in the log', () => {
  const { logger, lines } = listening();
  sideFailureLog(logger, 'fo')('gate-pause', new Error('the database is away'));
  assert.deepEqual(
    lines.map(({ level, connection, during }) => ({ level, connection, during })),
    [{ level: 50, connection: 'fo', during: 'gate-pause' }],
  );
});
