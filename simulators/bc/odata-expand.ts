import { badRequest } from './errors.js';

/** Query options by name, with the leading `$`. */
export type Options = ReadonlyMap<string, string>;

const KNOWN = new Set([
  '$filter',
  '$select',
  '$expand',
  '$orderby',
  '$top',
  '$skip',
  '$count',
  '$skiptoken',
  '$schemaversion',
]);

/** Options of a URL; unknown `$` options are refused, others ignored. */
export function urlOptions(query: URLSearchParams): Options {
  const options = new Map<string, string>();
  for (const [name, value] of query) {
    if (!name.startsWith('$')) continue;
    if (!KNOWN.has(name)) throw badRequest(`The query parameter '${name}' is not supported.`);
    options.set(name, value);
  }
  return options;
}

/** `journalLines($select=amount;$expand=dimensionSetLines),…` as options per navigation property. */
export function parseExpand(source: string): Map<string, Options> {
  const expanded = new Map<string, Options>();
  if (source.trim() === '') return expanded;
  for (const item of splitOutside(source, ',')) {
    const match = /^\s*(\w+)\s*(?:\(([\s\S]*)\))?\s*$/.exec(item);
    if (match?.[1] === undefined) throw badRequest(`Syntax error in $expand near '${item}'.`);
    expanded.set(match[1], nestedOptions(match[2] ?? ''));
  }
  return expanded;
}

function nestedOptions(source: string): Options {
  const options = new Map<string, string>();
  for (const part of splitOutside(source, ';')) {
    if (part.trim() === '') continue;
    const [name = '', ...value] = part.split('=');
    if (!KNOWN.has(name.trim())) throw badRequest(`The query parameter '${name}' is not supported.`);
    options.set(name.trim(), value.join('='));
  }
  return options;
}

/** Splits at a separator that stands outside brackets and quotes. */
function splitOutside(source: string, separator: string): string[] {
  const parts: string[] = [];
  let [depth, quoted, start] = [0, false, 0];
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (character === "'") quoted = !quoted;
    else if (quoted) continue;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === separator && depth === 0) {
      parts.push(source.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(source.slice(start));
  return parts;
}
