import { createHash } from 'node:crypto';
import type { FiDocument } from '../clients/concur/fis-client.js';
import type { DocType } from '../contracts/documents.js';
import type { NeutralDocument } from '../contracts/ledger.js';
import { documentWorkflowId } from '../contracts/workflow-ids.js';
import { readConcurDocument } from '../mapping/concur-to-document.js';
import { DocumentUnreadable } from '../mapping/document-unreadable.js';
import type { DiscoveredDocument } from '../store/document-store.js';

/**
 * The row of a document as first seen. A payload that cannot be read is stored all the same, under its FI id: nothing is
 * lost, and the plan holds it with the reason.
 */
export function describeDiscovered(connection: string, docType: DocType, document: FiDocument): DiscoveredDocument {
  const neutral = readIfPossible(docType, document.documentText);
  const payeeId = neutral?.payee.id ?? '';
  return {
    id: documentWorkflowId({ connection, docType, fiId: document.id }),
    connection,
    docType,
    fiId: document.id,
    businessId: neutral?.businessId ?? document.id,
    revision: neutral?.revision ?? '',
    humanNumber: neutral?.humanNumber ?? document.id,
    payload: document.documentText,
    payloadSha256: createHash('sha256').update(document.documentText).digest('hex'),
    payeeId,
    payeeCode: payeeCode(payeeId),
    currency: neutral?.currency ?? '',
    amount: neutral?.total ?? '0',
  };
}

function readIfPossible(docType: DocType, text: string): NeutralDocument | undefined {
  try {
    return readConcurDocument(docType, text);
  } catch (error) {
    if (error instanceof DocumentUnreadable) return undefined;
    throw error;
  }
}

/** A code that may stand in search attributes: e-mail addresses are hashed (decisions 25). */
export function payeeCode(payeeId: string): string {
  return payeeId.includes('@') ? `E-${createHash('sha256').update(payeeId.toLowerCase()).digest('hex').slice(0, 12)}` : payeeId;
}
