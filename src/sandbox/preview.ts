import type { DocType } from '../contracts/documents.js';
import type { MappingRules, PlanFacts } from '../contracts/mapping-rules.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import { planErpDocuments } from '../mapping/plan.js';
import type { PlanPreview } from '../mapping/preview.js';
import { previewOfPlan, previewOfRefusal } from '../mapping/preview.js';
import { publishedLedger } from '../mapping/published-ledger.js';
import type { JsonFile, LoadedDocument, LoadedFiles } from './load-documents.js';
import { loadDocuments } from './load-documents.js';

/** What would happen to one document of a file; nothing is written anywhere. */
export interface PreviewedDocument extends PlanPreview {
  /** FI document id. */
  documentId: string;
  file: string;
  docType: DocType;
}

export interface Preview {
  documents: PreviewedDocument[];
  skipped: LoadedFiles['skipped'];
}

/** Reads and plans the documents of the files with the very code that posts them (requirements B6). Pure. */
export function previewDocuments(
  files: JsonFile[],
  rules: MappingRules | undefined,
  facts: Omit<PlanFacts, 'fiId'>,
): Preview {
  const { documents, skipped } = loadDocuments(files);
  return {
    documents: documents.map((document) => {
      const { id: documentId, file, docType } = document;
      return { documentId, file, docType, ...previewOf(document, rules, facts) };
    }),
    skipped,
  };
}

function previewOf(
  { id, docType, documentText }: LoadedDocument,
  rules: MappingRules | undefined,
  facts: Omit<PlanFacts, 'fiId'>,
): PlanPreview {
  try {
    const neutral = readConcurDocument(docType, documentText);
    if (rules !== undefined) {
      return previewOfPlan(neutral, planErpDocuments(neutral, documentText, rules, { ...facts, fiId: id }));
    }
    const refusals = neutral.refusals.map((finding) => ({ ...finding, hold: 'document-inconsistent' as const }));
    return {
      ...{ ledger: publishedLedger(neutral), target: null, plan: null, erpDocuments: [], explained: [] },
      ...{ warnings: neutral.warnings, refusals },
    };
  } catch (error) {
    if (!(error instanceof DocumentUnreadable)) throw error;
    const { hold, message, paths } = error;
    return previewOfRefusal({ hold, code: hold, message, field: paths.join(', ') });
  }
}
