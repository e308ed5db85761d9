import type { Finding, LedgerLeg } from '../contracts/ledger.js';
import { groupedBy } from './grouping.js';
import { amountOf, fitsCurrency, plain, sumOf } from './money.js';

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

/**
 * Proves that a ledger can be posted as it is: every amount can be expressed in the currency, and the legs of each allocation
 * sum to zero, and with them the whole (S99, B1). A ledger that is refused already is not proved once more.
 */
export function checkLedger(legs: LedgerLeg[], currency: string, findings: Findings): void {
  const tooFine = legs.filter((leg) => !fitsCurrency(amountOf(leg.amount), currency));
  for (const { amount, text } of new Map(tooFine.map((leg) => [`${leg.amount} ${leg.text}`, leg])).values()) {
    findings.refuse('precision', 'journal', `${text}: the amount ${amount} has more decimals than ${currency} has.`);
  }
  if (findings.refusals.length > 0) return;
  for (const rows of groupedBy(legs, ({ at, text }) =>
    at === undefined ? text : `${at.item} ${at.allocation}`,
  ).values()) {
    const balance = sumOf(rows.map(({ amount }) => amount));
    if (balance.isZero()) continue;
    const message = `${rows[0]?.text ?? ''}: debit and credit differ by ${plain(balance)} ${currency}.`;
    findings.refuse('B1', 'journal', message);
  }
}
