import type { DocumentKey } from './documents.js';
import { docTypes } from './documents.js';

/** Workflow id of a document: the natural key, so that a second start finds the first (decisions 1). */
export function documentWorkflowId(key: DocumentKey): string {
  return `concur:${key.connection}:${key.docType}:${key.fiId}`;
}

/** The inverse of {@link documentWorkflowId}; undefined for any other workflow id. */
export function parseDocumentWorkflowId(id: string): DocumentKey | undefined {
  const [prefix, connection, docType, fiId, ...rest] = id.split(':');
  const known = docTypes.find((candidate) => candidate === docType);
  if (prefix !== 'concur' || connection === undefined || known === undefined || !fiId || rest.length > 0) {
    return undefined;
  }
  return { connection, docType: known, fiId };
}

/** Workflow id of the token keeper of a Concur connection: one per connection. */
export const tokenKeeperWorkflowId = (connection: string): string => `token:${connection}`;
