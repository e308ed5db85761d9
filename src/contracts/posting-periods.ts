/** Days in which an ERP company takes postings, both ends included, `YYYY-MM-DD`; an end without limit is left out. */
export interface OpenSpan {
  from?: string;
  to?: string;
}

/** Whether the day lies in one of the spans. */
export const isOpenDay = (day: string, spans: readonly OpenSpan[]): boolean =>
  spans.some(({ from, to }) => (from === undefined || day >= from) && (to === undefined || day <= to));

/** The day itself if it is open, else the first open day after it; undefined where no open day follows. */
export function nextOpenDay(day: string, spans: readonly OpenSpan[]): string | undefined {
  if (isOpenDay(day, spans)) return day;
  const later = spans.flatMap(({ from }) => (from !== undefined && from > day ? [from] : []));
  return later.sort()[0];
}

/** The spans in words, for a person: `from 2026-10-01 to 2026-10-31, from 2026-12-01`. */
export function describeSpans(spans: readonly OpenSpan[]): string {
  if (spans.length === 0) return 'on no day';
  return spans.map(inWords).join(', ');
}

function inWords({ from, to }: OpenSpan): string {
  const ends = [...(from === undefined ? [] : [`from ${from}`]), ...(to === undefined ? [] : [`to ${to}`])];
  return ends.length === 0 ? 'on every day' : ends.join(' ');
}
