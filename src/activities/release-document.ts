import type { ReturnAnswer } from '../contracts/leaving.js';
import type { ReleaseDocument } from '../contracts/messages.js';
import type { DocumentStep, Hold, StepResult } from '../contracts/steps.js';
import { planDigest } from '../mapping/plan-digest.js';
import { inTransaction, type Database } from '../store/database.js';
import { readDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { readErpDocuments } from '../store/erp-document-store.js';
import { recordReleasedPlan } from '../store/release-store.js';
import { noLongerOurs } from './in-charge.js';
import { hold } from './run-step.js';
import { onOneLine } from './return-text.js';

/**
 * Records that a person releases the plan of a document, or says why not: a plan that has changed since its preview must be looked
 * at again (B6). What the ERP may hold already needs no release. May be repeated.
 */
export async function releaseDocument(
  { db }: { db: Database },
  { documentId, by, note, plan }: DocumentStep & ReleaseDocument,
): Promise<ReturnAnswer> {
  return inTransaction(db, async (client) => {
    const { outcome } = await readDocument(client, documentId);
    const rows = await readErpDocuments(client, documentId);
    if (outcome !== null || isBegun(rows)) return { accepted: true };
    if (rows.length === 0) return { accepted: false, why: 'There is no plan yet that could be released.' };
    const current = planOf(rows);
    if (plan.toUpperCase() !== current) {
      const why = `Plan ${plan} is not released: the plan of this document is ${current} now. Look at it again (preview), then release ${current}.`;
      return { accepted: false, why };
    }
    await recordReleasedPlan(client, documentId, { plan: current, by, note: onOneLine(note) });
    return { accepted: true };
  });
}

/** Holds a planned document until a person has released its plan. */
export async function askForRelease({ db }: { db: Database }, documentId: string): Promise<StepResult<object>> {
  const document = await readDocument(db, documentId);
  const gone = noLongerOurs(document);
  if (gone) return gone;
  const rows = await readErpDocuments(db, documentId);
  if (isBegun(rows) || document.release?.plan === planOf(rows)) return { status: 'done' };
  return { status: 'hold', hold: releaseHold(rows, document.release?.by) };
}

/** The digest of the plan as it is stored. */
export const planOf = (rows: readonly PlannedErpDocument[]): string => planDigest(rows.map((row) => row.document));

const isBegun = (rows: readonly PlannedErpDocument[]): boolean => rows.some((row) => row.state !== 'planned');

function releaseHold(rows: readonly PlannedErpDocument[], releasedBy: string | undefined): Hold {
  const plan = planOf(rows);
  const parts = rows.map(
    ({ document }) =>
      `${document.debitTotal} ${document.currency} to ${document.erp}/${document.company}, posting date ${document.postingOn}`,
  );
  const again = releasedBy === undefined ? '' : ` The plan that ${releasedBy} released has changed since.`;
  const message = `Plan ${plan} waits for a release: ${parts.join('; ')}.${again} Look at it with \`concur-dynamics preview --waiting\`, then release it.`;
  const connections = [...new Set(rows.map((row) => row.erp))].join(', ');
  return { ...hold('awaiting-release', message), cause: `documents for ${connections} wait for a release` };
}
