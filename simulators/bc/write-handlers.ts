import type { Call } from './calls.js';
import { cancelCreditMemoAction, postCreditMemoAction } from './credit-memo-posting.js';
import { createCreditMemo, updateCreditMemo } from './credit-memos.js';
import { dimensionHandlers } from './dimension-handlers.js';
import { businessError, methodNotAllowed, notFound } from './errors.js';
import { postInvoiceAction } from './invoice-posting.js';
import { createInvoice, updateInvoice } from './invoices.js';
import { createJournalLine, deleteJournalLine, updateJournalLine } from './journal-lines.js';
import { postJournalAction } from './journal-posting.js';
import { createJournal, deleteJournal, updateJournal } from './journals.js';
import { checkedBody } from './odata-body.js';
import { createOrder, refuseReceiveAndInvoice, updateOrder } from './orders.js';
import { deleteDocument, refuseClosed } from './purchase-documents.js';
import { purchaseKinds, type PurchaseKind } from './purchase-kinds.js';
import { addLine, deleteLine, documentOfLine, updateLine } from './purchase-lines.js';
import type {
  CreditMemoRow,
  InvoiceRow,
  JournalLineRow,
  JournalRow,
  OrderRow,
  PurchaseDocumentRow,
  PurchaseLineRow,
  Stored,
  VendorRow,
} from './records.js';
import type { Target } from './resolve.js';
import { createVendor, updateVendor } from './vendors.js';

/** What can be written in one entity set. Rows come from that set, so that each handler may name its own row type. */
export interface WriteHandlers {
  create?(call: Call, target: Target, json: unknown): Stored;
  update?(call: Call, target: Target, row: Stored, json: unknown): Stored;
  remove?(call: Call, target: Target, row: Stored): void;
  /** Bound actions by lower-case name, without namespace. */
  actions?: Record<string, (call: Call, row: Stored) => void>;
}

const handlers: Record<string, WriteHandlers> = {
  journals: {
    create: (call, _target, json) => createJournal(call, json),
    update: (call, _target, row, json) => updateJournal(call, row as JournalRow, json),
    remove: (call, _target, row) => {
      deleteJournal(call, row as JournalRow);
    },
    actions: {
      post: (call, row) => {
        postJournalAction(call, row as JournalRow);
      },
    },
  },
  journalLines: {
    create: (call, target, json) => createJournalLine(call, target.parent?.row as JournalRow | undefined, json),
    update: (call, _target, row, json) => updateJournalLine(call, row as JournalLineRow, json),
    remove: (call, _target, row) => {
      deleteJournalLine(call, row as JournalLineRow);
    },
  },
  purchaseInvoices: {
    create: (call, _target, json) => createInvoice(call, json),
    update: (call, _target, row, json) => updateInvoice(call, row as InvoiceRow, json),
    remove: (call, _target, row) => {
      deleteDocument(call, 'purchaseInvoices', row as PurchaseDocumentRow);
    },
    actions: {
      post: (call, row) => {
        postInvoiceAction(call, row as InvoiceRow);
      },
    },
  },
  purchaseInvoiceLines: lineHandlers(purchaseKinds.purchaseInvoices),
  purchaseCreditMemos: {
    create: (call, _target, json) => createCreditMemo(call, json),
    update: (call, _target, row, json) => updateCreditMemo(call, row as CreditMemoRow, json),
    remove: (call, _target, row) => {
      deleteDocument(call, 'purchaseCreditMemos', row as PurchaseDocumentRow);
    },
    actions: {
      post: (call, row) => {
        postCreditMemoAction(call, row as CreditMemoRow);
      },
      cancel: (call, row) => {
        cancelCreditMemoAction(call, row as CreditMemoRow);
      },
    },
  },
  purchaseCreditMemoLines: lineHandlers(purchaseKinds.purchaseCreditMemos),
  purchaseOrders: {
    create: (call, _target, json) => createOrder(call, json),
    update: (call, _target, row, json) => updateOrder(call, row as OrderRow, json),
    remove: (call, _target, row) => {
      deleteDocument(call, 'purchaseOrders', row as PurchaseDocumentRow);
    },
    actions: { receiveandinvoice: (call, row) => refuseReceiveAndInvoice(call, row as OrderRow) },
  },
  purchaseOrderLines: lineHandlers(purchaseKinds.purchaseOrders),
  vendors: {
    create: (call, _target, json) => createVendor(call, json),
    update: (call, _target, row, json) => updateVendor(call, row as VendorRow, json),
  },
  dimensionSetLines: dimensionHandlers,
};

/** The handler of a verb on a set. Writing what is read-only (posted entries, accounts …) breaks a rule. */
export function handlerOf<Verb extends 'create' | 'update' | 'remove'>(
  call: Call,
  target: Target,
  verb: Verb,
): NonNullable<WriteHandlers[Verb]> {
  const handler = Object.hasOwn(handlers, target.set.name) ? handlers[target.set.name]?.[verb] : undefined;
  if (handler !== undefined) return handler;
  call.world.desk.violation(call.operation, `${verb} on the read-only set ${target.set.name}`);
  throw methodNotAllowed(target.set.name);
}

/** The bound action of a record; one that is not there is a missing resource. */
export function actionOf(
  { world }: Call,
  { set }: Target,
  action: string,
): NonNullable<WriteHandlers['actions']>[string] {
  const actions = Object.hasOwn(handlers, set.name) ? handlers[set.name]?.actions : undefined;
  const handler = actions !== undefined && Object.hasOwn(actions, action) ? actions[action] : undefined;
  const isMissing = action === 'post' && world.setUpFaults['post-action-missing'] === set.name;
  if (handler === undefined || isMissing) throw notFound(`Microsoft.NAV.${action}`);
  return handler;
}

/** Names of the bound actions of a set, lower case. */
export function actionNames(set: string): string[] {
  return Object.keys((Object.hasOwn(handlers, set) ? handlers[set]?.actions : undefined) ?? {});
}

function lineHandlers(kind: PurchaseKind): WriteHandlers {
  return {
    create: (call, target, json) => createLine(call, target, kind, json),
    update: (call, _target, row, json) => {
      openDocumentOf(call, row as PurchaseLineRow);
      return updateLine(call, row as PurchaseLineRow, json);
    },
    remove: (call, _target, row) => {
      openDocumentOf(call, row as PurchaseLineRow);
      deleteLine(call, row as PurchaseLineRow);
    },
  };
}

function createLine(call: Call, target: Target, kind: PurchaseKind, json: unknown): PurchaseLineRow {
  const parent = target.parent?.row as PurchaseDocumentRow | undefined;
  const documentId = checkedBody(kind.lines, json).values['documentId'];
  const document = parent ?? kind.table(call.company).get(String(documentId ?? ''));
  if (document === undefined) throw businessError('You must specify an Id or a Document Id to get the lines.');
  call.key = kind.key(call.company, document);
  refuseClosed(call, document);
  const line = addLine(call, kind, document, json);
  call.key = `${call.key}/${line.sequence}`;
  return line;
}

function openDocumentOf(call: Call, line: PurchaseLineRow): void {
  const { kind, document } = documentOfLine(call.company, line);
  call.key = `${kind.key(call.company, document)}/${line.sequence}`;
  refuseClosed(call, document);
}
