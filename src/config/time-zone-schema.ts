import { z } from 'zod';

/** A time zone by its name in the IANA database. */
export const timeZoneSchema = z.string().refine((timeZone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'is no known time zone; write a name such as Europe/Berlin');
