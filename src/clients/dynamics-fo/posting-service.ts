import { z } from 'zod';
import { ContractViolation, OutcomeUnknown, Rejected, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpResponse } from '../http/types.js';
import { accountantsSentence, actionRefusal, toFailure, UnknownSet } from './odata-errors.js';
import { companyId } from './odata-literals.js';

/** Where a customer has deployed the service that posts one journal (F&O spec 7). */
export interface PostingServiceAddress {
  group: string;
  service: string;
  operation: string;
}

/** What the service made of a journal; a reason is F&O's own, in words for an accountant. */
export type PostingAnswer = { posted: true } | { posted: false; reason: string };

export interface PostingService {
  /**
   * Asks F&O to post one journal now. Throws `OutcomeUnknown` where it may have been posted; whoever repeats the call reads first
   * whether it was. Every refusal is an answer.
   */
  post(order: { company: string; journal: string; correlationId: string }, signal: AbortSignal): Promise<PostingAnswer>;
}

const OPERATION = 'posting-service';
/** Posting a long journal takes minutes; the server decides, not our patience. */
const TIMEOUT_MS = 540_000;

const answerSchema = z.object({
  Posted: z.boolean(),
  AlreadyPosted: z.boolean().optional(),
  Infolog: z
    .array(z.string())
    .nullish()
    .transform((entries) => entries ?? []),
});

/** Makes the caller of one deployed service. */
export function createPostingService(system: string, http: HttpClient, address: PostingServiceAddress): PostingService {
  const path = `/api/services/${address.group}/${address.service}/${address.operation}`;
  return {
    async post({ company, journal, correlationId }, signal) {
      const response = await http.send({
        operation: OPERATION,
        method: 'POST',
        path,
        json: { _dataAreaId: companyId(company), _journalBatchNumber: journal, _correlationId: correlationId },
        kind: 'write',
        timeoutMs: TIMEOUT_MS,
        // A business refusal may come as a 500 (trap 3).
        acceptStatus: [500],
        signal,
      });
      return answerOf(response, { system, operation: OPERATION, status: response.status }, path);
    },
  };
}

function answerOf(response: HttpResponse, call: FailedCall, path: string): PostingAnswer {
  const { status, text } = response;
  if (status >= 200 && status <= 299) return readAnswer(response, call);
  if (status >= 500) {
    const refusal = actionRefusal(text);
    if (refusal !== undefined) return { posted: false, reason: refusal };
    throw new OutcomeUnknown(`${call.system} ${OPERATION} answered ${status}; the journal may be posted.`, call);
  }
  const failure = toFailure(status, text, call);
  if (failure instanceof UnknownSet) {
    const reason = `The posting service is not deployed at ${path}: deploy it, correct its address, or take postingService out of the connections file and let F&O post by itself.`;
    return { posted: false, reason };
  }
  if (failure instanceof Rejected) return { posted: false, reason: failure.message };
  throw failure;
}

function readAnswer(response: HttpResponse, call: FailedCall): PostingAnswer {
  const read = answerSchema.safeParse(response.json());
  if (!read.success) throw new ContractViolation('The posting service did not say whether it has posted.', call);
  const { Posted, AlreadyPosted, Infolog } = read.data;
  if (Posted || AlreadyPosted === true) return { posted: true };
  const complaints = Infolog.filter((entry) => entry.trim() !== '' && !entry.startsWith('Info:')).map(
    accountantsSentence,
  );
  const reason = complaints.length > 0 ? complaints.join(' ') : 'The posting service gave no reason.';
  return { posted: false, reason };
}
