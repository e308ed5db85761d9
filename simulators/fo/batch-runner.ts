import { stringify } from 'lossless-json';
import type { Desk, Operation, SimRequest, SimResponse } from '../harness/server.js';
import {
  parseBatch,
  writeBatch,
  type BatchAnswer,
  type BatchCall,
  type BatchPart,
  type BatchPartAnswer,
} from './batch-protocol.js';
import { originOf } from './entity-reader.js';
import type { JournalContext } from './journal-context.js';
import { FoError, queryInvalid, updateConflict } from './odata-errors.js';
import type { Row } from './values.js';

/** Routes one inner request and does it; throws FoError for refusals. */
export type InnerCall = (context: JournalContext, request: SimRequest) => SimResponse;

const batchOperation = 'batch';

function targetOf(outer: SimRequest, call: BatchCall): { url: URL; path: string } {
  try {
    const url = new URL(call.target, `${originOf(outer)}/data/`);
    if (url.origin === originOf(outer)) return { url, path: decodeURIComponent(url.pathname) };
  } catch {
    // Malformed targets are refused like foreign ones.
  }
  throw queryInvalid(`The request URI '${call.target}' is not below the service root.`);
}

function innerRequest(outer: SimRequest, call: BatchCall): SimRequest {
  const { url, path } = targetOf(outer, call);
  return {
    method: call.method,
    path,
    rawUrl: url.pathname + url.search,
    query: url.searchParams,
    headers: { ...call.headers, host: outer.headers.host },
    body: call.body,
  };
}

function answerOf(call: BatchCall, response: SimResponse): BatchAnswer {
  const { status, headers = {}, body } = response;
  const written = typeof body === 'string' ? body : body === undefined ? '' : (stringify(body) ?? '');
  return { contentId: call.contentId, status, headers, body: written };
}

function failureOf(contentId: string | undefined, status: number, error: FoError): BatchAnswer {
  const headers = { 'Content-Type': 'application/json; odata.metadata=minimal; charset=utf-8', 'OData-Version': '4.0' };
  return { contentId, status, headers, body: stringify(error.body) ?? '' };
}

/** A changeset stays in one company (section 2); the connector must not mix. */
function checkOneCompany(context: JournalContext, calls: readonly BatchCall[]): void {
  const companies = new Set<string>();
  for (const { body } of calls) {
    try {
      const company = (JSON.parse(body) as Row)['dataAreaId'];
      if (typeof company === 'string') companies.add(company.toLowerCase());
    } catch {
      // A body that is no JSON is refused by the operation itself.
    }
  }
  if (companies.size < 2) return;
  context.desk.violation(batchOperation, `one changeset writes to ${[...companies].join(' and ')}`);
}

/** The desk for writes that the answer will not mention. */
function silentDesk(desk: Desk): Desk {
  return {
    ...desk,
    write: (write) => {
      desk.write({ ...write, lost: true });
    },
  };
}

/** Runs a changeset as one transaction. A failure leaves one part, whose Content-ID is that of the first operation. */
function runChangeset(
  context: JournalContext,
  outer: SimRequest,
  calls: BatchCall[],
  inner: InnerCall,
): BatchPartAnswer {
  checkOneCompany(context, calls);
  try {
    const answers = context.store.transaction(() => {
      if (context.desk.itemFault('item-failure', batchOperation)) throw updateConflict('LedgerJournalLineEntity');
      return calls.map((call) => answerOf(call, inner(context, innerRequest(outer, call))));
    });
    return { kind: 'changeset', answers };
  } catch (error) {
    if (!(error instanceof FoError)) throw error;
    return { kind: 'changeset', answers: [failureOf(calls[0]?.contentId, 500, error)] };
  }
}

function runSingle(context: JournalContext, outer: SimRequest, call: BatchCall, inner: InnerCall): BatchPartAnswer {
  try {
    return { kind: 'single', answer: answerOf(call, inner(context, innerRequest(outer, call))) };
  } catch (error) {
    if (!(error instanceof FoError)) throw error;
    return { kind: 'single', answer: failureOf(call.contentId, error.status, error) };
  }
}

const hasFailed = (part: BatchPartAnswer): boolean =>
  (part.kind === 'single' ? [part.answer] : part.answers).some((answer) => answer.status >= 400);

/**
 * Runs a `$batch`: the outer status is 200 whatever happens inside (trap 1), and parts after a failed one are absent. With an
 * injected `item-missing` a changeset is done, but its part is left out of the answer.
 */
export function runBatch(context: JournalContext, request: SimRequest, inner: InnerCall): SimResponse {
  const parts: BatchPart[] = parseBatch(request.headers['content-type'], request.body);
  const answers: BatchPartAnswer[] = [];
  for (const part of parts) {
    const lost = part.kind === 'changeset' && context.desk.itemFault('item-missing', batchOperation);
    const own = lost ? { ...context, desk: silentDesk(context.desk) } : context;
    const answer =
      part.kind === 'single'
        ? runSingle(own, request, part.call, inner)
        : runChangeset(own, request, part.calls, inner);
    if (!lost) answers.push(answer);
    if (hasFailed(answer)) break;
  }
  const { contentType, body } = writeBatch(String(context.store.nextNumber('batch')).padStart(8, '0'), answers);
  return { status: 200, headers: { 'Content-Type': contentType, 'OData-Version': '4.0' }, body };
}

/** Sets that a `$batch` reads, one per query; told from its request lines before it is parsed. */
export function batchReads(body: string): string[] {
  return [...body.matchAll(/^GET (?:[^\s?]*\/)?(\w+)\S* HTTP\/1\.1\r?$/gm)].flatMap(([, set]) => set ?? []);
}

/** Whether a `$batch` only reads; told from its request lines before it is parsed. */
export function batchKind(body: string): Operation['kind'] {
  return /^(?:POST|PATCH|PUT|DELETE) \S+ HTTP\/1\.1\r?$/m.test(body) ? 'write' : 'read';
}
