export { processDocument } from './process-document.js';
export { pollDocuments } from './poll-documents.js';
export { pollOnHint } from './poll-on-hint.js';
export { watchPayments, watchPostings, watchVendors } from './watch-erp.js';
export { watchHandOff } from './watch-hand-off.js';
export { keepToken } from './keep-token.js';
export { keepSubscriptions } from './keep-subscriptions.js';
export { syncVendors } from './sync-vendors.js';
