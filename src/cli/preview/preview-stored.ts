import type { PlanningDependencies } from '../../activities/stored-plan.js';
import { planOfStored } from '../../activities/stored-plan.js';
import type { DocType } from '../../contracts/documents.js';
import { readConcurDocument } from '../../mapping/concur-to-document.js';
import type { PlanPreview } from '../../mapping/preview.js';
import { previewOfPlan, previewOfRefusal } from '../../mapping/preview.js';
import type { Database } from '../../store/database.js';
import { readDocument, searchDocuments } from '../../store/document-store.js';
import { readErpDocuments } from '../../store/erp-document-store.js';
import { reportedDocuments, type ReportedDocument } from '../../store/mapping-reports.js';
import { UsageError } from '../failure.js';

/** A stored document and what would be posted of it now. */
export interface PreviewedStored extends PlanPreview {
  /** FI document id. */
  documentId: string;
  workflowId: string;
  number: string;
  docType: DocType;
  holdReason: string | null;
  /** Who has released which plan of it. */
  released: { plan: string; by: string } | null;
}

/** Every open document of which the ERP holds nothing yet, with its plan of this moment. */
export async function* previewWaiting(deps: PlanningDependencies & { db: Database }): AsyncGenerator<PreviewedStored> {
  for await (const document of reportedDocuments(deps.db, 0)) {
    if (document.isWaiting) yield preview(deps, document);
  }
}

/** The open documents of a number of which the ERP holds nothing yet. */
export async function previewNumber(
  deps: PlanningDependencies & { db: Database },
  term: string,
): Promise<PreviewedStored[]> {
  const found = await searchDocuments(deps.db, term);
  if (found.length === 0) throw new UsageError(`No document has the number ${term}.`);
  const waiting = [];
  for (const document of found) {
    const rows = await readErpDocuments(deps.db, document.id);
    const isWaiting = document.outcome === null && rows.every((row) => row.state === 'planned');
    if (isWaiting) waiting.push(await preview(deps, document));
  }
  if (waiting.length === 0) {
    throw new UsageError(`${term} does not wait: it is closed, or the ERP holds it. See documents show ${term}.`);
  }
  return waiting;
}

async function preview(
  deps: PlanningDependencies & { db: Database },
  document: Pick<ReportedDocument, 'id' | 'docType' | 'fiId' | 'humanNumber' | 'payload'>,
): Promise<PreviewedStored> {
  const { holdReason, release } = await readDocument(deps.db, document.id);
  const plan = await planOfStored(deps, document);
  const shown =
    'held' in plan
      ? previewOfRefusal({ hold: plan.held.reason, code: plan.held.reason, message: plan.held.message })
      : previewOfPlan(readConcurDocument(document.docType, document.payload), plan);
  return {
    documentId: document.fiId,
    workflowId: document.id,
    number: document.humanNumber,
    docType: document.docType,
    holdReason,
    released: release === null ? null : { plan: release.plan, by: release.by },
    ...shown,
  };
}
