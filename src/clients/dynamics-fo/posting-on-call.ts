import type { ErpWriteContext, PostingState, TrackedErpDocument } from '../../contracts/erp-port.js';
import type { JournalAccess } from './journal-access.js';
import type { FoJournal } from './journal-kinds.js';
import type { PostingAnswer, PostingService } from './posting-service.js';

/** A written journal, the reads of it, and the proof of its posting. */
export interface CallableJournal {
  service: PostingService;
  tracked: TrackedErpDocument;
  document: FoJournal;
  journal: string;
  access: Pick<JournalAccess, 'header'>;
  postingOf: (tracked: TrackedErpDocument, signal: AbortSignal) => Promise<PostingState>;
}

const heartbeatMs = 10_000;

/**
 * Asks the customer's service to post a complete journal, as a guarded write: whether it is posted is read before each call, so that
 * a call whose answer was lost is not simply made again (F&O spec 7). Its "posted" proves nothing; the posted entries do.
 */
export async function postOnCall(journalToPost: CallableJournal, context: ErpWriteContext): Promise<PostingState> {
  const { service, tracked, document, journal, access, postingOf } = journalToPost;
  const { signal } = context;
  if ((await access.header(journal)) === undefined) return postingOf(tracked, signal);
  const order = { company: document.company, journal, correlationId: document.keySeed };
  const { value } = await context.writes.create<PostingAnswer>({
    operation: 'fo.post-journal',
    key: `${document.keySeed}/${journal}`,
    payload: order,
    look: async () => ((await access.header(journal))?.posted === true ? { posted: true } : undefined),
    create: () => whileBeating(context, () => service.post(order, signal)),
  });
  if (value.posted) return postingOf(tracked, signal);
  return { state: 'refused', part: document.part, reason: `Journal ${journal}: ${value.reason}` };
}

/** Posting takes minutes at times, during which Temporal must know that the step is alive. */
async function whileBeating<T>({ heartbeat }: ErpWriteContext, work: () => Promise<T>): Promise<T> {
  const beating = setInterval(heartbeat, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}
