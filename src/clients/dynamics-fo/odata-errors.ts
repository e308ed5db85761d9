import { parse } from 'lossless-json';
import { z } from 'zod';
import {
  Conflict,
  ContractViolation,
  Rejected,
  Unavailable,
  type ExternalSystemError,
  type FailedCall,
} from '../http/errors.js';

/** A create hit an existing key: the caller looks again and adopts, or throws a plain `Conflict` (F&O spec 4, S81). */
export class DuplicateKey extends Conflict {}

/** The row, or its journal, was changed between our look and our write: nothing was done, look again (F&O spec 4). */
export class ChangedMeanwhile extends Unavailable {}

const envelope = z.object({
  error: z
    .object({
      message: z.string().optional(),
      innererror: z.object({ message: z.string().optional(), type: z.string().optional() }).optional(),
    })
    .optional(),
  Message: z.string().optional(),
});

interface Refusal {
  /** The most telling text of the envelope; undefined where the body is not an OData envelope. */
  text?: string;
  type?: string;
}

/** Access rights spread slowly, so a missing role is asked again after this time (F&O spec 4). */
const ROLE_RETRY_MS = 5 * 60_000;

/**
 * Turns a refusal into an error with a sentence for an accountant: by status and type first, by text second, because
 * texts follow the service user's language (trap 19). An unknown refusal is permanent.
 */
export function toFailure(status: number, body: string, call: FailedCall): ExternalSystemError {
  const failed = { ...call, status };
  const refusal = readRefusal(body);
  const text = refusal.text ?? '';
  const property = /Could not find a property named '([^']+)'/.exec(text)?.[1];
  if (property !== undefined) {
    return new ContractViolation(`This environment has no field ${property} where ${call.operation} needs it.`, failed);
  }
  // Not "row absent" (trap 2): rows are only looked for with a filter, so a 404 always means a wrong address.
  if (status === 404 || text === 'Entity set not found.') {
    return new ContractViolation(`This environment does not publish the entity set of ${call.operation}.`, failed);
  }
  if (status === 403 && !isFieldSecurity(refusal)) {
    const message = `The service user has no right for ${call.operation}; give it the missing security role.`;
    return new Unavailable(message, failed, ROLE_RETRY_MS);
  }
  if (status === 409 || status === 412 || text.includes('An update conflict occurred due to another user process')) {
    return new ChangedMeanwhile('Another process changed the same journal at the same moment.', failed);
  }
  if (/The record already exists/i.test(text)) return new DuplicateKey(accountantsSentence(text), failed);
  const sentence =
    text === '' ? `Finance & Operations refused ${call.operation} (${status}).` : accountantsSentence(text);
  return new Rejected(sentence, failed, isPeriodRefusal(sentence) ? 'period-closed' : 'erp-refused');
}

/**
 * Tells whether the answer to a keyed call means "no such row": any 404 or 410 but that of the router, which has never heard of
 * the address (trap 2).
 */
export function isMissingRow(status: number, body: string): boolean {
  if (status === 410) return true;
  return status === 404 && !/No HTTP resource was found|^Entity set not found/.test(readRefusal(body).text ?? '');
}

/** Tells whether a 500 inside a changeset is a business refusal, and so a known outcome (trap 3). */
export function isWriteRefusal(body: string): boolean {
  const { type, text } = readRefusal(body);
  return type?.endsWith('.AxODataWriteException') === true || /^Write (validation )?(failed|returned)/.test(text ?? '');
}

/** What a person should read of an Infolog: its entries without the technical ones (F&O spec 4). */
export function accountantsSentence(text: string): string {
  const infolog = text.indexOf('Infolog:');
  const told = infolog >= 0 ? text.slice(infolog + 'Infolog:'.length) : text.replace(/^Write[^.]*'\.\s*/, '');
  const entries = told
    .split(/;\s+(?=(?:Info|Warning|Error):)/)
    .map((entry) => entry.trim().replace(/^(?:Info|Warning|Error):\s*/, ''))
    .map((entry) => entry.replace(/\s+/g, ' ').replace(/\.\.$/, '.'))
    .filter((entry) => entry !== '' && !isTechnical(entry));
  const sentence = entries.length > 0 ? entries.join(' ') : text.replace(/\s+/g, ' ');
  return sentence.length <= 500 ? sentence : `${sentence.slice(0, 499)}…`;
}

function isTechnical(entry: string): boolean {
  return /^(validateField failed on field|validateWrite failed on data source|Update has been cancell?ed)/i.test(entry);
}

function isFieldSecurity({ type, text }: Refusal): boolean {
  return type?.endsWith('.ODataSecurityException') === true || /^update not allowed for field/.test(text ?? '');
}

function isPeriodRefusal(sentence: string): boolean {
  return /\bperiod\b.*\b(closed|on hold|not open)\b/i.test(sentence);
}

function readRefusal(body: string): Refusal {
  let json: unknown;
  try {
    json = parse(body);
  } catch {
    return {};
  }
  const read = envelope.safeParse(json);
  if (!read.success) return {};
  const { error, Message: topMessage } = read.data;
  const text = error?.innererror?.message ?? error?.message ?? topMessage;
  const type = error?.innererror?.type;
  return { ...(text === undefined ? {} : { text }), ...(type === undefined ? {} : { type }) };
}
