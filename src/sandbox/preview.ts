import type { DocType } from '../contracts/documents.js';
import type { ErpDocument } from '../contracts/erp-documents.js';
import type { Finding, PublishedLedger } from '../contracts/ledger.js';
import type { MappingRules, PlanFacts } from '../contracts/mapping-rules.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import { planErpDocuments } from '../mapping/plan.js';
import type { PlanRefusal } from '../mapping/plan-types.js';
import { publishedLedger } from '../mapping/published-ledger.js';
import type { JsonFile, LoadedDocument, LoadedFiles } from './load-documents.js';
import { loadDocuments } from './load-documents.js';

/** What would happen to one document; nothing is written anywhere. */
export interface PreviewedDocument {
  /** FI document id. */
  documentId: string;
  file: string;
  docType: DocType;
  /** Also there when the document is refused, as far as it goes; null when it cannot be read. */
  ledger: PublishedLedger | null;
  /** Empty without rules, and as long as anything is refused. */
  erpDocuments: ErpDocument[];
  warnings: Finding[];
  refusals: PlanRefusal[];
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
  return { documents: documents.map((document) => previewOf(document, rules, facts)), skipped };
}

function previewOf(
  loaded: LoadedDocument,
  rules: MappingRules | undefined,
  facts: Omit<PlanFacts, 'fiId'>,
): PreviewedDocument {
  const { id: documentId, file, docType, documentText } = loaded;
  try {
    const neutral = readConcurDocument(docType, documentText);
    const ledger = publishedLedger(neutral);
    if (rules === undefined) {
      const refusals = neutral.refusals.map((finding) => ({ ...finding, hold: 'document-inconsistent' as const }));
      return { documentId, file, docType, ledger, erpDocuments: [], warnings: neutral.warnings, refusals };
    }
    const plan = planErpDocuments(neutral, documentText, rules, { ...facts, fiId: documentId });
    const { documents: erpDocuments, warnings, refusals } = plan;
    return { documentId, file, docType, ledger, erpDocuments, warnings, refusals };
  } catch (error) {
    if (!(error instanceof DocumentUnreadable)) {
      throw error;
    }
    const field = error.paths.join(', ');
    const refusals: PlanRefusal[] = [{ hold: error.hold, code: error.hold, message: error.message, field }];
    return { documentId, file, docType, ledger: null, erpDocuments: [], warnings: [], refusals };
  }
}
