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

/** This environment does not publish an entity set under the name that was asked (F&O spec 4). */
export class UnknownSet extends ContractViolation {}

/** This environment's entity lacks a field. */
export class UnknownField extends ContractViolation {
  readonly field: string;
  constructor(field: string, call: FailedCall) {
    super(`This environment has no field ${field} where ${call.operation} needs it.`, call);
    this.field = field;
  }
}

/** The service user lacks a right. Rights spread slowly, so the caller may ask again later. */
export class RoleMissing extends Unavailable {}

/** Tells whether an error means that this environment does not let itself be asked, whatever is asked. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof UnknownSet || error instanceof UnknownField || error instanceof RoleMissing;

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
  if (property !== undefined) return new UnknownField(property, failed);
  // Not "row absent" (trap 2): rows are only looked for with a filter, so a 404 always means a wrong address.
  if (status === 404 || text === 'Entity set not found.') {
    return new UnknownSet(`This environment does not publish the entity set of ${call.operation}.`, failed);
  }
  if (status === 403 && !isFieldSecurity(refusal, call)) {
    const message = `The service user has no right for ${call.operation}; give it the missing security role.`;
    return new RoleMissing(message, failed, ROLE_RETRY_MS);
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

/** The host counts as a credential, and F&O repeats addresses in its own texts (S36). */
function withoutAddresses(text: string): string {
  return text
    .replace(/\b(?:https?|wss?):\/\/[^\s'"<>()]+/gi, '(address)')
    .replace(/\b[\w-]+(?:\.[\w-]+)*\.dynamics\.(?:com|cn)\b(?::\d+)?/gi, '(host)');
}

/**
 * The complaint of a 500 by which an action or a custom service refuses for a business reason, and so has done nothing (trap 3);
 * undefined for any other body.
 */
export function actionRefusal(body: string): string | undefined {
  const { text = '', type } = readRefusal(body);
  const told = /exception occurr?ed (?:while executing action|when invoking the operation)/i;
  if (!told.test(text) && type !== 'System.InvalidOperationException') return undefined;
  const complaint = text.replace(/^.*?exception occurr?ed[^:]*?(?:: | - )/i, '').trim();
  return accountantsSentence(complaint === '' ? text : complaint);
}

/** What a person should read of an Infolog: its entries without the technical ones and without addresses (F&O spec 4). */
export function accountantsSentence(text: string): string {
  const infolog = text.indexOf('Infolog:');
  const told = infolog >= 0 ? text.slice(infolog + 'Infolog:'.length) : text.replace(/^Write[^.]*'\.\s*/, '');
  const entries = told
    .split(/;\s+(?=(?:Info|Warning|Error):)/)
    .map((entry) => entry.trim().replace(/^(?:Info|Warning|Error):\s*/, ''))
    .map((entry) => entry.replace(/\s+/g, ' ').replace(/\.\.$/, '.'))
    .filter((entry) => entry !== '' && !isTechnical(entry));
  const sentence = withoutAddresses(entries.length > 0 ? entries.join(' ') : text.replace(/\s+/g, ' '));
  return sentence.length <= 500 ? sentence : `${sentence.slice(0, 499)}…`;
}

function isTechnical(entry: string): boolean {
  return /^(validateField failed on field|validateWrite failed on data source|Update has been cancell?ed)/i.test(entry);
}

/** Only a write can touch a field that may not be changed (trap 9): a read is refused for want of a right, whatever the type. */
function isFieldSecurity({ type, text }: Refusal, { operation }: FailedCall): boolean {
  const isOfType = type?.endsWith('.ODataSecurityException') === true && !operation.endsWith('.read');
  return isOfType || /^update not allowed for field/.test(text ?? '');
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
