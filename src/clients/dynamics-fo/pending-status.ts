import type { FoPendingInvoice } from '../../contracts/erp-documents.js';
import type { PostingState } from '../../contracts/erp-port.js';
import type { ODataClient } from './odata.js';
import { RoleMissing, UnknownSet, accountantsSentence } from './odata-errors.js';
import { allOf, sameCode, textEquals } from './odata-literals.js';
import {
  pendingStatusColumns,
  pendingStatusSchema,
  type PendingHeader,
  type PendingStatus,
} from './pending-schemas.js';

/** States of the review in which an invoice may be changed; every other one, known or not, forbids it. */
const EDITABLE: ReadonlySet<string> = new Set(['', 'Draft', 'Rejected', 'Cancelled']);

/** Tells whether an invoice with this review status may be changed and deleted (F&O spec 6.4). */
export const isEditable = (review: string): boolean => EDITABLE.has(review);

/**
 * Status columns of pending invoices. No document promises the set (F&O spec 5): without it, or the right to read it, the
 * header's own columns have to do.
 */
export async function readStatuses(
  odata: ODataClient,
  company: string,
  headers: readonly PendingHeader[],
  signal: AbortSignal,
): Promise<PendingStatus[]> {
  try {
    return await odata.read({
      set: 'VendInvoiceInfoTableBiEntities',
      company,
      anyOf: headers.map(
        ({ account, number }) => `(${allOf(textEquals('InvoiceAccount', account), textEquals('Num', number))})`,
      ),
      select: pendingStatusColumns,
      row: pendingStatusSchema,
      signal,
    });
  } catch (error) {
    if (error instanceof UnknownSet || error instanceof RoleMissing) return [];
    throw error;
  }
}

/** The row of one invoice: the one with its reference, or the only one of its vendor and number. */
export function statusOf(header: PendingHeader, rows: readonly PendingStatus[]): PendingStatus | undefined {
  const own = rows.filter((row) => sameCode(row.Num, header.number) && sameCode(row.InvoiceAccount, header.account));
  const isReferred = (row: PendingStatus): boolean =>
    sameCode(row.TableRefId, header.reference) || sameCode(row.ParmId, header.reference);
  return own.find(isReferred) ?? (own.length === 1 ? own[0] : undefined);
}

/** Says why an invoice is not posted: refused where F&O or a reviewer said no, else what is waited for (F&O spec 7). */
export function unpostedInvoice(
  { part, invoiceNumber }: FoPendingInvoice,
  header: PendingHeader,
  status: PendingStatus | undefined,
): PostingState {
  const review = header.review === '' ? (status?.RequestStatus ?? '') : header.review;
  const log = [header.log, status?.Log ?? ''].find((each) => each.trim() !== '');
  const told = log === undefined ? '' : ` ${accountantsSentence(log)}`;
  const refused = (why: string): PostingState => ({
    state: 'refused',
    part,
    reason: `The pending vendor invoice ${invoiceNumber} ${why}.${told}`,
  });
  if (review === 'Rejected') return refused('was rejected in the workflow');
  if (review === 'Cancelled') return refused('was cancelled');
  if (status?.ParmJobStatus === 'ContainErrors') return refused('could not be posted');
  // Paused with a complaint waits for a person who mends it; without one somebody has paused it on purpose.
  if (status?.AutomationStatus === 'Paused' && told !== '') return refused('was paused by the automation');
  const reason = waitingReason(review, header.onHold || status?.Hold === true, status?.AutomationStatus ?? '');
  return { state: 'waiting', part, ...(reason === undefined ? {} : { reason: `${reason}${told}` }) };
}

function waitingReason(review: string, onHold: boolean, automation: string): string | undefined {
  if (onHold) return 'The invoice is on hold in Finance & Operations.';
  if (automation === 'Paused') return 'The automation has paused the invoice; a person must resume or submit it.';
  if (review === 'Approved') return 'The invoice is approved and not posted yet.';
  if (review !== '' && review !== 'Draft') return `The workflow of the invoice is at ${review}.`;
  if (automation === 'NotApplicable') {
    return 'The automation leaves the invoice out; a person must submit it to the workflow.';
  }
  return undefined;
}
