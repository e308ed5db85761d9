import type { ToldVendor, VendorChange, VendorSyncRules } from '../../contracts/vendor-master.js';

/** Codes compare without case: both ERPs do, and one of them upper-cases what it is given. */
export const foldAccount = (account: string): string => account.trim().toUpperCase();

/**
 * Says why so many changes look like a mistake: a wrong company, a filter, a mass update. Counted is what would change or be
 * blocked among the vendors that Concur was told of. New vendors never count: they touch nothing that Concur was told, which is
 * also why a first run is not held back. What Concur refused before counts no more: a person has seen it. Independent of any
 * number, a read that leaves no vendor at all is held back while Concur knows one.
 */
export function tooManyChanges(
  company: string,
  { maximumSharePercent, minimumChanges }: VendorSyncRules,
  vendors: { inScope: number; told: readonly ToldVendor[]; changes: readonly VendorChange[] },
): string | undefined {
  const known = new Map(
    vendors.told.flatMap((told) => (told.record === undefined ? [] : [[foldAccount(told.account), told] as const])),
  );
  const counted = vendors.changes.filter((change) => {
    const told = known.get(foldAccount(change.account));
    return told !== undefined && told.refusedHash !== change.hash;
  });
  if (counted.length === 0) return undefined;
  if (vendors.inScope === 0) {
    return `No vendor of ${company} is left to tell, while Concur knows ${known.size}: all of them would be blocked. Look at the service user's rights, the company and the vendor groups of the rules.`;
  }
  // Multiplied instead of divided: no share is ever rounded.
  const isLarge = counted.length * 100 > maximumSharePercent * known.size;
  if (!isLarge || counted.length <= minimumChanges) return undefined;
  const blocked = counted.filter(({ kind }) => kind === 'block').length;
  return `${counted.length} of the ${known.size} vendors of ${company} that Concur knows would change (${blocked} of them blocked), more than ${maximumSharePercent} %. Look at the planned changes; if they are right, force the run.`;
}

/** Why a planned run writes nothing; undefined for a run that is to be written. */
export function heldBackBecause(
  { dryRun, force }: { dryRun: boolean; force: boolean },
  tooMany: string | undefined,
): string | undefined {
  const isTooMany = tooMany !== undefined && !force;
  if (!dryRun) return isTooMany ? tooMany : undefined;
  return `This was a dry run: nothing was written to Concur.${isTooMany ? ` A live run would be held back: ${tooMany}` : ''}`;
}
