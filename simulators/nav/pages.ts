import type { Company, World } from './company.js';
import type { Page } from './page-definition.js';
import { documentPages } from './pages-documents.js';
import { ledgerPages } from './pages-ledger.js';
import { masterPages } from './pages-master.js';
import type { Row } from './values.js';

/** Every page that can be published. */
export const allPages: readonly Page[] = [...documentPages, ...ledgerPages, ...masterPages];

const byService = new Map(allPages.map((one) => [one.service, one]));

/** The page behind a service name, letter for letter; undefined if none is published under it. */
export function findPage(service: string): Page | undefined {
  return byService.get(service);
}

/** Records that a page shows, in the order of the primary key. */
export function rowsOf(shown: Page, company: Company, world: World): Row[] {
  const rows = shown.rows?.(company, world) ?? company.table(shown.table).rows();
  const limits = Object.entries(shown.view);
  return rows.filter((row) => limits.every(([field, value]) => row[field] === value));
}
