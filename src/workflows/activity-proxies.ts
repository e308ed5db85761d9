import type { proxyActivities } from '@temporalio/workflow';
import type { createConcurActivities, createDocumentActivities, createErpActivities } from '../activities/index.js';

/** Activities as workflows call them: with a summary per call. */
type Proxied<A> = ReturnType<typeof proxyActivities<A>>;

export type ConcurActivities = ReturnType<typeof createConcurActivities>;
export type DocumentActivities = ReturnType<typeof createDocumentActivities>;
export type ErpActivities = ReturnType<typeof createErpActivities>;
export type ProxiedConcurActivities = Proxied<ConcurActivities>;
export type ProxiedDocumentActivities = Proxied<DocumentActivities>;
export type ProxiedErpActivities = Proxied<ErpActivities>;
