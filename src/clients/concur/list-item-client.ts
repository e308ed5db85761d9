import { z } from 'zod';
import type { ListItem } from '../../contracts/dimension-sync.js';
import { ContractViolation, OutcomeUnknown, Rejected, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpResponse } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur, legacyProblem } from './legacy-answers.js';

/** An item that shall be new in a list. `parentCode` is the long code of the one above it. */
export interface NewListItem {
  shortCode: string;
  value: string;
  parentCode?: string;
}

/** A change of an item, by its long code. */
export interface ListItemChange {
  code: string;
  value?: string;
  deleted?: boolean;
}

/** A part of a bulk call that Concur has not taken; the others were taken. */
export interface FailedListItem {
  /** Short code of a new item, long code of a changed one. */
  code: string;
  /** Concur's id of the reason, for example `item.duplicate.code`. */
  reason: string;
  /** Concur's words, for people. */
  message: string;
}

/**
 * List items v4 (platform spec 5). Reads may be repeated. After a write whose answer is lost read the list again: a part may have
 * been taken. All throw as `callConcur`; RangeError for more parts than a call may have.
 */
export interface ListItemClient {
  /** All items of the first level, or of the level below the item with this long code, over all pages. */
  children(query: { list: string; below?: string; signal?: AbortSignal; onPage?: () => void }): Promise<ListItem[]>;
  /** Creates items, at most 250; resolves with those that were not taken. */
  create(call: { list: string; items: NewListItem[]; signal?: AbortSignal }): Promise<FailedListItem[]>;
  /** Changes, removes and restores items, at most 250; resolves with those that were not taken. */
  change(call: { list: string; changes: ListItemChange[]; signal?: AbortSignal }): Promise<FailedListItem[]>;
}

/** Parts of one bulk call. */
export const LIST_ITEMS_PER_CALL = 250;
/** Bulk calls answer in English, single ones in the company's language, unless asked (platform spec 5). */
const language = 'en';
/** No list has so many; a server that never ends does not keep a worker for ever. */
const MOST_PAGES = 5_000;

const count = z.union([z.number(), z.string().regex(/^\d+$/)]).transform(Number);
const itemSchema = z.object({
  id: z.string().min(1),
  code: z.string().default(''),
  shortCode: z.string().min(1),
  value: z.string().default(''),
  isDeleted: z.boolean().default(false),
});
const pageSchema = z.object({ content: z.array(itemSchema), page: z.object({ totalPages: count }) });
const bulkSchema = z.object({
  status: z.string().optional(),
  recordsSucceeded: count.optional(),
  errors: z
    .array(
      z.object({
        id: z.string().default('unknown'),
        message: z.string().default(''),
        listItem: z.object({ shortCode: z.string().optional(), code: z.string().optional() }).optional(),
      }),
    )
    .default([]),
});

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createListItemClient(http: HttpClient): ListItemClient {
  /** Page numbers are followed, never addresses (platform spec 5). */
  async function allChildren(path: string, filter: Record<string, string>, signal?: AbortSignal, onPage?: () => void) {
    const items: z.output<typeof itemSchema>[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const operation = 'list-items.read';
      const query = { page: String(page), ...filter };
      const sent = { operation, method: 'GET' as const, path, query, kind: 'read' as const, language, signal };
      const { response, call } = await callConcur(http, sent);
      const answer = parseAnswer(pageSchema, response.json(), call);
      items.push(...answer.content);
      onPage?.();
      if (page >= answer.page.totalPages || answer.content.length === 0) return items;
    }
    throw new ContractViolation('The list of Concur has no end.', { system: 'concur', operation: 'list-items.read' });
  }

  /** The item with a long code: level by level, since only short codes can be searched. */
  async function itemOf(list: string, longCode: string, signal?: AbortSignal): Promise<string> {
    let path = `/list/v4/lists/${encodeURIComponent(list)}/children`;
    let id = '';
    for (const shortCode of longCode.split('-')) {
      const found = await allChildren(path, { shortCode: `eq:${shortCode}` }, signal);
      const item = found.find((one) => one.shortCode === shortCode && !one.isDeleted);
      if (item === undefined) {
        throw new Rejected(
          `The list in Concur has no item ${longCode} below which the values could stand.`,
          { system: 'concur', operation: 'list-items.read' },
          'item.parent.not.found',
        );
      }
      id = item.id;
      path = childrenOf(list, id);
    }
    return id;
  }

  async function bulk(verb: 'create' | 'change', list: string, requests: object[], signal?: AbortSignal) {
    if (requests.length < 1 || requests.length > LIST_ITEMS_PER_CALL) {
      throw new RangeError(`a bulk call to a list has 1 to ${LIST_ITEMS_PER_CALL} items`);
    }
    const { response, call } = await callConcur(http, {
      operation: `list-items.${verb}`,
      method: verb === 'create' ? 'POST' : 'PATCH',
      path: `/list/v4/lists/${encodeURIComponent(list)}/bulk`,
      json: { requests },
      kind: 'write',
      resolves: [200, 201, 206, 400],
      language,
      signal,
    });
    return failuresOf(response, call);
  }

  return {
    async children({ list, below, signal, onPage }) {
      const path =
        below === undefined
          ? `/list/v4/lists/${encodeURIComponent(list)}/children`
          : childrenOf(list, await itemOf(list, below, signal));
      const items = await allChildren(path, {}, signal, onPage);
      return items.map(({ id: _id, ...item }) => item);
    },
    create: ({ list, items, signal }) => bulk('create', list, items, signal),
    change: ({ list, changes, signal }) => bulk('change', list, changes, signal),
  };
}

const childrenOf = (list: string, item: string): string =>
  `/list/v4/lists/${encodeURIComponent(list)}/items/${encodeURIComponent(item)}/children`;

/** 400 may mean that every part failed, which the parts then say, or that the call as a whole is refused. */
function failuresOf(response: HttpResponse, call: FailedCall): FailedListItem[] {
  const body = bulkSchema.safeParse(jsonOrNothing(response));
  if (response.status === 400 && !(body.success && body.data.errors.some(({ listItem }) => listItem !== undefined))) {
    const words = legacyProblem(response.text);
    throw new Rejected(
      `Concur refused the list items.${words === undefined ? '' : ` Concur says: ${words}`}`,
      call,
      '400',
    );
  }
  if (!body.success) {
    throw new OutcomeUnknown('Concur has answered the list items in a form that cannot be read.', call);
  }
  return body.data.errors.map(({ id, message, listItem }) => ({
    code: listItem?.code ?? listItem?.shortCode ?? '',
    reason: id,
    message: message === '' ? id : message,
  }));
}

function jsonOrNothing(response: HttpResponse): unknown {
  try {
    return response.json();
  } catch {
    return undefined;
  }
}
