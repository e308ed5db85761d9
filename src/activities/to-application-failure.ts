import { log } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory, TemporalFailure } from '@temporalio/common';
import {
  ContractViolation,
  ExternalSystemError,
  GrantRevoked,
  OutcomeUnknown,
  RateLimited,
  Rejected,
  Unauthorized,
  Unavailable,
  Conflict,
} from '../clients/http/errors.js';
import { failureTypes } from '../contracts/failures.js';

/**
 * The only place that turns errors of clients into Temporal failures (house style B5). Messages are written as if they were
 * public. Rejected, Conflict and ContractViolation normally become holds before they get here.
 */
export function toApplicationFailure(error: unknown): unknown {
  if (error instanceof TemporalFailure) return error;
  if (!(error instanceof ExternalSystemError)) return unexpected(error);
  const base = { message: error.message, cause: error };
  if (error instanceof RateLimited) {
    return ApplicationFailure.create({
      ...base,
      type: failureTypes.rateLimited,
      category: ApplicationFailureCategory.BENIGN,
      nextRetryDelay: Math.max(1_000, error.retryAfterMs),
    });
  }
  if (error instanceof OutcomeUnknown || error instanceof Unavailable) {
    return ApplicationFailure.create({
      ...base,
      type: error instanceof OutcomeUnknown ? failureTypes.outcomeUnknown : failureTypes.unavailable,
      ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: Math.max(1_000, error.retryAfterMs) }),
    });
  }
  if (error instanceof Unauthorized) {
    // The client has tried a renewed token already: the growing wait of the retry policy, never a loop (S30).
    return ApplicationFailure.create({ ...base, type: failureTypes.unauthorized });
  }
  if (error instanceof GrantRevoked) {
    return ApplicationFailure.create({ ...base, type: failureTypes.grantRevoked, nextRetryDelay: 60_000 });
  }
  const type =
    error instanceof Conflict
      ? failureTypes.duplicateMismatch
      : error instanceof ContractViolation
        ? failureTypes.contractViolation
        : failureTypes.rejected;
  return ApplicationFailure.create({
    ...base,
    type,
    nonRetryable: true,
    ...(error instanceof Rejected ? { details: [{ code: error.code }] } : {}),
  });
}

/** A defect or a fault of the database: its own text may hold values and hosts, so history only gets its name. */
function unexpected(error: unknown): ApplicationFailure {
  const name = error instanceof Error ? error.name : 'UnknownError';
  log.error('an unexpected error', { error });
  return ApplicationFailure.create({ message: `An unexpected ${name}; the log of the worker tells more.`, type: name });
}
