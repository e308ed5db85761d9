import { z } from 'zod';
import type { HoldReason } from '../contracts/hold-reasons.js';
import { holdReasons } from '../contracts/hold-reasons.js';

/** Holds that a return does not end: Concur itself is the trouble, it waits for our own release, is not ours, or posted already. */
const notReturnable: readonly string[] = [
  'acknowledged-elsewhere',
  'awaiting-release',
  'concur-refused',
  'recalled-after-posting',
  'return-blocked',
  'erp-document-changed',
  'posted-differently',
  'reversed-in-erp',
  'payment-needs-decision',
  'payment-confirmation-refused',
] satisfies HoldReason[];

const returnable = (Object.keys(holdReasons) as HoldReason[]).filter((reason) => !notReturnable.includes(reason));

/** Which documents go back to Concur without a person (C14, B5); by default none. */
export const returnToConcurSchema = z
  .strictObject({
    reasons: z
      .array(z.enum(returnable))
      .default([])
      .describe('Hold reasons that send a document back to Concur at once, with the reason as its employee reads it.'),
    atHoldLimit: z
      .boolean()
      .default(false)
      .describe('A document that is on hold for `holdLimitSeconds` goes back to Concur, whatever the reason.'),
  })
  .prefault({});
