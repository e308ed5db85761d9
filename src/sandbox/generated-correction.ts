import type { CorrectionKind, SandboxCorrection } from './sandbox-types.js';
import type { SeededRandom } from './seeded-random.js';
import { seededRandom } from './seeded-random.js';

export interface CorrectionOrder {
  random: SeededRandom;
  kind: CorrectionKind;
  /** Whether Concur raises the revision is not documented (FIS spec 6). */
  raisesRevision: boolean;
  /** Makes the document; with the same random numbers the same one, but for the contradiction. */
  make: (random: SeededRandom, isInconsistent: boolean) => Record<string, unknown>;
}

/**
 * A document and the one that takes its place in Concur under the same business id. The returned one lost a contradiction; the
 * recalled one has other amounts, so that whoever posts the old figures is found out.
 */
export function correctionOf({ random, kind, raisesRevision, make }: CorrectionOrder): {
  document: Record<string, unknown>;
  correction: SandboxCorrection;
} {
  const isReturned = kind === 'returned-and-corrected';
  const seed = random.between(0, 0x7fffffff);
  const document = make(seededRandom(seed), isReturned);
  const corrected = make(seededRandom(isReturned ? seed : seed + 1), false);
  const head = headOf(corrected);
  Object.assign(head, businessIdsOf(headOf(document)));
  if (raisesRevision) head['revisionNumber'] = '2';
  return { document, correction: { kind, id: random.hex(32), documentText: JSON.stringify(corrected) } };
}

function headOf(document: Record<string, unknown>): Record<string, unknown> {
  return (document['report'] ?? document['requestHeader']) as Record<string, unknown>;
}

/** What a report or invoice keeps through all its corrections. */
function businessIdsOf(head: Record<string, unknown>): Record<string, unknown> {
  const kept = ['reportId', 'requestId', 'vendorInvoiceNumber'];
  return Object.fromEntries(Object.entries(head).filter(([name]) => kept.includes(name)));
}
