import { documentFacts } from './document-facts.js';
import { enqueue, type ConcurContext, type DocumentRecord } from './state.js';

/** What the Concur processor has still to do, and has done: for those who wait for the end of a run. */
export interface ProcessorReport {
  documents: number;
  byStatus: Record<string, number>;
  /** Corrected documents that came after a failed posting or a recall. */
  resubmitted: number;
  /** Corrected documents that are due to come and are not READY yet. */
  toCome: number;
}

/**
 * The processor recalls what he wanted back as soon as a client has seen it in the queue, before it can be acknowledged; the
 * client then gets code 102 (concur-financial-integration.md 7.2, row 3).
 */
export function recallListed(context: ConcurContext, listed: readonly DocumentRecord[]): void {
  for (const document of listed) {
    if (document.recallBefore !== true || document.status !== 'READY') continue;
    document.status = 'RECALLED';
    context.desk.changed();
  }
}

/**
 * One round of the processor: a document that failed or was recalled comes back corrected after the lag, as a new document
 * with the business id of the old one (7.2, row 8). The old document keeps its status.
 */
export function resubmitDue(context: ConcurContext): void {
  const now = context.desk.now().getTime();
  for (const document of waitingForCorrection(context)) {
    document.resubmitAt ??= now + context.correctionLagMs;
    if (now < document.resubmitAt) continue;
    resubmit(context, document);
  }
}

export function processorReport(context: ConcurContext): ProcessorReport {
  const documents = [...context.state.documents.values()];
  const byStatus: Record<string, number> = {};
  for (const { status } of documents) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    documents: documents.length,
    byStatus,
    resubmitted: documents.filter(({ supersedes }) => supersedes !== undefined).length,
    toCome: waitingForCorrection(context).length,
  };
}

function waitingForCorrection({ state }: ConcurContext): DocumentRecord[] {
  return [...state.documents.values()].filter(
    ({ corrected, status }) =>
      corrected !== undefined &&
      !state.documents.has(corrected) &&
      (status === 'RECALLED' || status === 'POSTING_CONFIRMED_FAILURE'),
  );
}

function resubmit(context: ConcurContext, old: DocumentRecord): void {
  const { corrected: id, docType, companyId, entityId, expected } = old;
  const raw = id === undefined ? undefined : context.bodies.get(id);
  if (id === undefined || raw === undefined) return;
  enqueue(context, {
    id,
    docType,
    status: 'READY',
    companyId,
    entityId,
    systemId: null,
    postingDocs: [],
    payments: [],
    invoicePayments: [],
    ...documentFacts(docType, raw),
    ...(expected === undefined ? {} : { expected }),
    supersedes: old.id,
  });
  context.desk.changed();
}
