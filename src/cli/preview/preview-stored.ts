import { planOfStored } from '../../activities/stored-plan.js';
import type { DocType } from '../../contracts/documents.js';
import type { MappingRules, PlanFacts } from '../../contracts/mapping-rules.js';
import { readConcurDocument } from '../../mapping/concur-to-document.js';
import type { PlanPreview } from '../../mapping/preview.js';
import { previewOfPlan, previewOfRefusal } from '../../mapping/preview.js';
import type { Database } from '../../store/database.js';
import { searchDocuments } from '../../store/document-store.js';
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

interface Surroundings {
  db: Database;
  rules: MappingRules;
  facts: Omit<PlanFacts, 'fiId'>;
}

/** Every open document of which the ERP holds nothing yet, with its plan of this moment. */
export async function* previewWaiting(given: Surroundings): AsyncGenerator<PreviewedStored> {
  for await (const document of reportedDocuments(given.db, 0)) {
    if (document.isWaiting) yield preview(given, document);
  }
}

/** The open documents of a number of which the ERP holds nothing yet. */
export async function previewNumber(given: Surroundings, term: string): Promise<PreviewedStored[]> {
  const found = await searchDocuments(given.db, term);
  if (found.length === 0) throw new UsageError(`No document has the number ${term}.`);
  const waiting = [];
  for (const document of found) {
    const rows = await readErpDocuments(given.db, document.id);
    const isWaiting = document.outcome === null && rows.every((row) => row.state === 'planned');
    if (isWaiting) waiting.push(preview(given, document));
  }
  if (waiting.length === 0) {
    throw new UsageError(`${term} does not wait: it is closed, or the ERP holds it. See documents show ${term}.`);
  }
  return waiting;
}

type Previewable = Pick<
  ReportedDocument,
  'id' | 'docType' | 'fiId' | 'humanNumber' | 'payload' | 'holdReason' | 'release'
>;

function preview({ rules, facts }: Surroundings, document: Previewable): PreviewedStored {
  const { id: workflowId, docType, fiId, humanNumber, payload, holdReason, release } = document;
  const plan = planOfStored(rules, document, facts);
  const shown =
    'held' in plan
      ? previewOfRefusal({ hold: plan.held.reason, code: plan.held.reason, message: plan.held.message })
      : previewOfPlan(readConcurDocument(docType, payload), plan);
  return {
    documentId: fiId,
    workflowId,
    number: humanNumber,
    docType,
    holdReason,
    released: release === null ? null : { plan: release.plan, by: release.by },
    ...shown,
  };
}
