import { AsyncLocalStorage } from 'node:async_hooks';

/** Which document the current remote calls serve, so that the audit trail can name it. */
export interface CallContext {
  documentId: string;
  attempt: number;
}

export const callContext = new AsyncLocalStorage<CallContext>();
