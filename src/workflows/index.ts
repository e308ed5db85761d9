export { processDocument } from './process-document.js';
export { pollDocuments } from './poll-documents.js';
export { watchPayments, watchPostings, watchVendors } from './watch-erp.js';
export { keepToken } from './keep-token.js';
