import { z } from 'zod';
import type { HttpClient } from '../http/types.js';
import { concurCall, concurRefusal, parseAnswer } from './concur-answers.js';

/** What the connector reads of an invoice record; all values are strings in this API (platform spec 4.1). */
export interface PaymentRequest {
  requestId: string;
  /** The company's own wording of the status; compare with the configured list. */
  paymentStatus: string;
}

export interface PaymentRequestClient {
  /** Reads one invoice by its request id. Throws as `FisClient`; `Rejected` if Concur does not know it. */
  read(query: { requestId: string; signal?: AbortSignal }): Promise<PaymentRequest>;
}

const operation = 'payment-request.read';
const schema = z.object({ PaymentStatus: z.string().nullish() });

/** Makes the reader over an HTTP core whose base URL is the geolocation of the token. */
export function createPaymentRequestClient(http: HttpClient): PaymentRequestClient {
  return {
    async read({ requestId, signal }) {
      const response = await http.send({
        operation,
        method: 'GET',
        path: `/api/v3.0/invoice/paymentrequest/${encodeURIComponent(requestId)}`,
        kind: 'read',
        headers: { accept: 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.status !== 200) throw concurRefusal('read', concurCall(operation, response));
      const answer = parseAnswer(schema, response.json(), concurCall(operation, response));
      return { requestId, paymentStatus: answer.PaymentStatus ?? '' };
    },
  };
}
