/**
 * Where things are set up in Finance & Operations, in its own menu words (language en-US): every remedy names one of these
 * places, because the people who can set them up work there.
 */
export const menu = {
  applications: 'System administration › Setup › Microsoft Entra ID applications',
  users: 'System administration › Users › Users › Assign roles',
  security: 'System administration › Security › Security configuration',
  entityList: 'Workspaces › Data management › Framework parameters › Entity settings › Refresh entity list',
  legalEntities: 'Organization administration › Organizations › Legal entities',
  ledger: 'General ledger › Ledger setup › Ledger',
  ledgerParameters: 'General ledger › Ledger setup › General ledger parameters › Number sequences',
  numberSequences: 'Organization administration › Number sequences › Number sequences',
  ledgerCalendars: 'General ledger › Calendars › Ledger calendars',
  journalNames: 'General ledger › Journal setup › Journal names',
  postJournals:
    'Post journals in General ledger › Periodic tasks (its place differs by version: search for "Post journals")',
  dimensions: 'General ledger › Chart of accounts › Dimensions › Financial dimensions',
  dimensionFormats:
    'General ledger › Chart of accounts › Dimensions › Financial dimension configuration for integrating applications',
  vendorParameters: 'Accounts payable › Setup › Accounts payable parameters',
  vendorWorkflows: 'Accounts payable › Setup › Accounts payable workflows',
  backgroundTasks: 'System administration › Setup › Process automations › Background tasks',
} as const;
