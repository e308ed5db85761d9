import { completeRow } from './entity-definition.js';
import type { JournalContext } from './journal-context.js';
import { companyOfBody } from './journal-headers.js';
import { duplicateKey, mandatoryFieldMissing, notRelated, updateNotAllowed } from './odata-errors.js';
import { invoiceOf } from './pending-context.js';
import { vendorInvoiceDocumentAttachments } from './pending-entities.js';
import type { FoStore } from './store.js';
import { text, type Row } from './values.js';

const { aotName, keys, set } = vendorInvoiceDocumentAttachments;

/** Attaches a document to the header of a pending invoice; a second one fails on the key (section 6.4). */
export function createAttachment(context: JournalContext, operation: string, sent: Row): Row {
  const { store, desk } = context;
  const dataAreaId = companyOfBody(context, aotName, operation, sent).company.toLowerCase();
  const reference = sent['HeaderReference'] ?? '';
  if (reference === '') throw mandatoryFieldMissing('Header reference');
  if ((sent['TypeId'] ?? '') === '') throw mandatoryFieldMissing('Type');
  const header = invoiceOf(store, dataAreaId, reference);
  if (header === undefined) {
    throw notRelated(aotName, 'HeaderReference', 'Header reference', reference, 'Vendor invoice header');
  }
  if (store.table(set).byKey([dataAreaId, reference]) !== undefined) {
    throw duplicateKey(aotName, 'Document references (DocuRef)', `Header reference: ${reference}`);
  }
  const attachment = completeRow(vendorInvoiceDocumentAttachments, {
    ...sent,
    dataAreaId,
    HeaderReference: text(header, 'HeaderReference'),
    $recId: store.nextRecId(),
  });
  store.table(set).insert(attachment);
  const key = `${dataAreaId}/${text(header, 'HeaderReference')}`;
  store.onCommit(() => {
    desk.write({ operation, key, outcome: 'applied' });
  });
  return attachment;
}

/** Changes an attachment. */
export function updateAttachment({ store }: JournalContext, _operation: string, row: Row, sent: Row): void {
  const locked = keys.find((field) => field in sent);
  if (locked !== undefined) throw updateNotAllowed(locked);
  store.table(set).update(row, sent);
}

/** Deletes an attachment. */
export function deleteAttachment({ store }: JournalContext, _operation: string, row: Row): void {
  store.table(set).remove(row);
}

/** Removes the attachment of a pending invoice that goes away, if it has one. */
export function removeAttachment(store: FoStore, header: Row): void {
  const attachment = store.table(set).byKey([text(header, 'dataAreaId'), text(header, 'HeaderReference')]);
  if (attachment !== undefined) store.table(set).remove(attachment);
}
