import { readPlanFacts } from '../activities/stored-plan.js';
import { planningSettings } from '../composition/planning.js';
import type { Connections } from '../config/load-connections.js';
import type { PlanFacts } from '../contracts/mapping-rules.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import { parseConcurJson } from '../mapping/concur-json.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import type { Queryable } from '../store/database.js';
import type { ReportedDocument } from '../store/mapping-reports.js';

/** What documents are planned with besides the mapping, as the workers have it now. */
export function planFacts(connections: Connections, db: Queryable): Promise<Omit<PlanFacts, 'fiId'>> {
  return readPlanFacts({ db, now: () => new Date(), ...planningSettings(connections) });
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
