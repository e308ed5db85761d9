import type { Call } from './calls.js';
import type { ScheduledPosting } from './records.js';

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
