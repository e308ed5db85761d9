import { createHash } from 'node:crypto';
import { canonicalJson } from '../contracts/canonical-json.js';
import type { ErpDocument } from '../contracts/erp-documents.js';

/**
 * Twelve digits that stand for the exact ERP documents of one plan, whatever the order of members: what a person has seen in a
 * preview and released is what is posted (B6).
 */
export function planDigest(documents: readonly ErpDocument[]): string {
  const parts = [...documents].sort((left, right) => left.part - right.part);
  return createHash('sha256').update(canonicalJson(parts)).digest('hex').slice(0, 12).toUpperCase();
}
