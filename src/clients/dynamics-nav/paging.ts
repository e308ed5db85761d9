import { z } from 'zod';

/** One page of an OData list. */
export function pageSchema<T>(row: z.ZodType<T>) {
  return z.object({ value: z.array(row), '@odata.nextLink': z.string().optional() });
}

/**
 * The query of a next link, or undefined where the link leaves the list: only our own path is ever called, so a foreign
 * host, another company or another entity in the link cannot lead a token astray (NAV spec trap 21).
 * @param listPath `/api/<route>/<path>`; the part in front of it may differ, Business Central leaves the tenant out
 */
export function nextPageQuery(link: string, listPath: string): Record<string, string> | undefined {
  try {
    const url = new URL(link, 'https://next.invalid');
    const path = decodeURIComponent(url.pathname).toLowerCase();
    if (!path.endsWith(decodeURIComponent(listPath).toLowerCase())) return undefined;
    return Object.fromEntries(url.searchParams);
  } catch {
    return undefined;
  }
}
