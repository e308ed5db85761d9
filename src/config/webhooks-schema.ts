import { z } from 'zod';
import { usualWebhookSets, webhookSets } from '../contracts/webhooks.js';
import { endpointSchema } from './events-schema.js';

/** Webhooks of one Business Central connection (NAV spec 18). The section is left out where polling is enough (S55). */
export const webhooksSchema = z.strictObject({
  publicUrl: endpointSchema
    .refine((address) => !/[?#]/.test(address), 'must have no query and no fragment')
    .transform((address) => address.replace(/\/+$/, ''))
    .describe(
      'Public address of the receiver, for example `https://hooks.example.com`; what is posted below `/hooks/nav/` of it must come in there.',
    ),
  resources: z
    .array(z.enum(webhookSets))
    .min(1)
    .default([...usualWebhookSets])
    .describe('Entity sets of every company whose changes are followed; all others are found by polling.'),
});
export type WebhooksSection = z.infer<typeof webhooksSchema>;
