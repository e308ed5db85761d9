import { postCreditMemo } from './credit-memo-posting.js';
import { BcError } from './errors.js';
import { postInvoice } from './invoice-posting.js';
import { realLines } from './journal-lines.js';
import { postJournal } from './journal-posting.js';
import type { ScheduledPosting } from './records.js';
import type { World } from './world.js';

/** Carries out all scheduled postings in their order, unless the queue is paused. */
export function runJobQueue(world: World): void {
  if (world.paused.batch || world.scheduled.length === 0) return;
  const due = world.scheduled;
  world.scheduled = [];
  for (const posting of due) runScheduled(world, posting);
  world.undo.commit();
  world.desk.changed();
}

/** A job that fails leaves its draft or its lines where they are. */
function runScheduled(world: World, posting: ScheduledPosting): void {
  const company = world.company(posting.company);
  if (company === undefined) return;
  const mark = world.undo.mark();
  try {
    const invoice = company.invoices.get(posting.id);
    const creditMemo = company.creditMemos.get(posting.id);
    const journal = company.journals.get(posting.id);
    if (invoice?.postedAt === 0) postInvoice(world, company, invoice);
    if (creditMemo?.postedAt === 0) postCreditMemo(world, company, creditMemo);
    if (journal !== undefined && realLines(journal).length > 0) postJournal(world, company, journal);
  } catch (error) {
    if (!(error instanceof BcError)) throw error;
    world.undo.rollBackTo(mark);
    world.refusals.set(posting.id, error.message);
  }
}
