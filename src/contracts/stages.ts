/**
 * Life cycle of a document (requirements section 0), in order. A hold is not a stage: the stage keeps the step that waits
 * (decisions 23). The stage names what has been reached; the step after it is the one in progress.
 */
export const stages = [
  'discovered',
  'acknowledged',
  'validated',
  'posting',
  'in-erp',
  'posted',
  'awaiting-payment',
  'partly-paid',
  'closed',
] as const;
export type Stage = (typeof stages)[number];

/** How a closed document ended. `Completed` in Temporal always comes with one of these. */
export const outcomes = ['paid', 'posted-no-payment-expected', 'recalled', 'returned', 'ignored'] as const;
export type Outcome = (typeof outcomes)[number];
