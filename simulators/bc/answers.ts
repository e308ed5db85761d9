import { stringify } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { urlOptions } from './odata-expand.js';
import type { View } from './odata-fields.js';
import { listPage, MAX_PAGE, renderRow } from './odata-query.js';
import type { Stored } from './records.js';
import type { Target } from './resolve.js';
import { guidOf } from './world.js';

/** A response whose body is not yet text; `$batch` puts it into its envelope as it is. */
export function textAnswer(response: SimResponse, requestNumber: string): SimResponse {
  const headers = { 'request-id': guidOf(`request:${requestNumber}`), ...response.headers };
  if (response.body === undefined || typeof response.body === 'string') return { ...response, headers };
  return {
    status: response.status,
    headers: {
      'content-type': 'application/json; odata.metadata=minimal; odata.streaming=true',
      'odata-version': '4.0',
      ...headers,
    },
    body: stringify(response.body) ?? '',
  };
}

/** A page of a list with count and next link as asked for. */
export function listAnswer(target: Target, view: View, request: SimRequest): SimResponse {
  const options = urlOptions(request.query);
  const page = listPage(target.set, target.rows, view, options, {
    nested: target.parent !== undefined,
    maxPage: pageSize(request),
  });
  return {
    status: 200,
    body: {
      '@odata.context': contextOf(request),
      ...(options.get('$count') === 'true' ? { '@odata.count': page.total } : {}),
      value: page.rows,
      ...(page.next === undefined ? {} : { '@odata.nextLink': nextLink(request, page.next) }),
    },
  };
}

/** One record. */
export function recordAnswer(target: Target, row: Stored, view: View, request: SimRequest): SimResponse {
  return { status: 200, body: recordBody(target, row, view, request) };
}

/** A new record: 201 with its body, or 204 if the client wants no content. */
export function createdAnswer(target: Target, row: Stored, view: View, request: SimRequest): SimResponse {
  const location = `${absolute(request, request.path.replace(/\/$/, ''))}(${row.id})`;
  const minimal = /return(=minimal|-no-content)/i.test(String(request.headers.prefer ?? ''));
  if (minimal) return { status: 204, headers: { location } };
  return { status: 201, headers: { location }, body: recordBody(target, row, view, request) };
}

/** A changed record; the change instant in this answer is still the old one, as observed on the real service. */
export function updatedAnswer(
  target: Target,
  row: Stored,
  view: View,
  request: SimRequest,
  oldModifiedAt: string,
): SimResponse {
  const body = recordBody(target, row, view, request);
  if ('lastModifiedDateTime' in body) body['lastModifiedDateTime'] = oldModifiedAt;
  return { status: 200, body };
}

function recordBody(target: Target, row: Stored, view: View, request: SimRequest): Record<string, unknown> {
  const rendered = renderRow(target.set, row, view, urlOptions(request.query));
  return { '@odata.context': `${contextOf(request)}/$entity`, ...rendered };
}

function pageSize(request: SimRequest): number {
  const asked = Number(/maxpagesize=(\d+)/i.exec(String(request.headers.prefer ?? ''))?.[1] ?? MAX_PAGE);
  return Math.min(Math.max(asked, 1), MAX_PAGE);
}

function nextLink(request: SimRequest, token: string): string {
  const [path = '', query = ''] = request.rawUrl.split('?');
  const kept = query.split('&').filter((pair) => pair !== '' && !/^(\$|%24)(skiptoken|skip)=/i.test(pair));
  return absolute(request, `${path}?${[...kept, `$skiptoken=${encodeURIComponent(token)}`].join('&')}`);
}

function contextOf(request: SimRequest): string {
  const [root = '', rest = ''] = request.path.split(/\/(?=companies)/, 2);
  return absolute(request, `${root}/$metadata#${rest}`);
}

function absolute(request: SimRequest, path: string): string {
  return `http://${request.headers.host ?? 'localhost'}${path}`;
}
