import { AsyncLocalStorage } from 'node:async_hooks';

/** A document that remote calls serve, and the attempt of its step. */
export interface ServedDocument {
  documentId: string;
  attempt: number;
}

/** Whom the current remote calls serve, so that the audit trail can name them: several where documents share a call. */
export const callContext = new AsyncLocalStorage<readonly ServedDocument[]>();
