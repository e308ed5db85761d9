import type { z } from 'zod';
import { ContractViolation, Rejected, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../http/types.js';
import type { BcAdapterOptions, BcAddress } from './options.js';
import { isRefusal, refusalOf } from './refusals.js';
import { nextPageQuery, pageSchema } from './paging.js';

/** The API routes in use (NAV spec 2); analytics needs the Power BI Reports app (section 15). */
export type BcRoute = 'v2.0' | 'microsoft/analytics/v1.0' | 'microsoft/runtime/beta' | typeof pageRoute;

/** Pages that an administrator has published: beside the API, under the company's name instead of its id. */
export const pageRoute = 'ODataV4';

export interface BcCall {
  /** Stable name for audit, for example `bc.journals.find`. */
  operation: string;
  /** Path below the API route, identifiers already safe. */
  path: string;
  /** @default 'v2.0' */
  route?: BcRoute;
  query?: Record<string, string>;
  signal: AbortSignal;
}

export interface BcRead extends BcCall {
  /** Asks the primary database: replicas lag, and a check before a write must not (NAV spec 4). */
  fresh?: boolean;
  /** Called after each page of a list. */
  onPage?: () => void;
}

export interface BcWrite extends BcCall {
  json?: unknown;
  ifMatch?: string;
  headers?: Record<string, string>;
  /** @default 120000, the limit for creates (NAV spec 5) */
  timeoutMs?: number;
}

/** Calls of one Business Central environment. Error answers become `Rejected` or `Unavailable` (see `refusalOf`). */
export interface BcOData {
  readonly system: string;
  /** All rows over all pages. */
  list<T>(call: BcRead, row: z.ZodType<T>): Promise<T[]>;
  /** The record, or undefined where Business Central says that it does not exist. */
  find<T>(call: BcRead, record: z.ZodType<T>): Promise<T | undefined>;
  /** POST that answers with a body. */
  create<T>(call: BcWrite, record: z.ZodType<T>): Promise<T>;
  /** POST, PATCH or DELETE whose answer is not read. */
  act(method: 'POST' | 'PATCH' | 'DELETE', call: BcWrite): Promise<void>;
}

const readTimeoutMs = 60_000;
const createTimeoutMs = 120_000;
/** An entity set of a company, below no record: its absence is no absent record (NAV spec trap 15). */
const ownSet = /^companies\([^)]*\)\/\w+$/;
const isOwnSet = ({ path, route }: BcCall): boolean => route === pageRoute || ownSet.test(path);
/** A cursor that expired twice will expire again. */
const pageRestarts = 2;

/**
 * Builds the calls of one environment: `/v2.0/{tenant}/{environment}/api/{route}/…`, always with the tenant (S50), or
 * `/{instance}/api/{route}/…` of a server of the customer's own (S51).
 */
export function createOData(options: BcAdapterOptions, http: HttpClient): BcOData {
  const system = options.name;
  const base = baseOf(options);
  const everywhere: Record<string, string> = 'serverTenant' in options ? { tenant: options.serverTenant } : {};
  const factsOf = (call: BcCall): FailedCall => ({ system, operation: call.operation });

  async function send(
    call: BcCall,
    request: Omit<HttpRequest, 'operation' | 'path' | 'signal'>,
  ): Promise<HttpResponse> {
    const response = await http.send({
      ...request,
      headers: { Accept: 'application/json', 'Accept-Language': 'en-US', ...request.headers },
      operation: call.operation,
      path: `${base}${pathOf(call)}`,
      query: { ...everywhere, ...call.query },
      signal: call.signal,
    });
    if (response.status < 300) return response;
    if (response.status < 400) {
      throw new ContractViolation('Business Central redirected the call.', {
        ...factsOf(call),
        status: response.status,
      });
    }
    const requestId = response.headers['request-id'];
    const facts = { ...factsOf(call), ...(requestId === undefined ? {} : { correlationId: requestId }) };
    throw refusalOf(response.status, bodyOf(response), facts);
  }

  function read(call: BcRead, paged: boolean): Promise<HttpResponse> {
    return send(call, {
      method: 'GET',
      kind: 'read',
      timeoutMs: readTimeoutMs,
      headers: {
        ...(call.fresh === true ? { 'Data-Access-Intent': 'ReadWrite' } : {}),
        ...(paged ? { Prefer: 'odata.maxpagesize=1000' } : {}),
      },
    });
  }

  function write(method: 'POST' | 'PATCH' | 'DELETE', call: BcWrite): Promise<HttpResponse> {
    return send(call, {
      method,
      kind: 'write',
      timeoutMs: call.timeoutMs ?? createTimeoutMs,
      headers: { ...call.headers, ...(call.ifMatch === undefined ? {} : { 'If-Match': call.ifMatch }) },
      ...(call.json === undefined ? {} : { json: call.json }),
    });
  }

  function parsed<T>(call: BcCall, schema: z.ZodType<T>, response: HttpResponse): T {
    const result = schema.safeParse(bodyOf(response));
    if (result.success) return result.data;
    const paths = [...new Set(result.error.issues.map(({ path }) => path.join('.') || '(body)'))]
      .slice(0, 5)
      .join(', ');
    throw new ContractViolation(`Business Central answered without the promised fields: ${paths}.`, {
      ...factsOf(call),
      status: response.status,
    });
  }

  async function allPages<T>(call: BcRead, row: z.ZodType<T>): Promise<T[]> {
    const rows: T[] = [];
    const seen = new Set<string>();
    let query = call.query;
    for (;;) {
      const current = { ...call, ...(query === undefined ? {} : { query }) };
      const page = parsed(current, pageSchema(row), await read(current, true));
      rows.push(...page.value);
      call.onPage?.();
      const link = page['@odata.nextLink'];
      if (link === undefined || link === '') return rows;
      query = nextPageQuery(link, pathOf(call));
      if (query === undefined || seen.has(link)) {
        throw new ContractViolation(
          'Business Central named a next page outside the list that was read.',
          factsOf(call),
        );
      }
      seen.add(link);
    }
  }

  async function list<T>(call: BcRead, row: z.ZodType<T>): Promise<T[]> {
    for (let restart = 0; ; restart += 1) {
      try {
        return await allPages(call, row);
      } catch (error) {
        if (isRefusal(error, 'not-found') && isOwnSet(call)) throw notOffered(call, error);
        if (restart >= pageRestarts || !isRefusal(error, 'page-expired')) throw error;
      }
    }
  }

  return {
    system,
    list,
    async find(call, record) {
      try {
        return parsed(call, record, await read(call, false));
      } catch (error) {
        if (isRefusal(error, 'not-found')) return undefined;
        throw error;
      }
    },
    async create(call, record) {
      return parsed(call, record, await write('POST', call));
    },
    async act(method, call) {
      await write(method, call);
    },
  };
}

function pathOf({ route = 'v2.0', path }: BcCall): string {
  return route === pageRoute ? `/${route}/${path}` : `/api/${route}/${path}`;
}

function notOffered({ path }: BcCall, cause: Rejected): Rejected {
  const set = path.slice(path.lastIndexOf('/') + 1);
  const message = `Business Central does not offer ${set} in its API. Look at the connection with the doctor.`;
  return new Rejected(message, { ...cause.call, cause }, 'not-offered');
}

/** The path below which all routes of the API stand, without slash at the end (NAV spec 2). */
export const rootOf = (address: BcAddress): string => `${baseOf(address)}/api`;

/** The same for the API and the published pages. */
function baseOf(address: BcAddress): string {
  if ('serverPath' in address) return address.serverPath;
  return `/v2.0/${encodeURIComponent(address.tenant)}/${encodeURIComponent(address.environment)}`;
}

/** Gateways answer HTML or nothing: then only the status speaks. */
function bodyOf(response: HttpResponse): unknown {
  if (response.text.trim() === '') return undefined;
  try {
    return response.json();
  } catch {
    return undefined;
  }
}
