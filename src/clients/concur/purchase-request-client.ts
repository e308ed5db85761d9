import { z } from 'zod';
import { OutcomeUnknown, Rejected, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpResponse } from '../http/types.js';
import { parseAnswer } from './concur-answers.js';
import { callConcur, legacyProblem } from './legacy-answers.js';
import { defined, listOf, optionalText, optionalTruth, type CustomTexts } from './legacy-answers-fields.js';
import { meaningOfRefusal } from './purchase-request-client-codes.js';
import { calendarDay } from './wire-values.js';

/** One line of a purchase request; amounts and quantities are decimals, list fields hold item codes. */
export interface PurchaseRequestLine extends CustomTexts<20> {
  purchaseType: 'GOODS' | 'SERVICES';
  vendorCode: string;
  vendorAddressCode: string;
  description: string;
  quantity: string;
  unitPrice: string;
  expenseType?: string;
  /** By purchase type unless given. */
  receiptType?: 'QUANTITY_RECEIPT' | 'NONE';
  /** `YYYY-MM-DD`. */
  neededByDate?: string;
  uomCode?: string;
  shipping?: string;
  tax?: string;
  supplierPartId?: string;
  url?: string[];
  notesToVendor?: string;
  comments?: string;
}

/** A purchase request to be created (platform spec 4.4). */
export interface PurchaseRequestDraft extends CustomTexts<24> {
  /** Who asks; exactly one of the three is sent. */
  requester: { userId: string } | { userEmail: string } | { userLoginId: string };
  currencyCode: string;
  lineItems: PurchaseRequestLine[];
  description?: string;
  policyExternalId?: string;
  notesToSupplier?: string;
  comments?: string;
  shipToAddressCode?: string;
  billToAddressCode?: string;
}

/** All that Concur tells of a purchase request: there are no lines in it, those are in the purchase orders (C5). */
export interface PurchaseRequestState {
  id: string;
  number?: string;
  /** `PENDING_CREATION`, `CREATED` or `CREATE_FAILED`. */
  queueStatus: string;
  /** Concur's English wording, `Approved` for one. */
  workflowStatus?: string;
  /** Numbers for `PurchaseOrderClient.read`; empty until Concur has made orders of the request. */
  purchaseOrderNumbers: string[];
  /** What keeps the request from going on, for people. */
  exceptions: { message: string; code?: string; isCleared?: boolean }[];
}

/**
 * Purchase requests v4: create and read by id, and nothing else exists; there is no list, no search and no event, so that
 * only known ids can be followed (S111, S112, C5).
 */
export interface PurchaseRequestClient {
  /**
   * Hands a request in. Its id means accepted, not created: `read` it until `queueStatus` leaves PENDING_CREATION. An
   * `OutcomeUnknown` cannot be cleared up by any call, since there is no search: a person looks in Concur before it is
   * repeated. Throws RangeError for what Concur would refuse, and `Rejected` with Concur's code.
   */
  create(call: { request: PurchaseRequestDraft; signal?: AbortSignal }): Promise<{ id: string }>;
  /** Throws as `FisClient`; `Rejected` with code 404 if Concur does not know the id. */
  read(query: { id: string; signal?: AbortSignal }): Promise<PurchaseRequestState>;
}

const PATH = '/purchaserequest/v4/purchaserequests';
const CREATE = 'purchase-request.create';

const acceptedSchema = z.object({ id: z.string().min(1) });
const refusalSchema = z.object({
  errors: z.array(z.object({ errorCode: z.string().regex(/^[\w.-]{1,60}$/), dataPath: optionalText })).min(1),
});
const stateSchema = z.object({
  purchaseRequestNumber: optionalText,
  purchaseRequestQueueStatus: z.string().min(1),
  purchaseRequestWorkflowStatus: optionalText,
  purchaseOrders: z.unknown().optional(),
  purchaseRequestExceptions: z.unknown().optional(),
});
const orderSchema = z.object({ purchaseOrderNumber: z.string().min(1) });
const exceptionSchema = z.object({ message: optionalText, exceptionCode: optionalText, isCleared: optionalTruth });

/** Makes the client over an HTTP core whose base URL is the geolocation of the token. */
export function createPurchaseRequestClient(http: HttpClient): PurchaseRequestClient {
  return {
    async create({ request, signal }) {
      const { response, call } = await callConcur(http, {
        operation: CREATE,
        method: 'POST',
        path: PATH,
        json: requestBody(request),
        kind: 'write',
        resolves: [200, 202, 400],
        signal,
      });
      if (response.status === 400) throw refusalOf(response, call);
      const accepted = acceptedSchema.safeParse(jsonOrNothing(response));
      // The address beside it is not read: it is http and may name a legacy host.
      if (accepted.success) return { id: accepted.data.id };
      throw new OutcomeUnknown(`Concur ${CREATE} was accepted without an id; look for the request in Concur.`, call);
    },
    async read({ id, signal }) {
      const { response, call } = await callConcur(http, {
        operation: 'purchase-request.read',
        method: 'GET',
        path: `${PATH}/${encodeURIComponent(id)}`,
        // Without it the call fails (trap 27).
        query: { mode: 'COMPACT' },
        kind: 'read',
        absent: `Concur knows no purchase request ${id}.`,
        signal,
      });
      const state = parseAnswer(stateSchema, response.json(), call);
      const orders = parseAnswer(z.array(orderSchema), listOf(state.purchaseOrders), call);
      const exceptions = parseAnswer(z.array(exceptionSchema), listOf(state.purchaseRequestExceptions), call);
      return {
        id,
        ...defined({ number: state.purchaseRequestNumber, workflowStatus: state.purchaseRequestWorkflowStatus }),
        queueStatus: state.purchaseRequestQueueStatus,
        purchaseOrderNumbers: orders.map(({ purchaseOrderNumber }) => purchaseOrderNumber),
        exceptions: exceptions.map(({ message = '', exceptionCode: code, isCleared }) => ({
          message,
          ...defined({ code, isCleared }),
        })),
      };
    },
  };
}

function requestBody({ requester, lineItems, ...header }: PurchaseRequestDraft): unknown {
  const people = Object.entries(requester).filter(([, who]) => who !== '');
  if (people.length !== 1) throw new RangeError('a purchase request names exactly one of user id, e-mail and login id');
  if (!/^[A-Z]{3}$/.test(header.currencyCode)) throw new RangeError('a purchase request names its currency (ISO 4217)');
  if (lineItems.length === 0) throw new RangeError('a purchase request has at least one line');
  return { ...Object.fromEntries(people), ...header, lineItems: lineItems.map(lineBody) };
}

function lineBody(line: PurchaseRequestLine, index: number): unknown {
  const where = `line ${index + 1} of the purchase request`;
  for (const name of ['vendorCode', 'vendorAddressCode', 'description'] as const) {
    if (line[name] === '') throw new RangeError(`${where}: ${name} is missing`);
  }
  for (const name of ['quantity', 'unitPrice', 'shipping', 'tax'] as const) {
    const value = line[name];
    if (value !== undefined && !/^-?\d+(\.\d+)?$/.test(value)) throw new RangeError(`${where}: ${name} is a decimal`);
  }
  if (line.neededByDate !== undefined) calendarDay(line.neededByDate);
  return line;
}

/** The refusal by Concur's first code; its words only where the code is not known. */
function refusalOf(response: HttpResponse, call: FailedCall): Rejected {
  const refusal = refusalSchema.safeParse(jsonOrNothing(response));
  const first = refusal.success ? refusal.data.errors[0] : undefined;
  const words = legacyProblem(response.text);
  const says = words === undefined ? '' : ` Concur says: ${words}`;
  if (first === undefined) return new Rejected(`Concur ${CREATE} was refused (400).${says}`, call, '400');
  const where = first.dataPath === undefined ? '' : ` at ${first.dataPath.slice(0, 100)}`;
  const meaning = meaningOfRefusal(first.errorCode);
  const sentence =
    meaning === undefined
      ? `Concur refused the purchase request (${first.errorCode})${where}.${says}`
      : `Concur refused the purchase request${where}: ${meaning} (${first.errorCode}).`;
  return new Rejected(sentence, call, first.errorCode);
}

function jsonOrNothing(response: HttpResponse): unknown {
  try {
    return response.json();
  } catch {
    return undefined;
  }
}
