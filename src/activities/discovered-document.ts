import { createHash } from 'node:crypto';
import type { FiDocument } from '../clients/concur/fis-client.js';
import type { DocType } from '../contracts/documents.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import { documentWorkflowId } from '../contracts/workflow-ids.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import type { DiscoveredDocument } from '../store/document-store.js';

/**
 * The row of a document as first seen. A payload that cannot be read is stored all the same, under its FI id: nothing is
 * lost, and the plan holds it with the reason.
 */
export function describeDiscovered(connection: string, docType: DocType, document: FiDocument): DiscoveredDocument {
  const neutral = readIfPossible(docType, document.documentText);
  const payeeId = storable(neutral?.payee.id ?? '');
  return {
    id: documentWorkflowId({ connection, docType, fiId: document.id }),
    connection,
    docType,
    fiId: document.id,
    businessId: storable(neutral?.businessId ?? document.id),
    revision: storable(neutral?.revision ?? ''),
    humanNumber: storable(neutral?.humanNumber ?? document.id),
    payload: document.documentText,
    payloadSha256: createHash('sha256').update(document.documentText).digest('hex'),
    payeeId,
    payeeCode: payeeCode(payeeId),
    currency: storable(neutral?.currency ?? ''),
    amount: neutral?.total ?? '0',
  };
}

/** Whatever is wrong with one payload, the others of its page are stored all the same; its own plan shows the fault (S91). */
function readIfPossible(docType: DocType, text: string): NeutralDocument | undefined {
  try {
    return readConcurDocument(docType, text);
  } catch {
    return undefined;
  }
}

/** PostgreSQL keeps no NUL in a text; one in a name must not keep the document out of the store. */
const storable = (text: string): string => text.replaceAll('\u0000', '');

/** A code that may stand in search attributes: e-mail addresses are hashed (decisions 25). */
export function payeeCode(payeeId: string): string {
  return payeeId.includes('@')
    ? `E-${createHash('sha256').update(payeeId.toLowerCase()).digest('hex').slice(0, 12)}`
    : payeeId;
}
