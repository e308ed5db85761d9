/** Kinds of ERP connections, as `kind` in the connections file names them. */
export type ErpKind = 'dynamics-fo' | 'business-central' | 'dynamics-nav';

/** What one kind of connection can do. What it cannot is said plainly, by `doctor` too, and never attempted (NAV spec 1). */
export interface ErpCapabilities {
  /**
   * Who turns a written document into ledger entries: a posting action that the connector calls, a codeunit of the customer's,
   * the ERP's own batch, or a person (draft mode).
   */
  posting: 'action' | 'codeunit' | 'batch' | 'person';
  /** A general journal line can be in another currency than the company's own (decisions 20). */
  journalCurrency: boolean;
  /** A general journal line can have another tax treatment than its account's. */
  journalTax: boolean;
  /** Tells changes by itself; without it they are found by polling alone. */
  webhooks: boolean;
  /** Where payments can be seen (NAV spec 15). */
  paymentSource: 'vendor-transactions' | 'analytics' | 'pages';
  purchaseOrders: boolean;
  /** Credits of a vendor as documents of their own. */
  creditMemos: boolean;
  /** Vendors can be created: blocked for payment, and never without somebody's decision (C9). */
  vendorWrite: boolean;
  /** Dimension values can be created. */
  dimensionWrite: boolean;
  /** Shows which dimension values are blocked, or only structure the others, before something is posted to them. */
  dimensionState: boolean;
  /** Shows posting groups and other set-up without which a vendor takes no postings. */
  vendorSetUp: boolean;
}

/** What decides about the capabilities of a connection. */
export interface ErpConnectionKind {
  kind: ErpKind;
  /** Of Business Central; online unless given. */
  deployment?: 'online' | 'on-premises' | undefined;
  /** Of classic NAV: the name of the posting codeunit; without it nothing is posted by the connector. */
  codeunit?: string | undefined;
}

const financeOperations: ErpCapabilities = {
  posting: 'batch',
  journalCurrency: true,
  journalTax: false,
  webhooks: true,
  paymentSource: 'vendor-transactions',
  purchaseOrders: false,
  creditMemos: true,
  vendorWrite: false,
  dimensionWrite: false,
  dimensionState: true,
  vendorSetUp: true,
};

const businessCentral: ErpCapabilities = {
  posting: 'action',
  journalCurrency: false,
  journalTax: false,
  webhooks: true,
  paymentSource: 'analytics',
  purchaseOrders: true,
  creditMemos: true,
  vendorWrite: true,
  dimensionWrite: false,
  dimensionState: false,
  vendorSetUp: false,
};

const classicNav: ErpCapabilities = {
  posting: 'person',
  journalCurrency: true,
  journalTax: true,
  webhooks: false,
  paymentSource: 'pages',
  purchaseOrders: false,
  creditMemos: true,
  vendorWrite: false,
  dimensionWrite: false,
  dimensionState: true,
  vendorSetUp: true,
};

/** The capability list of a connection (NAV spec 1). A server that lacks one of them after all is told by `doctor`. */
export function capabilitiesOf({ kind, codeunit }: ErpConnectionKind): ErpCapabilities {
  if (kind === 'dynamics-fo') return financeOperations;
  if (kind === 'business-central') return businessCentral;
  return codeunit === undefined ? classicNav : { ...classicNav, posting: 'codeunit' };
}

const postingSentences: Record<ErpCapabilities['posting'], string> = {
  action: 'The connector posts what it has written, and reads the posted entries back.',
  codeunit: 'The connector posts by the codeunit that you have installed, and reads the posted entries back.',
  batch: 'The ERP posts by its own batch or workflow; the connector waits for it and proves it.',
  person: 'Draft mode: a person posts what the connector has written; the connector waits for it and proves it.',
};

const paymentSentences: Record<ErpCapabilities['paymentSource'], string> = {
  'vendor-transactions': 'Payments are read from the settlements of vendor transactions.',
  analytics: 'Payments are read from the vendor ledger entries of the analytics API (app Power BI Reports).',
  pages: 'Payments are read from the published pages of vendor ledger entries.',
};

/** One sentence for each thing that a person has to know of a capability list; what a kind cannot do is among them. */
export function capabilitySentences(capabilities: ErpCapabilities): string[] {
  const says = (can: boolean, yes: string, no: string): string => (can ? yes : no);
  return [
    postingSentences[capabilities.posting],
    paymentSentences[capabilities.paymentSource],
    says(
      capabilities.journalCurrency,
      'Journals can be in a foreign currency.',
      'Journals are in the local currency only: documents in a foreign currency need the purchase-invoice route.',
    ),
    says(
      capabilities.webhooks,
      'Changes can be told by notifications.',
      'There are no notifications: changes are found by polling.',
    ),
    says(
      capabilities.purchaseOrders,
      'Purchase orders can be written.',
      'Purchase orders cannot be written by the connector.',
    ),
    says(capabilities.creditMemos, 'Credits of a supplier can be written.', 'Credits of a supplier cannot be written.'),
    says(
      capabilities.vendorWrite,
      'Vendors can be created, blocked for payment.',
      'Vendors cannot be created by the connector; a person creates them.',
    ),
    says(
      capabilities.dimensionWrite,
      'Dimension values can be created.',
      'Dimension values cannot be created by the connector; a person creates them.',
    ),
    says(
      capabilities.dimensionState,
      'Blocked dimension values are refused before anything is written.',
      'Blocked dimension values and headings show only when Business Central refuses to post.',
    ),
    says(
      capabilities.vendorSetUp,
      'The set-up of a vendor is seen before anything is posted.',
      'Posting groups of a vendor are not readable: a vendor without them shows only when Business Central refuses to post.',
    ),
  ];
}
