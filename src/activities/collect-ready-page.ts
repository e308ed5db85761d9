import type { FisReadyPage, UnreadableDocument } from '../clients/concur/fis-client.js';
import type { DocType } from '../contracts/documents.js';
import type { CollectedPage } from '../contracts/steps.js';
import { documentWorkflowId } from '../contracts/workflow-ids.js';
import { clearAlertsNotMetSince } from '../store/alert-store.js';
import { knownDocuments, storeDiscovered, unstartedDocuments } from '../store/document-store.js';
import { paidDocumentsTakenBack } from '../store/settlement-store.js';
import type { ConcurDependencies } from './dependencies.js';
import { describeDiscovered } from './discovered-document.js';
import { alert } from './run-step.js';

/** The clocks of the Temporal service, which tells when a pass began, and of PostgreSQL, which dates alerts, may differ. */
const clockMarginMs = 60_000;

/** Reads one page of the READY queue and stores what is new (decisions 26). */
export async function collectReadyPage(
  deps: ConcurDependencies,
  { docType, page, passBeganAt }: { docType: DocType; page: number; passBeganAt: string },
  signal: AbortSignal,
): Promise<CollectedPage> {
  const list = await deps.fis.listReady({ docType, page, limit: deps.pageLimit, signal });
  const fresh = await storePage(deps, docType, list.documents);
  for (const unreadable of list.unreadable) await alertUnreadable(deps, docType, unreadable);
  if (list.isLast) await clearUnreadable(deps, docType, passBeganAt);
  const unstarted = await unstartedDocuments(deps.db, deps.connection, 1);
  const takenBack =
    page === 0 && deps.paymentReversals === 'confirm'
      ? { takenBack: (await paidDocumentsTakenBack(deps.db, deps.connection, docType)).length }
      : {};
  return { found: list.documents.length, fresh, unstarted: unstarted.length, isLast: list.isLast, ...takenBack };
}

async function storePage(
  deps: ConcurDependencies,
  docType: DocType,
  documents: FisReadyPage['documents'],
): Promise<number> {
  const { db, connection } = deps;
  const candidates = documents.map((each) => ({
    each,
    id: documentWorkflowId({ connection, docType, fiId: each.id }),
  }));
  const known = await knownDocuments(
    db,
    candidates.map((candidate) => candidate.id),
  );
  let fresh = 0;
  for (const { each, id } of candidates) {
    // Only READY documents may be taken; anything else, known or unknown, is not ours to post (FIS spec 7.1).
    if (known.has(id)) continue;
    if (each.status !== 'READY') {
      const problem = `its status is ${each.status}, not READY`;
      await alertUnreadable(deps, docType, { index: 0, id: each.id, problem });
      continue;
    }
    if (await storeDiscovered(db, describeDiscovered(connection, docType, each))) fresh += 1;
  }
  return fresh;
}

/** An item without the envelope that FIS promises cannot be taken; it stays in Concur's queue and people are told. */
async function alertUnreadable(deps: ConcurDependencies, docType: DocType, item: UnreadableDocument): Promise<void> {
  const name = item.id ?? `item ${item.index}`;
  await alert(
    deps,
    `${causeOf(deps, docType)}${name}`,
    `Concur lists an ${docType} document (${name}) that cannot be read: ${item.problem}`,
    undefined,
  );
}

/** A pass that has come to its end has met every item that still cannot be read: the others were read, or are gone. */
async function clearUnreadable(deps: ConcurDependencies, docType: DocType, passBeganAt: string): Promise<void> {
  const since = new Date(new Date(passBeganAt).getTime() - clockMarginMs);
  await clearAlertsNotMetSince(deps.db, causeOf(deps, docType), since);
}

const causeOf = ({ connection }: ConcurDependencies, docType: DocType): string =>
  `unreadable-item: ${connection}/${docType}/`;
