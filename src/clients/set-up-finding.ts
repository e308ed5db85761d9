/** What one look at the set-up of an ERP has brought to light, in sentences for people; never a secret nor a host. */
export interface SetUpFinding {
  /** What was looked at. */
  check: string;
  /** `fail`: documents or payments would be held or refused; `warn`: they go on, but not as one would expect. */
  status: 'ok' | 'warn' | 'fail';
  found: string;
  /** What does not happen because of it. */
  switchesOff?: string;
  /** What to change, with the place in the menus of the ERP. */
  remedy?: string;
}

/** Effect and cure of what is wrong. */
export type Advice = Pick<SetUpFinding, 'switchesOff' | 'remedy'>;

export const fine = (check: string, found: string): SetUpFinding => ({ check, status: 'ok', found });
export const doubt = (check: string, found: string, advice: Advice): SetUpFinding => ({
  check,
  status: 'warn',
  found,
  ...advice,
});
export const fault = (check: string, found: string, advice: Advice): SetUpFinding => ({
  check,
  status: 'fail',
  found,
  ...advice,
});
