import { createHash } from 'node:crypto';
import type { ErpDocument } from '../contracts/erp-documents.js';

/**
 * Twelve digits that stand for the exact ERP documents of one plan, whatever the order of members: what a person has seen in a
 * preview and released is what is posted (B6).
 */
export function planDigest(documents: readonly ErpDocument[]): string {
  const parts = [...documents].sort((left, right) => left.part - right.part);
  return createHash('sha256').update(JSON.stringify(parts, sortedMembers)).digest('hex').slice(0, 12).toUpperCase();
}

function sortedMembers(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
