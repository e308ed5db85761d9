import type { JournalContext } from './journal-context.js';
import { createHeader, deleteHeader, updateHeader } from './journal-headers.js';
import { journalKinds, type JournalKind } from './journal-kinds.js';
import { createLine, deleteLine, updateLine } from './journal-lines.js';
import { createAttachment, deleteAttachment, updateAttachment } from './pending-attachments.js';
import { vendorInvoiceDocumentAttachments, vendorInvoiceHeaders, vendorInvoiceLines } from './pending-entities.js';
import { createInvoice, deleteInvoice, updateInvoice } from './pending-headers.js';
import { createInvoiceLine, deleteInvoiceLine, updateInvoiceLine } from './pending-lines.js';
import type { Row } from './values.js';

/** How rows of one set are written; every member throws FoError for what F&O refuses. */
export interface RowWriter {
  create: (context: JournalContext, operation: string, sent: Row) => Row;
  update: (context: JournalContext, operation: string, row: Row, sent: Row) => void;
  remove: (context: JournalContext, operation: string, row: Row) => void;
}

function headerWriter(kind: JournalKind): RowWriter {
  return {
    create: (context, operation, sent) => createHeader(context, kind, operation, sent),
    update: (context, operation, row, sent) => {
      updateHeader(context, kind, operation, row, sent);
    },
    remove: (context, operation, row) => {
      deleteHeader(context, kind, operation, row);
    },
  };
}

function lineWriter(kind: JournalKind): RowWriter {
  return {
    create: (context, operation, sent) => createLine(context, kind, operation, sent),
    update: (context, operation, row, sent) => {
      updateLine(context, kind, operation, row, sent);
    },
    remove: (context, operation, row) => {
      deleteLine(context, kind, operation, row);
    },
  };
}

const writers = new Map<string, RowWriter>([
  ...journalKinds.flatMap((kind): [string, RowWriter][] => [
    [kind.headers.set, headerWriter(kind)],
    [kind.lines.set, lineWriter(kind)],
  ]),
  [vendorInvoiceHeaders.set, { create: createInvoice, update: updateInvoice, remove: deleteInvoice }],
  [
    vendorInvoiceDocumentAttachments.set,
    { create: createAttachment, update: updateAttachment, remove: deleteAttachment },
  ],
  [vendorInvoiceLines.set, { create: createInvoiceLine, update: updateInvoiceLine, remove: deleteInvoiceLine }],
]);

/** Writer of a set; undefined for sets that are not the connector's to write. */
export function writerOf(set: string): RowWriter | undefined {
  return writers.get(set);
}
