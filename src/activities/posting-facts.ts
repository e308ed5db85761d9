import { Decimal } from 'decimal.js';
import type { Hold, PostResult } from '../contracts/steps.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import type { LivingDocument, RelatedDocument } from '../store/related-documents.js';
import { hold } from './run-step.js';

/** What the store knows about the posting of a document's parts. */
export function postResult(rows: readonly PlannedErpDocument[]): PostResult {
  const posted = rows.flatMap((row) => (row.proof === null ? [] : [{ row, proof: row.proof }]));
  const open = rows.filter((row) => row.proof === null);
  return {
    // Nothing planned is nothing proven.
    posted: rows.length > 0 && open.length === 0,
    erpDocuments: posted.map(({ row, proof }) => ({
      company: row.company,
      number: proof.documentNumber,
      postedOn: proof.postedOn,
    })),
    writtenAt: new Date(Math.max(0, ...rows.map((row) => row.writtenAt?.getTime() ?? 0))).toISOString(),
    waitingFor: open
      .map(
        (row) =>
          `Written to ${row.company} as ${row.keys.journal ?? row.keys.id ?? 'document'}; waiting until the ERP posts it.`,
      )
      .join(' '),
  };
}

/** A written document that the ERP refuses to post, or that a person removed. */
export function refusalHold(rows: readonly PlannedErpDocument[]): Hold | undefined {
  const refused = rows.find((row) => row.state === 'written' && row.refusal !== null);
  if (!refused) return undefined;
  return hold(
    'erp-refused',
    `${refused.company} does not post ${refused.keys.journal ?? refused.keys.id ?? 'the document'}: ${refused.refusal ?? ''} Mend it in the ERP; the document goes on when the ERP has posted it.`,
  );
}

/** What is posted must be what was meant; only then Concur hears "posted" (B9). */
export function proofMismatch(rows: readonly PlannedErpDocument[]): Hold | undefined {
  for (const row of rows) {
    if (row.proof === null) continue;
    const meant = row.document;
    if (!new Decimal(row.proof.debitTotal).equals(meant.debitTotal) || row.proof.currency !== meant.currency) {
      return hold(
        'erp-document-changed',
        `${row.company} posted ${row.proof.documentNumber} with ${row.proof.debitTotal} ${row.proof.currency} instead of ${meant.debitTotal} ${meant.currency}. Correct it in the ERP by an offsetting entry and tell your Concur processor; nothing has been confirmed to Concur.`,
      );
    }
  }
  return undefined;
}

/**
 * A document is not posted beside another one of the same report, invoice or advance, and not at all once Concur has sent a
 * newer one (FIS spec 6, B14).
 */
export function relativeHold(living: LivingDocument | undefined, newer: RelatedDocument | undefined): Hold | undefined {
  if (living !== undefined) {
    const where = living.where === '' ? 'and may be in the ERP already' : `and is in the ERP already (${living.where})`;
    return hold(
      'earlier-posting-lives',
      `Another financial document of the same report or invoice has come from Concur (${living.fiId}) ${where}. This one goes on by itself when the other has been returned or withdrawn. Otherwise post the difference by hand or reverse the other posting, tell your Concur processor, and end this document with ignoreDocument or returnDocument.`,
    );
  }
  if (newer === undefined) return undefined;
  return hold(
    'superseded',
    `Concur has sent a newer financial document of the same report or invoice (${newer.fiId}); this one must not be posted any more, and nothing of it has been written. End it with ignoreDocument.`,
  );
}
