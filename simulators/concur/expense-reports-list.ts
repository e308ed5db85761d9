import { LosslessNumber } from 'lossless-json';
import type { SimRequest, SimResponse } from '../harness/server.js';
import { companyOf, uuidOf } from './company-book.js';
import { businessDocuments, documentBody, textAt } from './document-reading.js';
import { reportApproval, reportPayment } from './expense-reports.js';
import type { ConcurContext, DocumentRecord } from './state.js';
import { legacyHost, unknownParameter, v3Answer, v3Broken, v3Page, type V3Page } from './v3-answers.js';

type ReportRow = Record<string, unknown>;

const operation = 'expenseReports';
const dateFields: Record<string, string> = {
  createDate: 'CreateDate',
  userDefinedDate: 'UserDefinedDate',
  submitDate: 'SubmitDate',
  processingPaymentDate: 'ProcessingPaymentDate',
  paidDate: 'PaidDate',
  modifiedDate: 'LastModifiedDate',
};
const lists: Record<string, string> = {
  approvalStatusCode: 'ApprovalStatusCode',
  paymentStatusCode: 'PaymentStatusCode',
  currencyCode: 'CurrencyCode',
};
const dateParameters = Object.keys(dateFields).flatMap((name) => [`${name}Before`, `${name}After`]);
const parameters = new Set(['limit', 'offset', 'user', ...Object.keys(lists), ...dateParameters]);

/**
 * `GET /api/v3.0/expense/reports` (concur-platform.md 6.1): 25 reports unless more are asked for. Without `user=ALL` only
 * those of one person are seen, and a company token is no person.
 */
export function listReports(context: ConcurContext, request: SimRequest): SimResponse {
  const { query } = request;
  const wrongDate = dateParameters.find((name) => !/^(\d{4}-\d{2}-\d{2})?$/.test(query.get(name) ?? ''));
  const fault =
    unknownParameter(query, parameters) ??
    (wrongDate === undefined ? undefined : `${wrongDate} must be YYYY-MM-DD`) ??
    (query.has('user') ? undefined : 'user is missing: a company token has no reports of its own');
  if (fault !== undefined) return v3Broken(context, operation, request, 400, fault);
  const rows = businessDocuments(context.state, 'expense')
    .map((document) => reportRow(context, document))
    .filter((row) => matches(row, query))
    .sort((left, right) => (String(left['ID']) < String(right['ID']) ? -1 : 1));
  const page = v3Page(request, rows, { usual: 25, most: 100 });
  if (typeof page === 'string') return v3Broken(context, operation, request, 400, page);
  return v3Answer(request, 200, 'ReportCollection', { Items: page.rows, NextPage: nextPage(request, page) });
}

/** The last of several pages names itself as the next one. */
function nextPage(request: SimRequest, page: V3Page<ReportRow>): string | null {
  if (page.next !== null) return page.next;
  return request.query.has('offset') ? `${legacyHost}${request.rawUrl}` : null;
}

function reportRow(context: ConcurContext, document: DocumentRecord): ReportRow {
  const body = documentBody(context, document);
  const report = (name: string): string | null => textAt(body, 'report', name) ?? null;
  const owner = companyOf(context).users[uuidOf(document.employee?.id ?? '')];
  const approval = reportApproval(document);
  const payment = reportPayment(document);
  const paidOn = document.payments.at(-1)?.date ?? null;
  const touched = [report('reportSubmitDate'), report('reportPaymentProcessingDate'), document.confirmedAt, paidOn];
  return {
    ID: document.businessId,
    URI: `${legacyHost}/api/v3.0/expense/reports/${document.businessId}`,
    Name: report('reportName'),
    Total: new LosslessNumber(document.gross),
    TotalApprovedAmount: new LosslessNumber(document.gross),
    AmountDueEmployee: new LosslessNumber(document.employee?.due ?? '0'),
    CurrencyCode: document.currency,
    Country: report('homeCountryCode'),
    CreateDate: unzoned(report('reportCreationDate')),
    SubmitDate: unzoned(report('reportSubmitDate')),
    UserDefinedDate: unzoned(report('reportUserDefinedDate')),
    ProcessingPaymentDate: unzoned(report('reportPaymentProcessingDate')),
    PaidDate: unzoned(document.confirmedAt ?? null),
    LastModifiedDate: unzoned(touched.reduce<string | null>(later, null)),
    OwnerLoginID: owner?.userName ?? null,
    OwnerName: owner === undefined ? null : `${owner.givenName} ${owner.familyName}`,
    ApprovalStatusCode: approval.code,
    ApprovalStatusName: approval.name,
    PaymentStatusCode: payment.code,
    PaymentStatusName: payment.name,
    LedgerName: report('ledgerCode'),
  };
}

function matches(row: ReportRow, query: URLSearchParams): boolean {
  const user = query.get('user');
  const isListed = Object.entries(lists).every(([parameter, field]) => {
    const wanted = query.get(parameter)?.split(',');
    return wanted === undefined || wanted.includes(String(row[field]));
  });
  return isListed && (user === 'ALL' || user === row['OwnerLoginID']) && isInside(row, query);
}

function isInside(row: ReportRow, query: URLSearchParams): boolean {
  return Object.entries(dateFields).every(([name, field]) => {
    const [before, after] = [query.get(`${name}Before`), query.get(`${name}After`)];
    if (before === null && after === null) return true;
    const value = row[field];
    const day = typeof value === 'string' ? value.slice(0, 10) : undefined;
    return day !== undefined && (before === null || day < before) && (after === null || day > after);
  });
}

/** Timestamps of this service carry no zone. */
function unzoned(instant: string | null): string | null {
  return instant === null ? null : instant.replace(/Z$/, '');
}

function later(left: string | null, right: string | null | undefined): string | null {
  if (left === null || right === null || right === undefined) return left ?? right ?? null;
  return left > right ? left : right;
}
