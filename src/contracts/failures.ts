/** Failure types as they stand in Temporal: contracts between activities and workflows (house style B5). */
export const failureTypes = {
  unavailable: 'Unavailable',
  rateLimited: 'RateLimited',
  unauthorized: 'Unauthorized',
  outcomeUnknown: 'OutcomeUnknown',
  rejected: 'Rejected',
  duplicateMismatch: 'DuplicateMismatch',
  contractViolation: 'ContractViolation',
  grantRevoked: 'GrantRevoked',
} as const;
export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];
