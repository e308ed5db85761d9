import type { World } from './company.js';
import { badRequest, NavError } from './errors.js';
import { readField } from './fields.js';
import { compileFilter, fieldOfPage, type FilterPlace } from './odata-filter.js';
import { compareBy, etagOf, toWire } from './odata-values.js';
import type { Page } from './page-definition.js';
import { findPage, rowsOf } from './pages.js';
import type { Row } from './values.js';

/** Largest page that the server sends. */
const maxPage = 20_000;

/** One page of a list: rendered rows, the count before paging, and the token of the next page if there is one. */
export interface ListPage {
  rows: Record<string, unknown>[];
  total: number;
  next?: string;
}

/** Where a list is read: the page with its company, and the world for what is worked out. */
export type ListPlace = FilterPlace & { world: World };

/** Name of the navigation property of a page's lines: service name and part name together. */
export function partProperty({ service, part }: Page): string | undefined {
  return part === undefined ? undefined : `${service}${part.name}`;
}

/** Filters, orders, cuts and renders. `asked` is the page size that the client prefers. */
export function listPage(place: ListPlace, rows: readonly Row[], query: URLSearchParams, asked: number): ListPage {
  const source = query.get('$filter');
  const holds = source === null ? undefined : compileFilter(place, source);
  const found = ordered(place, holds === undefined ? [...rows] : rows.filter(holds), query.get('$orderby') ?? '');
  const { from, served } = position(place, found, query);
  const limit = (wholeNumber(query, '$top') ?? Number.MAX_SAFE_INTEGER) - served;
  const page = found.slice(from, from + Math.min(limit, asked, maxPage));
  const last = page.at(-1);
  const more = last !== undefined && from + page.length < found.length && page.length < limit;
  const token = last === undefined ? '' : `${served + page.length}.${keyOf(place, last)}`;
  return {
    rows: page.map((row) => renderRow(place, row, query)),
    total: found.length,
    ...(more ? { next: token } : {}),
  };
}

/** One record as JSON: etag, selected properties, lines if they were asked for. */
export function renderRow(place: ListPlace, row: Row, query: URLSearchParams): Record<string, unknown> {
  const { page, company, format } = place;
  const names =
    query
      .get('$select')
      ?.split(',')
      .map((name) => name.trim()) ?? page.fields;
  const rendered: Record<string, unknown> = { '@odata.etag': etagOf(page.table.name, keyOf(place, row), row) };
  for (const name of names) {
    const field = fieldOfPage(page, name);
    rendered[name] = toWire(field, readField(field, name, row, company), format);
  }
  const expanded = query.get('$expand');
  if (expanded === null) return rendered;
  const property = partProperty(page);
  const lines = page.part === undefined ? undefined : findPage(page.part.service);
  if (expanded !== property || lines === undefined) {
    throw badRequest(`Could not find a property named '${expanded}' on type 'NAV.${page.service}'.`);
  }
  const below = { ...place, page: lines };
  rendered[property] = partRows(below, row).map((line) => renderRow(below, line, new URLSearchParams()));
  return rendered;
}

/** Lines of one document: the part's records that carry its number. */
export function partRows({ page, company, world }: ListPlace, parent: Row): Row[] {
  return rowsOf(page, company, world).filter((line) => line['Document_No'] === parent['No']);
}

function keyOf({ page }: ListPlace, row: Row): string {
  return page.table.keys.map((field) => String(row[field] ?? '')).join('\n');
}

function ordered({ page, company }: ListPlace, rows: Row[], orderBy: string): Row[] {
  const orders = orderBy
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => {
      const [name = '', direction = 'asc', ...rest] = term.trim().split(/\s+/);
      if (rest.length > 0 || !['asc', 'desc'].includes(direction))
        throw badRequest(`Syntax error in $orderby: '${term}'.`);
      return { name, field: fieldOfPage(page, name), sign: direction === 'desc' ? -1 : 1 };
    });
  return rows.sort((left, right) => {
    for (const { name, field, sign } of orders) {
      const order = compareBy(field, readField(field, name, left, company), readField(field, name, right, company));
      if (order !== 0) return sign * order;
    }
    return 0;
  });
}

/** A token names the last row sent, so that a set that changes between two pages loses and repeats nothing. */
function position(place: ListPlace, rows: readonly Row[], query: URLSearchParams): { from: number; served: number } {
  const token = query.get('$skiptoken');
  if (token === null) return { from: wholeNumber(query, '$skip') ?? 0, served: 0 };
  const [served = '', ...key] = token.split('.');
  const last = rows.findIndex((row) => keyOf(place, row) === key.join('.'));
  if (last >= 0) return { from: last + 1, served: Number(served) };
  throw new NavError(400, 'SkipTokenIsNoLongerValid', 'NavSkipTokenException', 'The skip token is no longer valid.');
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const source = query.get(name);
  if (source === null) return undefined;
  if (!/^\d+$/.test(source)) throw badRequest(`Invalid value '${source}' for ${name}.`);
  return Number(source);
}
