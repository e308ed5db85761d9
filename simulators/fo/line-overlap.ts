import { parse } from 'lossless-json';
import type { SimRequest } from '../harness/server.js';
import { findEntity } from './entity-catalogue.js';
import { headerOf, type JournalContext } from './journal-context.js';
import { kindOfLines } from './journal-kinds.js';
import { parseKey, parseResourcePath } from './resource-path.js';

function journalInBody(context: JournalContext, body: string): [string, string] | undefined {
  try {
    const sent = parse(body) as { dataAreaId?: unknown; JournalBatchNumber?: unknown } | null;
    const journal = sent?.JournalBatchNumber;
    const company = sent?.dataAreaId ?? context.store.defaultCompany;
    return typeof journal === 'string' && typeof company === 'string' ? [company, journal] : undefined;
  } catch {
    // A body that is no JSON is refused by the write itself.
    return undefined;
  }
}

/**
 * Remembers the journal header as a line write finds it on arrival: each line write changes the header, so one that is
 * overtaken by another while it waits has read what is stale (trap 11). Undefined for other requests.
 */
export function watchJournal(context: JournalContext, request: SimRequest): (() => boolean) | undefined {
  const resource = parseResourcePath(request.path);
  const kind = resource === undefined || request.method === 'GET' ? undefined : kindOfLines(resource.set);
  const definition = kind === undefined ? undefined : findEntity(kind.lines.set);
  if (kind === undefined || definition === undefined) return undefined;
  const key = resource?.predicate === undefined ? undefined : parseKey(definition, resource.predicate);
  const [company, journal] = key ?? journalInBody(context, request.body) ?? [];
  if (company === undefined || journal === undefined) return undefined;
  const versionNow = (): string | null | undefined =>
    headerOf(context.store, kind, company.toLowerCase(), journal)?.['$version'];
  const versionThen = versionNow();
  return () => versionThen !== undefined && versionNow() !== undefined && versionNow() !== versionThen;
}
