import { Decimal } from 'decimal.js';
import { z } from 'zod';
import type { HttpClient } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur } from './legacy-answers.js';
import { defined, optionalText, optionalTruth, rowsOf } from './legacy-answers-fields.js';
import { allPages, continuationOf } from './paging.js';
import { calendarDay } from './wire-values.js';

/** Header of an expense report from the v3 service, which needs no user id. Amounts are decimals in `currencyCode`. */
export interface ExpenseReportHeader {
  reportId: string;
  name?: string;
  ownerName?: string;
  ownerLoginId?: string;
  approverName?: string;
  currencyCode?: string;
  total?: string;
  claimedAmount?: string;
  approvedAmount?: string;
  /** What the company owes the employee. */
  amountDueEmployee?: string;
  amountDueCompanyCard?: string;
  personalAmount?: string;
  /** `A_APPR` and the like. */
  approvalStatusCode?: string;
  approvalStatusName?: string;
  /** `P_PROC`, `P_PAID` and the like. */
  paymentStatusCode?: string;
  paymentStatusName?: string;
  ledgerName?: string;
  /** Time stamps as Concur writes them. */
  createdAt?: string;
  submittedAt?: string;
  lastModifiedAt?: string;
  processingPaymentAt?: string;
  /** When it was handed over to the ERP, although Concur calls it PaidDate: says nothing of a payment. */
  integratedAt?: string;
  hasException?: boolean;
  wasSentBack?: boolean;
}

/** An amount as Concur tells it. */
export interface ReportAmount {
  /** Decimal without exponent. */
  amount: string;
  currency: string;
}

/** An expense report from the v4 service. */
export interface ExpenseReport {
  reportId: string;
  /** UUID of the owner. */
  userId?: string;
  name?: string;
  approvalStatus?: string;
  approvalStatusId?: string;
  paymentStatus?: string;
  paymentStatusId?: string;
  reportTotal?: ReportAmount;
  claimedAmount?: ReportAmount;
  approvedAmount?: ReportAmount;
  amountDueEmployee?: ReportAmount;
  /** What has been confirmed as paid through FIS. */
  paymentConfirmedAmount?: ReportAmount;
  ledger?: string;
  policy?: string;
  submitDate?: string;
  creationDate?: string;
  /** Whether the report goes through FIS at all. */
  isFinancialIntegrationEnabled?: boolean;
  reportVersion?: string;
}

/** As whom a v4 report is read: it decides what is visible. */
export type ReportContext = 'TRAVELER' | 'MANAGER' | 'PROCESSOR' | 'PROXY';

/** Reads expense reports for people and reconciliation (platform spec 6.1). Throws as `FisClient`. */
export interface ExpenseReportClient {
  /** v4, scopes `expense.report.read` and `user.read`. `userId` is the owner's UUID; TRAVELER unless a context is given. */
  read(query: {
    userId: string;
    reportId: string;
    context?: ReportContext;
    signal?: AbortSignal;
  }): Promise<ExpenseReport>;
  /** v3, scope `EXPRPT`: one report of any owner. `Rejected` with code 404 if Concur does not know it. */
  readHeader(query: { reportId: string; signal?: AbortSignal }): Promise<ExpenseReportHeader>;
  /** v3: all reports in these payment states that changed after the day (exclusive, `YYYY-MM-DD`), from all pages. */
  list(query: {
    paymentStatusCodes?: string[];
    modifiedAfter?: string;
    signal?: AbortSignal;
  }): Promise<ExpenseReportHeader[]>;
}

const V3_PATH = '/api/v3.0/expense/reports';
const LIST_LIMIT = 100;

const headerSchema = z
  .object({
    ID: z.string().min(1),
    Name: optionalText,
    OwnerName: optionalText,
    OwnerLoginID: optionalText,
    ApproverName: optionalText,
    CurrencyCode: optionalText,
    Total: optionalText,
    TotalClaimedAmount: optionalText,
    TotalApprovedAmount: optionalText,
    AmountDueEmployee: optionalText,
    AmountDueCompanyCard: optionalText,
    PersonalAmount: optionalText,
    ApprovalStatusCode: optionalText,
    ApprovalStatusName: optionalText,
    PaymentStatusCode: optionalText,
    PaymentStatusName: optionalText,
    LedgerName: optionalText,
    CreateDate: optionalText,
    SubmitDate: optionalText,
    LastModifiedDate: optionalText,
    ProcessingPaymentDate: optionalText,
    PaidDate: optionalText,
    HasException: optionalTruth,
    EverSentBack: optionalTruth,
  })
  .transform((report) => ({
    reportId: report.ID,
    ...defined({
      name: report.Name,
      ownerName: report.OwnerName,
      ownerLoginId: report.OwnerLoginID,
      approverName: report.ApproverName,
      currencyCode: report.CurrencyCode,
      total: plain(report.Total),
      claimedAmount: plain(report.TotalClaimedAmount),
      approvedAmount: plain(report.TotalApprovedAmount),
      amountDueEmployee: plain(report.AmountDueEmployee),
      amountDueCompanyCard: plain(report.AmountDueCompanyCard),
      personalAmount: plain(report.PersonalAmount),
      approvalStatusCode: report.ApprovalStatusCode,
      approvalStatusName: report.ApprovalStatusName,
      paymentStatusCode: report.PaymentStatusCode,
      paymentStatusName: report.PaymentStatusName,
      ledgerName: report.LedgerName,
      createdAt: report.CreateDate,
      submittedAt: report.SubmitDate,
      lastModifiedAt: report.LastModifiedDate,
      processingPaymentAt: report.ProcessingPaymentDate,
      integratedAt: report.PaidDate,
      hasException: report.HasException,
      wasSentBack: report.EverSentBack,
    }),
  }));

const amountSchema = z
  .object({ value: z.string(), currencyCode: z.string() })
  .transform(({ value, currencyCode }) => ({ amount: plain(value) ?? value, currency: currencyCode }))
  .optional()
  .catch(undefined);

const reportSchema = z
  .object({
    userId: optionalText,
    name: optionalText,
    approvalStatus: optionalText,
    approvalStatusId: optionalText,
    paymentStatus: optionalText,
    paymentStatusId: optionalText,
    reportTotal: amountSchema,
    claimedAmount: amountSchema,
    approvedAmount: amountSchema,
    amountDueEmployee: amountSchema,
    paymentConfirmedAmount: amountSchema,
    ledger: optionalText,
    policy: optionalText,
    submitDate: optionalText,
    creationDate: optionalText,
    isFinancialIntegrationEnabled: optionalTruth,
    reportVersion: optionalText,
  })
  .transform((report) => defined(report));

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createExpenseReportClient(http: HttpClient): ExpenseReportClient {
  return {
    async read({ userId, reportId, context = 'TRAVELER', signal }) {
      const owner = `/expensereports/v4/users/${encodeURIComponent(userId)}/context/${context}`;
      const { response, call } = await callConcur(http, {
        operation: 'expense-report.read',
        method: 'GET',
        path: `${owner}/reports/${encodeURIComponent(reportId)}`,
        kind: 'read',
        absent: `Concur knows no expense report ${reportId} of this user.`,
        signal,
      });
      return { reportId, ...parseAnswer(reportSchema, response.json(), call) };
    },
    async readHeader({ reportId, signal }) {
      const { response, call } = await callConcur(http, {
        operation: 'expense-report.read-header',
        method: 'GET',
        path: `${V3_PATH}/${encodeURIComponent(reportId)}`,
        query: { user: 'ALL' },
        kind: 'read',
        absent: `Concur knows no expense report ${reportId}.`,
        signal,
      });
      return parseAnswer(headerSchema, response.json(), call);
    },
    async list({ paymentStatusCodes = [], modifiedAfter, signal }) {
      const query = {
        limit: String(LIST_LIMIT),
        user: 'ALL',
        ...(paymentStatusCodes.length === 0 ? {} : { paymentStatusCode: paymentStatusCodes.join(',') }),
        ...(modifiedAfter === undefined ? {} : { modifiedDateAfter: calendarDay(modifiedAfter) }),
      };
      return allPages({ path: V3_PATH, query }, async (address) => {
        const sent = { ...address, operation: 'expense-report.list', method: 'GET', kind: 'read', signal } as const;
        const { response, call } = await callConcur(http, sent);
        const { rows, nextPage } = rowsOf(response.json(), 'Items', call);
        const headers = rows.map((row) => parseAnswer(headerSchema, row, call));
        return { rows: headers, ...defined({ next: continuationOf(nextPage, call) }) };
      });
    },
  };
}

/** Concur writes nought as `0E-8`; every other literal stays as it is. */
function plain(literal: string | undefined): string | undefined {
  return literal !== undefined && /^-?\d+(\.\d+)?e[+-]?\d+$/i.test(literal) ? new Decimal(literal).toFixed() : literal;
}
