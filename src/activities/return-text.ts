import type { PostingMessage } from '../clients/concur/fis-client.js';
import type { Leaving } from '../contracts/leaving.js';

/** What means nothing to an employee, or must not be told outside: addresses, hosts, keys and ids of machines. */
const unreadable: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bhttps?:\/\/[^\s"'<>]+/gi, '…'],
  [/\bconcur:[a-z0-9:-]+/gi, '…'],
  [/\b[a-z0-9][a-z0-9-]*\/[^/\s]+\/(employee|supplier)\/([^\s,;.]+)/gi, '$1 $2'],
  [/\b(?:[a-z0-9_-]+\.)+(?:com|net|org|cn|io|local|internal|svc)\b(?::\d+)?/gi, '…'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '…'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '…'],
  [/\b[0-9a-f]{32}\b/gi, '…'],
];

/**
 * The reason of an automatic return as an employee reads it in Concur, one finding per line. The document's own numbers, codes
 * and companies stay; hosts and ids of machines do not.
 */
export function employeeText(findings: string): string {
  const readable = unreadable.reduce((text, [pattern, instead]) => text.replace(pattern, instead), findings);
  return `This document could not be posted. ${readable.trim()}\nPlease correct it and submit it again, or ask your accounting department.`;
}

/** The messages of an error confirmation: one per line of the reason, with a stable code (FIS spec 5.1). */
export function returnMessages({ reason, code }: Leaving): PostingMessage[] {
  const lines = reason.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '').map((text) => ({ messageId: code, language: 'EN', text }));
}

/** The reason on one line, for details and the audit trail. */
export const onOneLine = (reason: string): string => reason.replaceAll(/\s+/g, ' ').trim().slice(0, 500);
