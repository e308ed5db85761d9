import { ContractViolation, OutcomeUnknown, Rejected, Unauthorized, Unavailable } from '../http/errors.js';
import type { ExternalSystemError, FailedCall } from '../http/errors.js';
import { publishableId } from '../http/redaction.js';
import type { HttpRequest, HttpResponse } from '../http/types.js';
import type { z } from 'zod';

/** Name of Concur's correlation header, sent and returned (`concur-platform.md` 7). */
export const CONCUR_CORRELATION_HEADER = 'concur-correlationid';

/** System name in errors raised by the Concur clients. */
const SYSTEM = 'concur';

/** Facts of an answered call for an error. */
export function concurCall(operation: string, response: HttpResponse): FailedCall {
  const correlationId = publishableId(response.headers[CONCUR_CORRELATION_HEADER]);
  return {
    system: SYSTEM,
    operation,
    status: response.status,
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

/**
 * What an answer outside 200 means (FIS spec 3.5, platform spec 7); error bodies are not documented and not read. 202 is
 * not a result; 403 may mean an expired token, so that it goes the way of a 401; 400 may be a limit or a deadlock.
 */
export function concurRefusal(kind: HttpRequest['kind'], call: FailedCall): ExternalSystemError {
  const { status } = call;
  const where = `Concur ${call.operation}`;
  if (status === 202) {
    return kind === 'read'
      ? new Unavailable(`${where} was accepted (202) without a result; try later.`, call)
      : new OutcomeUnknown(`${where} was accepted (202) without a result; it may be done later.`, call);
  }
  if (status === 401 || status === 403) {
    const message = `${where} was refused (${status}): the token is expired, or the company or the scope is not allowed.`;
    return new Unauthorized(message, call);
  }
  if (status === 400) {
    const message = `${where} was refused (400), which can pass: over a limit, or a deadlock.`;
    return kind === 'read' ? new Unavailable(message, call) : new Rejected(message, call, '400');
  }
  if (status === 404) {
    const message = `${where} was not found (404): wrong data center, or the service is not switched on for this company.`;
    return new Rejected(message, call, '404');
  }
  return new Rejected(`${where} was refused (${status ?? 'no status'}).`, call, String(status ?? 'unknown'));
}

/** Parses by schema; throws `ContractViolation` that names paths and never values. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  call: FailedCall,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const paths = parsed.error.issues.slice(0, 5).map((issue) => issue.path.join('.') || '(body)');
  throw new ContractViolation(`Concur ${call.operation} answered another shape at: ${paths.join(', ')}.`, call);
}
