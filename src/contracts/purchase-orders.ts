import type { DimensionValue } from './erp-documents.js';
import type { Hold } from './steps.js';

/** Names one purchase request of one Concur connection. There is no list of them: ids are given by people (C5). */
export interface PurchaseRequestKey {
  connection: string;
  requestId: string;
}

/** Workflow id of a purchase request, and its id in the store: the natural key (decisions 1). */
export const purchaseRequestWorkflowId = ({ connection, requestId }: PurchaseRequestKey): string =>
  `concur:${connection}:purchaserequest:${requestId}`;

/** How the purchase orders of one Concur connection reach one ERP company (NAV spec 13). */
export interface PurchaseOrderRules {
  /** Name of the Concur connection. */
  concur: string;
  erp: string;
  company: string;
  /** Which orders belong to the company: the field of the order and its codes. Left out: all of the connection. */
  when?: { field: string; codes: string[] };
  /** Expense type of Concur → ledger account; account codes go through the accounts of the mapping. */
  expenseTypes: Record<string, string>;
  /** Ledger account of shipping costs, which Concur keeps on the header of an order. */
  shippingAccount?: string;
  /** Where the header of the ERP's order repeats the request id, so that it can be found by it. */
  markerField: 'shipToContact' | 'none';
  /** What happens in Concur with an order that a person has removed in the ERP (S110): it is never deleted. */
  removedInErp: 'raise' | 'close';
}

/** One line of a purchase order; what `quantity` times `unitPrice` comes to is before tax. */
export interface ErpPurchaseOrderLine {
  accountNumber: string;
  /** At most 100 characters. */
  description: string;
  /** Decimal strings of at most five places; the quantity is positive, the price not negative. */
  quantity: string;
  unitPrice: string;
  dimensions: DimensionValue[];
}

/** A purchase order as it is to stand in Business Central (NAV spec 13). Dates `YYYY-MM-DD`. */
export interface ErpPurchaseOrder {
  erp: string;
  company: string;
  requestId: string;
  /** Number in Concur. */
  orderNumber: string;
  vendorNumber: string;
  /** ISO 4217. */
  currency: string;
  orderedOn: string;
  neededOn?: string;
  /**
   * Texts of the comment lines with which our order begins: `CONCUR-PR:<request id>`, with `/<number>` where the request has
   * several orders, and `CONCUR-PO:<number>`. Each is unique in the ERP company.
   */
  markers: [request: string, order: string];
  /** Copy of the first in the header, where the field is ours: `CONCUR <request id>`, at most 100 characters. */
  shipToContact?: string;
  lines: ErpPurchaseOrderLine[];
}

/** By what the ERP knows a purchase order. */
export interface ErpOrderKeys {
  id: string;
  number: string;
}

/**
 * What has become of an order: still untouched, received or invoiced in part or in full, gone because it is fully invoiced, or
 * gone because a person has removed it.
 */
export type ErpOrderState = 'open' | 'received' | 'completed' | 'removed';

/** What a purchase request has reached; the words of documents where they mean the same. */
export type PurchaseRequestStage = 'discovered' | 'posting' | 'in-erp' | 'closed';

/** How a purchase request ended. `completed`: nothing of it is left to be watched. `ignored`: a person has ended it. */
export type PurchaseRequestOutcome = 'completed' | 'ignored';

/** What a person has done about a change, or says of it. The connector itself changes no order that stands in the ERP. */
export const changeDecisions = {
  amended: 'The order in the ERP was changed by hand; it is watched further.',
  replaced:
    'The order in the ERP was cancelled and another one entered by hand; the connector watches neither any more.',
  dismissed: 'Nothing is to be done; the order in the ERP stays as it is and is watched further.',
} as const;
export type ChangeDecision = keyof typeof changeDecisions;

/** A person decides about an open change record; update and signal under one name. */
export interface DecideChange {
  /** Number of the change record. */
  change: string;
  decision: ChangeDecision;
  by: string;
  note: string;
}

/** Names of the messages that only purchase requests take; the others are those of documents. */
export const purchaseMessages = { decideChange: 'decideChange' } as const;

/** Undefined if the value has the shape of {@link DecideChange}, else what is wrong with it. */
export function faultOfDecideChange(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'Send one JSON object: {"change","decision","by","note"}.';
  const fields = value as Record<string, unknown>;
  const faulty = ['change', 'decision', 'by', 'note'].filter(
    (name) => typeof fields[name] !== 'string' || (name !== 'note' && fields[name] === ''),
  );
  if (faulty.length > 0) return `These fields must be text: ${faulty.join(', ')}.`;
  if (!/^\d{1,18}$/.test(String(fields['change']))) return 'The change is the number of its record, for example "12".';
  const known = Object.keys(changeDecisions);
  return known.includes(String(fields['decision'])) ? undefined : `The decision is one of ${known.join(', ')}.`;
}

/** Durations in seconds, passed as argument since a workflow never reads configuration. */
export interface PurchaseRequestTimings {
  /** First pause while Concur has made no order yet; doubled up to `checkSeconds`. */
  pendingSeconds: number;
  /** Between two looks at Concur and the ERP. */
  checkSeconds: number;
  holdReminderSeconds: number;
  holdLimitSeconds: number;
  retryMaximumSeconds: number;
}

export interface ProcessPurchaseRequestInput {
  /** Id in the store: the workflow id. */
  id: string;
  key: PurchaseRequestKey;
  queuePrefix: string;
  timings: PurchaseRequestTimings;
}

export interface ProcessPurchaseRequestResult {
  outcome: PurchaseRequestOutcome;
  detail: string;
  orders: PurchaseOrderSummary[];
}

export interface PurchaseRequestStep {
  id: string;
}

/** One order of a request. */
export interface PurchaseOrderStep extends PurchaseRequestStep {
  orderNumber: string;
}

/** What a read of a purchase request in Concur has found. */
export interface PurchaseRequestRead {
  /** The number that people know. */
  requestNumber?: string;
  /** Why there is nothing to write yet, in words for people; absent once Concur has made orders of the request. */
  waitingFor?: string;
  /** ERP connections in which orders of the request stand. */
  watchedIn: string[];
}

/** What a workflow knows of one order. */
export interface PurchaseOrderSummary {
  orderNumber: string;
  state: string;
  erp?: string;
  company?: string;
  erpNumber?: string;
}

/** What has to be done next about one order. */
export interface PurchaseOrderTodo {
  what: 'write' | 'close-in-concur';
  orderNumber: string;
  erp: string;
}

/** What the store and the mapping say of a request after it was read. */
export interface PurchaseRequestReview {
  orders: PurchaseOrderSummary[];
  todos: PurchaseOrderTodo[];
  /** Change records that wait for a decision. */
  openChanges: { change: string; orderNumber: string; sentences: string[]; seenAt: string }[];
  /** Set once the request is closed, now or before. */
  ended?: { outcome: PurchaseRequestOutcome; detail: string };
}

/** Answer of the `documentStatus` query of a purchase request. */
export interface PurchaseRequestStatus {
  stage: PurchaseRequestStage;
  hold?: Hold & { since: string };
  waitingFor: string;
  orders: PurchaseOrderSummary[];
  openChanges: PurchaseRequestReview['openChanges'];
  outcome?: PurchaseRequestOutcome;
}
