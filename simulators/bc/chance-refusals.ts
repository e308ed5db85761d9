import { isChosen } from '../harness/content-chance.js';
import { BcError, businessError } from './errors.js';
import type { Leg } from './ledger.js';
import type { World } from './world.js';

/**
 * Refuses a share of what is to be posted for good, as the rules of a company do that no master data tells. What is chosen follows
 * from the mark alone, so that every run and every attempt chooses the same.
 * @throws BcError in the words of a default dimension's rule (section 11)
 */
export function refuseByChance(
  world: World,
  { mark, place, legs }: { mark: string; place: string; legs: readonly Leg[] },
): void {
  if (!isChosen(mark, world.refuseShare)) return;
  const account = legs.find(({ vendorNumber }) => vendorNumber === '')?.accountNumber ?? '';
  throw businessError(
    `A dimension used in ${place} has caused an error. Select a Dimension Value Code for the Dimension Code REGION for G/L Account ${account}.`,
  );
}

/** Posts, and keeps what the application says against it: the checker asks whether people were told. */
export function postedOrNoted(world: World, id: string, post: () => void): void {
  try {
    post();
  } catch (error) {
    if (error instanceof BcError) world.refusals.set(id, error.message);
    throw error;
  }
}
