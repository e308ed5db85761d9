import type { SimRequest, SimResponse } from '../harness/server.js';
import { paymentStatusCode } from './company-codes.js';
import { companyOf, payMethodOf, uuidOf } from './company-book.js';
import { businessDocuments, dayOf, documentBody, textAt } from './document-reading.js';
import { extractedSince, ownerName, paymentStatus } from './payment-requests.js';
import { postedInvoice, type ConcurContext, type DocumentRecord } from './state.js';
import { legacyHost, unknownParameter, v3Answer, v3Broken, v3Page, v3Refused } from './v3-answers.js';

type DigestRow = Record<string, string | null>;

/** Date filters with the field that each of them compares; SubmitDate is filtered but never answered. */
const dateFields: Record<string, string> = {
  createDate: 'CreateDate',
  userDefinedDate: 'UserDefinedDate',
  submitDate: 'SubmitDate',
  paidDate: 'PaidDate',
  lastModifiedDate: 'LastModifiedDate',
  extractedDate: 'ExtractedDate',
};
const equalities: Record<string, string> = {
  approvalStatus: 'ApprovalStatusCode',
  paymentStatus: 'PaymentStatusCode',
  vendorInvoiceNumber: 'InvoiceNumber',
  payMethodType: 'PaymentMethod',
};
const dateParameters = Object.keys(dateFields).flatMap((name) => [`${name}Before`, `${name}After`]);
const parameters = new Set(['limit', 'offset', ...Object.keys(equalities), ...dateParameters]);

/** `GET /api/v3.0/invoice/paymentrequestdigests` (concur-platform.md 4.2). Dates are whole days, and both ends are excluded. */
export function listDigests(context: ConcurContext, request: SimRequest): SimResponse {
  const operation = 'digests';
  const wrongDate = dateParameters.find((name) => !/^(\d{4}-\d{2}-\d{2})?$/.test(request.query.get(name) ?? ''));
  const fault =
    unknownParameter(request.query, parameters) ??
    (wrongDate === undefined ? undefined : `${wrongDate} must be YYYY-MM-DD`);
  if (fault !== undefined) return v3Broken(context, operation, request, 400, fault);
  const rows = businessDocuments(context.state, 'invoice')
    .map((document) => digestRow(context, document))
    .filter((row) => matches(row, request.query))
    .sort((left, right) => ((left['ID'] ?? '') < (right['ID'] ?? '') ? -1 : 1));
  const page = v3Page(request, rows, { usual: 1000, most: 1000 });
  if (typeof page === 'string') return v3Broken(context, operation, request, 400, page);
  return v3Answer(request, 200, 'PaymentRequestDigestCollection', {
    Items: null,
    NextPage: page.next ?? '',
    PaymentRequestDigest: page.rows.map(withoutSubmitDate),
    TotalCount: rows.length,
  });
}

/** `GET …/paymentrequestdigests/{id}`. */
export function readDigest(context: ConcurContext, id: string, request: SimRequest): SimResponse {
  const document = postedInvoice(context.state, id);
  if (document === undefined) return v3Refused(request, 404, `No payment request found for ${id}`);
  return v3Answer(request, 200, 'PaymentRequestDigest', withoutSubmitDate(digestRow(context, document)));
}

function digestRow(context: ConcurContext, document: DocumentRecord): DigestRow {
  const body = documentBody(context, document);
  const header = (name: string): string | undefined => textAt(body, 'requestHeader', name);
  const extracted = extractedSince(context, document)?.toISOString();
  const paid = document.invoicePayments.at(-1)?.date;
  const created = header('requestCreationDate') ?? header('submitDate');
  const touched = [created, header('submitDate'), document.confirmedAt, extracted, paid];
  const owner = companyOf(context).users[uuidOf(textAt(body, 'ownerEmployee', 'employeeId') ?? '')];
  return {
    ID: document.businessId,
    PaymentRequestId: document.businessId,
    PaymentRequestUri: `${legacyHost}/api/v3.0/invoice/paymentrequest/${document.businessId}`,
    InvoiceNumber: header('vendorInvoiceNumber') ?? null,
    VendorName: textAt(body, 'vendor', 'vendorName') ?? null,
    Total: document.gross,
    CurrencyCode: document.currency,
    ApprovalStatusCode: document.status === 'RECALLED' ? 'A_PEND' : 'A_APPR',
    PaymentStatusCode: paymentStatusCode(paymentStatus(context, document)),
    OwnerLoginID: owner?.userName ?? null,
    OwnerName: ownerName(body) ?? null,
    CreateDate: stamp(created),
    UserDefinedDate: stamp(dayOf(header('invoiceDate'))),
    SubmitDate: stamp(header('submitDate')),
    LastModifiedDate: touched.map(stamp).reduce(later, null),
    ExtractedDate: stamp(extracted),
    // The day of the extraction: this service does not know when the vendor was paid.
    PaidDate: stamp(extracted),
    PaymentMethod: payMethodOf(context, document),
    IsDeleted: 'false',
  };
}

function withoutSubmitDate(row: DigestRow): DigestRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'SubmitDate'));
}

function matches(row: DigestRow, query: URLSearchParams): boolean {
  const isEqual = Object.entries(equalities).every(([name, field]) => [null, row[field]].includes(query.get(name)));
  return (
    isEqual &&
    Object.entries(dateFields).every(([name, field]) => {
      const day = row[field]?.slice(0, 10);
      const [before, after] = [query.get(`${name}Before`), query.get(`${name}After`)];
      if (before === null && after === null) return true;
      return day !== undefined && (before === null || day < before) && (after === null || day > after);
    })
  );
}

/** `2026-03-23 12:48:43.0`, without a zone. */
function stamp(instant: string | undefined): string | null {
  if (instant === undefined) return null;
  const time = instant.slice(11, 19);
  return `${instant.slice(0, 10)} ${time === '' ? '00:00:00' : time}.0`;
}

function later(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return left > right ? left : right;
}
