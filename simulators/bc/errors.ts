import { randomUUID } from 'node:crypto';
import type { SimResponse } from '../harness/server.js';

/** An answer in the API's error shape (dynamics-nav.md section 6). */
export class BcError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** A rule of the business application: AL `Error()`. */
export function businessError(message: string): BcError {
  return new BcError(400, 'Application_DialogException', message);
}

/** A field has no value or not the required one: AL `TestField()`. */
export function fieldError(message: string): BcError {
  return new BcError(400, 'Application_FieldValidationException', message);
}

/** The request itself is malformed. */
export function badRequest(message: string): BcError {
  return new BcError(400, 'BadRequest', message);
}

/** Missing record, and just the same a missing set. */
export function notFound(segment: string): BcError {
  return new BcError(404, 'BadRequest_ResourceNotFound', `Resource not found for the segment '${segment}'.`);
}

/** The verb is not allowed on this set. */
export function methodNotAllowed(set: string): BcError {
  return new BcError(405, 'BadRequest_MethodNotAllowed', `Entity does not support this method. Set: '${set}'.`);
}

/** Primary key collision; 400, not 409. */
export function sameKey(message: string): BcError {
  return new BcError(400, 'Internal_EntityWithSameKeyExists', message);
}

/** Writing a control that the page marks as not editable. */
export function readOnlyProperty(property: string): BcError {
  return new BcError(400, 'BadRequest_InvalidOperation', `Control '${property}' is read-only.`);
}

/** Error body with the correlation id at the end of the text, as the service writes it. */
export function errorBody(code: string, message: string): { error: { code: string; message: string } } {
  return { error: { code, message: `${message}  CorrelationId:  ${randomUUID()}.` } };
}

/** Answer for an error of ours; anything else is a defect of the simulator and is thrown on. */
export function errorResponse(error: unknown): SimResponse {
  if (!(error instanceof BcError)) throw error;
  return { status: error.status, body: errorBody(error.code, error.message) };
}

/** Body of a fault that the harness injects. Gateways in front of the service answer HTML. */
export function faultBody(status: number): unknown {
  switch (status) {
    case 400:
      return errorBody('Internal_DataNotFoundFilter', 'There is no Purch. Inv. Header within the filter.');
    case 401:
      return errorBody('Authentication_InvalidCredentials', 'The server has rejected the client credentials.');
    case 409:
      return errorBody(
        'Internal_ServerError',
        'The activity was deadlocked with another user. Please retry the activity.',
      );
    case 429:
      return errorBody('Application_TooManyRequests', 'Too many requests reached. Actual (101). Maximum (100).');
    case 500:
      return errorBody('Internal_ServerError', 'An internal server error occurred.');
    case 503:
      return errorBody('Internal_TenantUnavailable', 'The tenant is not accessible.');
    default:
      return `<html><head><title>${status}</title></head><body><h1>${status}</h1><p>Microsoft-Azure-Application-Gateway</p></body></html>`;
  }
}
