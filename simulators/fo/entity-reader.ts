import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { isCompanyBound, type EntityDefinition } from './entity-definition.js';
import { compileFilter, indexedCandidates, mentions } from './filter-evaluator.js';
import { parseFilter, type FilterNode } from './filter-parser.js';
import { queryInvalid, rowNotFound, unknownProperty } from './odata-errors.js';
import { jsonResponse, wireRow } from './row-format.js';
import type { FoStore } from './store.js';
import type { Table } from './table.js';
import { text, type Row } from './values.js';

/** Rows of one server page: small, so that paging happens in tests; F&O itself gives up to 10,000. */
export const serverPageSize = 100;

const knownOptions = ['$filter', '$select', '$orderby', '$top', '$skip', '$count', '$skiptoken'];

/** Notes a broken rule of the caller. */
export type NoteViolation = (message: string) => void;

/** Whether the call sees all companies. */
export function isCrossCompany(request: Pick<SimRequest, 'query'>): boolean {
  return request.query.get('cross-company')?.toLowerCase() === 'true';
}

/** Scheme and host by which the caller reached the service. */
export function originOf(request: Pick<SimRequest, 'headers'>): string {
  return `http://${request.headers.host ?? 'localhost'}`;
}

function checkOptions(query: URLSearchParams): void {
  for (const name of query.keys()) {
    if (name.startsWith('$') && !knownOptions.includes(name))
      throw queryInvalid(`The query option '${name}' is not supported.`);
  }
}

function wholeNumber(query: URLSearchParams, option: string): number | undefined {
  const value = query.get(option);
  if (value === null) return undefined;
  if (!/^\d+$/.test(value)) throw queryInvalid(`Invalid value '${value}' for ${option} query option found.`);
  return Number(value);
}

function selectedFields(definition: EntityDefinition, query: URLSearchParams): string[] | undefined {
  const names = query
    .get('$select')
    ?.split(',')
    .map((name) => name.trim());
  for (const name of names ?? []) if (!(name in definition.fields)) throw unknownProperty(definition.entityType, name);
  return names;
}

type Comparison = (left: Row, right: Row) => number;

function orderOf(definition: EntityDefinition, query: URLSearchParams): Comparison[] {
  const terms = query.get('$orderby')?.split(',') ?? [];
  return terms.map((term) => {
    const [field = '', direction = 'asc', ...rest] = term.trim().split(/\s+/);
    const type = definition.fields[field];
    if (type === undefined) throw unknownProperty(definition.entityType, field);
    if (rest.length > 0 || !['asc', 'desc'].includes(direction))
      throw queryInvalid(`Syntax error in $orderby '${term}'.`);
    const sign = direction === 'desc' ? -1 : 1;
    const numeric = type === 'decimal' || type === 'int64' || type === 'int32';
    return (left, right) => {
      const [a, b] = [text(left, field), text(right, field)];
      if (numeric) return sign * new Decimal(a).comparedTo(b);
      const [lowerA, lowerB] = [a.toLowerCase(), b.toLowerCase()];
      return sign * (lowerA < lowerB ? -1 : lowerA > lowerB ? 1 : 0);
    };
  });
}

function matchingRows(
  table: Table,
  definition: EntityDefinition,
  filter: FilterNode | undefined,
  company: string | undefined,
): Row[] {
  const test = filter === undefined ? () => true : compileFilter(filter, definition);
  const candidates = filter === undefined ? undefined : indexedCandidates(filter, table);
  const source = candidates === undefined ? table.rows() : table.inOrder(candidates);
  const rows: Row[] = [];
  for (const row of source) if ((company === undefined || row['dataAreaId'] === company) && test(row)) rows.push(row);
  return rows;
}

function nextLink(request: SimRequest, offset: number): string {
  const query = new URLSearchParams(request.query);
  query.set('$skiptoken', Buffer.from(String(offset)).toString('base64url'));
  return `${originOf(request)}${request.path}?${query.toString()}`;
}

function tokenOffset(query: URLSearchParams): number {
  const token = query.get('$skiptoken');
  const offset = token === null ? '0' : Buffer.from(token, 'base64url').toString();
  if (!/^\d+$/.test(offset)) throw queryInvalid('The skip token is not valid.');
  return Number(offset);
}

/** Answers `GET /data/Set`: options of section 2, company scope, server pages with an absolute link. */
export function readSet(
  store: FoStore,
  definition: EntityDefinition,
  request: SimRequest,
  note: NoteViolation,
): SimResponse {
  const { query } = request;
  checkOptions(query);
  const table = store.table(definition.set);
  const source = query.get('$filter');
  const filter = source === null ? undefined : parseFilter(source);
  const crossCompany = isCrossCompany(request);
  if (isCompanyBound(definition)) {
    if (!crossCompany) note(`${definition.set} was read without cross-company=true`);
    if (filter === undefined || !mentions(filter, 'dataAreaId'))
      note(`${definition.set} was read without a filter on dataAreaId`);
  }
  const selected = selectedFields(definition, query);
  const order = orderOf(definition, query);
  const scope = isCompanyBound(definition) && !crossCompany ? store.defaultCompany : undefined;
  const matching = matchingRows(table, definition, filter, scope);
  if (order.length > 0) matching.sort((left, right) => firstDifference(order, left, right));
  const skip = wholeNumber(query, '$skip') ?? 0;
  const top = wholeNumber(query, '$top');
  const wanted = matching.slice(skip, top === undefined ? undefined : skip + top);
  const offset = tokenOffset(query);
  const page = wanted.slice(offset, offset + serverPageSize);
  const more = wanted.length > offset + serverPageSize;
  const columns = selected === undefined ? '' : `(${selected.join(',')})`;
  return jsonResponse(200, {
    '@odata.context': `${originOf(request)}/data/$metadata#${definition.set}${columns}`,
    ...(query.get('$count') === 'true' ? { '@odata.count': new LosslessNumber(String(matching.length)) } : {}),
    value: page.map((row) => wireRow(definition, row, selected)),
    ...(more ? { '@odata.nextLink': nextLink(request, offset + serverPageSize) } : {}),
  });
}

function firstDifference(order: readonly Comparison[], left: Row, right: Row): number {
  for (const compare of order) {
    const result = compare(left, right);
    if (result !== 0) return result;
  }
  return 0;
}

/** The row of a key as this call sees it: without cross-company=true the rows of other companies are not there. */
export function findVisibleRow(
  store: FoStore,
  definition: EntityDefinition,
  key: readonly string[],
  request: Pick<SimRequest, 'query'>,
  note: NoteViolation,
): Row | undefined {
  const crossCompany = isCrossCompany(request);
  if (isCompanyBound(definition) && !crossCompany)
    note(`${definition.set} was addressed by key without cross-company=true`);
  const row = store.table(definition.set).byKey(key);
  const hidden = isCompanyBound(definition) && !crossCompany && row?.['dataAreaId'] !== store.defaultCompany;
  return hidden ? undefined : row;
}

/** Answers `GET /data/Set(key)`. */
export function readByKey(
  store: FoStore,
  definition: EntityDefinition,
  key: readonly string[],
  request: SimRequest,
  note: NoteViolation,
): SimResponse {
  checkOptions(request.query);
  const selected = selectedFields(definition, request.query);
  const row = findVisibleRow(store, definition, key, request, note);
  if (row === undefined) throw rowNotFound();
  const context = { '@odata.context': `${originOf(request)}/data/$metadata#${definition.set}/$entity` };
  return jsonResponse(200, { ...context, ...wireRow(definition, row, selected) });
}
