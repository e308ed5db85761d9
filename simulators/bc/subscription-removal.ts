import { z } from 'zod';
import type { World } from './world.js';

const choiceSchema = z
  .strictObject({ subscriptionId: z.string(), notificationUrl: z.string(), company: z.string(), set: z.string() })
  .partial();

/** Deletes the subscriptions that fit everything that is named; all of them if nothing is. Throws ZodError. */
export function deleteSubscriptions(world: World, choice: unknown): { deleted: number } {
  const { subscriptionId, notificationUrl, company, set } = choiceSchema.parse(choice);
  const companyId = company === undefined ? undefined : (world.company(company)?.id ?? company);
  const deleted = world.webhooks.removeByHand(
    (row) =>
      (subscriptionId === undefined || row.id === subscriptionId) &&
      (notificationUrl === undefined || row.notificationUrl === notificationUrl) &&
      (companyId === undefined || row.company === companyId) &&
      (set === undefined || row.set === set),
  );
  return { deleted };
}
