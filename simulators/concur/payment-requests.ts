import type { SimRequest, SimResponse } from '../harness/server.js';
import { postedInvoice, type ConcurContext, type DocumentRecord } from './state.js';

/**
 * `GET /api/v3.0/invoice/paymentrequest/{id}` (concur-platform.md 4.1), reduced to what tells the payment state. All values
 * are strings, and without an Accept header for JSON the answer is XML.
 */
export function readPaymentRequest(context: ConcurContext, requestId: string, request: SimRequest): SimResponse {
  const wantsJson = (request.headers.accept ?? '').includes('application/json');
  const document = postedInvoice(context.state, requestId);
  if (document === undefined) {
    const message = `No payment request found for ${requestId}`;
    return wantsJson ? { status: 404, body: { Message: message } } : xml(404, 'Error', { Message: message });
  }
  const fields = {
    ID: document.businessId,
    CurrencyCode: document.currency,
    InvoiceAmount: document.gross,
    PaymentStatus: paymentStatus(context, document),
    PaidAmount: document.invoicePayments.at(-1)?.paymentAmount ?? '0.00000000',
  };
  return wantsJson ? { status: 200, body: fields } : xml(200, 'PaymentRequest', fields);
}

/** When a confirmed invoice takes the status Extracted, in milliseconds since 1970. */
export function extractedAt(context: ConcurContext, document: DocumentRecord): number {
  return new Date(document.confirmedAt ?? 0).getTime() + context.extractedLagMs;
}

/** The status as users see it (concur-financial-integration.md 7.2). */
function paymentStatus(context: ConcurContext, document: DocumentRecord): string {
  if (document.invoicePayments.at(-1)?.paymentStatus === 'PAID') return 'Paid';
  switch (document.status) {
    case 'RECALLED':
      return 'Not Paid';
    case 'POSTING_CONFIRMED_FAILURE':
      return 'Financial Posting Failed';
    case 'POSTING_CONFIRMED_SUCCESS':
      return context.desk.now().getTime() < extractedAt(context, document) ? 'Pending Payment' : 'Extracted';
    default:
      return 'Pending Payment';
  }
}

function xml(status: number, root: string, fields: Record<string, string>): SimResponse {
  const members = Object.entries(fields).map(([name, value]) => `<${name}>${value.replaceAll('<', '&lt;')}</${name}>`);
  return { status, headers: { 'content-type': 'application/xml' }, body: `<${root}>${members.join('')}</${root}>` };
}
