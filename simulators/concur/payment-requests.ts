import { Decimal } from 'decimal.js';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf, payMethodOf } from './company-book.js';
import { dayOf, documentBody, rowsAt, textAt } from './document-reading.js';
import { postedInvoice, type ConcurContext, type DocumentRecord } from './state.js';
import { legacyHost, v3Answer, v3Refused } from './v3-answers.js';

/**
 * `GET /api/v3.0/invoice/paymentrequest/{id}` (concur-platform.md 4.1). All values are strings. One line item stands in an
 * object of its own, several are an array; allocations likewise.
 */
export function readPaymentRequest(context: ConcurContext, requestId: string, request: SimRequest): SimResponse {
  const document = postedInvoice(context.state, requestId);
  if (document === undefined) return v3Refused(request, 404, `No payment request found for ${requestId}`);
  const body = documentBody(context, document);
  const fields = { ...headerFields(context, document, body), ...stateFields(context, document, body) };
  const lines = rowsAt(body, 'lineItem').map((line, index) => lineFields(line, index, document.businessId));
  return v3Answer(request, 200, 'PaymentRequest', { ...fields, LineItems: wrapped('LineItem', lines) });
}

/** When a confirmed invoice takes the status Extracted, in milliseconds since 1970. */
export function extractedAt(context: ConcurContext, document: DocumentRecord): number {
  return new Date(document.confirmedAt ?? 0).getTime() + context.extractedLagMs;
}

/** The instant at which the invoice was extracted, or undefined if it is not yet. */
export function extractedSince(context: ConcurContext, document: DocumentRecord): Date | undefined {
  const at = extractedAt(context, document);
  return document.confirmedAt !== undefined && at <= context.desk.now().getTime() ? new Date(at) : undefined;
}

/** The status as users see it (concur-financial-integration.md 7.2). */
export function paymentStatus(context: ConcurContext, document: DocumentRecord): string {
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

/** What the supplier and the owner entered. */
function headerFields(context: ConcurContext, document: DocumentRecord, body: unknown): Record<string, unknown> {
  const header = (name: string): string | null => textAt(body, 'requestHeader', name) ?? null;
  const { vendors, payees } = companyOf(context);
  const vendor = vendors[payees[document.id] ?? '']?.fields;
  const customs = Array.from({ length: 24 }, (_, index) => index + 1);
  return {
    ID: document.businessId,
    URI: `${legacyHost}/api/v3.0/invoice/paymentrequest/${document.businessId}`,
    Name: header('requestTitle'),
    Description: header('requestDescription'),
    InvoiceNumber: header('vendorInvoiceNumber'),
    InvoiceDate: dayOf(header('invoiceDate') ?? undefined) ?? null,
    InvoiceReceivedDate: dayOf(header('invoiceReceivedDate') ?? undefined) ?? null,
    PaymentDueDate: dayOf(header('paymentDueDate') ?? undefined) ?? null,
    CurrencyCode: document.currency,
    CountryCode: vendor?.['CountryCode'] ?? null,
    InvoiceAmount: document.gross,
    CalculatedAmount: document.gross,
    AmountWithoutVat: header('amountNetInvoice'),
    ShippingAmount: header('amountShippingTotal'),
    TaxAmount: header('amountTax'),
    LedgerCode: header('ledgerCode'),
    ExternalPolicyId: header('externalPolicyId'),
    PurchaseOrderNumber: header('poNumber'),
    PaymentTermsDays: header('netPaymentTermDays'),
    PaymentMethod: payMethodOf(context, document),
    IsTestTransaction: String(header('isTest') === 'Y'),
    EmployeeName: ownerName(body) ?? null,
    VendorTaxId: header('vendorTaxId'),
    VendorRemitAddress: {
      Name: vendor?.['VendorName'] ?? textAt(body, 'vendor', 'vendorName') ?? null,
      VendorCode: vendor?.['VendorCode'] ?? null,
      AddressCode: vendor?.['AddressCode'] ?? null,
      Address1: vendor?.['Address1'] ?? null,
      City: vendor?.['City'] ?? null,
      PostalCode: vendor?.['PostalCode'] ?? null,
      CountryCode: vendor?.['CountryCode'] ?? null,
    },
    ...Object.fromEntries(customs.map((number) => [`Custom${number}`, header(`requestCustom${number}Code`)])),
  };
}

/** What became of the invoice in Concur. */
function stateFields(context: ConcurContext, document: DocumentRecord, body: unknown): Record<string, unknown> {
  const submitted = dayOf(textAt(body, 'requestHeader', 'submitDate')) ?? null;
  const isRecalled = document.status === 'RECALLED';
  const payment = document.invoicePayments.at(-1);
  const isPaid = payment?.paymentStatus === 'PAID';
  return {
    ApprovalStatus: isRecalled ? 'Submitted & Pending Approval' : 'Approved',
    PaymentStatus: paymentStatus(context, document),
    PaidDate: isPaid ? payment.date : null,
    PaidAmount: payment?.paymentAmount ?? '0.00000000',
    ExtractDate: extractedSince(context, document)?.toISOString().slice(0, 10) ?? null,
    UserCreationDate: dayOf(textAt(body, 'requestHeader', 'requestCreationDate')) ?? null,
    FirstSubmitDate: submitted,
    LastSubmitDate: submitted,
    WorkflowCompleteDate: isRecalled ? null : submitted,
    TotalApprovedAmount: isRecalled ? '0.00000000' : document.gross,
    IsPaymentRequestDeleted: 'false',
    IsPaymentRequestDuplicate: 'false',
  };
}

/** Name of the owner, who is not the payee. */
export function ownerName(body: unknown): string | undefined {
  const last = textAt(body, 'ownerEmployee', 'employeeLastName');
  const first = textAt(body, 'ownerEmployee', 'employeeFirstName');
  return last === undefined ? undefined : [last, first].filter((part) => part !== undefined).join(', ');
}

function lineFields(line: unknown, index: number, requestId: string): Record<string, unknown> {
  const text = (name: string): string | null => textAt(line, name) ?? null;
  const journals = rowsAt(line, 'allocation').flatMap((allocation) => rowsAt(allocation, 'journal'));
  const total = Decimal.sum(0, ...journals.map((journal) => textAt(journal, 'amountGross') ?? 0));
  return {
    LineItemId: `${requestId}-${index + 1}`,
    RequestLineItemNumber: text('lineItemSequenceOrder') ?? String(index + 1),
    Description: text('lineItemDescription'),
    Quantity: text('lineItemQuantity'),
    UnitPrice: text('lineItemUnitPrice'),
    TotalPrice: total.toFixed(),
    ExpenseTypeCode: text('expenseTypeCode'),
    PurchaseOrderNumber: text('lineItemPurchaseOrderNumber'),
    ...customFields(line, 'lineItemCustom'),
    Allocations: wrapped('Allocation', rowsAt(line, 'allocation').map(allocationFields)),
  };
}

function allocationFields(allocation: unknown): Record<string, unknown> {
  return {
    Percentage: textAt(allocation, 'allocationPercentage') ?? null,
    AllocationAccountCode: textAt(allocation, 'allocationAccountCode') ?? null,
    ...customFields(allocation, 'allocationCustom'),
  };
}

function customFields(part: unknown, prefix: string): Record<string, string | null> {
  const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
  return Object.fromEntries(
    numbers.map((number) => [`Custom${number}`, textAt(part, `${prefix}${number}Code`) ?? null]),
  );
}

function wrapped(name: string, rows: unknown[]): unknown {
  return rows.length === 1 ? { [name]: rows } : rows;
}
