import assert from 'node:assert/strict';
import { Conflict, Rejected } from '../../src/clients/http/errors.js';

export const strong = { defaultMode: 'strong' } as const;
export const recovery = { defaultMode: 'recovery' } as const;

export function rejected(code: string, text: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Rejected, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  };
}

export function conflict(text: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Conflict, String(error));
    assert.match(error.message, text);
    return true;
  };
}

export function header(journal: string, description: string) {
  return {
    dataAreaId: 'usmf',
    JournalBatchNumber: journal,
    JournalName: 'CNQREXP',
    Description: description,
    IsPosted: 'No',
  };
}

export function innerError(message: string): string {
  const type = 'Microsoft.Dynamics.Platform.Integration.Services.OData.AxODataWriteException';
  return JSON.stringify({
    error: { code: '', message: 'An error has occurred.', innererror: { message, type, stacktrace: '   at X' } },
  });
}

export const existsAlready = innerError(
  "Write failed for table row of type 'LedgerJournalEntity'. Infolog: Info: Cannot create a record in Journal lines (LedgerJournalTrans). Line: 1.\nThe record already exists..",
);

export function batchRefusal(body: string, status = 500): string {
  return [
    '--b',
    'Content-Type: multipart/mixed; boundary=c',
    '',
    '--c',
    'Content-ID: 1',
    '',
    `HTTP/1.1 ${status} Failed`,
    'Content-Type: application/json',
    '',
    body,
    '--c--',
    '--b--',
    '',
  ].join('\r\n');
}
