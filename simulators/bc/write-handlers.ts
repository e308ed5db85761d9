import type { Call } from './calls.js';
import { addedDimension, withOtherValue } from './dimension-lines.js';
import { businessError, methodNotAllowed, notFound } from './errors.js';
import {
  addInvoiceLine,
  deleteInvoiceLine,
  invoiceOfLine,
  replaceInvoiceLine,
  updateInvoiceLine,
} from './invoice-lines.js';
import { postInvoiceAction } from './invoice-posting.js';
import { createInvoice, deleteInvoice, invoiceKey, refusePosted, updateInvoice } from './invoices.js';
import {
  createJournalLine,
  deleteJournalLine,
  journalOfLine,
  replaceLine,
  updateJournalLine,
} from './journal-lines.js';
import { postJournalAction } from './journal-posting.js';
import { createJournal, deleteJournal, updateJournal } from './journals.js';
import { checkedBody } from './odata-body.js';
import type { DimensionPair, InvoiceLineRow, InvoiceRow, JournalLineRow, JournalRow, Stored } from './records.js';
import type { Target } from './resolve.js';
import { type DimensionLineRow } from './sets-dimensions.js';
import { purchaseInvoiceLines } from './sets-invoices.js';

/** What can be written in one entity set. Rows come from that set, so that each handler may name its own row type. */
interface WriteHandlers {
  create?(call: Call, target: Target, json: unknown): Stored;
  update?(call: Call, target: Target, row: Stored, json: unknown): Stored;
  remove?(call: Call, target: Target, row: Stored): void;
  post?(call: Call, row: Stored): void;
}

const handlers: Record<string, WriteHandlers> = {
  journals: {
    create: (call, _target, json) => createJournal(call, json),
    update: (call, _target, row, json) => updateJournal(call, row as JournalRow, json),
    remove: (call, _target, row) => deleteJournal(call, row as JournalRow),
    post: (call, row) => postJournalAction(call, row as JournalRow),
  },
  journalLines: {
    create: (call, target, json) => createJournalLine(call, target.parent?.row as JournalRow | undefined, json),
    update: (call, _target, row, json) => updateJournalLine(call, row as JournalLineRow, json),
    remove: (call, _target, row) => deleteJournalLine(call, row as JournalLineRow),
  },
  purchaseInvoices: {
    create: (call, _target, json) => createInvoice(call, json),
    update: (call, _target, row, json) => updateInvoice(call, row as InvoiceRow, json),
    remove: (call, _target, row) => deleteInvoice(call, row as InvoiceRow),
    post: (call, row) => postInvoiceAction(call, row as InvoiceRow),
  },
  purchaseInvoiceLines: {
    create: createLineOfInvoice,
    update: (call, _target, row, json) => {
      openInvoiceOf(call, row as InvoiceLineRow);
      return updateInvoiceLine(call, row as InvoiceLineRow, json);
    },
    remove: (call, _target, row) => {
      openInvoiceOf(call, row as InvoiceLineRow);
      deleteInvoiceLine(call, row as InvoiceLineRow);
    },
  },
  dimensionSetLines: {
    create: (call, target, json) => {
      const { pair, dimensions } = addedDimension(call, dimensionsOf(target), json);
      const parent = setDimensions(call, target, dimensions, pair.code);
      return dimensionRow(call, target, { ...parent, dimensions: [pair] }, pair.code);
    },
    update: (call, target, row, json) => {
      const { code } = (row as DimensionLineRow).pair;
      const parent = setDimensions(call, target, withOtherValue(call, dimensionsOf(target), code, json), code);
      return dimensionRow(call, target, parent, code);
    },
    remove: (call, target, row) => {
      const { code } = (row as DimensionLineRow).pair;
      const others = dimensionsOf(target).filter((pair) => pair.code !== code);
      setDimensions(call, target, others, code);
    },
  },
};

/** The handler of a verb on a set. Writing what is read-only (posted entries, accounts …) breaks a rule. */
export function handlerOf<Verb extends keyof WriteHandlers>(
  call: Call,
  target: Target,
  verb: Verb,
): NonNullable<WriteHandlers[Verb]> {
  const handler = Object.hasOwn(handlers, target.set.name) ? handlers[target.set.name]?.[verb] : undefined;
  if (handler !== undefined) return handler;
  call.world.desk.violation(call.operation, `${verb} on the read-only set ${target.set.name}`);
  throw methodNotAllowed(target.set.name);
}

function createLineOfInvoice(call: Call, target: Target, json: unknown): InvoiceLineRow {
  const parent = target.parent?.row as InvoiceRow | undefined;
  const documentId = checkedBody(purchaseInvoiceLines, json).values['documentId'];
  const invoice = parent ?? call.company.invoices.get(String(documentId ?? ''));
  if (invoice === undefined) throw businessError('You must specify an Id or a Document Id to get the lines.');
  call.key = invoiceKey(call.company, invoice);
  refusePosted(call, invoice);
  const line = addInvoiceLine(call, invoice, json);
  call.key = `${call.key}/${line.sequence}`;
  return line;
}

function openInvoiceOf(call: Call, line: InvoiceLineRow): void {
  const invoice = invoiceOfLine(call.company, line);
  call.key = `${invoiceKey(call.company, invoice)}/${line.sequence}`;
  refusePosted(call, invoice);
}

type DimensionParent = Stored & { dimensions: DimensionPair[] };

/** All sets with a `dimensionSetLines` part keep their dimensions under this name. */
function parentOf(target: Target): DimensionParent {
  if (target.parent === undefined) {
    throw businessError('You must get to the parent first to create a dimension set line.');
  }
  return target.parent.row as DimensionParent;
}

function dimensionsOf(target: Target): DimensionPair[] {
  return parentOf(target).dimensions;
}

function setDimensions(call: Call, target: Target, dimensions: DimensionPair[], code: string): DimensionParent {
  const parent = parentOf(target);
  switch (target.parent?.set.name) {
    case 'journalLines': {
      const line = parent as JournalLineRow;
      call.key = `${call.company.name}/${journalOfLine(call.company, line).code}/${line.lineNumber}/${code}`;
      return replaceLine(call, line, { dimensions });
    }
    case 'purchaseInvoiceLines': {
      const line = parent as InvoiceLineRow;
      openInvoiceOf(call, line);
      call.key = `${call.key}/${code}`;
      return replaceInvoiceLine(call, line, { dimensions });
    }
    case 'purchaseInvoices': {
      const invoice = parent as InvoiceRow;
      call.key = `${invoiceKey(call.company, invoice)}/${code}`;
      refusePosted(call, invoice);
      return call.company.invoices.update(invoice, { dimensions });
    }
    default:
      call.world.desk.violation(call.operation, `dimensions of posted entries changed: ${code}`);
      throw businessError(
        `Parent with ID ${parent.id} does not exist or dimension set lines are read only for parent type ${target.parent?.set.type}.`,
      );
  }
}

function dimensionRow(call: Call, target: Target, parent: DimensionParent, code: string): DimensionLineRow {
  const part = target.parent?.set.parts['dimensionSetLines'];
  const shown = part?.rows(parent, call.view) as DimensionLineRow[] | undefined;
  const row = shown?.find((candidate) => candidate.pair.code === code);
  if (row === undefined) throw notFound('dimensionSetLines');
  return row;
}
