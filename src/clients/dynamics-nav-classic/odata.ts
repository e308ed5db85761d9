import { z } from 'zod';
import { nextPageQuery, pageSchema } from '../dynamics-nav/paging.js';
import { quoted } from '../dynamics-nav/wire-text.js';
import { ContractViolation, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../http/types.js';
import type { NavAdapterOptions, NavService, NavSetUpService } from './options.js';
import { isNavRefusal, navRefusal } from './refusals.js';

export interface NavCall {
  /** Stable name for audit, for example `nav.journal-lines.read`. */
  operation: string;
  company: string;
  service: NavService | NavSetUpService;
  signal: AbortSignal;
}

export interface NavList extends NavCall {
  filter?: string;
  /** So many rows at most. */
  top?: number;
  /** Called after each page. */
  onPage?: () => void;
}

/** A record that is changed or deleted under the etag of the look. Values of the key by field, whole numbers bare. */
export interface NavRecord extends NavCall {
  key: Record<string, string | number>;
  etag: string;
}

/**
 * Published pages as OData V4. A record is always read by a filtered list: read by its key, a missing one answers like a page
 * that is not published (NAV spec trap 15). Error answers become `Rejected` or `Unavailable`.
 */
export interface NavOData {
  readonly system: string;
  /** All rows over all pages. */
  list<T>(call: NavList, row: z.ZodType<T>): Promise<T[]>;
  create<T>(call: NavCall, json: object, row: z.ZodType<T>): Promise<T>;
  /** PATCH; the properties take effect in their order. */
  change(call: NavRecord, json: object): Promise<void>;
  remove(call: NavRecord): Promise<void>;
}

const readTimeoutMs = 60_000;
const writeTimeoutMs = 120_000;
const errorSchema = z.object({ error: z.object({ code: z.string().catch(''), message: z.string().catch('') }) });

export function createNavOData(options: NavAdapterOptions, http: HttpClient): NavOData {
  const system = options.name;
  const factsOf = (call: NavCall): FailedCall => ({ system, operation: call.operation });

  async function send(
    call: NavCall,
    key: string,
    request: Pick<HttpRequest, 'method' | 'kind' | 'query' | 'headers' | 'json'>,
  ): Promise<HttpResponse> {
    const response = await http.send({
      ...request,
      timeoutMs: request.kind === 'read' ? readTimeoutMs : writeTimeoutMs,
      headers: { Accept: 'application/json', 'Accept-Language': 'en-US', ...request.headers },
      operation: call.operation,
      path: `${pathOf(options, call)}${key}`,
      query: { ...everywhere(options, call), ...request.query },
      signal: call.signal,
    });
    if (response.status < 300) return response;
    const facts = factsOf(call);
    if (response.status < 400)
      throw new ContractViolation('NAV redirected the call.', { ...facts, status: response.status });
    const { code, message } = errorSchema.safeParse(bodyOf(response)).data?.error ?? { code: '', message: '' };
    throw navRefusal(code, message, facts, response.status);
  }

  function parsed<T>(call: NavCall, schema: z.ZodType<T>, response: HttpResponse): T {
    const result = schema.safeParse(bodyOf(response));
    if (result.success) return result.data;
    const paths = [...new Set(result.error.issues.map(({ path }) => path.join('.') || '(body)'))].slice(0, 5);
    throw new ContractViolation(`NAV answered without the promised fields: ${paths.join(', ')}.`, {
      ...factsOf(call),
      status: response.status,
    });
  }

  async function allPages<T>(call: NavList, row: z.ZodType<T>): Promise<T[]> {
    const rows: T[] = [];
    const seen = new Set<string>();
    let query: Record<string, string> = {
      ...(call.filter === undefined ? {} : { $filter: call.filter }),
      ...(call.top === undefined ? {} : { $top: String(call.top) }),
    };
    for (;;) {
      const headers = { Prefer: 'odata.maxpagesize=1000' };
      const page = parsed(call, pageSchema(row), await send(call, '', { method: 'GET', kind: 'read', query, headers }));
      rows.push(...page.value);
      call.onPage?.();
      const link = page['@odata.nextLink'];
      if (link === undefined || link === '') return rows;
      const next = nextPageQuery(link, pathOf(options, call));
      if (next === undefined || seen.has(link)) {
        throw new ContractViolation('NAV named a next page outside the list that was read.', factsOf(call));
      }
      seen.add(link);
      query = next;
    }
  }

  return {
    system,
    async list(call, row) {
      try {
        return await allPages(call, row);
      } catch (error) {
        // A cursor expires when its row is gone; a second time is no accident.
        if (isNavRefusal(error, 'page-expired')) return allPages(call, row);
        throw error;
      }
    },
    async create(call, json, row) {
      return parsed(call, row, await send(call, '', { method: 'POST', kind: 'write', json }));
    },
    async change(call, json) {
      await send(call, keyOf(call), { method: 'PATCH', kind: 'write', headers: { 'If-Match': call.etag }, json });
    },
    async remove(call) {
      await send(call, keyOf(call), { method: 'DELETE', kind: 'write', headers: { 'If-Match': call.etag } });
    },
  };
}

/** A company whose name holds a slash cannot stand in the path (NAV spec 2). */
const isInPath = ({ company }: NavCall): boolean => !company.includes('/');

function pathOf({ odataPath, services }: NavAdapterOptions, call: NavCall): string {
  const company = isInPath(call) ? `/Company(${encodeURIComponent(quoted(call.company))})` : '';
  return `${odataPath}${company}/${services[call.service]}`;
}

function everywhere({ serverTenant }: NavAdapterOptions, call: NavCall): Record<string, string> {
  return {
    ...(serverTenant === undefined ? {} : { tenant: serverTenant }),
    ...(isInPath(call) ? {} : { company: call.company }),
  };
}

function keyOf({ key }: NavRecord): string {
  const pairs = Object.entries(key).map(
    ([field, value]) => `${field}=${typeof value === 'number' ? value : encodeURIComponent(quoted(value))}`,
  );
  return `(${pairs.join(',')})`;
}

/** What stands before the server answers HTML or nothing: then only the status speaks. */
function bodyOf(response: HttpResponse): unknown {
  try {
    return response.text.trim() === '' ? undefined : response.json();
  } catch {
    return undefined;
  }
}
