import type { Call } from './calls.js';
import type { ScheduledPosting } from './records.js';
import type { World } from './world.js';

/**
 * "Post with Job Queue", in force while the control API pauses the batch: the action answers 204 and only schedules.
 * Asking again for what is scheduled does nothing and breaks no rule. False if postings are done at once.
 */
export function schedule(call: Call, kind: ScheduledPosting['kind'], id: string): boolean {
  const { world, company } = call;
  if (!world.paused.batch) return false;
  if (world.scheduled.some((posting) => posting.id === id)) call.idle = true;
  else world.scheduled.push({ company: company.name, kind, id });
  return true;
}

/** The job queue runs: takes all scheduled postings, in their order. */
export function takeScheduled(world: World): ScheduledPosting[] {
  if (world.paused.batch || world.scheduled.length === 0) return [];
  const due = world.scheduled;
  world.scheduled = [];
  return due;
}
