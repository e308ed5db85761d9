import { z } from 'zod';
import { OutcomeUnknown, Rejected, type FailedCall } from '../http/errors.js';
import type { HttpClient } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur, legacyProblem } from './legacy-answers.js';
import { optionalText, wireObject } from './legacy-answers-fields.js';
import { meaningOfOrderCode, UNEXPECTED } from './purchase-order-client-codes.js';
import { orderBody, readOrder, type PurchaseOrder } from './purchase-order-client-values.js';

export type {
  PurchaseOrder,
  PurchaseOrderAddress,
  PurchaseOrderAllocation,
  PurchaseOrderLine,
} from './purchase-order-client-values.js';

/**
 * Purchase orders v3, one order per call (platform spec 4.5). Orders cannot be listed and cannot be deleted (S110). A write
 * whose answer is lost, or that met code 9999, is `OutcomeUnknown`: `read` the number before it is repeated. Writes throw
 * RangeError before anything is sent, and `Rejected` with Concur's ErrorCode and what it means.
 */
export interface PurchaseOrderClient {
  /** Creates an order under our number. */
  create(call: { order: PurchaseOrder; signal?: AbortSignal }): Promise<void>;
  /** Replaces the order of the same number; `status: 'Closed'` closes it. Give the whole order, as `read` gave it. */
  update(call: { order: PurchaseOrder; signal?: AbortSignal }): Promise<void>;
  /** The order with its lines, also for those that Concur made of a purchase request (C5). `Rejected` with 404 if unknown. */
  read(query: { number: string; signal?: AbortSignal }): Promise<PurchaseOrder>;
}

const PATH = '/api/v3.0/invoice/purchaseorders';

const resultSchema = z.object({
  Status: optionalText,
  ErrorCode: optionalText,
  ErrorMessage: optionalText,
  FieldCode: optionalText,
  LineItemExternalID: optionalText,
  Message: optionalText,
});
type Result = z.output<typeof resultSchema>;

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createPurchaseOrderClient(http: HttpClient): PurchaseOrderClient {
  async function write(
    operation: string,
    method: 'POST' | 'PUT',
    order: PurchaseOrder,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const json = orderBody(order);
    const { response, call } = await callConcur(http, { operation, method, path: PATH, json, kind: 'write', signal });
    judge(parseAnswer(resultSchema, response.json(), call), call);
  }
  return {
    create: ({ order, signal }) => write('purchase-order.create', 'POST', order, signal),
    update: ({ order, signal }) => write('purchase-order.update', 'PUT', order, signal),
    async read({ number, signal }) {
      const { response, call } = await callConcur(http, {
        operation: 'purchase-order.read',
        method: 'GET',
        path: `${PATH}/${encodeURIComponent(number)}`,
        kind: 'read',
        absent: `Concur knows no purchase order ${number}.`,
        signal,
      });
      const body = parseAnswer(wireObject, response.json(), call);
      refuseFailure(resultSchema.parse(body), call);
      parseAnswer(z.object({ VendorCode: z.string() }), body, call);
      return readOrder(optionalText.parse(body['PurchaseOrderNumber']) ?? number, body, call);
    },
  };
}

/** HTTP 200 says nothing: the Status does (trap 25). */
function judge(result: Result, call: FailedCall): void {
  refuseFailure(result, call);
  if (result.Status?.toUpperCase() === 'SUCCESS') return;
  throw new OutcomeUnknown(`Concur ${call.operation} did not say whether it succeeded; look the order up.`, call);
}

/** Reads answer in the same way where they find nothing; an order itself has another Status. */
function refuseFailure(result: Result, call: FailedCall): void {
  if (result.Status?.toUpperCase() !== 'FAILURE') return;
  const code = result.ErrorCode ?? 'FAILURE';
  if (code === UNEXPECTED) {
    throw new OutcomeUnknown(`Concur ${call.operation} met something unexpected (${code}); look, then repeat.`, call);
  }
  const meaning = meaningOfOrderCode(code);
  const words = legacyProblem(result.ErrorMessage ?? result.Message ?? '');
  const field = result.FieldCode === undefined ? '' : `, field ${result.FieldCode}`;
  const line = result.LineItemExternalID === undefined ? '' : `, line ${result.LineItemExternalID}`;
  const sentence = `Concur refused the purchase order${line}${field}: ${meaning ?? 'no documented reason'} (${code}).`;
  throw new Rejected(words === undefined ? sentence : `${sentence} Concur says: ${words}`, call, code);
}
