import type { BusinessEvent } from './business-event-bodies.js';
import { businessEventIds } from './business-event-catalogue.js';
import type { JournalContext } from './journal-context.js';
import { vendorLegs, type Leg, type Posting } from './posting.js';
import { text, type Row } from './values.js';

function invoicePosted(id: string, company: string, leg: Leg): BusinessEvent {
  const { account, invoice, voucher } = leg;
  const payload = { LegalEntity: company, InvoiceAccount: account.number, InvoiceNumber: invoice, Voucher: voucher };
  return { id, company, payload };
}

/** Tells of each vendor invoice in a posting: of an invoice journal, or else of a pending invoice. */
export function announceInvoices(
  context: JournalContext,
  posting: Pick<Posting, 'dataAreaId' | 'legs' | 'journal'>,
): void {
  const id = posting.journal === '' ? businessEventIds.invoicePosted : businessEventIds.invoiceJournalPosted;
  for (const leg of vendorLegs(posting)) context.announce(invoicePosted(id, posting.dataAreaId, leg));
}

/** Tells of a payment by its vendor transaction; which invoices it settles is not said. */
export function announcePayment(context: JournalContext, payment: Row): void {
  const company = text(payment, 'dataAreaId');
  const payload = {
    LegalEntity: company,
    VendorAccount: text(payment, 'AccountNum'),
    Voucher: text(payment, 'Voucher'),
  };
  context.announce({ id: businessEventIds.paymentPosted, company, payload });
}
