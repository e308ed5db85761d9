import type { SimResponse } from '../harness/server.js';
import { dataEntitiesNamespace } from './enumerations.js';

const servicesNamespace = 'Microsoft.Dynamics.Platform.Integration.Services.OData';

const writeStack = [
  `   at ${servicesNamespace}.Update.UpdateProcessor.CreateEntity_Save(ChangeOperationContext context, ChangeInfo changeInfo)`,
  `   at ${servicesNamespace}.Update.ChangeInfo.TrySave(ChangeOperationContext operationContext)`,
].join('\r\n');

/** A refusal in one of the shapes of section 4; `body` is what the wire carries. */
export class FoError extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    message: string,
  ) {
    super(message);
  }
}

/** The OData error envelope; every F&O error but the 404 of the router has it. */
export function errorEnvelope(message: string, innerMessage: string, type: string, stacktrace: string): unknown {
  return { error: { code: '', message, innererror: { message: innerMessage, type, stacktrace } } };
}

/** Thrown for a refused write: the Infolog entries, each already with its `Warning:` or `Error:` prefix. */
export function writeFailed(aotName: string, entries: readonly string[], lead = 'Write failed'): FoError {
  const message = `${lead} for table row of type '${aotName}'. Infolog: ${entries.join('; ')}`;
  return writeRefusal(message);
}

/** Thrown for a refused write whose text has no Infolog part. */
export function writeRefusal(message: string): FoError {
  const type = `${servicesNamespace}.AxODataWriteException`;
  return new FoError(400, errorEnvelope('An error has occurred.', message, type, writeStack), message);
}

/** A field that validateField refused. */
export function fieldRefused(aotName: string, field: string, warning: string): FoError {
  return writeFailed(aotName, [`Warning: ${warning}`, `Warning: validateField failed on field '${aotName}.${field}'.`]);
}

/** A field whose value names nothing. */
export function notRelated(aotName: string, field: string, label: string, value: string, related: string): FoError {
  return fieldRefused(
    aotName,
    field,
    `The value '${value}' in field '${label}' is not found in the related table '${related}'.`,
  );
}

/** A mandatory field that was not sent. */
export function mandatoryFieldMissing(label: string): FoError {
  return writeRefusal(`Write returned RecId 0. Infolog: Error: Mandatory field '${label}' not set.`);
}

/** A key that exists already. */
export function duplicateKey(aotName: string, table: string, keyText: string): FoError {
  return writeFailed(aotName, [`Info: Cannot create a record in ${table}. ${keyText}.\nThe record already exists..`]);
}

/** The optimistic conflict on the journal header: transient, nothing was done. */
export function updateConflict(aotName: string): FoError {
  return writeRefusal(
    `Write failed for table row of type '${aotName}'. Cannot edit a record in Ledger journal table (LedgerJournalTable). ` +
      'An update conflict occurred due to another user process deleting the record or changing one or more fields in the record.',
  );
}

/** A field that may not be changed: the whole PATCH is refused (trap 9). */
export function updateNotAllowed(field: string): FoError {
  return securityRefusal(`update not allowed for field '${field}'`);
}

/** A right that the service user does not have. */
export function securityRefusal(message: string): FoError {
  const type = `${servicesNamespace}.ODataSecurityException`;
  return new FoError(403, errorEnvelope('An error has occurred.', message, type, writeStack), message);
}

/** A property that the set does not have: wrong field name or version. */
export function unknownProperty(entityType: string, property: string): FoError {
  const message = `Could not find a property named '${property}' on type '${dataEntitiesNamespace}.${entityType}'.`;
  return bodyInvalid(message);
}

const odataException = 'Microsoft.OData.ODataException';

/** A query that OData itself refuses. */
export function queryInvalid(message: string): FoError {
  const outer = `The query specified in the URI is not valid. ${message}`;
  return new FoError(400, errorEnvelope(outer, message, odataException, '   at Microsoft.OData'), message);
}

/** A body that OData itself refuses. */
export function bodyInvalid(message: string): FoError {
  const body = errorEnvelope('An error has occurred.', message, odataException, '   at Microsoft.OData');
  return new FoError(400, body, message);
}

/** The router's 404: wrong set name or malformed key, never "row absent" (trap 2). */
export function routeNotFound(uri: string): FoError {
  const message = `No HTTP resource was found that matches the request URI '${uri}'. No route data was found for this request.`;
  return new FoError(404, { Message: message }, message);
}

/** A row that is not there. */
export function rowNotFound(): FoError {
  const message = 'No resources were found.';
  const body = errorEnvelope(message, message, `${servicesNamespace}.ODataResourceNotFoundException`, '   at Find');
  return new FoError(404, body, message);
}

/** 401 of the web server: no body of use, a challenge header. */
export function unauthorizedResponse(): SimResponse {
  return {
    status: 401,
    headers: { 'WWW-Authenticate': 'Bearer authorization_uri="https://login.microsoftonline.com"' },
    body: '',
  };
}

/** Body of an injected fault in F&O's shape: throttling text, HTML of a gateway, or the error envelope. */
export function faultBodyOf(status: number): unknown {
  if (status === 429) {
    return {
      Message: 'This request could not be processed at this time due to system experiencing high resource utilization.',
    };
  }
  if (status > 501) return `<html><body>${String(status)} upstream failure</body></html>`;
  const message = 'An unexpected error occurred while the request was processed.';
  return errorEnvelope('An error has occurred.', message, 'System.InvalidOperationException', '   at System.Web.Http');
}
