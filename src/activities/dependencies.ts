import type { ErpPort } from '../contracts/erp-port.js';
import type { MappingRules, ZeroDocuments } from '../contracts/mapping-rules.js';
import type { VendorSyncRules } from '../contracts/vendor-master.js';
import type { FisClient } from '../clients/concur/fis-client.js';
import type { InvoicePaymentClient } from '../clients/concur/invoice-payment-client.js';
import type { PaymentRequestClient } from '../clients/concur/payment-request-client.js';
import type { Database } from '../store/database.js';
import type { LeaseStore } from '../store/lease-store.js';
import type { ReturnRules } from '../contracts/leaving.js';
import type { DocumentTimings } from '../contracts/steps.js';
import type { InvoicePaymentMethods } from './invoice-payment-methods.js';

/** What activities of all kinds need; composed once in worker.ts, replaced in tests. */
export interface SharedDependencies {
  db: Database;
  leases: LeaseStore;
  alerts: AlertChannel;
  now: () => Date;
}

/** Tells people. Delivery is best effort; the alert itself is a row in the database. */
export interface AlertChannel {
  notify: (alert: { cause: string; message: string; documentId: string | undefined }) => Promise<void>;
}

export interface ConcurDependencies extends SharedDependencies {
  connection: string;
  systemId: string;
  pageLimit: number;
  paymentMethods: InvoicePaymentMethods;
  /** Whether Concur is told by itself of payments that the ERP took back (decisions 21). */
  paymentReversals: 'alert' | 'confirm';
  /** Whether Concur is told that documents without amounts are posted; else they hold when they are planned. */
  zeroDocuments: ZeroDocuments;
  lookAgainSeconds: number[];
  fis: FisClient;
  invoicePayments: InvoicePaymentClient;
  paymentRequests: PaymentRequestClient;
  /** Payment statuses of the invoice record that mean "paid", in the company's own wording. */
  paidStatuses: string[];
  /** `erp/company` of companies whose ERP never shows a payment (decisions 21). */
  unobservablePayments: string[];
}

export interface ErpDependencies extends SharedDependencies {
  port: ErpPort;
  lookAgainSeconds: number[];
  overlapSeconds: number;
}

/** What the comparison of vendors needs beside the store. */
export interface VendorPlanDependencies extends SharedDependencies {
  /** By `erp/company`; a company that is not there is told to nobody (S18). */
  vendorSync: Record<string, { concur: string; rules: VendorSyncRules }>;
}

export interface DocumentDependencies extends VendorPlanDependencies {
  rules: MappingRules;
  timeZones: Record<string, string>;
  openFrom: Record<string, string>;
  /** ERP connections to which nothing is written without a person's release. */
  manualRelease: string[];
  queuePrefix: string;
  timings: DocumentTimings;
  /** By Concur connection. */
  returns: Record<string, ReturnRules>;
  /** Seconds by ERP connection within which a written document should be posted. */
  postingDeadlineSeconds: Record<string, number>;
  /** `erp/company` of companies whose ERP never shows a payment (decisions 21). */
  unobservablePayments: string[];
}
