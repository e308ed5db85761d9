import type { Finding, LedgerLeg } from '../contracts/ledger.js';
import { amountOf, fitsCurrency } from './money.js';

/** Collects what the invariants of FIS spec 10.7 say about one document. */
export interface Findings {
  warnings: Finding[];
  refusals: Finding[];
  /** The figures contradict each other: forbids posting. */
  refuse(code: string, field: string, message: string): void;
  /** Odd, but published documents have it too: told, never in the way (decisions 15). */
  warn(code: string, field: string, message: string): void;
}

const remedy = 'Send the document back to Concur and have it corrected there; the corrected one arrives by itself.';

export function newFindings(): Findings {
  const warnings: Finding[] = [];
  const refusals: Finding[] = [];
  return {
    warnings,
    refusals,
    refuse: (code, field, message) => refusals.push({ code, field, message, remedy }),
    warn: (code, field, message) => warnings.push({ code, field, message }),
  };
}

/** Refuses amounts that the document's currency cannot express: they could not be posted without rounding (S99). */
export function checkPrecision(legs: LedgerLeg[], currency: string, findings: Findings): void {
  const tooFine = legs.filter((leg) => !fitsCurrency(amountOf(leg.amount), currency));
  for (const amount of new Set(tooFine.map((leg) => leg.amount))) {
    findings.refuse('precision', 'journal', `The amount ${amount} has more decimals than ${currency} has.`);
  }
}
