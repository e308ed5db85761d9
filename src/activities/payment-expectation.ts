import type { DocType } from '../contracts/documents.js';
import type { ErpDocument } from '../contracts/erp-documents.js';

/**
 * Why no payment confirmation will ever follow for a document, or undefined where one will (FIS spec traps 31, 32; C1).
 * Decided by rule at posting time, since waiting for a payment that nobody makes would last for ever.
 */
export function noPaymentReason(
  document: { docType: DocType },
  planned: readonly { document: ErpDocument }[],
): string | undefined {
  if (document.docType === 'cashadvance') return 'Posted. Concur takes no payment confirmation for cash advances.';
  if (planned.some((each) => each.document.payable !== undefined)) return undefined;
  return 'Posted. The ERP owes nobody money for this document (company card, payroll, Concur pays, zero or negative total), so no payment is awaited.';
}
