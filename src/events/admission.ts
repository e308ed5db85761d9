/** Lets a request in and returns the function that lets it out again, or undefined while there are too many. */
export type Admission = () => (() => void) | undefined;

export interface AdmissionLimits {
  /** Requests per second in the long run; twice as many may come at once. */
  perSecond: number;
  /** Requests that are under way at the same time. */
  atOnce: number;
}

/**
 * A simple limit for one process, so that a flood exhausts neither memory nor the database. Events that are turned away are
 * sent again by Concur, since they are answered 503.
 */
export function createAdmission({ perSecond, atOnce }: AdmissionLimits, now: () => number): Admission {
  const most = perSecond * 2;
  let left = most;
  let countedAt = now();
  let under = 0;
  return () => {
    const at = now();
    left = Math.min(most, left + ((at - countedAt) / 1_000) * perSecond);
    countedAt = at;
    if (left < 1 || under >= atOnce) return undefined;
    left -= 1;
    under += 1;
    return () => {
      under -= 1;
    };
  };
}
