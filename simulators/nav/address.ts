/** One part of a resource path: a service or part name, with the key in brackets if there is one. */
export interface Segment {
  name: string;
  /** Text between the brackets, decoded. */
  key?: string;
}

/** What a path names (dynamics-nav.md section 2). */
export type Address =
  | { kind: 'odata'; company: string | undefined; segments: Segment[] }
  | { kind: 'soap'; company: string; object: 'Page' | 'Codeunit'; service: string }
  | { kind: 'soap-services'; company: string }
  | { kind: 'soap-system' }
  | { kind: 'unknown' };

/**
 * Reads a path as it was sent: escapes are resolved only within its parts, so that a slash in a name is no separator. A
 * company may be named by `?company=` instead. The server cares for no letter case but that of company and service.
 */
export function parseAddress(rawUrl: string, instance: string): Address {
  const [rawPath = '', query = ''] = rawUrl.split('?');
  const parts = rawPath.replace(/^\//, '').replace(/\/$/, '').split('/').map(decoded);
  const [first = '', second = '', ...rest] = parts;
  if (first.toLowerCase() !== instance.toLowerCase()) return { kind: 'unknown' };
  if (second.toLowerCase() === 'odatav4') return odataAddress(rest, new URLSearchParams(query).get('company'));
  return second.toLowerCase() === 'ws' ? soapAddress(rest) : { kind: 'unknown' };
}

/** A malformed escape stays as sent and so names nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function odataAddress(parts: readonly string[], named: string | null): Address {
  const segments = parts.map(segmentOf);
  if (!segments.every((segment) => segment !== undefined)) return { kind: 'unknown' };
  const [first, ...rest] = segments;
  const literal = first?.name === 'Company' ? /^(?:Name=)?'((?:[^']|'')*)'$/.exec(first.key ?? '')?.[1] : undefined;
  if (literal !== undefined) return { kind: 'odata', company: literal.replaceAll("''", "'"), segments: rest };
  return { kind: 'odata', company: named ?? undefined, segments };
}

function segmentOf(text: string): Segment | undefined {
  const match = /^([$\w]+)(?:\((.*)\))?$/s.exec(text);
  if (match?.[1] === undefined) return undefined;
  return match[2] === undefined ? { name: match[1] } : { name: match[1], key: match[2] };
}

function soapAddress(parts: readonly string[]): Address {
  const [company = '', object = '', service = ''] = parts;
  if (parts.length === 1 && company.toLowerCase() === 'systemservice') return { kind: 'soap-system' };
  if (parts.length === 2 && object.toLowerCase() === 'services') return { kind: 'soap-services', company };
  const kinds = { page: 'Page', codeunit: 'Codeunit' } as const;
  const kind = Object.entries(kinds).find(([name]) => name === object.toLowerCase())?.[1];
  return parts.length === 3 && kind !== undefined
    ? { kind: 'soap', company, object: kind, service }
    : { kind: 'unknown' };
}

/**
 * Values of a key predicate by field: `Document_Type='Invoice',No='1043'`, or a single bare value for the only field. As
 * written, strings in their quotes; undefined if it cannot be read or names other fields.
 */
export function keyLiterals(key: string, fields: readonly string[]): string[] | undefined {
  const pairs = [...key.matchAll(/(?:^|,)\s*(?:(\w+)\s*=\s*)?('(?:[^']|'')*'|[^,'=]+)\s*(?=,|$)/g)];
  if (pairs.map(([whole]) => whole).join('') !== key) return undefined;
  const [only] = pairs;
  if (fields.length === 1 && pairs.length === 1 && only?.[1] === undefined && only?.[2] !== undefined) return [only[2]];
  const named = new Map(pairs.map(([, name = '', literal = '']) => [name, literal.trim()]));
  const literals = fields.flatMap((field) => named.get(field) ?? []);
  return literals.length === fields.length && named.size === fields.length ? literals : undefined;
}
