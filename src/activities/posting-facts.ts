import { Decimal } from 'decimal.js';
import type { ErpDocument } from '../contracts/erp-documents.js';
import type { PostingProof, Settlement } from '../contracts/erp-port.js';
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
    waitingFor: open.map(waitingFor).join(' '),
  };
}

/** Where the document stands, with the reason that the ERP gives for it. */
function waitingFor(row: PlannedErpDocument): string {
  if (row.state === 'planned') return `Not written to ${row.company} yet.`;
  const where = `Written to ${row.company} as ${numberOf(row)}; waiting until the ERP posts it.`;
  const reason = row.refusal ?? row.waiting;
  return reason === null ? where : `${where} The ERP says: ${reason}`;
}

/** A written document that the ERP refuses to post, or that a person removed. */
export function refusalHold(rows: readonly PlannedErpDocument[]): Hold | undefined {
  const refused = rows.find((row) => row.state === 'written' && row.refusal !== null);
  if (!refused) return undefined;
  return hold(
    'erp-refused',
    `${refused.company} does not post ${numberOf(refused)}: ${refused.refusal ?? ''} Mend it in the ERP; the document goes on when the ERP has posted it.`,
  );
}

/** What is posted must be what was meant, and must still stand; only then Concur hears "posted" (B9, S43, F&O spec 9). */
export function proofHold(rows: readonly PlannedErpDocument[], settlements: readonly Settlement[]): Hold | undefined {
  for (const row of rows) {
    const { company, proof, accepted } = row;
    if (proof === null) continue;
    const posted = `${company} posted ${proof.documentNumber}`;
    const reversal = proof.reversedBy ?? reversedBy(settlements, proof.part);
    if (reversal !== undefined) {
      return hold(
        'reversed-in-erp',
        `${posted} and reversed it again by ${reversal}; nothing has been confirmed to Concur. Send returnDocument with the number of the reversing entry if the document is to go back, or enter it in the ERP by hand and end it with ignoreDocument.`,
      );
    }
    const differences = postingDifferences(row);
    if (differences.length === 0 || accepted !== null) continue;
    return hold(
      'posted-differently',
      `${posted} otherwise than it was meant: ${differences.join('; ')}. Nothing has been confirmed to Concur. If it is right as it is posted, send acceptPosting: Concur is told the posted numbers. Else reverse ${proof.documentNumber} and send returnDocument with the number of the reversing entry, or correct it by an offsetting entry, tell your Concur processor and end the document with ignoreDocument.`,
    );
  }
  return undefined;
}

/** The entry that reverses the posting of a part, as far as the settlements tell. */
export function reversedBy(settlements: readonly Settlement[], part: number): string | undefined {
  const own = settlements.filter((row) => row.kind === 'reversal' && row.part === part);
  const net = own.reduce((sum, row) => sum.plus(row.amount), new Decimal(0));
  return net.isPositive() && !net.isZero() ? own.at(-1)?.reference : undefined;
}

/** In what the posting of a part differs from what was meant; nothing for one that is not posted. */
export function postingDifferences({ document, proof }: Pick<PlannedErpDocument, 'document' | 'proof'>): string[] {
  return proof === null ? [] : differencesOf(document, proof);
}

function differencesOf({ debitTotal, currency }: ErpDocument, proof: PostingProof): string[] {
  const isSame = new Decimal(proof.debitTotal).equals(debitTotal) && proof.currency === currency;
  const total = isSame ? [] : [`${proof.debitTotal} ${proof.currency} instead of ${debitTotal} ${currency}`];
  return [...total, ...(proof.differences ?? [])];
}

/** The number by which a person finds a written document in the ERP. */
export const numberOf = ({ keys }: Pick<PlannedErpDocument, 'keys'>): string =>
  keys.journal ?? keys.invoice ?? keys.id ?? 'the document';

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
