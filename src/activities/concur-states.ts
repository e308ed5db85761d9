import type { FisClient, FiDocument, FisItem } from '../clients/concur/fis-client.js';
import type { FisMeaning } from '../clients/concur/fis-codes.js';
import { OutcomeUnknown } from '../clients/http/errors.js';
import type { Hold } from '../contracts/steps.js';
import type { StoredDocument } from '../store/document-store.js';
import type { ConcurDependencies } from './dependencies.js';
import { hold } from './run-step.js';

/** Asks Concur what it knows about one of our documents: by business id with the status ignored (FIS spec 3.2). */
export async function askConcur(
  fis: FisClient,
  document: StoredDocument,
  signal: AbortSignal,
): Promise<FiDocument | undefined> {
  return (await findAll(fis, document, signal)).find((candidate) => candidate.id === document.fiId);
}

/**
 * The item that answers for our document, and for our payment reference where it names one; without one the outcome is unknown
 * (FIS spec 4, 5.3).
 */
export function itemFor(items: readonly FisItem[], fiId: string, operation: string, paymentRef?: string): FisItem {
  const item = items.find(
    (candidate) =>
      candidate.docId === fiId &&
      (paymentRef === undefined || candidate.paymentRef === undefined || candidate.paymentRef === paymentRef),
  );
  if (!item)
    throw new OutcomeUnknown('Concur answered without a result for this document.', { system: 'concur', operation });
  return item;
}

/**
 * The hold for an answer that repeating does not change. What the code leaves open Concur is asked first, so that the person
 * who reads the hold knows both sides (FIS spec 5.2).
 * @param refused what Concur refused, as the beginning of a sentence: `the acknowledgement`
 */
export async function refusalOf(
  deps: ConcurDependencies,
  document: StoredDocument,
  item: FisItem,
  given: { meaning: FisMeaning; refused: string; signal: AbortSignal },
): Promise<Hold> {
  const { meaning, refused, signal } = given;
  const code = `(code ${item.code})`;
  const words = item.message === '' ? '' : ` Concur says: ${item.message}`;
  switch (meaning) {
    case 'foreign-system':
      return hold('concur-refused', await foreignSystem(deps, document, item, signal));
    case 'unknown-document':
      return hold(
        'concur-refused',
        `Concur refused ${refused} because it does not know the document ${code}.${words} ${await shownByConcur(deps.fis, document, signal)}`,
      );
    case 'wrong-type':
      return hold(
        'concur-refused',
        `Concur refused ${refused} because it does not hold the document as type ${document.docType} ${code}.${words} That is a fault of the connector: tell its support.`,
      );
    case 'unclear-state':
      return hold(
        'concur-refused',
        `Concur refused ${refused} because the document is in an unknown state ${code}.${words} ${await shownByConcur(deps.fis, document, signal)} Ask SAP Concur support, then retry.`,
      );
    default:
      return hold('concur-refused', `Concur refused ${refused} ${code}. ${item.message}`.trim());
  }
}

/** The same words for every document of the connection, so that one alert stands for all of them. */
async function foreignSystem(
  deps: ConcurDependencies,
  document: StoredDocument,
  item: FisItem,
  signal: AbortSignal,
): Promise<string> {
  const { connection, systemId } = deps;
  const named = item.systemId === systemId ? undefined : item.systemId;
  const other = named ?? (await askConcur(deps.fis, document, signal))?.erpSystemId;
  const theirs = other === undefined ? 'another system id' : `the system id "${other}"`;
  return `Concur holds documents of connection ${connection} under ${theirs}, but the connection is configured with "${systemId}" (code 99). Put the system id back, or find out which other system has taken these documents; then retry.`;
}

/** What Concur shows about a document, as a sentence for people. */
export async function shownByConcur(fis: FisClient, document: StoredDocument, signal: AbortSignal): Promise<string> {
  const found = await findAll(fis, document, signal);
  const own = found.find((candidate) => candidate.id === document.fiId);
  if (own) {
    const by = own.erpSystemId === undefined ? 'names no system' : `names the system "${own.erpSystemId}"`;
    return `Asked for ${document.businessId}, Concur shows the document as ${own.status} and ${by}.`;
  }
  if (found.length === 0) return `Asked for ${document.businessId}, Concur shows no financial document at all.`;
  const others = found.map(({ status }) => status).join(', ');
  return `Asked for ${document.businessId}, Concur shows other financial documents (${others}), but not this one.`;
}

function findAll(fis: FisClient, document: StoredDocument, signal: AbortSignal): Promise<FiDocument[]> {
  return fis.findByBusinessId({ docType: document.docType, businessId: document.businessId, signal });
}
