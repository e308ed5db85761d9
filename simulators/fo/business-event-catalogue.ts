/** One entry of System administration › Setup › Business events catalog (section 13). */
export interface CatalogueEntry {
  id: string;
  name: string;
  contract: string;
}

/** Ids of what the simulated environment can tell; the payment's is documented nowhere and must be read from the catalogue. */
export const businessEventIds = {
  invoiceJournalPosted: 'VendorInvoiceJournalPostedBusinessEvent',
  invoicePosted: 'VendorInvoicePostedBusinessEvent',
  paymentPosted: 'VendorPaymentJournalPostedBusinessEvent',
} as const;

const entry = (id: string, name: string): CatalogueEntry => ({ id, name, contract: `${id}Contract` });

/** The catalogue; general journals have no event. */
export const businessEventCatalogue: readonly CatalogueEntry[] = [
  entry(businessEventIds.invoiceJournalPosted, 'Invoice journal posted'),
  entry(businessEventIds.invoicePosted, 'Vendor invoice posted'),
  entry(businessEventIds.paymentPosted, 'Vendor payment posted'),
];
