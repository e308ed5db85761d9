import { Decimal } from 'decimal.js';
import type { ReturnAnswer } from '../contracts/leaving.js';
import type { AcceptPosting } from '../contracts/messages.js';
import type { DocumentStep } from '../contracts/steps.js';
import { appendAudit } from '../store/audit-store.js';
import { inTransaction } from '../store/database.js';
import { readDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { markAccepted, readErpDocuments } from '../store/erp-document-store.js';
import type { SharedDependencies } from './dependencies.js';
import { postingDifferences } from './posting-facts.js';
import { onOneLine } from './return-text.js';

/**
 * Records that a person takes every posting of a document that is not what was meant as it stands, with who, why and what was
 * taken, so that the document goes on with the posted numbers (B9). Refused where nobody could ever be seen to be paid by it. May be
 * repeated; a posting that changes afterwards is a new question.
 */
export async function acceptPosting(
  { db }: SharedDependencies,
  { documentId, by, note }: DocumentStep & AcceptPosting,
): Promise<ReturnAnswer> {
  return inTransaction(db, async (client) => {
    const { outcome } = await readDocument(client, documentId);
    const differing = (await readErpDocuments(client, documentId)).filter(isOpenQuestion);
    if (outcome !== null || differing.length === 0) return { accepted: true };
    const why = differing.flatMap((row) => unpayable(row) ?? []);
    if (why.length > 0) return { accepted: false, why: why.join(' ') };
    for (const row of differing) {
      if (!(await markAccepted(client, row, { by, note }))) continue;
      const { part, company, proof } = row;
      const posted = { part, company, number: proof?.documentNumber, differences: postingDifferences(row) };
      const data = { acceptedPosting: posted, note: onOneLine(note) };
      await appendAudit(client, { documentId, kind: 'message', actor: by, data });
    }
    return { accepted: true };
  });
}

/** A posting that was reversed is none to accept. */
const isOpenQuestion = (row: PlannedErpDocument): boolean =>
  row.accepted === null && row.proof?.reversedBy === undefined && postingDifferences(row).length > 0;

/** Why Concur would wait for ever for the payment of an accepted posting. */
function unpayable({ company, proof, document }: PlannedErpDocument): string | undefined {
  const { payable } = document;
  if (payable === undefined || proof === null) return undefined;
  const refused = `The posting ${proof.documentNumber} in ${company} cannot be accepted:`;
  const way = `Concur would wait for its payment for ever. Reverse it and send returnDocument, or end the document with ignoreDocument.`;
  if (proof.vendorAmount === undefined) {
    return `${refused} no entry of vendor ${payable.vendorAccount} is known by which a payment could be seen. ${way}`;
  }
  if (new Decimal(proof.vendorAmount).gt(0)) return undefined;
  return `${refused} nothing is owed to vendor ${payable.vendorAccount} by it (${proof.vendorAmount} ${proof.currency}). ${way}`;
}
