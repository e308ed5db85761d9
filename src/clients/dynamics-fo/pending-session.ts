import type { FoPendingInvoice } from '../../contracts/erp-documents.js';
import type { ErpWriteContext } from '../../contracts/erp-port.js';
import { Rejected } from '../http/errors.js';
import type { DimensionFormat } from './dimension-format.js';
import type { ODataClient } from './odata.js';
import type { PendingAccess } from './pending-access.js';
import type { PlannedInvoice } from './pending-lines.js';

/** One call of the writer: the document, its form on the wire, and everything needed to write it. */
export interface InvoiceSession {
  odata: ODataClient;
  document: FoPendingInvoice;
  access: PendingAccess;
  planned: PlannedInvoice;
  format: DimensionFormat;
  context: ErpWriteContext;
}

/** What a person did to the invoice, or F&O to its fields. */
export function changed({ odata }: InvoiceSession, message: string, code = 'erp-document-changed'): Rejected {
  return new Rejected(message, { system: odata.system, operation: 'pending-invoice' }, code);
}
