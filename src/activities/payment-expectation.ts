import type { DocType } from '../contracts/documents.js';
import type { ErpDocument } from '../contracts/erp-documents.js';

/** Why a document without amounts ends, where Concur is told of it (rules.zeroDocuments). */
export const nothingToPost = 'The document has no amounts: nothing was posted, and Concur knows that it is done.';

/**
 * Why no payment confirmation will ever follow for a document, or undefined where one will (FIS spec traps 31, 32; C1).
 * Decided by rule at posting time, since waiting for a payment that nobody makes would last for ever.
 */
export function noPaymentReason(
  document: { docType: DocType },
  planned: readonly { erp: string; company: string; document: ErpDocument }[],
  unobservable: readonly string[],
): string | undefined {
  if (document.docType === 'cashadvance') return 'Posted. Concur takes no payment confirmation for cash advances.';
  const payable = planned.filter((each) => each.document.payable !== undefined);
  if (payable.some(({ erp, company }) => unobservable.includes(`${erp}/${company}`))) {
    return 'Posted. The ERP company has no source that tells when and what was paid, so Concur is told nothing about payment.';
  }
  if (payable.length > 0) return undefined;
  return 'Posted. The ERP owes nobody money for this document (company card, payroll, Concur pays, zero or negative total), so no payment is awaited.';
}
