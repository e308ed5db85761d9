import { filled } from './coded-fields.js';
import { DocumentUnreadable } from './document-unreadable.js';

function isCalendarDate(date: string): boolean {
  const instant = Date.parse(`${date}T00:00:00Z`);
  // A 30th of February would be the 2nd of March.
  return !Number.isNaN(instant) && new Date(instant).getUTCDate() === Number(date.slice(8));
}

/**
 * Reads `YYYY-MM-DD…` (cut, never converted between time zones: pure dates come as midnight UTC or Pacific) and
 * `MM/DD/YYYY` as invoices deliver it (FIS spec 9.2). Undefined when nothing is there.
 * @throws DocumentUnreadable for anything else, naming the path
 */
export function concurDate(value: unknown, path: string): string | undefined {
  const text = filled(value);
  if (text === undefined) {
    return undefined;
  }
  const slashed = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  const date = slashed ? `${slashed[3]}-${slashed[1]}-${slashed[2]}` : text.slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !isCalendarDate(date)) {
    throw new DocumentUnreadable(`${path} is not a date that Concur documents (YYYY-MM-DD or MM/DD/YYYY).`, [path]);
  }
  return date;
}

/** The first date that is there, in the order of FIS spec 9.4. */
export function firstDate(candidates: [path: string, value: unknown][]): string {
  for (const [path, value] of candidates) {
    const date = concurDate(value, path);
    if (date !== undefined) {
      return date;
    }
  }
  const paths = candidates.map(([path]) => path);
  throw new DocumentUnreadable(`The document has no date in ${paths.join(', ')}.`, paths);
}
