/** Document types that the connector polls and posts (FIS spec 1.1). Payroll and obligations are never polled. */
export const docTypes = ['cashadvance', 'expense', 'invoice'] as const;
export type DocType = (typeof docTypes)[number];

/** Names one financial document of one Concur connection. `fiId` is Concur's FI document id (FIS spec 6), never the report id. */
export interface DocumentKey {
  connection: string;
  docType: DocType;
  fiId: string;
}

/** Money on the wire between our own parts: a plain decimal string and an ISO 4217 code. */
export interface Money {
  amount: string;
  currency: string;
}
