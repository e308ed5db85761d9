import { Decimal } from 'decimal.js';
import type { Journal, PostedErpDocument } from '../harness/types.js';
import { groupBy } from './grouping.js';
import { entityOfPosted, nameOfPosted, type Links } from './links.js';

/** One breach of "each planned ERP document exists exactly once, and Concur knows it". */
export interface Duplicate {
  kind: 'same-mark' | 'unclaimed' | 'claimed-twice' | 'not-posted' | 'spare-draft';
  /** What it is about: ERP document, or Concur document. */
  subject: string;
  sentence: string;
}

/** Documents that exist twice, that nobody confirmed, that two confirmations name, or that were never posted. */
export function findDuplicates(journal: Journal, links: Links): Duplicate[] {
  return [
    ...sharedMarks(journal.posted),
    ...journal.posted.flatMap((posted) => claimProblems(posted, links)),
    ...emptyClaims(links),
    ...spareDrafts(journal),
  ];
}

/** Posted documents whose entries do not add up to zero, as sentences. */
export function findUnbalanced(journal: Journal): string[] {
  return journal.posted.flatMap((posted) => {
    const total = posted.entries.reduce((sum, { amount }) => sum.plus(amount), new Decimal(0));
    return total.isZero() ? [] : [`${nameOfPosted(posted)} is out of balance by ${total.toFixed()}.`];
  });
}

function sharedMarks(posted: PostedErpDocument[]): Duplicate[] {
  const marked = posted.filter(({ mark }) => mark !== '');
  const byMark = groupBy(marked, (document) => `${entityOfPosted(document)}\n${document.mark}`);
  return [...byMark.values()]
    .filter((documents) => documents.length > 1)
    .map((documents) => {
      const [first] = documents;
      const numbers = documents.map(({ documentNumber }) => documentNumber).join(', ');
      const subject = `${first === undefined ? '' : entityOfPosted(first)} ${first?.mark ?? ''}`;
      return {
        kind: 'same-mark',
        subject,
        sentence: `${subject} was posted ${String(documents.length)} times: ${numbers}.`,
      };
    });
}

function claimProblems(posted: PostedErpDocument, links: Links): Duplicate[] {
  const subject = nameOfPosted(posted);
  const claimants = links.claimsOf(posted).map(({ document }) => `${document.docType} ${document.id}`);
  if (claimants.length === 0) {
    const sentence = `${subject} (${posted.mark}) is posted, but no Concur document was confirmed with it.`;
    return [{ kind: 'unclaimed', subject, sentence }];
  }
  if (claimants.length === 1) return [];
  return [{ kind: 'claimed-twice', subject, sentence: `${subject} was confirmed for ${claimants.join(' and ')}.` }];
}

function emptyClaims(links: Links): Duplicate[] {
  return links.confirmed.flatMap(({ document, claims }): Duplicate[] => {
    const subject = `${document.docType} ${document.id}`;
    if (claims.length === 0 && !new Decimal(document.gross).isZero()) {
      return [
        { kind: 'not-posted', subject, sentence: `${subject} was confirmed as posted without any ERP document.` },
      ];
    }
    return claims
      .filter(({ posted }) => posted === undefined)
      .map(({ companyId, documentNumber }) => ({
        kind: 'not-posted',
        subject,
        sentence: `${subject} was confirmed with ${companyId} ${documentNumber}, which is not posted.`,
      }));
  });
}

/** A draft next to a posted document with the same mark waits to become a duplicate; so do two equal drafts. */
function spareDrafts(journal: Journal): Duplicate[] {
  const taken = new Set(journal.posted.map((posted) => `${entityOfPosted(posted)}\n${posted.mark}`));
  return journal.unposted.flatMap(({ erp, company, mark }): Duplicate[] => {
    const key = `${erp}/${company}\n${mark}`;
    const isSpare = taken.has(key);
    taken.add(key);
    const subject = `${erp}/${company} ${mark}`;
    return isSpare ? [{ kind: 'spare-draft', subject, sentence: `${subject} exists once more, unposted.` }] : [];
  });
}
