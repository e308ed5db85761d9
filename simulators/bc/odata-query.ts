import { BcError, badRequest } from './errors.js';
import { parseExpand, type Options } from './odata-expand.js';
import { sees, type EntitySet, type Field, type View } from './odata-fields.js';
import { compileFilter } from './odata-filter.js';
import { compareValues } from './odata-values.js';
import type { Stored } from './records.js';
import { etagOf, toWire } from './wire.js';

/** Largest page the service sends. */
export const MAX_PAGE = 20_000;

/** One page of a list: rendered rows, the count before paging, and the token of the next page if there is one. */
export interface Page {
  rows: Record<string, unknown>[];
  total: number;
  next?: string;
}

/** Filters, orders, cuts and renders. `nested` lists do not need to name their parent in the filter. */
export function listPage(
  set: EntitySet,
  rows: readonly Stored[],
  view: View,
  options: Options,
  paging: { nested: boolean; maxPage: number },
): Page {
  const found = orderedRows(set, filteredRows(set, rows, view, options, paging.nested), view, options.get('$orderby'));
  const { from, served } = positionOf(found, options);
  const limit = Math.min(wholeNumber(options, '$top') ?? Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) - served;
  const page = found.slice(from, from + Math.min(limit, paging.maxPage));
  const last = page.at(-1);
  const more = last !== undefined && from + page.length < found.length && page.length < limit;
  return {
    rows: page.map((row) => renderRow(set, row, view, options)),
    total: found.length,
    ...(more ? { next: `${served + page.length}.${last.id}` } : {}),
  };
}

/** One record as JSON: etag, selected properties, expanded parts. */
export function renderRow(set: EntitySet, row: Stored, view: View, options: Options): Record<string, unknown> {
  const rendered: Record<string, unknown> = set.keyless === true ? {} : { '@odata.etag': etagOf(row) };
  for (const [name, field] of selectedFields(set, options.get('$select'))) {
    rendered[name] = toWire(field, field.read(row, view));
  }
  for (const [name, nested] of parseExpandOf(options)) {
    const part = Object.hasOwn(set.parts, name) ? set.parts[name] : undefined;
    if (part === undefined) throw unknownProperty(set, name);
    const rows = part.rows(row, view);
    rendered[name] = listPage(part.set, rows, view, nested, { nested: true, maxPage: MAX_PAGE }).rows;
  }
  return rendered;
}

function filteredRows(
  set: EntitySet,
  rows: readonly Stored[],
  view: View,
  options: Options,
  nested: boolean,
): Stored[] {
  const visible = set.lagging ? rows.filter((row) => sees(view, row.createdAt)) : [...rows];
  const source = options.get('$filter');
  const filter = source === undefined ? undefined : compileFilter(set, source);
  if (!nested && set.parent !== undefined && filter?.fields.has(set.parent.field) !== true) {
    throw new BcError(400, 'Application_DialogException', set.parent.message);
  }
  return filter === undefined ? visible : visible.filter((row) => filter.holds(row, view));
}

function orderedRows(set: EntitySet, rows: Stored[], view: View, orderBy: string | undefined): Stored[] {
  const terms = (orderBy ?? '').split(',').filter((term) => term.trim() !== '');
  const orders = terms.map((term) => {
    const [name = '', direction = 'asc', ...rest] = term.trim().split(/\s+/);
    if (rest.length > 0 || !['asc', 'desc'].includes(direction))
      throw badRequest(`Syntax error in $orderby: '${term}'.`);
    return { field: fieldOf(set, name), sign: direction === 'desc' ? -1 : 1 };
  });
  return rows.sort((left, right) => {
    for (const { field, sign } of orders) {
      const order = compareValues(field, field.read(left, view), field.read(right, view));
      if (order !== 0) return sign * order;
    }
    return set.order(left, right);
  });
}

/** A token names the last row sent, so that a set that changes between two pages loses and repeats nothing. */
function positionOf(rows: readonly Stored[], options: Options): { from: number; served: number } {
  const token = options.get('$skiptoken');
  if (token === undefined) return { from: wholeNumber(options, '$skip') ?? 0, served: 0 };
  const [served = '', ...id] = token.split('.');
  const last = rows.findIndex((row) => row.id === id.join('.'));
  if (last < 0) throw new BcError(400, 'SkipTokenIsNoLongerValid', 'The skip token is no longer valid.');
  return { from: last + 1, served: Number(served) };
}

function selectedFields(set: EntitySet, select: string | undefined): [string, Field<Stored>][] {
  if (select === undefined || select.trim() === '*') return Object.entries(set.fields);
  return select.split(',').map((name) => [name.trim(), fieldOf(set, name.trim())]);
}

function parseExpandOf(options: Options): Map<string, Options> {
  const source = options.get('$expand');
  return parseExpand(source ?? '');
}

function fieldOf(set: EntitySet, name: string): Field<Stored> {
  const field = Object.hasOwn(set.fields, name) ? set.fields[name] : undefined;
  if (field === undefined) throw unknownProperty(set, name);
  return field;
}

function unknownProperty(set: EntitySet, name: string): BcError {
  return badRequest(`Could not find a property named '${name}' on type 'Microsoft.NAV.${set.type}'.`);
}

function wholeNumber(options: Options, name: string): number | undefined {
  const source = options.get(name);
  if (source === undefined) return undefined;
  if (!/^\d+$/.test(source)) throw badRequest(`Invalid value '${source}' for ${name}.`);
  return Number(source);
}
