import type { TokenRefusals } from '../http/types.js';

/** So long an operation that a renewed token did not cure causes no further renewal, if other operations are taken. */
const outlastedForMs = 3_600_000;
/** So long it causes none in any case: the renewed token may have been revoked as well, with no other call to show it. */
const aloneForMs = 60_000;

/**
 * Concur's other ways to refuse a token (`concur-platform.md` 7): 403 may mean an expired or revoked one, or a missing scope;
 * 400 "Company does not exist" means that the company has moved, and the next token names its new home. Each is tried once
 * with a renewed token; an operation that is refused all the same is left alone for an hour, since a scope stays missing. Where
 * nothing at all is taken any more it is not the scope: then the next minute may bring another renewal.
 */
export function createConcurTokenRefusals(now: () => Date): TokenRefusals {
  const outlasted = new Map<string, number>();
  let acceptedAt = -Infinity;
  const isLeftAlone = (operation: string): boolean => {
    const at = outlasted.get(operation);
    return at !== undefined && now().getTime() - at < (acceptedAt >= at ? outlastedForMs : aloneForMs);
  };
  return {
    isRefusal: ({ operation }, { status, text }) => {
      const isSuspect = status === 403 || (status === 400 && isElsewhere(text));
      return isSuspect && !isLeftAlone(operation);
    },
    outlastedRenewal: ({ operation }) => {
      outlasted.set(operation, now().getTime());
    },
    accepted: () => {
      acceptedAt = now().getTime();
    },
  };
}

/** A hint only: where the words are others, the regular renewal leads to the new home within the hour. */
const isElsewhere = (text: string): boolean => /company does not exist/i.test(text.slice(0, 2_000));
