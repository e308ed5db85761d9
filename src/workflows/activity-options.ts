import type { ActivityOptions } from '@temporalio/workflow';
import { failureTypes } from '../contracts/failures.js';

/**
 * Options by kind of call (temporal practices 4). No schedule-to-close limit: an outage of days must wait. The worker heartbeats
 * for every activity, so that the death of a worker is seen in seconds and not at the start-to-close limit. Failures that
 * repeating cannot cure are marked by the activity itself; naming them here keeps that true for older workers as well.
 */
const permanent = [failureTypes.rejected, failureTypes.contractViolation, failureTypes.duplicateMismatch];
const heartbeatTimeout = '15 seconds';

const retry = (initialSeconds: number, maximumSeconds: number) => ({
  initialInterval: initialSeconds * 1_000,
  backoffCoefficient: 2,
  maximumInterval: Math.max(initialSeconds, maximumSeconds) * 1_000,
  nonRetryableErrorTypes: permanent,
});

/** A call to Concur, or a bulk read of pages. */
export const concurCall = (taskQueue: string, maximumSeconds: number): ActivityOptions => ({
  taskQueue,
  startToCloseTimeout: '3 minutes',
  heartbeatTimeout,
  retry: retry(2, maximumSeconds),
});

export const erpRead = (taskQueue: string, maximumSeconds: number): ActivityOptions => ({
  taskQueue,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  retry: retry(2, maximumSeconds),
});

/** Posting in Business Central may take eight minutes on the server (NAV spec 5). */
export const erpWrite = (taskQueue: string, maximumSeconds: number): ActivityOptions => ({
  taskQueue,
  startToCloseTimeout: '12 minutes',
  heartbeatTimeout,
  retry: retry(2, maximumSeconds),
});

/** Work on our own store and signals. */
export const internal = (taskQueue: string): ActivityOptions => ({
  taskQueue,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout,
  retry: retry(1, 60),
});
