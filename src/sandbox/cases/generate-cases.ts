import type { GeneratedDocument } from '../generate-documents.js';
import { entities, samplePerson, sampleSupplier } from '../sample-firm.js';
import { seededRandom } from '../seeded-random.js';
import type { DocumentCase } from './case-types.js';
import { documentCases } from './document-cases.js';

/** A generated document that knows which case it stands for. */
export interface CaseDocument extends GeneratedDocument {
  case: string;
}

/** What documents to make: the cases in turn, until there are so many. */
export interface CaseGeneration {
  count: number;
  seed: number;
  /** All cases unless given. */
  cases?: readonly DocumentCase[];
}

/**
 * Makes documents of the cases in turn. Each depends on the seed and its place alone; a round of all cases shares one cash
 * advance, which one document issues and the others use up.
 */
export function generateCases({ count, seed, cases = documentCases }: CaseGeneration): CaseDocument[] {
  if (cases.length === 0) return [];
  return Array.from({ length: count }, (_, index) => {
    const each = cases[index % cases.length] ?? cases[0];
    return caseDocument(each as DocumentCase, seed, index, Math.floor(index / cases.length));
  });
}

/** The document of one case at a place of the sequence. */
export function caseDocument(each: DocumentCase, seed: number, index: number, round: number): CaseDocument {
  const shared = seededRandom(mixed(seed, round, 0x5eed));
  const advance = { cashAdvanceId: shared.hex(32).toUpperCase(), cents: shared.between(20, 900) * 100 };
  const company = shared.pick(entities);
  const random = seededRandom(mixed(seed, index, 0xca5e));
  // The documents that share the advance are one person's.
  const isShared = /^advance-(issued|used|returned)$/.test(each.name);
  const entity = each.entity ?? (isShared ? company : random.pick(entities));
  const person = samplePerson(isShared ? round % 40 : random.between(0, 39), [entity]);
  const order = {
    ...{ random, person, on: dayAt(index), dueOn: dayAt(index, 30), number: index + 1, advance },
    supplier: sampleSupplier(random.between(0, 39)),
  };
  const id = random.hex(32);
  const document = each.make(order);
  return { case: each.name, docType: each.docType, id, document, companyCode: entity.companyCode };
}

/** Different numbers give different states: neighbouring seeds must not repeat each other's documents. */
function mixed(...numbers: number[]): number {
  return numbers.reduce((state, number) => Math.imul(state ^ number, 0x9e3779b1) ^ (state >>> 15), 0x2545f491) >>> 0;
}

function dayAt(index: number, later = 0): string {
  const day = Date.UTC(2026, 0, 5) + ((index % 170) + later) * 86_400_000;
  return new Date(day).toISOString().slice(0, 10);
}
