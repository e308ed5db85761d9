import type { ScheduleOptions } from '@temporalio/client';
import type { PollAt } from '../config/poll-schema.js';
import type { VendorSync } from '../config/vendor-sync-schema.js';

const hourSeconds = 3_600;

/** When a schedule runs, and how far back it makes up for what was missed, in milliseconds. */
export type Cadence = Pick<ScheduleOptions, 'spec'> & { catchupWindow: number };

/** At this distance, with a jitter of a tenth. */
export const everySeconds = (seconds: number): Cadence => ({
  spec: { intervals: [{ every: seconds * 1_000 }], jitter: Math.round(seconds * 100) },
  catchupWindow: Math.max(60_000, seconds * 2_000),
});

/** Of several polls that were missed, the overlap policy lets one run: it reads everything that is ready (S69). */
export const atFixedTimes = ({ days, times, timeZone, catchUpHours }: PollAt): Cadence => ({
  spec: {
    calendars: times.map((time) => {
      const [hour, minute] = time.split(':').map(Number);
      return {
        dayOfWeek: days.map((day) => day.toUpperCase() as Uppercase<typeof day>),
        hour: hour ?? 0,
        minute: minute ?? 0,
      };
    }),
    timezone: timeZone,
  },
  catchupWindow: catchUpHours * 3_600_000,
});

/** The night of the company where nothing is said. */
const usualSyncTime = '02:00';

/** When a sync of vendors or dimensions runs: seconds between two runs, or times by the wall clock of the company. */
export const syncCadence = (
  { at, everyHours }: Pick<VendorSync, 'at' | 'everyHours'>,
  timeZone: string,
): number | PollAt => {
  if (everyHours !== undefined) return Math.round(everyHours * hourSeconds);
  const days: PollAt['days'] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  return { days, times: [at ?? usualSyncTime], timeZone, catchUpHours: 12 };
};
