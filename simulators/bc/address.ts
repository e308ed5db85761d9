/** One part of a resource path: a set or navigation name with the key in brackets, if there is one. */
export interface Segment {
  name: string;
  key?: string;
}

/** What a path below the host names, and the base path of the deployment it went to. */
export type Address = { base: string } & (
  | { api: 'v2.0' | 'analytics' | 'runtime'; segments: Segment[] }
  /** A published page; its company stands in the path, or is asked for by the query. */
  | { api: 'pages'; company?: string; service: Segment }
  | { api: 'unknown' }
);

const PAGE = /^odatav4\/(?:company\('((?:[^']|'')*)'\)\/)?(\w+)$/i;

const ROUTES = {
  'api/v2.0': 'v2.0',
  'api/microsoft/analytics/v1.0': 'analytics',
  'api/microsoft/runtime/beta': 'runtime',
} as const;

/** Where the tenant is served: base paths with a slash at both ends, lower case (section 2). */
export interface Place {
  online: string;
  /** Absent: there is no server of the customer's own. */
  onPremises?: string;
}

/** Base paths of a tenant. */
export function placeOf({
  tenant,
  environment,
  onPremises,
}: {
  tenant: string;
  environment: string;
  onPremises?: { instance: string } | undefined;
}): Place {
  const online = `/v2.0/${tenant}/${environment}/`.toLowerCase();
  return onPremises === undefined ? { online } : { online, onPremises: `/${onPremises.instance}/`.toLowerCase() };
}

/** Reads `{base}{route}/{segments}`; another tenant, environment or instance is unknown. */
export function parseAddress(path: string, { online, onPremises = online }: Place): Address {
  const base = [online, onPremises].find((each) => path.toLowerCase().startsWith(each));
  if (base === undefined) return { base: '', api: 'unknown' };
  const rest = path.slice(base.length);
  const [, company, name] = PAGE.exec(rest) ?? [];
  if (name !== undefined) {
    return {
      base,
      api: 'pages',
      service: { name },
      ...(company === undefined ? {} : { company: company.replaceAll("''", "'") }),
    };
  }
  for (const [route, api] of Object.entries(ROUTES)) {
    if (!rest.toLowerCase().startsWith(`${route}/`)) continue;
    const segments = rest
      .slice(route.length + 1)
      .split('/')
      .map(parseSegment);
    return segments.every((segment) => segment !== undefined) ? { base, api, segments } : { base, api: 'unknown' };
  }
  return { base, api: 'unknown' };
}

function parseSegment(text: string): Segment | undefined {
  const match = /^([$\w.]+)(?:\(([^()]*)\))?$/.exec(text);
  if (match?.[1] === undefined) return undefined;
  return match[2] === undefined ? { name: match[1] } : { name: match[1], key: match[2] };
}
