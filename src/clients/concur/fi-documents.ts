import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { z } from 'zod';
import { ContractViolation, type FailedCall } from '../http/errors.js';
import { parseAnswer } from './concur-answers.js';

/** Types that the connector lists and confirms (FIS spec 1.1); written in lower case in paths. */
export type FisDocType = 'expense' | 'invoice' | 'cashadvance';

/** A financial document with the envelope's facts. */
export interface FiDocument {
  /** FI document id: the id for acknowledgement and confirmations, not the report id. */
  id: string;
  docType: FisDocType;
  /** `docStatus` of FIS spec 7.1; `UNKNOWN` where absent. Post only from `READY`. */
  status: string;
  /** The system that last handled the document. */
  erpSystemId?: string;
  /** Concur's company number, not the ERP's. */
  companyId?: string;
  companyUuid?: string;
  /** JSON text of the document; every number literal as Concur sent it (`50.00000000`, `0E-8`). */
  documentText: string;
}

/** An item of a page that cannot be taken: the others are not held up by it. */
export interface UnreadableDocument {
  /** Position in the page. */
  index: number;
  id?: string;
  /** What is wrong; names fields, never values. */
  problem: string;
}

/** One page of the list, from either envelope. */
export interface FiPage {
  documents: FiDocument[];
  unreadable: UnreadableDocument[];
  totalPages?: number;
}

const textSchema = z.union([z.string(), z.instanceof(LosslessNumber)]).transform(String);
const optionalText = textSchema.nullish().catch(undefined);

const pageSchema = z.object({
  content: z.array(z.unknown()).nullish(),
  fIDocuments: z.array(z.unknown()).nullish(),
  page: z
    .object({ totalPages: textSchema.transform(Number).pipe(z.number().int().min(0)).nullish().catch(undefined) })
    .nullish()
    .catch(undefined),
});

const itemSchema = z.object({
  id: z.string().min(1),
  docType: z.string().nullish(),
  docStatus: z.string().nullish(),
  erpSystemId: optionalText,
  companyId: optionalText,
  companyUuid: optionalText,
  document: z.unknown(),
});

/**
 * Reads one page in the v4 envelope (`content`, `page`) or the older one (`fIDocuments`); a missing list is empty. Links
 * are not read: they name an internal host (FIS spec 3.4). Throws `ContractViolation` if the body is no page at all.
 */
export function readFiPage(text: string, docType: FisDocType, call: FailedCall): FiPage {
  let body: unknown;
  try {
    body = parse(text);
  } catch {
    throw new ContractViolation(`Concur ${call.operation} did not answer with JSON.`, call);
  }
  const page = parseAnswer(pageSchema, body, call);
  const documents: FiDocument[] = [];
  const unreadable: UnreadableDocument[] = [];
  for (const [index, item] of (page.content ?? page.fIDocuments ?? []).entries()) {
    const read = readItem(item, docType);
    if ('problem' in read) unreadable.push({ index, ...read });
    else documents.push(read);
  }
  const totalPages = page.page?.totalPages ?? undefined;
  return { documents, unreadable, ...(totalPages === undefined ? {} : { totalPages }) };
}

function readItem(value: unknown, docType: FisDocType): FiDocument | Omit<UnreadableDocument, 'index'> {
  const item = itemSchema.safeParse(value);
  if (!item.success) {
    const fields = item.error.issues.map((issue) => issue.path.join('.') || '(item)').join(', ');
    return { problem: `not as promised: ${fields}` };
  }
  const { id } = item.data;
  const ownType = item.data.docType?.toLowerCase();
  if (ownType !== undefined && ownType !== docType) return { id, problem: 'docType is not the one that was asked for' };
  const documentText = losslessText(item.data.document);
  if (documentText === undefined) return { id, problem: 'document is neither an object nor the JSON text of one' };
  return {
    id,
    docType,
    status: item.data.docStatus ?? 'UNKNOWN',
    ...present('erpSystemId', item.data.erpSystemId),
    ...present('companyId', item.data.companyId),
    ...present('companyUuid', item.data.companyUuid),
    documentText,
  };
}

/** The document as JSON text, whether it came as object or as text (`DocumentFormatAs` is not always heeded). */
function losslessText(document: unknown): string | undefined {
  let value = document;
  if (typeof value === 'string') {
    try {
      value = parse(value);
    } catch {
      return undefined;
    }
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
  return isObject ? stringify(value) : undefined;
}

/** Concur writes "none" as null and as an empty string. */
function present<Name extends string>(name: Name, value: string | null | undefined): Partial<Record<Name, string>> {
  return value === undefined || value === null || value === '' ? {} : ({ [name]: value } as Record<Name, string>);
}
