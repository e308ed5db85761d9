import { randomUUID } from 'node:crypto';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf } from './company-book.js';
import { itemAnswer, type ListItemRecord, type ListRecord } from './list-records.js';
import type { ConcurContext } from './state.js';

const PAGE_SIZE = 100;
const parameters = new Set(['page', 'sortBy', 'sortDirection', 'value', 'shortCode', 'shortCodeOrValue', 'isDeleted']);
const operators = /^(?:(eq|sw|ew|cp):)?(.*)$/s;

/** The list of an address, or the answer that there is none. */
export function listIn(context: ConcurContext, operation: string, id: string): ListRecord | SimResponse {
  const list = companyOf(context).lists?.[id];
  return list ?? refusal(context, operation, 404, 'list.not.found', `List ${id} does not exist`);
}

/** `GET /list/v4/lists/{listId}/children`: the first level, a hundred on a page. */
export function listChildren(context: ConcurContext, request: SimRequest, [id = '']: string[]): SimResponse {
  const list = listIn(context, 'listItems', id);
  return 'items' in list ? childrenPage(context, request, list, undefined) : list;
}

/** `GET /list/v4/lists/{listId}/items/{itemId}/children`: the level below an item. */
export function itemChildren(
  context: ConcurContext,
  request: SimRequest,
  [id = '', itemId = '']: string[],
): SimResponse {
  const list = listIn(context, 'listItems', id);
  if (!('items' in list)) return list;
  const parent = list.items.find((item) => item.id === itemId && !item.isDeleted);
  if (parent === undefined)
    return refusal(context, 'listItems', 404, 'item.not.found', `Item ${itemId} does not exist`);
  return childrenPage(context, request, list, parent.id);
}

/** Deleted items come only to those who ask for them. */
function childrenPage(
  context: ConcurContext,
  request: SimRequest,
  list: ListRecord,
  parentId: string | undefined,
): SimResponse {
  const unknown = [...request.query.keys()].find((name) => !parameters.has(name));
  const page = request.query.get('page') ?? '1';
  if (unknown !== undefined) return broken(context, 'listItems', `${unknown} is not a query parameter of this service`);
  if (!/^[1-9]\d{0,6}$/.test(page)) return broken(context, 'listItems', `page ${page} is not a number from 1 on`);
  const wantsDeleted = /^(eq:)?true$/.test(request.query.get('isDeleted') ?? '');
  const found = list.items
    .filter((item) => item.parentId === parentId && item.isDeleted === wantsDeleted)
    .filter((item) => matches(item, request.query));
  const start = (Number(page) - 1) * PAGE_SIZE;
  const totalPages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
  const body = {
    content: found.slice(start, start + PAGE_SIZE).map((item) => itemAnswer(list, item)),
    page: { number: Number(page), size: PAGE_SIZE, totalElements: found.length, totalPages },
    // Addresses of another host: page numbers are to be followed, not links.
    links: [{ rel: 'next', href: 'https://www.concursolutions.invalid/list/v4' }],
  };
  return { status: 200, body };
}

function matches(item: ListItemRecord, query: URLSearchParams): boolean {
  for (const name of ['shortCode', 'value'] as const) {
    const [, operator = 'eq', wanted = ''] = operators.exec(query.get(name) ?? '') ?? [];
    if (query.get(name) === null) continue;
    const held = item[name];
    const fits = {
      eq: held === wanted,
      sw: held.startsWith(wanted),
      ew: held.endsWith(wanted),
      cp: held.includes(wanted),
    }[operator];
    if (fits !== true) return false;
  }
  return true;
}

/** A refusal in the envelope of the list services. */
export function refusal(
  context: ConcurContext,
  operation: string,
  status: number,
  id: string,
  message: string,
): SimResponse {
  const timestamp = context.desk.now().toISOString();
  const body = { timestamp, httpStatus: String(status), error: { id, message }, validationErrors: [], path: operation };
  return { status, body, headers: { 'x-request-id': randomUUID() } };
}

/** A refusal of what only a wrong program asks for, counted as a violation. */
export function broken(context: ConcurContext, operation: string, message: string): SimResponse {
  context.desk.violation(operation, message);
  return refusal(context, operation, 400, 'request.validation.error', message);
}
