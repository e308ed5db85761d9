import { z } from 'zod';
import type { HttpClient } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur } from './legacy-answers.js';
import { defined, listOf, optionalText, optionalTruth } from './legacy-answers-fields.js';

/** What the connector reads of an invoice record; all values are strings in this API (platform spec 4.1). */
export interface PaymentRequest {
  requestId: string;
  /** The company's own wording of the status; compare with the configured list. Empty where there is none. */
  paymentStatus: string;
  /** The company's own wording. */
  approvalStatus?: string;
  name?: string;
  /** The supplier's number. */
  invoiceNumber?: string;
  invoiceDate?: string;
  dueDate?: string;
  currencyCode?: string;
  /** Decimals. */
  invoiceAmount?: string;
  approvedAmount?: string;
  paidAmount?: string;
  /** When it left for the ERP. */
  extractedAt?: string;
  purchaseOrderNumber?: string;
  /** Only some companies' answers show the codes of the vendor. */
  vendorCode?: string;
  vendorAddressCode?: string;
  vendorName?: string;
  employeeName?: string;
  ledgerCode?: string;
  isDeleted?: boolean;
  isDuplicate?: boolean;
  lineCount?: number;
}

export interface PaymentRequestClient {
  /** Reads one invoice by its request id. Throws as `FisClient`; `Rejected` if Concur does not know it. */
  read(query: { requestId: string; signal?: AbortSignal }): Promise<PaymentRequest>;
}

const schema = z.object({
  PaymentStatus: optionalText,
  ApprovalStatus: optionalText,
  Name: optionalText,
  InvoiceNumber: optionalText,
  InvoiceDate: optionalText,
  PaymentDueDate: optionalText,
  CurrencyCode: optionalText,
  InvoiceAmount: optionalText,
  TotalApprovedAmount: optionalText,
  PaidAmount: optionalText,
  ExtractDate: optionalText,
  PurchaseOrderNumber: optionalText,
  PurchaseOrderId: optionalText,
  VendorRemitAddress: z
    .object({ VendorCode: optionalText, AddressCode: optionalText, Name: optionalText })
    .nullish()
    .catch(undefined),
  EmployeeName: optionalText,
  LedgerCode: optionalText,
  IsPaymentRequestDeleted: optionalTruth,
  IsPaymentRequestDuplicate: optionalTruth,
  LineItems: z.unknown().optional(),
});

/** Makes the reader over an HTTP core whose base URL is the geolocation of the token. */
export function createPaymentRequestClient(http: HttpClient): PaymentRequestClient {
  return {
    async read({ requestId, signal }) {
      const { response, call } = await callConcur(http, {
        operation: 'payment-request.read',
        method: 'GET',
        path: `/api/v3.0/invoice/paymentrequest/${encodeURIComponent(requestId)}`,
        kind: 'read',
        absent: `Concur knows no invoice ${requestId} (404), or invoices are not switched on for this company.`,
        signal,
      });
      return readInvoice(requestId, parseAnswer(schema, response.json(), call));
    },
  };
}

function readInvoice(requestId: string, record: z.output<typeof schema>): PaymentRequest {
  const vendor = record.VendorRemitAddress ?? undefined;
  return {
    requestId,
    paymentStatus: record.PaymentStatus ?? '',
    ...defined({
      approvalStatus: record.ApprovalStatus,
      name: record.Name,
      invoiceNumber: record.InvoiceNumber,
      invoiceDate: record.InvoiceDate,
      dueDate: record.PaymentDueDate,
      currencyCode: record.CurrencyCode,
      invoiceAmount: record.InvoiceAmount,
      approvedAmount: record.TotalApprovedAmount,
      paidAmount: record.PaidAmount,
      extractedAt: record.ExtractDate,
      // The contract and the working clients call it differently.
      purchaseOrderNumber: record.PurchaseOrderNumber ?? record.PurchaseOrderId,
      vendorCode: vendor?.VendorCode,
      vendorAddressCode: vendor?.AddressCode,
      vendorName: vendor?.Name,
      employeeName: record.EmployeeName,
      ledgerCode: record.LedgerCode,
      isDeleted: record.IsPaymentRequestDeleted,
      isDuplicate: record.IsPaymentRequestDuplicate,
    }),
    // A list, or a list in an object of its own.
    lineCount: listOf(record.LineItems, 'LineItem').length,
  };
}
