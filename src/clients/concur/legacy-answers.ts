import { Rejected, Unavailable, type ExternalSystemError, type FailedCall } from '../http/errors.js';
import type { HttpClient, HttpRequest, HttpResponse } from '../http/types.js';
import { concurCall, concurRefusal } from './concur-answers.js';
import { elementTexts } from './legacy-answers-xml.js';

/** A call of the older services: without `Accept: application/json` they answer XML (platform spec 7, trap 32). */
export interface ConcurRequest extends Omit<HttpRequest, 'headers' | 'signal'> {
  signal: AbortSignal | undefined;
  /** Media type that is asked for; JSON unless given. */
  accept?: string;
  /** Language of Concur's words; the company's unless given. */
  language?: string;
  /** Statuses that carry a result; 200 unless given. */
  resolves?: readonly number[];
  /** What a 404 means for one record, as a sentence; without it a 404 means a wrong address. */
  absent?: string;
}

/** An answer with the facts of its call. */
export interface ConcurAnswer {
  response: HttpResponse;
  call: FailedCall;
}

/**
 * Sends one call and resolves with an answer that carries a result. Throws the errors of `HttpClient.send` and those of
 * `concurRefusal`, with Concur's own words where the body has some; which error it is depends on the status alone.
 */
export async function callConcur(http: HttpClient, request: ConcurRequest): Promise<ConcurAnswer> {
  const { signal, accept = 'application/json', language, resolves = [200], absent, ...rest } = request;
  const headers = { accept, ...(language === undefined ? {} : { 'accept-language': language }) };
  const response = await http.send({ ...rest, headers, ...(signal === undefined ? {} : { signal }) });
  const call = concurCall(request.operation, response);
  if (resolves.includes(response.status)) return { response, call };
  if (response.status === 404 && absent !== undefined) throw new Rejected(absent, call, '404');
  throw withWords(concurRefusal(request.kind, call), legacyProblem(response.text), call);
}

/** Adds Concur's words to a refusal that people read; the kind of error stays. */
function withWords(refusal: ExternalSystemError, words: string | undefined, call: FailedCall): ExternalSystemError {
  if (words === undefined) return refusal;
  const message = `${refusal.message} Concur says: ${words}`;
  if (refusal instanceof Rejected) return new Rejected(message, call, refusal.code);
  if (refusal instanceof Unavailable) return new Unavailable(message, call, refusal.retryAfterMs);
  return refusal;
}

const WORDS_LIMIT = 300;
const MESSAGE_NAMES = ['Message', 'message', 'ErrorMessage', 'errorMessage', 'detail', 'error_description'];
const MAXIMUM_DEPTH = 5;

/**
 * The words of an error body for people: from JSON of any of Concur's forms, from XML, from the title of an HTML page, or
 * the text itself. Undefined where it says nothing. Never decide by it: the forms are not documented and the texts follow
 * the language. Links and long codes are left out, because bodies may hold addresses that are secrets.
 */
export function legacyProblem(text: string): string | undefined {
  const body = text.trim();
  const words = publishableWords(foundWords(body) ?? '');
  return words === '' ? undefined : words;
}

function foundWords(body: string): string | undefined {
  if (body.startsWith('<')) return elementTexts(body, 'message')[0] ?? elementTexts(body, 'title')[0];
  if (!/^[[{]/.test(body)) return body;
  try {
    return messageIn(JSON.parse(body), MAXIMUM_DEPTH);
  } catch {
    return undefined;
  }
}

/** The first text under a known name, the outermost first. */
function messageIn(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  for (const name of MESSAGE_NAMES) {
    const found: unknown = Reflect.get(value, name);
    if (typeof found === 'string' && found.trim() !== '') return found;
  }
  for (const inner of Object.values(value)) {
    const found = messageIn(inner, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function publishableWords(text: string): string {
  const plain = text
    .replace(/\bbearer\s+\S+/gi, '…')
    .replace(/\bhttps?:\/\/\S+/gi, '(link)')
    .replace(/[\w+/=.~-]{41,}/g, '…')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  return plain.length <= WORDS_LIMIT ? plain : `${plain.slice(0, WORDS_LIMIT - 1)}…`;
}
