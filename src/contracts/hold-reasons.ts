/** The one published list of reasons for which a document waits for a person (decisions 23). */
export const holdReasons = {
  'vendor-missing': 'The employee or supplier has no vendor account in the ERP company.',
  'vendor-blocked': 'The vendor account is blocked or on hold for invoices in the ERP company.',
  'mapping-missing': 'An account, tax code, card or cost object of the document has no mapping.',
  'account-unusable': 'A mapped ledger account does not exist or allows no posting.',
  'dimension-unusable': 'A mapped dimension or dimension value does not exist or is blocked.',
  'legal-entity-unresolved':
    'No declared rule leads from the document to an ERP company, or its parts lead to several.',
  'test-document': 'The document belongs to a Concur test user and the ERP company is not marked as a test company.',
  'document-inconsistent': "The document's own figures contradict each other.",
  'document-unreadable': 'The document does not have the structure that Concur documents.',
  'unsupported-document': 'No route posts this kind of document to this ERP.',
  'acknowledged-elsewhere': 'Concur says that another system has acknowledged this document.',
  'concur-refused': 'Concur refused a call for this document for good.',
  'earlier-posting-lives': 'Another financial document of the same report or invoice is posted.',
  superseded: 'Concur has sent a newer financial document of the same report, invoice or advance.',
  'recalled-after-posting': 'Concur recalled the document, but the ERP holds it.',
  'return-blocked': 'The document is to go back to Concur, but something of it is still in the ERP.',
  'possible-duplicate': 'The ERP holds an entry with the same number that is not ours.',
  'erp-refused': 'The ERP refused the document.',
  'erp-document-changed': 'The ERP document differs from what was meant, or was removed by a person.',
  'period-closed': 'The posting period is closed.',
  'contract-violation': 'A remote service answered with something that its contract does not allow.',
  'payment-needs-decision': 'The ERP settled the document by something else than payments, or took a payment back.',
  'payment-confirmation-refused': 'Concur refused the payment confirmation for good.',
} as const;
export type HoldReason = keyof typeof holdReasons;
