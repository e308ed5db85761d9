import type { ErpDocument } from '../contracts/erp-documents.js';
import type { MasterDataRequest } from '../contracts/erp-port.js';
import type { HoldReason } from '../contracts/hold-reasons.js';
import type { Finding } from '../contracts/ledger.js';
import type { ErpTarget } from '../contracts/mapping-rules.js';

/** Why a document must wait for a person; all of them are listed at once (S93). */
export interface PlanRefusal extends Finding {
  hold: HoldReason;
  /** Set where an operator can answer with a vendor account (see `vendorKey`). */
  vendorKey?: string;
}

/** The whole plan of one Concur document. `documents` is empty as long as anything is refused. */
export interface Plan {
  documents: ErpDocument[];
  target?: ErpTarget;
  /** What the ERP company must have, as far as it is known: asked before any write, also when something is refused. */
  masterData?: MasterDataRequest;
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
