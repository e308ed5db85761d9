import type { Company, World } from './company.js';
import { NavError } from './errors.js';
import { postBatch, realLines } from './journal-posting.js';
import { batchLines, defaultBatch } from './logic-journal-batch.js';
import { referenceFields } from './logic-purchase-header.js';
import { postPurchase } from './purchase-posting.js';
import { linesOf, purchaseHeaders } from './tables-documents.js';
import { journalBatches } from './tables-journals.js';
import { integer, text, type Row } from './values.js';

/**
 * Draft mode: without codeunit a person posts what has rested long enough and looks complete. What the application refuses is
 * left with the reason, and tried again at the next look (section 1).
 */
export function postByPerson(world: World, delayMs: number): void {
  if (world.paused.batch) return;
  for (const company of world.companies) {
    for (const header of company.table(purchaseHeaders).rows()) {
      if (isReadyDraft(world, company, header, delayMs)) {
        attempt(world, company.table(purchaseHeaders), header, () => postPurchase(world, company, header));
      }
    }
    for (const batch of company.table(journalBatches).rows()) {
      if (isReadyBatch(world, company, batch, delayMs)) {
        attempt(world, company.table(journalBatches), batch, () => postBatch(world, company, batch));
      }
    }
  }
}

function isReadyDraft(world: World, company: Company, header: Row, delayMs: number): boolean {
  const type = text(header, 'Document_Type');
  const lines = linesOf(company, header);
  const isComplete = lines.length > 0 && text(header, referenceFields[type] ?? '') !== '';
  return type !== 'Order' && isComplete && rests(world, [header, ...lines], delayMs);
}

function isReadyBatch(world: World, company: Company, batch: Row, delayMs: number): boolean {
  if (batch['Name'] === defaultBatch || realLines(company, batch).length === 0) return false;
  return rests(world, batchLines(company, batch), delayMs);
}

function rests(world: World, rows: readonly Row[], delayMs: number): boolean {
  return rows.every((row) => integer(row, '$changedAt') + delayMs <= world.nowMs());
}

function attempt(world: World, table: ReturnType<Company['table']>, row: Row, work: () => unknown): void {
  const mark = world.undo.mark();
  try {
    work();
  } catch (error) {
    if (!(error instanceof NavError)) throw error;
    world.undo.rollBackTo(mark);
    // A note of the person's changes nothing that clients see: neither etag nor the time of the last change.
    if (row['$log'] !== error.message) table.note(row, { $log: error.message });
  }
  world.undo.commit();
  world.desk.changed();
}
