import { todayByCompany } from '../activities/stored-plan.js';
import type { Connections } from '../config/load-connections.js';
import type { PlanFacts } from '../contracts/mapping-rules.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import { parseConcurJson } from '../mapping/concur-json.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import type { Queryable } from '../store/database.js';
import type { ReportedDocument } from '../store/mapping-reports.js';
import { readResolvers } from '../store/mapping-reports.js';
import { readOpenSpans } from '../store/open-period-store.js';
import { readResolutions } from '../store/vendor-store.js';

/** What documents are planned with besides the mapping, as the workers have it now. */
export async function planFacts({ file }: Connections, db: Queryable): Promise<Omit<PlanFacts, 'fiId'>> {
  const companies = file.erp.flatMap((erp) =>
    erp.companies.map((company) => ({ key: `${erp.name}/${company.company}`, ...company })),
  );
  const zones = Object.fromEntries(companies.map(({ key, timeZone }) => [key, timeZone]));
  return {
    today: todayByCompany(new Date(), zones),
    openFrom: Object.fromEntries(
      companies.flatMap(({ key, openFrom }) => (openFrom === undefined ? [] : [[key, openFrom]])),
    ),
    openSpans: await readOpenSpans(db),
    resolvedVendors: await readResolutions(db),
    resolvedBy: await readResolvers(db),
  };
}

/** The reading of a stored document; undefined where it cannot be read, which holds it whatever the mapping says. */
export function readReported({
  docType,
  payload,
}: ReportedDocument): { document: NeutralDocument; fis: unknown } | undefined {
  try {
    return { document: readConcurDocument(docType, payload), fis: parseConcurJson(payload) };
  } catch (error) {
    if (error instanceof DocumentUnreadable) return undefined;
    throw error;
  }
}
