import { ContractViolation, type FailedCall } from '../http/errors.js';

/** One page of a list of the v3 services. */
export interface Page<Row> {
  rows: Row[];
  /** Hand it back as it is to get the next page; absent on the last one. */
  next?: string;
}

/**
 * Where a list goes on, from `NextPage`: path and query of an address, or a bare offset. The host is dropped, because it
 * may be a legacy one that must not get the token (platform spec 7, trap 17). Undefined at the end of the list.
 */
export function continuationOf(nextPage: unknown, call: FailedCall): string | undefined {
  if (typeof nextPage !== 'string' || nextPage.trim() === '') return undefined;
  const told = nextPage.trim();
  if (!/^(https?:)?\/\//i.test(told)) return told;
  const url = URL.canParse(told, 'https://concur.invalid') ? new URL(told, 'https://concur.invalid') : undefined;
  if (url?.pathname.startsWith('/api/') === true) return `${url.pathname}${url.search}`;
  throw new ContractViolation(`Concur ${call.operation} answered a next page outside of its API.`, call);
}

/** Address of one page below the base URL. */
export interface PageAddress {
  path: string;
  query: Record<string, string>;
}

/** The page that a continuation leads to: the filters stay ours, whatever the continuation repeats or leaves out. */
export function pageAddress(first: PageAddress, continuation: string | undefined): PageAddress {
  const { path, query } = first;
  if (continuation === undefined) return first;
  if (!continuation.startsWith('/api/')) return { path, query: { ...query, offset: continuation } };
  const [ownPath = path, search = ''] = continuation.split('?', 2);
  // An opaque offset has no spaces: a plus sign in it is one, and not yet encoded.
  const told = new URLSearchParams(search.replaceAll('+', '%2B'));
  const ours = new Set(Object.keys(query).map((name) => name.toLowerCase()));
  const added = [...told].filter(([name]) => !ours.has(name.toLowerCase()));
  return { path: ownPath, query: { ...query, ...Object.fromEntries(added) } };
}

/**
 * Reads all pages. Ends at an empty page, at one that has been asked for already, and at one that is the same as the page
 * before it, since `NextPage` of a last page may repeat itself (platform spec 7).
 */
export async function allPages<Row>(
  first: PageAddress,
  load: (address: PageAddress) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  const asked = new Set<string>();
  let address = first;
  let before = '';
  while (!asked.has(keyOf(address))) {
    asked.add(keyOf(address));
    const page = await load(address);
    const content = JSON.stringify(page.rows);
    if (page.rows.length === 0 || content === before) break;
    rows.push(...page.rows);
    if (page.next === undefined) break;
    before = content;
    address = pageAddress(first, page.next);
  }
  return rows;
}

const keyOf = ({ path, query }: PageAddress): string => JSON.stringify([path, Object.entries(query).sort()]);
