import { z } from 'zod';
import { Rejected } from '../http/errors.js';
import type { HttpClient } from '../http/types.js';
import { concurCall, concurRefusal, parseAnswer } from './concur-answers.js';
import { amountLiteral, calendarDay, cutTo } from './wire-values.js';

/** The payment of one invoice in the ERP, for Concur to show (platform spec 4.3). */
export interface InvoicePayment {
  /** Concur's invoice id: `requestHeader.requestId` of the FIS document. */
  requestId: string;
  /** Decimals of at least zero, at most 8 decimal places. */
  invoiceAmount: string;
  paymentAmount: string;
  /** Always sent: left out, Concur takes it for PAID (trap 21). */
  status: 'PAID' | 'VOID' | 'CANCEL';
  /** The supplier's own method; ACH and CHECK would make Concur pay again and do not exist here (decisions 22). */
  method?: 'CLIENT' | 'WIRE' | 'CARD';
  /** `YYYY-MM-DD`. */
  paidOn: string;
  /** Payment vouchers of the ERP; joined at most 100 characters. */
  references?: string[];
}

/** Concur's answer for one invoice. */
export interface InvoicePaymentResult {
  requestId: string;
  ok: boolean;
  /** Concur's reason, for people; empty where it was accepted. */
  message: string;
}

export interface InvoicePaymentClient {
  /**
   * Sets invoices to paid, in one call of at most 100. The order is posting confirmation first: Concur refuses invoices
   * that are not yet Extracted, for a while after it as well. An invoice that Concur names neither as successful nor as
   * failed has no result: its outcome is unknown. Throws as `FisClient`; `Rejected` carries Concur's code of a refused call.
   */
  bulkUpdate(call: { payments: InvoicePayment[]; signal?: AbortSignal }): Promise<InvoicePaymentResult[]>;
}

const PATH = '/invoice/payment-confirmation/v4/payments/bulkUpdate';
const OPERATION = 'invoice-payment.bulk-update';
const MAXIMUM_PAYMENTS = 100;
const REFERENCES_LIMIT = 100;
const SAFE_METHODS: ReadonlySet<string> = new Set(['CLIENT', 'WIRE', 'CARD']);

const echoSchema = z.object({ requestId: z.string(), errorMessage: z.string().nullish() });
const resultSchema = z.object({
  status: z.unknown(),
  successfulPayments: z.array(z.unknown()).nullish(),
  failedPayments: z.array(z.unknown()).nullish(),
});
const refusalSchema = z.object({ errors: z.array(z.object({ errorCode: z.string().regex(/^[\w.-]{1,60}$/) })).min(1) });

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createInvoicePaymentClient(http: HttpClient): InvoicePaymentClient {
  return {
    async bulkUpdate({ payments, signal }) {
      const response = await http.send({
        operation: OPERATION,
        method: 'POST',
        path: PATH,
        json: bulkBody(payments),
        kind: 'write',
        headers: { accept: 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      });
      const call = concurCall(OPERATION, response);
      if (![200, 207, 400].includes(response.status)) throw concurRefusal('write', call);
      const body = response.status === 400 ? jsonOrNothing(response) : response.json();
      const named = resultSchema.safeParse(body);
      const listed = named.success && Array.isArray(named.data.successfulPayments ?? named.data.failedPayments);
      if (response.status === 400 && !listed) {
        const refusal = refusalSchema.safeParse(body);
        const code = refusal.success ? refusal.data.errors[0]?.errorCode : undefined;
        if (code === undefined) throw concurRefusal('write', call);
        throw new Rejected(`Concur ${OPERATION} was refused (${code}).`, call, code);
      }
      const results = parseAnswer(resultSchema, body, call);
      return matched(payments, results);
    },
  };
}

/** The bare array of the examples; the wrapper of the schema is used nowhere. Throws RangeError for what must not be sent. */
function bulkBody(payments: InvoicePayment[]): unknown {
  if (payments.length > MAXIMUM_PAYMENTS) throw new RangeError(`at most ${MAXIMUM_PAYMENTS} invoices in one call`);
  if (new Set(payments.map((payment) => payment.requestId)).size !== payments.length) {
    // Results carry no index: two results for one invoice could not be told apart.
    throw new RangeError('each invoice once in a call');
  }
  return payments.map(({ requestId, invoiceAmount, paymentAmount, status, method, paidOn, references = [] }) => {
    if (method !== undefined && !SAFE_METHODS.has(method)) {
      throw new RangeError('a payment method by which Concur would pay again is never sent');
    }
    return {
      requestId,
      invoiceAmount: amountLiteral(invoiceAmount),
      paymentStatus: status,
      ...(method === undefined ? {} : { paymentMethodType: method }),
      paymentStatusDate: calendarDay(paidOn),
      paymentAmount: amountLiteral(paymentAmount),
      ...(references.length === 0 ? {} : { checkNumbers: withinLimit(references) }),
    };
  });
}

/** Keeps as many references as fit when joined by commas: whether the limit is per item or joined is not documented. */
function withinLimit(references: string[]): string[] {
  const kept: string[] = [];
  for (const reference of references) {
    const next = cutTo(reference, REFERENCES_LIMIT);
    if ([...kept, next].join(',').length > REFERENCES_LIMIT) break;
    kept.push(next);
  }
  return kept;
}

/** Failures win over successes: an invoice named in both lists must be looked at. */
function matched(payments: InvoicePayment[], results: z.output<typeof resultSchema>): InvoicePaymentResult[] {
  const failed = echoesOf(results.failedPayments);
  const successful = echoesOf(results.successfulPayments);
  return payments.flatMap(({ requestId }): InvoicePaymentResult[] => {
    const message = failed.get(requestId);
    if (message !== undefined) return [{ requestId, ok: false, message }];
    return successful.has(requestId) ? [{ requestId, ok: true, message: '' }] : [];
  });
}

/** Reasons by invoice; echoes without an id cannot be matched and leave their invoice without a result. */
function echoesOf(list: unknown[] | null | undefined): Map<string, string> {
  const echoes = new Map<string, string>();
  for (const value of list ?? []) {
    const echo = echoSchema.safeParse(value);
    if (echo.success) echoes.set(echo.data.requestId, echo.data.errorMessage ?? '');
  }
  return echoes;
}

function jsonOrNothing(response: { json(): unknown }): unknown {
  try {
    return response.json();
  } catch {
    // A gateway's 400 has no JSON; the status alone decides then.
    return undefined;
  }
}
