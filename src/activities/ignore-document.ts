import type { DocumentEnd } from '../contracts/leaving.js';
import type { IgnoreDocument } from '../contracts/messages.js';
import type { DocumentStep } from '../contracts/steps.js';
import { clearAlerts } from '../store/alert-store.js';
import { inTransaction } from '../store/database.js';
import type { StoredDocument } from '../store/document-store.js';
import { closeDocument, readDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { markSettled, markWithdrawn, readErpDocuments } from '../store/erp-document-store.js';
import { mayBeInErp } from '../store/remote-write-store.js';
import type { SharedDependencies } from './dependencies.js';
import { numberOf } from './posting-facts.js';
import { onOneLine } from './return-text.js';

/**
 * Ends a held document because a person says so, and says what is left where. Where Concur had recalled it, the person says
 * thereby that the ERP holds nothing of it any more, so that a corrected document may be posted.
 */
export async function ignoreDocument(
  { db }: SharedDependencies,
  { documentId, by, reason }: DocumentStep & IgnoreDocument,
): Promise<DocumentEnd> {
  const document = await readDocument(db, documentId);
  if (document.outcome !== null) {
    return { outcome: document.outcome, detail: 'The document is complete; nothing is left to be done.' };
  }
  const rows = await readErpDocuments(db, documentId);
  const recalled = document.leaving?.outcome === 'recalled';
  const inErp = recalled
    ? ` ${by} says that the ERP holds nothing of it any more.`
    : leftInErp(document, rows, await mayBeInErp(db, documentId));
  const detail = `Ignored by ${by}: ${onOneLine(reason).replace(/\.$/, '')}.${inErp}${leftInConcur(document)}`;
  if (recalled) {
    await inTransaction(db, async (client) => {
      for (const { part } of rows) await markWithdrawn(client, documentId, part);
    });
  } else {
    await markSettled(db, documentId);
  }
  await clearAlerts(db, documentId, true);
  await closeDocument(db, documentId, 'ignored', detail, { by, reason });
  return { outcome: 'ignored', detail };
}

function leftInErp({ adoptedAt, leaving }: StoredDocument, rows: PlannedErpDocument[], hasBegun: boolean): string {
  const mayBeThere = hasBegun || adoptedAt !== null;
  if (adoptedAt !== null && rows.length === 0 && leaving?.erpIsEmpty !== true)
    return ' Something of it may be in the ERP, since it was acknowledged before this ledger knew it.';
  const left = rows.flatMap(({ state, company, keys, proof }) => {
    if (state === 'posted') return [`${proof?.documentNumber ?? ''} is posted in ${company}`];
    if (state === 'written') return [`${numberOf({ keys })} stays unposted in ${company}`];
    return mayBeThere && state === 'planned' ? [`something of it may be in ${company}`] : [];
  });
  return left.length === 0 ? ' Nothing of it is in the ERP.' : ` Left in the ERP: ${left.join('; ')}.`;
}

function leftInConcur({ acknowledgedAt, postingConfirmedAt, leaving }: StoredDocument): string {
  if (acknowledgedAt === null || postingConfirmedAt !== null || leaving?.outcome === 'recalled') return '';
  return ' Concur keeps it locked, since it was acknowledged and never confirmed: only SAP Concur can free it.';
}
