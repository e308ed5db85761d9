import { createHash } from 'node:crypto';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import type { DocType } from '../contracts/documents.js';
import { docTypes } from '../contracts/documents.js';

export interface JsonFile {
  name: string;
  text: string;
}

/** A document found in a file, ready to be put into a Concur: always READY, whatever the file says. */
export interface LoadedDocument {
  file: string;
  docType: DocType;
  /** FI document id, 32 hex; derived from the content where the file has none. */
  id: string;
  status: 'READY';
  /** Plain JSON value, for loading into a Concur. */
  document: unknown;
  /** The document's JSON with every number as it was written. */
  documentText: string;
  companyId?: string;
  entityId?: string;
}

export interface LoadedFiles {
  documents: LoadedDocument[];
  skipped: { file: string; reason: string }[];
}

/**
 * Finds Concur documents in JSON files: published envelopes (`fIDocuments`), answers of the API (`content`) and bare
 * documents. Equal FI document ids are loaded once, the first file wins; every other JSON is listed as skipped.
 */
export function loadDocuments(files: JsonFile[]): LoadedFiles {
  const documents = new Map<string, LoadedDocument>();
  const skipped: LoadedFiles['skipped'] = [];
  for (const { name, text } of files) {
    const found = documentsIn(name, text);
    if (typeof found === 'string') {
      skipped.push({ file: name, reason: found });
      continue;
    }
    for (const document of found) {
      if (!documents.has(document.id)) {
        documents.set(document.id, document);
      }
    }
  }
  return { documents: [...documents.values()], skipped };
}

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

function documentsIn(file: string, text: string): LoadedDocument[] | string {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return 'not JSON';
  }
  if (!isObject(value)) {
    return 'not a Concur document';
  }
  const envelope = value.fIDocuments ?? value.content;
  const items = Array.isArray(envelope) ? envelope.filter(isObject) : [{ document: value }];
  const found = items.map((item) => loadedDocument(file, item)).filter((document) => document !== undefined);
  return found.length > 0 ? found : 'holds no expense report, invoice or cash advance';
}

function loadedDocument(file: string, item: JsonObject): LoadedDocument | undefined {
  const document: unknown = typeof item.document === 'string' ? parseOrUndefined(item.document) : item.document;
  const docType = docTypes.find((type) => type === item.docType) ?? docTypeByShape(document);
  const documentText = stringify(document);
  if (
    docType === undefined ||
    documentText === undefined ||
    (typeof item.docType === 'string' && item.docType !== docType)
  ) {
    return undefined;
  }
  return {
    file,
    docType,
    id: typeof item.id === 'string' && item.id !== '' ? item.id : derivedId(documentText),
    status: 'READY',
    document: JSON.parse(documentText),
    documentText,
    ...(typeof item.companyId === 'string' ? { companyId: item.companyId } : {}),
    ...(typeof item.entityId === 'string' ? { entityId: item.entityId } : {}),
  };
}

function parseOrUndefined(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function docTypeByShape(document: unknown): DocType | undefined {
  if (!isObject(document)) {
    return undefined;
  }
  if ('requestHeader' in document && 'lineItem' in document) {
    return 'invoice';
  }
  if ('cashAdvanceData' in document && 'journalData' in document) {
    return 'cashadvance';
  }
  return 'report' in document && 'expenseEntry' in document ? 'expense' : undefined;
}

function derivedId(documentText: string): string {
  return createHash('sha256').update(documentText).digest('hex').slice(0, 32);
}
