import type { WatchKind } from './business-events.js';
import type { DocumentKey } from './documents.js';

/** Workflow id of a document: the natural key, so that a second start finds the first (decisions 1). */
export function documentWorkflowId(key: DocumentKey): string {
  return `concur:${key.connection}:${key.docType}:${key.fiId}`;
}

/** Workflow id of the token keeper of a Concur connection: one per connection. */
export const tokenKeeperWorkflowId = (connection: string): string => `token:${connection}`;

/** Workflow id of the poll that events hint at: one per connection, whatever number of events comes in. */
export const pollOnHintWorkflowId = (connection: string): string => `poll-hint:${connection}`;

/** Workflow id of a vendor sync that a person starts: one at a time per ERP company and Concur connection. */
export const vendorSyncWorkflowId = (concur: string, erp: string, company: string): string =>
  `vendors:${concur}:${erp}:${company}`;

/** Workflow id of the sync of the dimensions of an ERP company to a Concur connection: one at a time. */
export const dimensionSyncWorkflowId = (concur: string, erp: string, company: string): string =>
  `dimensions:${concur}:${erp}:${company}`;

/** Schedule, behind the queue prefix, of a watch of one ERP company; business events may ask for it out of turn. */
export const watchScheduleName = (kind: WatchKind, erp: string, company: string): string =>
  `watch-${kind}:${erp}:${company}`;

/** Workflow id of the keeper of the webhooks of one Business Central connection. */
export const webhookKeeperWorkflowId = (connection: string): string => `webhooks:${connection}`;

/** Workflow id of what follows the notifications of one Business Central connection, whatever number of them comes in. */
export const followChangesWorkflowId = (connection: string): string => `changes:${connection}`;
