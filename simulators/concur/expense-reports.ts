import { Decimal } from 'decimal.js';
import { LosslessNumber, stringify } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { scopesOf } from './admission.js';
import { companyOf, hexIdOf, uuidOf } from './company-book.js';
import { businessDocuments, dayOf, documentBody, textAt } from './document-reading.js';
import type { StatusName } from './company-codes.js';
import type { ConcurContext, DocumentRecord } from './state.js';

const operation = 'expenseReport';
const contexts = ['TRAVELER', 'MANAGER', 'PROCESSOR', 'PROXY'];

/**
 * `GET /expensereports/v4/users/{userId}/context/{contextType}/reports/{reportId}` (concur-platform.md 6.1). A traveler sees
 * only reports of their own.
 */
export function readReport(
  context: ConcurContext,
  { userId, contextType, reportId }: { userId: string; contextType: string; reportId: string },
  request: SimRequest,
): SimResponse {
  if (!scopesOf(context, request).includes('user.read')) {
    return broken(context, request, 403, 'the token lacks the scope user.read');
  }
  if (!contexts.includes(contextType)) return broken(context, request, 400, `${contextType} is no context`);
  const document = businessDocuments(context.state, 'expense').find(({ businessId }) => businessId === reportId);
  const owner = document === undefined ? undefined : uuidOf(document.employee?.id ?? '');
  const isSeen = contextType === 'TRAVELER' ? owner === userId : companyOf(context).users[userId] !== undefined;
  if (document === undefined || !isSeen) return refused(context, request, 404, `Report ${reportId} was not found`);
  return { status: 200, body: stringify(reportJson(context, document)) ?? '' };
}

/** Where the approval of a report stands. */
export function reportApproval(document: DocumentRecord): StatusName {
  const isRecalled = document.status === 'RECALLED';
  return isRecalled ? { code: 'A_RESU', name: 'Sent Back to Employee' } : { code: 'A_APPR', name: 'Approved' };
}

/** Where the payment of a report stands; a failed posting has no code of its own. */
export function reportPayment(document: DocumentRecord): StatusName {
  switch (document.status) {
    case 'RECALLED':
      return { code: 'P_NOTP', name: 'Not Paid' };
    case 'POSTING_CONFIRMED_FAILURE':
      return { code: 'P_PROC', name: 'Financial Posting Failed' };
    case 'POSTING_CONFIRMED_SUCCESS':
    case 'PAYMENT_CONFIRMED_REVERSED':
      return { code: 'P_PAID', name: 'Sent for Payment' };
    case 'PAYMENT_CONFIRMED_SUCCESS':
      return { code: 'P_PAYC', name: 'Payment Confirmed' };
    default:
      return { code: 'P_PROC', name: 'Processing Payment' };
  }
}

function reportJson(context: ConcurContext, document: DocumentRecord): unknown {
  const body = documentBody(context, document);
  const report = (name: string): string | null => textAt(body, 'report', name) ?? null;
  const { code: approvalStatusId, name: approvalStatus } = reportApproval(document);
  const { code: paymentStatusId, name: paymentStatus } = reportPayment(document);
  const money = (amount: string): unknown => ({ value: literal(amount), currencyCode: document.currency });
  const confirmed = document.payments.filter(({ status }) => status === 'CP' || status === 'PP');
  const userId = uuidOf(document.employee?.id ?? '');
  return {
    reportId: document.businessId,
    userId,
    name: report('reportName'),
    approvalStatus,
    approvalStatusId,
    paymentStatus,
    paymentStatusId,
    currencyCode: document.currency,
    approvedAmount: money(document.gross),
    claimedAmount: money(document.gross),
    reportTotal: money(document.gross),
    amountDueEmployee: money(document.employee?.due ?? '0'),
    amountCompanyPaid: money('0'),
    paymentConfirmedAmount: money(Decimal.sum(0, ...confirmed.map(({ amount }) => amount)).toFixed()),
    isFinancialIntegrationEnabled: true,
    reportVersion: Number(report('revisionNumber') ?? '1'),
    ledger: report('ledgerCode'),
    countryCode: report('homeCountryCode'),
    policyId: report('policyId'),
    reportDate: dayOf(report('reportUserDefinedDate') ?? undefined) ?? null,
    creationDate: report('reportCreationDate'),
    submitDate: report('reportSubmitDate'),
    startDate: dayOf(report('reportStartDate') ?? undefined) ?? null,
    endDate: dayOf(report('reportEndDate') ?? undefined) ?? null,
    customData: customData(body),
  };
}

/** List fields carry the id of their item, not its code. */
function customData(body: unknown): unknown[] {
  return Array.from({ length: 20 }, (_, index) => index + 1).flatMap((number) => {
    const code = textAt(body, 'report', `reportCustom${number}Code`);
    if (code === undefined) return [];
    const value = hexIdOf(code);
    const listItemUrl = `https://us.api.concursolutions.invalid/list/v4/items?id=${value}`;
    return [{ id: `custom${number}`, value, isValid: true, listItemUrl }];
  });
}

/** Eight decimals, and zero as the service prints it. */
function literal(amount: string): LosslessNumber {
  const value = new Decimal(amount);
  return new LosslessNumber(value.isZero() ? '0E-8' : value.toFixed(8));
}

function broken(context: ConcurContext, request: SimRequest, status: number, message: string): SimResponse {
  context.desk.violation(operation, message);
  return refused(context, request, status, message);
}

function refused(context: ConcurContext, request: SimRequest, status: number, errorMessage: string): SimResponse {
  const names: Record<number, string> = { 400: 'BAD_REQUEST', 403: 'FORBIDDEN', 404: 'NOT_FOUND' };
  const body = {
    timestamp: context.desk.now().toISOString(),
    httpStatus: `${status} ${names[status] ?? ''}`,
    errorMessage,
    errorId: uuidOf(errorMessage),
    path: request.path,
    validationErrors: [],
    customResponseData: null,
  };
  return { status, body };
}
