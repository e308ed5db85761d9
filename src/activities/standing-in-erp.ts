import type { Withdrawal } from '../contracts/erp-port.js';
import type { Leaving } from '../contracts/leaving.js';
import type { Hold } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import type { PlannedErpDocument } from '../store/erp-document-store.js';
import { hold } from './run-step.js';

type Stays = Exclude<Withdrawal, { state: 'gone' }>;

/** `company/number` of what stands posted: a reversal counts for the posting that it names and for no other. */
export function standingNumber(company: string, withdrawal: Stays): string | undefined {
  const number = withdrawal.state === 'posted' ? withdrawal.proof.documentNumber : withdrawal.voucher;
  return number === undefined ? undefined : `${company}/${number}`;
}

/** The hold of a part that stays, with all that is known to stand of the document and what a person has to send. */
export function blockedHold(
  leaving: Leaving,
  rows: readonly PlannedErpDocument[],
  { part, company }: PlannedErpDocument,
  withdrawal: Stays,
): Hold {
  const here = { company, standing: standingNumber(company, withdrawal) };
  const elsewhere = rows.filter((row) => row.part !== part).flatMap((row) => stillPosted(leaving, row));
  const standing = [here, ...elsewhere].flatMap((each) => (each.standing === undefined ? [] : [each.standing]));
  const found = [
    withdrawal.state === 'posted'
      ? `${company} has posted it as ${withdrawal.proof.documentNumber}.`
      : `It cannot be taken out of ${company}: ${withdrawal.reason}`,
    ...elsewhere.map((each) => `${each.company} has posted it as ${each.number}.`),
  ].join(' ');
  const posted = [...(here.standing === undefined ? [] : [company]), ...elsewhere.map((each) => each.company)];
  const reverse = [
    ...(here.standing === undefined ? [`Clear it up in ${company}`] : []),
    ...(posted.length === 0 ? [] : [`Reverse the posting in ${posted.join(' and in ')}`]),
  ].join('. ');
  if (leaving.outcome === 'recalled') {
    return hold(
      'recalled-after-posting',
      `Concur has recalled the document. ${found} ${reverse}, then send ignoreDocument: it says that the ERP holds nothing of this document any more, and lets a corrected one post.`,
    );
  }
  const next =
    standing.length === 0
      ? `${reverse}, then send retryStep.`
      : `${reverse} and send returnDocument again with the number of each reversing entry: ${answer(leaving, standing)}`;
  return hold(
    'return-blocked',
    `The document is to go back to Concur. ${found} ${next} Nothing has been told to Concur. ignoreDocument ends it without telling Concur anything.`,
  );
}

function stillPosted(
  { reversals }: Leaving,
  { state, company, proof }: PlannedErpDocument,
): { company: string; number: string; standing: string }[] {
  if (state !== 'posted' || proof === null) return [];
  const number = proof.documentNumber;
  const standing = `${company}/${number}`;
  return reversals?.[standing] === undefined ? [{ company, number, standing }] : [];
}

/** The message as it is to be sent, so that the reason for the employee stays what it is. */
function answer({ reason }: Leaving, standing: readonly string[]): string {
  const reversals = Object.fromEntries(standing.map((each) => [each, 'NUMBER OF THE REVERSING ENTRY']));
  return JSON.stringify({ by: 'YOUR NAME', reason, reversals });
}

/**
 * The hold of a document that an earlier life of this connector may have posted, and for which no plan tells where to look
 * (decisions 5). A person looks instead.
 */
export function unknownInErp(
  { humanNumber, adoptedAt, leaving, amount, currency, payeeCode }: StoredDocument,
  rows: readonly PlannedErpDocument[],
): Hold | undefined {
  if (adoptedAt === null || leaving?.outcome !== 'returned' || rows.length > 0 || leaving.erpIsEmpty === true)
    return undefined;
  const message = JSON.stringify({ by: 'YOUR NAME', reason: leaving.reason, erpIsEmpty: true });
  return hold(
    'return-blocked',
    `${humanNumber} is to go back to Concur. It was acknowledged under our system id before this ledger knew it, so that it may have been posted, and it cannot be planned, so that nothing tells where. Look for it in the ERP: ${amount} ${currency} of the vendor of ${payeeCode}, also in unposted journals and invoices. If nothing of it is there, or nothing any more, send returnDocument again with ${message} Nothing has been told to Concur. ignoreDocument ends it without telling Concur anything.`,
  );
}
