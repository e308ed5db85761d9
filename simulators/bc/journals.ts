import type { Call } from './calls.js';
import { businessError, fieldError, sameKey } from './errors.js';
import { createJournalLine, realLines } from './journal-lines.js';
import { DEFAULT_BATCH } from './master-data.js';
import { checkedBody } from './odata-body.js';
import type { JournalRow } from './records.js';
import { journals } from './sets-journals.js';

/** POST of a journal batch, with its lines if they are deep-inserted. A code that exists is refused and a repeat. */
export function createJournal(call: Call, json: unknown): JournalRow {
  const { values, parts } = checkedBody(journals, json);
  const code = String(values['code'] ?? '');
  call.key = `${call.company.name}/${code}`;
  if (code === '') throw fieldError('Name must have a value in Gen. Journal Batch. It cannot be zero or empty.');
  const templateDisplayName = String(values['templateDisplayName'] ?? 'GENERAL');
  if (templateDisplayName !== 'GENERAL') {
    throw businessError(`The General Journal Template ${templateDisplayName} cannot be found.`);
  }
  if (call.company.journals.find((row) => row.code === code) !== undefined) {
    call.repeatMessage = `journal batch ${code} was created before`;
    throw sameKey(`The Gen. Journal Batch already exists. Identification fields and values: Name='${code}'`);
  }
  const journal = call.company.journals.insert({
    ...call.world.newRecord(),
    code,
    displayName: String(values['displayName'] ?? ''),
    templateDisplayName,
    lines: [],
    postedAt: 0,
  });
  for (const line of parts['journalLines'] ?? []) createJournalLine({ ...call }, journal, line);
  return journal;
}

/** PATCH of a journal batch: its display name. */
export function updateJournal(call: Call, journal: JournalRow, json: unknown): JournalRow {
  call.key = `${call.company.name}/${journal.code}`;
  const { values } = checkedBody(journals, json);
  if ((values['code'] ?? journal.code) !== journal.code) throw businessError('The batch cannot be renamed.');
  return call.company.journals.update(journal, { displayName: String(values['displayName'] ?? journal.displayName) });
}

/** DELETE of a journal batch with all its lines. The service asks nobody whose lines they are; the connector must. */
export function deleteJournal(call: Call, journal: JournalRow): void {
  call.key = `${call.company.name}/${journal.code}`;
  const lines = realLines(journal).length;
  if (lines > 0)
    call.world.desk.violation(call.operation, `journal batch ${journal.code} deleted with ${lines} lines in it`);
  if (journal.code === DEFAULT_BATCH)
    call.world.desk.violation(call.operation, 'deleted the batch DEFAULT of other people');
  call.company.journals.remove(journal);
}
