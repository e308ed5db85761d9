import { isLosslessNumber, parse } from 'lossless-json';
import { isObject } from './post-body.js';
import type { ConcurContext, DocumentRecord, ConcurState } from './state.js';

/** The body of a loaded document with its number literals. */
export function documentBody(context: ConcurContext, document: DocumentRecord): unknown {
  return parse(context.bodies.get(document.id) ?? 'null');
}

/** Text or number literal found along the path; undefined where nothing is filled in. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
  const text = isLosslessNumber(found) ? found.value : found;
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** The rows under this name; a lone object counts as one row. */
export function rowsAt(value: unknown, name: string): unknown[] {
  const found = isObject(value) ? value[name] : undefined;
  if (Array.isArray(found)) return found;
  return isObject(found) ? [found] : [];
}

/** `YYYY-MM-DD` of a delivered date: ISO date, timestamp or `MM/DD/YYYY`. */
export function dayOf(text: string | undefined): string | undefined {
  const [, month, day, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text ?? '') ?? [];
  return year === undefined ? text?.slice(0, 10) : `${year}-${month ?? ''}-${day ?? ''}`;
}

/** One document per business id, as the services beyond FIS know no other: the one that was posted, else the newest. */
export function businessDocuments(state: ConcurState, docType: string): DocumentRecord[] {
  const byBusinessId = new Map<string, DocumentRecord>();
  for (const document of state.documents.values()) {
    if (document.docType !== docType) continue;
    if (isPosted(byBusinessId.get(document.businessId))) continue;
    byBusinessId.set(document.businessId, document);
  }
  return [...byBusinessId.values()];
}

function isPosted(document: DocumentRecord | undefined): boolean {
  return document !== undefined && /^(POSTING_CONFIRMED_SUCCESS|PAYMENT_CONFIRMED)/.test(document.status);
}
