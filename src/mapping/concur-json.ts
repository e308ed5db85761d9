import { parse } from 'lossless-json';
import { DocumentUnreadable } from './document-unreadable.js';

/**
 * Parses the JSON text of a Concur document; every number becomes its literal as a string (`"0E-8"`), so that no amount
 * ever passes through a binary float. A document that was delivered as a JSON string is unwrapped (FIS spec 3.3).
 * @throws DocumentUnreadable if the text is not JSON
 */
export function parseConcurJson(text: string): unknown {
  try {
    const value = parse(text, undefined, (literal) => literal);
    return typeof value === 'string' ? parse(value, undefined, (literal) => literal) : value;
  } catch {
    throw new DocumentUnreadable('The document is not valid JSON.', ['']);
  }
}

export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
