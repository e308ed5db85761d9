import type { ErpDocument } from '../contracts/erp-documents.js';
import type { MasterDataRequest } from '../contracts/erp-port.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import type { Finding } from '../contracts/ledger.js';
import type { ErpTarget } from '../contracts/mapping-rules.js';
import type { ExplainedRow } from './erp-document-rows.js';

/** A code of Concur that the mapping does not know; what is empty where it is needed has an empty code. */
export interface UnmappedCode {
  kind:
    | 'account'
    | 'advance'
    | 'category'
    | 'tax'
    | 'employee'
    | 'supplier'
    | 'card'
    | 'clearing'
    | 'dimension'
    | 'intercompany';
  code: string;
  dimension?: string;
}

/** Why a document must wait for a person; all of them are listed at once (S93). */
export interface PlanRefusal extends Finding {
  hold: HoldReason;
  /** Why the mapping has no answer: which rules, rows and declarations there are not. */
  why?: string;
  unmapped?: UnmappedCode;
  /** Set where an operator can answer with a vendor account (see `vendorKey`). */
  vendorKey?: string;
}

/** The whole plan of one Concur document. `documents` is empty as long as anything is refused. */
export interface Plan {
  /** One per company that takes part, that of the company which pays first. */
  documents: ErpDocument[];
  /** Why each row of each document is what it is; for people (B6), and worked out when somebody asks. */
  readonly explained: { part: number; rows: ExplainedRow[] }[];
  /** The company that pays; once it is known. */
  target?: ErpTarget;
  /** What each ERP company must have, as far as it is known: asked before any write, also when something is refused. */
  masterData: (MasterDataRequest & { erp: string })[];
  /** The document has no amounts, and nothing is posted of it (`rules.zeroDocuments`). */
  isEmpty?: true;
  warnings: Finding[];
  refusals: PlanRefusal[];
}

/** Refusals in order of discovery; the same one is listed once. */
export interface Refusals {
  list: PlanRefusal[];
  add(refusal: PlanRefusal): void;
}

export function newRefusals(): Refusals {
  const seen = new Set<string>();
  const list: PlanRefusal[] = [];
  return {
    list,
    add(refusal) {
      const key = JSON.stringify([refusal.hold, refusal.code, refusal.field, refusal.message, refusal.vendorKey]);
      if (!seen.has(key)) {
        seen.add(key);
        list.push(refusal);
      }
    },
  };
}
