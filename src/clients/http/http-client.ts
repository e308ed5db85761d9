import type { Dispatcher } from 'undici';
import { createBackoff, type Backoff } from './backoff.js';
import { ContractViolation, Unauthorized, type ExternalSystemError, type FailedCall } from './errors.js';
import { lostAnswer, outcomeOf, statusFailure } from './outcome.js';
import { publishableId } from './redaction.js';
import { digestOf, encodeBody, requestUrl } from './request-body.js';
import { bodyState, parseLossless } from './response-body.js';
import { DEFAULT_RETRY_AFTER_MS, parseRetryAfter } from './retry-after.js';
import type { CallRecord, HttpClient, HttpClientOptions, HttpResponse } from './types.js';
import { outgoingHeaders, overTheWire, type Answer, type Sending } from './wire.js';

export { DEFAULT_RETRY_AFTER_MS } from './retry-after.js';

/**
 * Makes the client that every adapter sends through. It holds back at the gate, authorizes, limits the time, observes
 * each attempt, and classifies failures by whether the request may have been executed (house style B5, decisions 7).
 * It repeats only after a refused token (401, and what `tokenRefusals` names), once, with a renewed one; redirects are answers and are never followed. Where the
 * caller's signal ends a read, the signal's reason is thrown; a write that may have left is `OutcomeUnknown`.
 */
export function createHttpClient(options: HttpClientOptions, dispatcher?: Dispatcher): HttpClient {
  const backoff = createBackoff(options.defaultRetryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
  return {
    async send(request) {
      const sending: Sending = { options, dispatcher, request, body: encodeBody(request) };
      const isRefused = (response: HttpResponse): boolean =>
        response.status === 401
          ? request.acceptStatus?.includes(401) !== true
          : options.tokenRefusals?.isRefusal(request, response) === true;
      const noted = (response: HttpResponse): HttpResponse => {
        if (response.status < 300) options.tokenRefusals?.accepted();
        return response;
      };
      const { response: first, authorization } = await attempt(sending, backoff);
      if (!isRefused(first)) return noted(first);
      await options.auth.renew(request.signal, authorization, first.status);
      const { response: second, authorization: renewed } = await attempt(sending, backoff);
      if (!isRefused(second)) return noted(second);
      if (second.status !== 401) {
        // Where the token was not renewed, nothing has been learned about the operation.
        if (renewed['authorization'] !== authorization['authorization']) {
          options.tokenRefusals?.outlastedRenewal(request);
        }
        return second;
      }
      const message = `${options.system} ${request.operation} was refused (401) with a renewed token too.`;
      throw new Unauthorized(message, failedCall(sending, 401, second.headers));
    },
  };
}

interface Attempt {
  response: HttpResponse;
  /** The headers by which this attempt was authorized. */
  authorization: Record<string, string>;
}

/** One pass through the gate; the slot is free again before a token is renewed. */
async function attempt(sending: Sending, backoff: Backoff): Promise<Attempt> {
  const { options, request } = sending;
  request.signal?.throwIfAborted();
  const release = await options.gate.enter(request.signal);
  try {
    const { baseUrl, headers } = await options.auth.authorize(request.signal);
    request.signal?.throwIfAborted();
    const outgoing = outgoingHeaders(sending, headers);
    const response = await exchange(sending, backoff, requestUrl(baseUrl, request), outgoing);
    return { response, authorization: headers };
  } finally {
    await beside(options, 'gate-release', release);
  }
}

async function exchange(
  sending: Sending,
  backoff: Backoff,
  url: string,
  headers: Record<string, string>,
): Promise<HttpResponse> {
  const { request } = sending;
  const startedAt = performance.now();
  let answer: Answer;
  try {
    answer = await overTheWire(sending, url, headers);
  } catch (thrown) {
    const call = failedCall(sending, undefined, headers);
    const failure = lostAnswer(request.kind, call, thrown, sending.options.outageWaitMs);
    await observe(sending, startedAt, call, { outcome: outcomeOf(failure, 0) });
    if (request.kind === 'read') request.signal?.throwIfAborted();
    throw failure;
  }
  const call = failedCall(sending, answer.status, { ...headers, ...answer.headers });
  const failure = await judge(sending, backoff, answer, call);
  await observe(sending, startedAt, call, {
    status: answer.status,
    outcome: outcomeOf(failure, answer.status),
    responseDigest: digestOf(answer.bytes),
  });
  if (failure !== undefined) throw failure;
  const text = answer.bytes.toString('utf8');
  return { status: answer.status, headers: answer.headers, text, json: () => parsed(text, call) };
}

/** The failure that an answer means by itself; pauses the connection for the whole fleet where it asks to wait. */
async function judge(
  { options, request }: Sending,
  backoff: Backoff,
  answer: Answer,
  call: FailedCall,
): Promise<ExternalSystemError | undefined> {
  const now = options.now?.() ?? new Date();
  const told = parseRetryAfter(answer.headers['retry-after'], now);
  const waitMs = answer.status === 429 ? (told ?? backoff.next(now)) : told;
  if (answer.status < 400) backoff.reset();
  const failure = statusFailure(request, answer.status, call, waitMs, options.outageWaitMs);
  if (failure !== undefined) {
    if (waitMs !== undefined) {
      await beside(options, 'gate-pause', () => options.gate.pauseUntil(new Date(now.getTime() + waitMs)));
    }
    return failure;
  }
  const state = bodyState(answer.status, answer.headers, answer.bytes);
  if (state === 'truncated') return lostAnswer(request.kind, call, new TruncatedBody());
  if (state === 'complete') return undefined;
  return new ContractViolation(`${call.system} ${call.operation} answered with malformed JSON.`, call);
}

/** Names the reason in the published cause; redaction drops everything else. */
class TruncatedBody extends Error {
  override readonly name = 'TruncatedBody';
}

/** Facts of a failure; the correlation id is the returned one, else the one that was sent. */
function failedCall(
  { options, request }: Sending,
  status: number | undefined,
  headers: Record<string, string>,
): FailedCall {
  const correlationId = publishableId(headers[options.correlationHeader.toLowerCase()]);
  return {
    system: options.system,
    operation: request.operation,
    ...(status === undefined ? {} : { status }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
}

function observe(
  { options, request, body }: Sending,
  startedAt: number,
  call: FailedCall,
  facts: Pick<CallRecord, 'outcome' | 'status' | 'responseDigest'>,
): Promise<void> {
  const record: CallRecord = {
    system: options.system,
    operation: request.operation,
    method: request.method,
    path: request.path,
    kind: request.kind,
    durationMs: Math.round(performance.now() - startedAt),
    ...(call.correlationId === undefined ? {} : { correlationId: call.correlationId }),
    ...(body === undefined ? {} : { requestDigest: digestOf(body.bytes) }),
    ...facts,
  };
  return beside(options, 'observe', () => options.observe(record));
}

/** Runs what accompanies a call; its failure is reported aside, because the call itself has already had its effect. */
async function beside(
  options: HttpClientOptions,
  during: 'observe' | 'gate-release' | 'gate-pause',
  work: () => void | Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (failure) {
    options.onSideFailure?.(during, failure);
  }
}

function parsed(text: string, call: FailedCall): unknown {
  try {
    return parseLossless(text);
  } catch {
    throw new ContractViolation(`${call.system} ${call.operation} did not answer with JSON.`, call);
  }
}
