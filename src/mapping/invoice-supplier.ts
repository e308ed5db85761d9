import { filled } from './coded-fields.js';
import { isJsonObject, parseConcurJson } from './concur-json.js';

/** The supplier of an invoice as Concur keeps it: one code with any number of addresses (platform spec 3). */
export interface InvoiceSupplier {
  vendorCode: string;
  addressCode?: string;
}

/** Reads the supplier of an invoice (`vendor`, FIS spec 9.2); undefined where it has no code. */
export function invoiceSupplier(documentText: string): InvoiceSupplier | undefined {
  const document = parseConcurJson(documentText);
  const vendor = isJsonObject(document) && isJsonObject(document['vendor']) ? document['vendor'] : {};
  const vendorCode = filled(vendor['vendorCode']);
  const addressCode = filled(vendor['vendorRemitToAddressCode']);
  return vendorCode === undefined ? undefined : { vendorCode, ...(addressCode === undefined ? {} : { addressCode }) };
}
