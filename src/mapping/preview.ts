import type { ErpDocument } from '../contracts/erp-documents.js';
import type { Finding, NeutralDocument, PublishedLedger } from '../contracts/ledger.js';
import type { ErpTarget } from '../contracts/mapping-rules.js';
import type { ExplainedRow } from './erp-document-rows.js';
import { planDigest } from './plan-digest.js';
import type { Plan, PlanRefusal } from './plan-types.js';
import { publishedLedger } from './published-ledger.js';

/** What a plan would do, before anything is written (B6). */
export interface PlanPreview {
  /** Also there when the document is refused, as far as it goes; null when it cannot be read. */
  ledger: PublishedLedger | null;
  /** The ERP company that pays, once it is known. */
  target: ErpTarget | null;
  /** Digest of the exact ERP documents, by which a person releases them; null as long as anything is refused. */
  plan: string | null;
  /** Exactly what would be posted; empty as long as anything is refused. */
  erpDocuments: ErpDocument[];
  /** The rows of each ERP document with the rule that has decided them. */
  explained: { part: number; rows: ExplainedRow[] }[];
  warnings: Finding[];
  refusals: PlanRefusal[];
}

/** Shows the plan of a document that could be read. */
export function previewOfPlan(document: NeutralDocument, plan: Plan): PlanPreview {
  const { documents: erpDocuments, explained, target, warnings, refusals } = plan;
  return {
    ledger: publishedLedger(document),
    target: target ?? null,
    plan: erpDocuments.length === 0 ? null : planDigest(erpDocuments),
    erpDocuments,
    explained,
    warnings,
    refusals,
  };
}

/** Shows a document that cannot be read: the refusal is all there is. */
export function previewOfRefusal(refusal: PlanRefusal): PlanPreview {
  return { ledger: null, target: null, plan: null, erpDocuments: [], explained: [], warnings: [], refusals: [refusal] };
}
