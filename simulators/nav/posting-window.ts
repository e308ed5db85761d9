import type { Company } from './company.js';
import { EMPTY_DATE } from './values.js';

/**
 * First day that the company takes postings of, `0001-01-01` without limit. The fault `period-closed` closes the month of
 * today in the first company.
 */
export function firstOpenDay(company: Company): string {
  const { world, head } = company;
  if (world.faults['period-closed'] !== true || company !== world.companies[0]) return head.allowPostingFrom;
  const today = world.desk.now();
  return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
}

/** Whether the company takes postings of a day. */
export function isOpen(company: Company, day: string): boolean {
  const [from, to] = [firstOpenDay(company), company.head.allowPostingTo];
  return day !== EMPTY_DATE && (from === EMPTY_DATE || day >= from) && (to === EMPTY_DATE || day <= to);
}
