import type { ConcurDocumentState, Journal, PostedErpDocument } from '../harness/types.js';
import { groupBy } from './grouping.js';
import { nameOfPosted, type Links } from './links.js';

/** All financial documents of one report, invoice or cash advance: failed and recalled ones, and their corrections. */
interface Business {
  name: string;
  documents: ConcurDocumentState[];
  /** Those whose posting was confirmed as a success. */
  living: ConcurDocumentState[];
}

/** Statuses after which nothing of the document may be in an ERP. */
const deadStatuses = new Set(['POSTING_CONFIRMED_FAILURE', 'RECALLED']);
const openStatuses = new Set(['READY', 'ACKNOWLEDGED']);

/**
 * Whether every report, invoice and cash advance has ended with one living posting, or with none and a named reason; and
 * whether the ERPs hold anything of what failed or was recalled. As sentences.
 */
export function findLifeProblems(journal: Journal, links: Links): string[] {
  const confirmed = new Set(links.confirmed.map(({ document }) => document));
  const groups = groupBy(journal.concur, ({ docType, businessId }) => `${docType} ${businessId}`);
  const businesses = [...groups].map(([name, documents]) => ({
    name,
    documents,
    living: documents.filter((document) => confirmed.has(document)),
  }));
  return [
    ...businesses.flatMap((business) => endProblems(business, journal)),
    ...businesses.flatMap((business) => leftovers(business, journal, links)),
  ];
}

function endProblems(
  { name, documents, living }: Business,
  { held, concur }: Pick<Journal, 'held' | 'concur'>,
): string[] {
  if (living.length > 1) {
    return [`${name} was posted ${String(living.length)} times, as ${living.map(({ id }) => id).join(' and ')}.`];
  }
  const [only] = living;
  if (only !== undefined) {
    return only.corrected === undefined ? [] : [`${name} was posted as ${only.id}, which was to be corrected.`];
  }
  return documents.flatMap((document) => {
    const { id, status, corrected, planted } = document;
    if (deadStatuses.has(status)) {
      if (corrected === undefined) return [];
      const successor = concur.find((each) => each.id === corrected);
      // The correction waits for a person, by a reason that the connector names: it is judged as a document of its own.
      if (successor !== undefined && openStatuses.has(successor.status) && held?.[successor.id] !== undefined)
        return [];
      const fate = successor === undefined ? 'has not come' : `is ${successor.status}`;
      return [`${name}: document ${id} is ${status}, and its correction ${corrected} ${fate}.`];
    }
    // Only the connector can say why it waits; what was planted is known without asking.
    const isNamed = held === undefined || held[id] !== undefined || planted !== undefined;
    return isNamed ? [] : [`${name}: document ${id} is ${status}, and nobody says what it waits for.`];
  });
}

/** ERP documents that name a business of which nothing lives and nothing is under way. */
function leftovers({ name, documents, living }: Business, journal: Journal, links: Links): string[] {
  const dead = documents.filter(({ status }) => deadStatuses.has(status));
  if (dead.length === 0) return [];
  const lives = living.length > 0 || documents.some(({ status }) => openStatuses.has(status));
  const posted = journal.posted.filter((one) => isNamedIn(one.mark, documents) && !isClaimedBy(one, living, links));
  const unposted =
    lives && living.length === 0
      ? []
      : journal.unposted.filter(({ mark, text = '' }) => isNamedIn(`${text} ${mark}`, documents));
  const subjects = [
    ...posted.map((one) => `${nameOfPosted(one)} (${one.mark})`),
    ...unposted.map(({ erp, company, mark }) => `${erp}/${company} ${mark}, unposted`),
  ];
  const fates = dead.map(({ id, status }) => `${id} is ${status}`).join(' and ');
  return subjects.map((subject) => `${name}: document ${fates}, but the ERP still holds ${subject}.`);
}

function isClaimedBy(posted: PostedErpDocument, living: ConcurDocumentState[], links: Links): boolean {
  return links.claimsOf(posted).some(({ document }) => living.includes(document));
}

/** Documents of F&O carry the business id; invoices of Business Central carry the supplier's number. */
function isNamedIn(mark: string, documents: ConcurDocumentState[]): boolean {
  return documents.some(
    ({ businessId, reference }) =>
      mark.includes(businessId) || (reference !== undefined && mark.endsWith(`/${reference}`)),
  );
}
