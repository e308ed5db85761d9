import { z } from 'zod';
import type { HttpClient } from '../../http/types.js';
import { navRefusal } from '../refusals.js';
import type { NavUse } from './nav-set-up.js';

/** Types of the fields of each published page, by service name and by field. */
export type DescribedPages = ReadonlyMap<string, ReadonlyMap<string, string>>;

const attributes = String.raw`((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)`;

/** Reads what the server says of its published pages; undefined for a text that describes none. */
export function describedPages(xml: string): DescribedPages | undefined {
  const types = new Map<string, ReadonlyMap<string, string>>();
  for (const [, own = '', body = ''] of xml.matchAll(
    new RegExp(`<EntityType\\b${attributes}\\s*>([\\s\\S]*?)</EntityType>`, 'g'),
  )) {
    const fields = [...body.matchAll(new RegExp(`<(?:Navigation)?Property\\b${attributes}`, 'g'))].map(
      ([, field = '']): [string, string] => [attribute(field, 'Name'), attribute(field, 'Type')],
    );
    types.set(attribute(own, 'Name'), new Map(fields));
  }
  const sets = [...xml.matchAll(new RegExp(`<EntitySet\\b${attributes}`, 'g'))].map(([, own = '']) => own);
  if (sets.length === 0) return undefined;
  const typeOf = (own: string): string => attribute(own, 'EntityType').replace(/^.*\./, '');
  return new Map(sets.map((own) => [attribute(own, 'Name'), types.get(typeOf(own)) ?? new Map<string, string>()]));
}

/** Names of sets, types and fields hold no characters that XML would escape. */
function attribute(own: string, name: string): string {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(own);
  return found?.[1] ?? found?.[2] ?? '';
}

const companiesSchema = z.object({ value: z.array(z.object({ Name: z.string() })) });

/** Names of the companies that the user sees. Throws `Rejected` where this is no OData service of NAV. */
export async function readCompanies(http: HttpClient, use: NavUse, signal: AbortSignal): Promise<string[]> {
  const operation = 'nav.set-up.companies';
  const response = await get(http, use, { operation, path: 'Company', accept: 'application/json', signal });
  const rows = companiesSchema.safeParse(response.status === 200 ? safeJson(response.text) : undefined);
  if (rows.success) return rows.data.value.map(({ Name }) => Name);
  throw navRefusal('', '', { system: use.name, operation }, response.status === 200 ? 404 : response.status);
}

/** The description of the published pages; undefined where the server does not give it. */
export async function readDescribedPages(
  http: HttpClient,
  use: NavUse,
  signal: AbortSignal,
): Promise<DescribedPages | undefined> {
  const operation = 'nav.set-up.metadata';
  const response = await get(http, use, { operation, path: '$metadata', accept: 'application/xml', signal });
  return response.status === 200 ? describedPages(response.text) : undefined;
}

const slowAnswerMs = 60_000;

function get(
  http: HttpClient,
  { odataPath, serverTenant }: NavUse,
  { operation, path, accept, signal }: { operation: string; path: string; accept: string; signal: AbortSignal },
) {
  return http.send({
    ...{ operation, method: 'GET', kind: 'read', path: `${odataPath}/${path}`, signal },
    ...(serverTenant === undefined ? {} : { query: { tenant: serverTenant } }),
    headers: { Accept: accept, 'Accept-Language': 'en-US' },
    // The first call after a rest takes NAV half a minute (NAV spec 19).
    timeoutMs: slowAnswerMs,
  });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
