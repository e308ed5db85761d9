import { z } from 'zod';
import type { HttpClient } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur } from './legacy-answers.js';
import { defined, optionalText, optionalTruth, rowsOf, type WireObject } from './legacy-answers-fields.js';
import { allPages, continuationOf } from './paging.js';
import { calendarDay } from './wire-values.js';

/** Date by which invoices are looked for; `integrated` is Concur's PaidDate, which is no date of a payment (trap 19). */
export type DigestDate = 'created' | 'invoiceDate' | 'lastModified' | 'extracted' | 'integrated';

/** One line about an invoice (platform spec 4.2). Dates are Concur's own text, in no stated time zone. */
export interface InvoiceDigest {
  /** For `PaymentRequestClient.read`. */
  requestId: string;
  /** The supplier's number. */
  invoiceNumber?: string;
  vendorName?: string;
  /** Decimal. */
  total?: string;
  currencyCode?: string;
  /** Codes of the company; `LocalizedDataClient` has their wording. */
  approvalStatusCode?: string;
  paymentStatusCode?: string;
  paymentMethod?: string;
  ownerName?: string;
  ownerLoginId?: string;
  purchaseOrderNumber?: string;
  createdAt?: string;
  invoiceDate?: string;
  lastModifiedAt?: string;
  extractedAt?: string;
  /** When it was handed over to the ERP or extracted, although Concur calls it PaidDate: says nothing of a payment. */
  integratedAt?: string;
  isDeleted?: boolean;
}

/** Filters of a search; without any all invoices are found. */
export interface DigestQuery {
  /** `created` unless given. */
  by?: DigestDate;
  /** First and last calendar day `YYYY-MM-DD`, both included. */
  from?: string;
  to?: string;
  /** Codes of the company. */
  approvalStatus?: string;
  paymentStatus?: string;
  /** The supplier's number. */
  invoiceNumber?: string;
  signal?: AbortSignal;
}

export interface InvoiceDigestClient {
  /** All invoices that match, from all pages. For people and reconciliation; work is found through FIS only (S60). */
  search(query: DigestQuery): Promise<InvoiceDigest[]>;
}

const OPERATION = 'invoice-digest.search';
const PATH = '/api/v3.0/invoice/paymentrequestdigests';
const LIMIT = 1000;

/** Names of the query and of the row; submitDate can be asked for, but rows do not show it. */
const DATES: Readonly<Record<DigestDate, { query: string; row: string }>> = {
  created: { query: 'createDate', row: 'CreateDate' },
  invoiceDate: { query: 'userDefinedDate', row: 'UserDefinedDate' },
  lastModified: { query: 'lastModifiedDate', row: 'LastModifiedDate' },
  extracted: { query: 'extractedDate', row: 'ExtractedDate' },
  integrated: { query: 'paidDate', row: 'PaidDate' },
};

const rowSchema = z
  .object({
    PaymentRequestId: optionalText,
    ID: optionalText,
    InvoiceNumber: optionalText,
    VendorName: optionalText,
    Total: optionalText,
    CurrencyCode: optionalText,
    ApprovalStatusCode: optionalText,
    PaymentStatusCode: optionalText,
    PaymentMethod: optionalText,
    OwnerName: optionalText,
    OwnerLoginID: optionalText,
    PurchaseOrderNumber: optionalText,
    CreateDate: optionalText,
    UserDefinedDate: optionalText,
    LastModifiedDate: optionalText,
    ExtractedDate: optionalText,
    PaidDate: optionalText,
    IsDeleted: optionalTruth,
  })
  .transform((row) => ({
    requestId: row.PaymentRequestId ?? row.ID ?? '',
    ...defined({
      invoiceNumber: row.InvoiceNumber,
      vendorName: row.VendorName,
      total: row.Total,
      currencyCode: row.CurrencyCode,
      approvalStatusCode: row.ApprovalStatusCode,
      paymentStatusCode: row.PaymentStatusCode,
      paymentMethod: row.PaymentMethod,
      ownerName: row.OwnerName,
      ownerLoginId: row.OwnerLoginID,
      purchaseOrderNumber: row.PurchaseOrderNumber,
      createdAt: row.CreateDate,
      invoiceDate: row.UserDefinedDate,
      lastModifiedAt: row.LastModifiedDate,
      extractedAt: row.ExtractedDate,
      integratedAt: row.PaidDate,
      isDeleted: row.IsDeleted,
    }),
  }));

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createInvoiceDigestClient(http: HttpClient): InvoiceDigestClient {
  return {
    async search({ by = 'created', from, to, approvalStatus, paymentStatus, invoiceNumber, signal }) {
      if (from !== undefined && to !== undefined && calendarDay(from) > calendarDay(to)) {
        throw new RangeError('the first day of the search lies after the last');
      }
      const date = DATES[by];
      const query = {
        limit: String(LIMIT),
        ...defined({ approvalStatus, paymentStatus, vendorInvoiceNumber: invoiceNumber }),
        // Both bounds are exclusive, so that they go one day further out; what comes too much is dropped below.
        ...(from === undefined ? {} : { [`${date.query}After`]: dayBeside(from, -1) }),
        ...(to === undefined ? {} : { [`${date.query}Before`]: dayBeside(to, 1) }),
      };
      const found = await allPages({ path: PATH, query }, async (address) => {
        const sent = { ...address, operation: OPERATION, method: 'GET', kind: 'read', signal } as const;
        const { response, call } = await callConcur(http, sent);
        const { rows, nextPage } = rowsOf(response.json(), 'PaymentRequestDigest', call);
        const read = rows.map((row) => ({
          isWithin: isWithin(row, date.row, from, to),
          digest: parseAnswer(rowSchema, row, call),
        }));
        return { rows: read, ...defined({ next: continuationOf(nextPage, call) }) };
      });
      return found.flatMap(({ isWithin: isMeant, digest }) => (isMeant ? [digest] : []));
    },
  };
}

/** A row whose date cannot be read stays: hidden, an invoice would seem not to exist. */
function isWithin(row: WireObject, name: string, from: string | undefined, to: string | undefined): boolean {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(optionalText.parse(row[name]) ?? '')?.[0];
  return day === undefined || ((from === undefined || day >= from) && (to === undefined || day <= to));
}

function dayBeside(day: string, days: number): string {
  const instant = new Date(`${calendarDay(day)}T00:00:00Z`);
  instant.setUTCDate(instant.getUTCDate() + days);
  return instant.toISOString().slice(0, 10);
}
