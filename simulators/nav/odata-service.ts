import { parse } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { checkPermission, companyOf, optionFormat, pageOf, publishedPages } from './access.js';
import { keyLiterals, type Segment } from './address.js';
import type { Call } from './calls.js';
import { transact } from './calls.js';
import type { World } from './company.js';
import { badRequest, entityChanged, methodNotAllowed, NavError, notFound } from './errors.js';
import { listAnswer, recordAnswer } from './odata-answers.js';
import { fieldOfPage } from './odata-filter.js';
import { partProperty, partRows, type ListPlace } from './odata-list.js';
import { etagOf, fromLiteral, fromWire } from './odata-values.js';
import type { Page } from './page-definition.js';
import { createThroughPage, removeThroughPage, updateThroughPage, type Assignments } from './page-writer.js';
import { findPage, rowsOf } from './pages.js';
import type { Row } from './values.js';

/** What a request below a company is about: a list or a record, maybe the lines of a document. */
interface Target extends ListPlace {
  rows: readonly Row[];
  row?: Row;
  parent?: Row;
}

const verbs: Record<string, 'Read' | 'Insert' | 'Modify' | 'Delete'> = {
  GET: 'Read',
  POST: 'Insert',
  PATCH: 'Modify',
  DELETE: 'Delete',
};

/** Answers a request for published pages. Throws NavError for what the server refuses. */
export function servePages(
  world: World,
  request: SimRequest,
  {
    company: name,
    segments,
    operation,
  }: { company: string | undefined; segments: readonly Segment[]; operation: string },
): SimResponse {
  if (name === undefined && segments[0]?.name === 'Company')
    return { status: 200, body: { value: companiesOf(world) } };
  if (name === undefined && segments.length === 0) return { status: 200, body: serviceList(world) };
  const company = companyOf(world, name);
  if (segments.length === 0) return { status: 200, body: { Name: company.head.name } };
  const target = resolve(world, request, { ...{ company, world, format: optionFormat(world) }, segments });
  if (request.method === 'GET' && target.row === undefined) return listAnswer(target, request);
  if (request.method === 'GET' && target.row !== undefined) {
    return recordAnswer(target, target.row, request, 200);
  }
  const call: Call = { world, company, operation, key: request.path };
  if (request.method === 'POST' && target.row === undefined) {
    const row = transact(call, () => createThroughPage(call, target.page, assignments(target, request)));
    return recordAnswer(target, row, request, 201);
  }
  const { row } = target;
  if (row === undefined) throw methodNotAllowed(target.page.service);
  checkIfMatch(target, row, call, request);
  if (request.method === 'PATCH') {
    const changed = transact(call, () => updateThroughPage(call, target.page, row, assignments(target, request)));
    return recordAnswer(target, changed, request, 200);
  }
  if (request.method !== 'DELETE') throw methodNotAllowed(target.page.service);
  transact(call, () => removeThroughPage(call, target.page, row));
  return { status: 204 };
}

function companiesOf(world: World): Record<string, unknown>[] {
  return world.visible().map(({ head }) => ({ Name: head.name }));
}

function serviceList(world: World): unknown {
  const sets = publishedPages(world).map(({ service }) => ({ name: service, kind: 'EntitySet', url: service }));
  return { value: [{ name: 'Company', kind: 'EntitySet', url: 'Company' }, ...sets] };
}

function resolve(
  world: World,
  request: SimRequest,
  { segments, ...place }: Omit<ListPlace, 'page'> & { segments: readonly Segment[] },
): Target {
  const [first, second, ...rest] = segments;
  if (first === undefined || rest.length > 0) throw notFound(rest[0]?.name ?? '');
  const verb = verbs[request.method] ?? 'Read';
  const page = pageOf(world, first.name, second === undefined ? verb : 'Read');
  const own = keyed({ ...place, page, rows: rowsOf(page, place.company, world) }, first);
  if (second === undefined) return own;
  const refused = world.faults['property-refused'] === `${page.service}.${second.name}`;
  const lines = page.part === undefined || refused ? undefined : findPage(page.part.service);
  if (own.row === undefined || lines === undefined || second.name !== partProperty(page)) throw notFound(second.name);
  checkPermission(world, lines, verb);
  const below = { ...place, page: lines };
  return keyed({ ...below, rows: partRows(below, own.row), parent: own.row }, second);
}

/** A record that does not exist answers like a service that does not (section 4). */
function keyed(target: Target, { name, key }: Segment): Target {
  if (key === undefined) return target;
  const { page, format, rows } = target;
  const literals = keyLiterals(key, page.table.keys);
  if (literals === undefined) throw badRequest(`The key '${key}' does not fit the keys of '${name}'.`);
  const values = page.table.keys.map((field, index) => {
    return [field, fromLiteral(field, fieldOfPage(page, field), literals[index] ?? '', format)] as const;
  });
  const row = rows.find((one) => values.every(([field, value]) => one[field] === value));
  if (row === undefined) throw notFound(name);
  return { ...target, row };
}

/** The values of a body in the order in which they stand there. */
function assignments({ page, format, parent }: Target, request: SimRequest): Assignments {
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  // What the service says when the header is forgotten: it does not mention the header.
  if (!type.includes('application/json')) throw badRequest('Invalid Request Body');
  const body = parsedBody(request.body);
  const given = Object.entries(body).filter(([name]) => !name.includes('@odata.'));
  const values = given.map(([name, value]): [string, string | number | boolean] => {
    if (!page.fields.includes(name)) {
      throw badRequest(
        `Invalid Request Body. The property '${name}' does not exist on type 'NAV.${page.service}'. Make sure to only use property names that are defined by the type.`,
      );
    }
    return [name, fromWire(name, fieldOfPage(page, name), value, format)];
  });
  return parent === undefined ? values : [['Document_No', String(parent['No'])], ...values];
}

function parsedBody(source: string): object {
  let body: unknown;
  try {
    body = parse(source);
  } catch {
    throw badRequest('Invalid Request Body');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest('Invalid Request Body');
  return body;
}

/** PATCH needs an etag or `*` in the header; on DELETE it is checked if sent, and the connector has to send it. */
function checkIfMatch({ page }: Target, row: Row, call: Call, request: SimRequest): void {
  const header = request.headers['if-match'];
  if (header === undefined && request.method !== 'PATCH') {
    call.world.desk.violation(call.operation, 'DELETE without If-Match: a record changed meanwhile would be lost');
  } else if (header === undefined) {
    const message =
      'Could not validate the client concurrency token required by the service. Please provide a valid token in the client request.';
    throw new NavError(400, 'BadRequest_InvalidToken', 'NavInvalidTokenException', message);
  } else if (header !== '*' && header !== etagOfRow(page, row)) throw entityChanged();
}

function etagOfRow(page: Page, row: Row): string {
  return etagOf(page.table.name, page.table.keys.map((field) => String(row[field] ?? '')).join('\n'), row);
}
