/** One part of a resource path: a set or navigation name with the key in brackets, if there is one. */
export interface Segment {
  name: string;
  key?: string;
}

/** What a path below the host names. */
export type Address = { api: 'v2.0' | 'analytics'; segments: Segment[] } | { api: 'unknown' };

const ROUTES = { 'api/v2.0': 'v2.0', 'api/microsoft/analytics/v1.0': 'analytics' } as const;

/** Base path of the standard API of an environment, without trailing slash. */
export function apiRoot(tenant: string, environment: string): string {
  return `/v2.0/${tenant}/${environment}/api/v2.0`;
}

/** Reads `/v2.0/{tenant}/{environment}/{route}/{segments}`; another tenant or environment is unknown. */
export function parseAddress(path: string, tenant: string, environment: string): Address {
  const base = `/v2.0/${tenant}/${environment}/`.toLowerCase();
  if (!path.toLowerCase().startsWith(base)) return { api: 'unknown' };
  const rest = path.slice(base.length);
  for (const [route, api] of Object.entries(ROUTES)) {
    if (!rest.toLowerCase().startsWith(`${route}/`)) continue;
    const segments = rest
      .slice(route.length + 1)
      .split('/')
      .map(parseSegment);
    return segments.every((segment) => segment !== undefined) ? { api, segments } : { api: 'unknown' };
  }
  return { api: 'unknown' };
}

function parseSegment(text: string): Segment | undefined {
  const match = /^([$\w.]+)(?:\(([^()]*)\))?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  return match[2] === undefined ? { name: match[1] } : { name: match[1], key: match[2] };
}
