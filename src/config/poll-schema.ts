import { z } from 'zod';
import { timeZoneSchema } from './time-zone-schema.js';

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Polls at times of the wall clock instead of every few seconds (S69, C10). */
export const pollAtSchema = z
  .strictObject({
    days: z
      .array(z.enum(days))
      .min(1)
      .default([...days])
      .describe('Days of the week; every day where it is left out.'),
    times: z
      .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write hours and minutes, for example "18:00"'))
      .min(1)
      .describe('Times of the wall clock in the time zone, `HH:MM`.'),
    timeZone: timeZoneSchema.describe('Time zone of the times, for example `Europe/Berlin`; summer time is followed.'),
    catchUpHours: z
      .number()
      .positive()
      .default(24)
      .describe('A poll that was missed is made up for within so many hours, once.'),
  })
  .optional()
  .describe('Fixed times of the poll; `timings.pollSeconds` counts where it is left out.');
export type PollAt = NonNullable<z.output<typeof pollAtSchema>>;
