import type { ErpTarget } from '../contracts/mapping-rules.js';
import type { Hold, PlanSummary, StepResult } from '../contracts/steps.js';

/** Connections and companies of a plan, each connection once, in the order of writing. */
export function erpsOf({ parts }: Pick<PlanSummary, 'parts'>): { erp: string; companies: string[] }[] {
  const found = new Map<string, string[]>();
  for (const { erp, company } of parts) found.set(erp, [...(found.get(erp) ?? []), company]);
  return [...found].map(([erp, companies]) => ({ erp, companies }));
}

/** Where a plan goes, in words: `frrt (fo-fr), gbsi (fo-uk)`. */
export function placesOf({ parts }: Pick<PlanSummary, 'parts'>): string {
  return parts.map(({ erp, company }: ErpTarget) => `${company} (${erp})`).join(', ');
}

/**
 * What all connections together say: the first end or way out, else one hold with every reason at once (S93), else the answer of
 * the last one, which knows of all.
 */
export function answerOfAll<T>(answers: readonly StepResult<T>[]): StepResult<T> {
  const over = answers.find(({ status }) => status === 'ended' || status === 'leaving');
  if (over !== undefined) return over;
  const holds = answers.flatMap((answer) => (answer.status === 'hold' ? [answer.hold] : []));
  const [first] = holds;
  if (first !== undefined) return { status: 'hold', hold: oneHold(first, holds) };
  const last = answers.at(-1);
  if (last === undefined) throw new Error('No ERP connection takes part.');
  return last;
}

function oneHold(first: Hold, holds: readonly Hold[]): Hold {
  if (holds.length === 1) return first;
  const findings = holds.flatMap((hold) => hold.findings ?? []);
  return {
    ...first,
    message: [...new Set(holds.map(({ message }) => message))].join(' '),
    vendorKeys: [...new Set(holds.flatMap(({ vendorKeys }) => vendorKeys))],
    ...(findings.length === 0 ? {} : { findings }),
    ...(holds.some(({ watched }) => watched === true) ? { watched: true } : {}),
  };
}
