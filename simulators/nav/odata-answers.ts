import { stringify } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { listPage, renderRow, type ListPlace } from './odata-list.js';
import type { Row } from './values.js';

/** What an answer is about. */
type AnswerPlace = ListPlace & { rows: readonly Row[] };

/** A page of a list with count and next link as asked for. */
export function listAnswer(target: AnswerPlace, request: SimRequest): SimResponse {
  const asked = Number(/maxpagesize=(\d+)/i.exec(String(request.headers.prefer ?? ''))?.[1] ?? 20_000);
  const page = listPage(target, target.rows, request.query, Math.max(asked, 1));
  const next = page.next === undefined ? {} : { '@odata.nextLink': nextLink(request, page.next) };
  const count = request.query.get('$count') === 'true' ? { '@odata.count': page.total } : {};
  return { status: 200, body: { '@odata.context': contextOf(target, request), ...count, value: page.rows, ...next } };
}

/** One record. */
export function recordAnswer(target: AnswerPlace, row: Row, request: SimRequest, status: 200 | 201): SimResponse {
  const query = status === 200 ? request.query : new URLSearchParams();
  const body = { '@odata.context': `${contextOf(target, request)}/$entity`, ...renderRow(target, row, query) };
  return { status, ...(status === 201 ? { headers: { location: locationOf(target, row, request) } } : {}), body };
}

function origin(request: SimRequest): string {
  return `http://${request.headers.host ?? 'localhost'}`;
}

function contextOf({ page, company }: AnswerPlace, request: SimRequest): string {
  const [root = ''] = request.path.split(/\/ODataV4/i);
  const name = encodeURIComponent(company.head.name.replaceAll("'", "''"));
  return `${origin(request)}${root}/ODataV4/$metadata#Company('${name}')/${page.service}`;
}

function locationOf(target: AnswerPlace, row: Row, request: SimRequest): string {
  const { page, company } = target;
  const [root = ''] = request.path.split(/\/ODataV4/i);
  const pairs = page.table.keys.map((field) => {
    const value = row[field];
    return `${field}=${typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)}`;
  });
  const path = `${root}/ODataV4/Company('${company.head.name}')/${page.service}(${pairs.join(',')})`;
  return `${origin(request)}${encodeURI(path)}`;
}

function nextLink(request: SimRequest, token: string): string {
  const [path = '', query = ''] = request.rawUrl.split('?');
  const kept = query.split('&').filter((pair) => pair !== '' && !/^(\$|%24)(skiptoken|skip)=/i.test(pair));
  return `${origin(request)}${path}?${[...kept, `$skiptoken=${encodeURIComponent(token)}`].join('&')}`;
}

/** JSON text of an answer; numbers keep every digit. */
export function jsonText(body: unknown): string {
  return stringify(body) ?? '';
}
