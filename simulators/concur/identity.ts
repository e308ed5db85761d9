import type { SimRequest, SimResponse } from '../harness/server.js';
import { scopesOf } from './admission.js';
import { companyOf } from './company-book.js';
import { textAt } from './document-reading.js';
import { selectedAttributes, valuesAt, visibleUser } from './identity-users.js';
import { isObject, parsedBody, type JsonObject } from './post-body.js';
import type { ConcurContext } from './state.js';

const searchSchema = 'urn:ietf:params:scim:api:messages:concur:2.0:SearchRequest';
const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const mostUsers = 1000;

interface UserQuery {
  attributes: string[];
  count: number;
  start: number;
  filter: Condition[];
}

interface Condition {
  path: string;
  value: string;
}

/** `GET /profile/identity/v4.1/Users` (concur-platform.md 6.2): pages by cursor, never by an index. */
export function listUsers(context: ConcurContext, request: SimRequest): SimResponse {
  const { query } = request;
  const known = ['attributes', 'count', 'cursor'];
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) return broken(context, 'users', 'invalidValue', `${unknown} is not supported`);
  const attributes = (query.get('attributes') ?? '').split(',').filter((name) => name !== '');
  return answered(context, request, 'users', {
    attributes,
    count: query.get('count') ?? undefined,
    cursor: query.get('cursor') ?? undefined,
  });
}

/** `POST …/Users/.search`: `attribute eq "value"`, several joined by `and`. */
export function searchUsers(context: ConcurContext, request: SimRequest): SimResponse {
  const body = parsedBody(request);
  const { schemas, attributes = [] } = isObject(body) ? body : {};
  if (!Array.isArray(schemas) || !schemas.includes(searchSchema)) {
    return broken(context, 'userSearch', 'invalidSyntax', `schemas must name ${searchSchema}`);
  }
  if (!Array.isArray(attributes)) return broken(context, 'userSearch', 'invalidSyntax', 'attributes must be a list');
  const filter = textAt(body, 'filter');
  return answered(context, request, 'userSearch', {
    attributes: attributes.map(String),
    count: textAt(body, 'count'),
    cursor: textAt(body, 'cursor'),
    ...(filter === undefined ? {} : { filter }),
  });
}

/** `GET …/Users/{uuid}`; 404 for people of other companies. */
export function readUser(context: ConcurContext, uuid: string, request: SimRequest): SimResponse {
  const user = companyOf(context).users[uuid.toLowerCase()];
  if (user === undefined) return failure(404, '', `Resource ${uuid} was not found`);
  return { status: 200, body: visibleUser(user, scopesOf(context, request), companyUuid(context)) };
}

/** `GET /profile/spend/v4.1/Users[/{uuid}]`: pages by index, at most 100 at once. */
export function readSpendUsers(context: ConcurContext, uuid: string | undefined, request: SimRequest): SimResponse {
  const users = Object.values(companyOf(context).users).map((user) => ({
    id: user.uuid,
    'urn:ietf:params:scim:schemas:extension:spend:2.0:User': {
      ledgerCode: user.ledgerCode ?? null,
      reimbursementCurrency: user.currency,
      customData: [],
    },
  }));
  if (uuid !== undefined) {
    const found = users.find(({ id }) => id === uuid.toLowerCase());
    return found === undefined ? failure(404, '', `Resource ${uuid} was not found`) : { status: 200, body: found };
  }
  const startIndex = Number(request.query.get('startIndex') ?? '1');
  const count = Number(request.query.get('count') ?? '100');
  if (!Number.isInteger(startIndex) || startIndex < 1 || !Number.isInteger(count) || count < 1 || count > 100) {
    return broken(context, 'spendUsers', 'invalidValue', 'startIndex or count is out of range');
  }
  const Resources = users.slice(startIndex - 1, startIndex - 1 + count);
  const sizes = { totalResults: users.length, startIndex, itemsPerPage: Resources.length };
  return { status: 200, body: { schemas: [listSchema], ...sizes, Resources } };
}

function answered(
  context: ConcurContext,
  request: SimRequest,
  operation: string,
  asked: { attributes: string[]; count: string | undefined; cursor: string | undefined; filter?: string },
): SimResponse {
  const query = readQuery(asked);
  if (typeof query === 'string') return broken(context, operation, 'invalidFilter', query);
  const scopes = scopesOf(context, request);
  const found = Object.values(companyOf(context).users)
    .map((user) => visibleUser(user, scopes, companyUuid(context)))
    .filter((user) => query.filter.every((condition) => isMet(user, condition)));
  const end = query.start + query.count;
  const Resources = found.slice(query.start, end).map((user) => selectedAttributes(user, query.attributes));
  const nextCursor = end < found.length ? { nextCursor: Buffer.from(`user:${end}`).toString('base64url') } : {};
  return { status: 200, body: { schemas: [listSchema], itemsPerPage: Resources.length, ...nextCursor, Resources } };
}

function readQuery(asked: {
  attributes: string[];
  count: string | undefined;
  cursor: string | undefined;
  filter?: string;
}): UserQuery | string {
  const count = Number(asked.count ?? '100');
  if (!Number.isInteger(count) || count < 1 || count > mostUsers) return `count is not between 1 and ${mostUsers}`;
  const cursor = asked.cursor === undefined ? 'user:0' : Buffer.from(asked.cursor, 'base64url').toString('utf8');
  const [, start] = /^user:(\d+)$/.exec(cursor) ?? [];
  if (start === undefined) return 'cursor is not one that this service gave';
  const filter = readFilter(asked.filter);
  if (filter === undefined) return `the filter ${asked.filter ?? ''} is not supported`;
  return { attributes: asked.attributes, count, start: Number(start), filter };
}

function readFilter(filter: string | undefined): Condition[] | undefined {
  if (filter === undefined) return [];
  const conditions: Condition[] = [];
  for (const part of filter.split(/ and /i)) {
    const [, path, quoted, bare] = /^\s*(\S+) eq (?:"([^"]*)"|(true|false))\s*$/i.exec(part) ?? [];
    if (path === undefined) return undefined;
    conditions.push({ path, value: quoted ?? bare ?? '' });
  }
  return conditions;
}

function isMet(user: JsonObject, { path, value }: Condition): boolean {
  return valuesAt(user, path).some((found) => found.toLowerCase() === value.toLowerCase());
}

function companyUuid(context: ConcurContext): string {
  return context.state.masterData?.companyUuid ?? '';
}

function broken(context: ConcurContext, operation: string, scimType: string, detail: string): SimResponse {
  context.desk.violation(operation, detail);
  return failure(400, scimType, detail);
}

function failure(status: number, scimType: string, detail: string): SimResponse {
  const body = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    ...(scimType === '' ? {} : { scimType }),
    detail,
    status: String(status),
    'urn:ietf:params:scim:api:messages:concur:2.0:Error': { messages: [{ message: detail }] },
  };
  return { status, body };
}
