/** A refusal as the server makes it; OData and SOAP each write it in their own shape (dynamics-nav.md sections 6 and 19). */
export class NavError extends Error {
  /** HTTP status in OData; SOAP faults are 500 whatever they say. */
  readonly status: number;
  readonly code: string;
  /** Full name of the server's exception, for the fault code of SOAP. */
  readonly exception: string;

  constructor(status: number, code: string, exception: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.exception = exception.includes('.') ? exception : `Microsoft.Dynamics.Nav.Types.Exceptions.${exception}`;
  }
}

const broker = 'Microsoft.Dynamics.Nav.Service.WebServices.ServiceBrokerException';

/** A rule of the business application: `ERROR()`. */
export function businessError(message: string): NavError {
  return new NavError(400, 'Application_DialogException', 'NavNCLDialogException', message);
}

/** A field has no value or not the required one: `TESTFIELD()`. */
export function fieldError(message: string): NavError {
  return new NavError(400, 'Application_FieldValidationException', 'NavTestFieldException', message);
}

/** A field that must have a value, in the words of `TESTFIELD()`. */
export function missingValue(field: string, where: string): NavError {
  return fieldError(`${field} must have a value in ${where}. It cannot be zero or empty.`);
}

/** The application wanted to ask somebody, and a web service has nobody. */
export function wantsConfirmation(question: string): NavError {
  const message = `Microsoft Dynamics NAV Server attempted to issue a client callback to show a confirmation dialog box: ${question}`;
  return new NavError(400, 'Application_CallbackNotAllowed', 'NavNCLCallbackNotAllowedException', message);
}

/** A code that is not in the table that it comes from. */
export function notInTable(field: string, table: string, value: string, related: string): NavError {
  const message = `The field ${field} of table ${table} contains a value (${value}) that cannot be found in the related table (${related}).`;
  return new NavError(400, 'Internal_InvalidTableRelation', 'NavCSideValidateTableRelationException', message);
}

/** Primary key collision; 400, not 409. */
export function sameKey(message: string): NavError {
  return new NavError(400, 'Internal_EntityWithSameKeyExists', 'NavCSideDuplicateKeyException', message);
}

/** A record that does not exist, and just the same a service that is not published. */
export function notFound(segment: string, message = `Resource not found for the segment '${segment}'.`): NavError {
  return new NavError(404, 'BadRequest_ResourceNotFound', 'NavCSideRecordNotFoundException', message);
}

/** The request itself is malformed. */
export function badRequest(message: string): NavError {
  return new NavError(400, 'BadRequest', broker, message);
}

/** What SOAP says of unknown services, methods and parameters. */
export function brokerError(message: string): NavError {
  return new NavError(400, 'BadRequest', broker, message);
}

/** The page does not allow this. */
export function methodNotAllowed(service: string): NavError {
  return new NavError(
    405,
    'BadRequest_MethodNotAllowed',
    broker,
    `Entity does not support this method. Page: '${service}'.`,
  );
}

/** Writing a control that the page marks as not editable. */
export function readOnlyField(field: string): NavError {
  return new NavError(400, 'BadRequest_InvalidOperation', broker, `Control '${field}' is read-only.`);
}

/** What a standard line page of NAV 2018 says of a field that it does not take (section 19). */
export function refusedProperty(): NavError {
  return new NavError(400, 'BadRequest', broker, 'Property "Editable" of control is invalid!');
}

/** Text that is longer than its field. */
export function tooLong(value: string, maxLength: number): NavError {
  const message = `The length of the string is ${value.length}, but it must be less than or equal to ${maxLength} characters. Value: ${value}`;
  return new NavError(400, 'Application_StringExceededLength', 'NavNCLStringLengthExceededException', message);
}

/** A value that is no member of an option, or no value of the type at all. */
export function notEvaluated(message: string): NavError {
  return new NavError(400, 'Application_EvaluateException', 'NavNCLEvaluateException', message);
}

/** A filter value that does not fit its field: an error, not "no rows". */
export function badFilter(field: string, value: string, why: string): NavError {
  const message = `The filter "${field}: ${value}" is not valid. ${why}`;
  return new NavError(400, 'Application_FilterErrorException', 'NavFilterException', message);
}

/** The record was changed by somebody else since it was read. */
export function entityChanged(): NavError {
  return new NavError(409, 'Request_EntityChanged', broker, 'Another user has already changed the record.');
}

/** SQL Server chose this transaction as the victim and took it back. */
export function deadlock(): NavError {
  return new NavError(
    409,
    'Internal_ServerError',
    'NavCSideException',
    'The activity was deadlocked with another user who was modifying the same table. Please retry the activity.',
  );
}

/** A missing permission; 400, not 403 (section 3). */
export function noPermission(what: string): NavError {
  return new NavError(
    400,
    'Internal_ServerError',
    'NavPermissionException',
    `You do not have the following permissions on ${what}`,
  );
}

/** No company of this name. */
export function companyNotFound(name: string): NavError {
  return new NavError(
    404,
    'Internal_CompanyNotFound',
    'NavCompanyNotFoundException',
    `The company "${name}" does not exist.`,
  );
}

/** Codes of the first builds of NAV 2018, by the code of today (error-codes.json). */
const legacyCodes: Record<string, string> = {
  Request_EntityChanged: 'OData_Entity_Changed',
  BadRequest_InvalidToken: 'OData_Invalid_Token',
  Internal_DataNotFoundFilter: 'NavCSide_dataNotFound_Filter',
  Internal_RecordNotFound: 'NavCSide_Record_NotFound',
  Internal_InvalidTableRelation: 'NavCSide_TableRelation_Invalidated',
  Internal_EntityWithSameKeyExists: 'NavCSide_Entity_With_Samekey',
  Application_StringExceededLength: 'NavNCL_String_ExceededLength',
  Application_CallbackNotAllowed: 'NavNCL_Callback_NotAllowed',
  Authentication_InvalidCredentials: 'Nav_InvalidCredentials',
  Internal_CompanyNotFound: 'Nav_Company_NotFound',
};

/** Error body of OData V4; classic NAV writes no correlation id. */
export function errorBody(code: string, message: string, legacy = false): { error: { code: string; message: string } } {
  return { error: { code: legacy ? (legacyCodes[code] ?? code) : code, message } };
}

/** Body of a fault that the harness injects: what stands before the server answers for it, without JSON. */
export function faultBody(status: number): unknown {
  if (status === 400) return errorBody('Internal_DataNotFoundFilter', 'There is no Purchase Header within the filter.');
  return `<html><head><title>${status}</title></head><body><h1>${status}</h1></body></html>`;
}
