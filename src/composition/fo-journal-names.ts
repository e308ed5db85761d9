import type { FoJournal } from '../clients/dynamics-fo/journal-kinds.js';
import { journalKinds } from '../clients/dynamics-fo/journal-kinds.js';
import type { FoConnection } from '../config/fo-schema.js';
import { docTypes, type DocType } from '../contracts/documents.js';

type FoCompany = FoConnection['companies'][number];

const isJournalRoute = (route: string): route is FoJournal['route'] => route in journalKinds;

/** The routes that write under each journal name of a company, for the given types of documents. */
export function journalRoutes(
  { routes, journalNames }: FoCompany,
  types: readonly DocType[] = docTypes,
): Record<string, FoJournal['route'][]> {
  const found: Record<string, FoJournal['route'][]> = {};
  for (const docType of types) {
    const route: string = routes[docType];
    const name = journalNames[docType];
    if (name === undefined || !isJournalRoute(route)) continue;
    found[name] = [...new Set([...(found[name] ?? []), route])];
  }
  // What cannot take the route of its type is a general journal, whatever the document is.
  const { general } = journalNames;
  if (general !== undefined) {
    found[general] = [...new Set([...(found[general] ?? []), 'fo-general-journal' as const])];
  }
  return found;
}
