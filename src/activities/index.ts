export { createConcurActivities } from './concur.js';
export { createDocumentActivities } from './documents.js';
export { createErpActivities } from './erp.js';
export { createSubscriptionActivities } from './subscriptions.js';
export { createTokenActivities } from './tokens.js';
export { createVendorOutcomeActivities } from './vendor-sync-outcome.js';
export { createVendorMasterActivities } from './write-vendor-changes.js';
