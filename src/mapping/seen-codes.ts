import type { ErpTarget } from '../contracts/mapping-rules.js';
import type { UnmappedLeg } from './mapped-parts.js';
import type { Amount } from './money.js';
import { plain, sumOf } from './money.js';
import type { UnmappedCode } from './plan-types.js';

/** A code that documents have and no row maps. */
export interface SeenCode extends UnmappedCode {
  target: ErpTarget;
  /** Names under which it was seen, the commonest first. */
  names: string[];
  documents: number;
  /** Sum of the unsigned amounts of its lines, by currency. */
  amounts: Record<string, string>;
  why: string;
}

/** Gathers the codes of many documents. */
export interface SeenCodes {
  add(documentId: string, legs: readonly UnmappedLeg[]): void;
  /** By company, kind, and falling number of documents. */
  list(): SeenCode[];
}

interface Gathered {
  first: UnmappedLeg;
  documents: Set<string>;
  names: Map<string, number>;
  amounts: Map<string, Amount>;
}

export function gatherSeenCodes(): SeenCodes {
  const codes = new Map<string, Gathered>();
  return {
    add: (documentId, legs) => {
      for (const leg of legs) {
        const { target, unmapped, name, currency, amount } = leg;
        const key = JSON.stringify([target.erp, target.company, unmapped.kind, unmapped.dimension, unmapped.code]);
        const known: Gathered = codes.get(key) ?? {
          first: leg,
          documents: new Set(),
          names: new Map(),
          amounts: new Map(),
        };
        codes.set(key, known);
        known.documents.add(documentId);
        known.names.set(name, (known.names.get(name) ?? 0) + 1);
        known.amounts.set(currency, sumOf([known.amounts.get(currency) ?? '0', amount]));
      }
    },
    list: () => [...codes.values()].map(seenCode).sort(byPlaceAndWeight),
  };
}

function seenCode({ first, documents, names, amounts }: Gathered): SeenCode {
  return {
    ...first.unmapped,
    target: first.target,
    names: [...names].sort(([, left], [, right]) => right - left).map(([name]) => name),
    documents: documents.size,
    amounts: Object.fromEntries([...amounts].map(([currency, amount]) => [currency, plain(amount)])),
    why: first.why,
  };
}

function byPlaceAndWeight(left: SeenCode, right: SeenCode): number {
  const place = ({ target, kind }: SeenCode): string => `${target.erp}/${target.company} ${kind}`;
  return (
    place(left).localeCompare(place(right)) || right.documents - left.documents || left.code.localeCompare(right.code)
  );
}
