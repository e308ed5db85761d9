import type { Call } from './calls.js';
import { postedOrNoted, refuseByChance } from './chance-refusals.js';
import { businessError } from './errors.js';
import { postDocument } from './ledger.js';
import { invoiceKey } from './purchase-kinds.js';
import { checkPostable, documentLegs, type PostingShape } from './purchase-posting.js';
import type { InvoiceRow } from './records.js';
import { schedule } from './scheduled-postings.js';
import { nextNumber, type Company, type World } from './world.js';

/** The action `Microsoft.NAV.post` on a draft; on a posted invoice it is refused and a repeat. */
export function postInvoiceAction(call: Call, invoice: InvoiceRow): void {
  const { world, company } = call;
  call.key = invoiceKey(company, invoice);
  if (call.enveloped) world.desk.violation(call.operation, 'posting action inside a $batch');
  if (invoice.postedAt > 0) {
    call.repeatMessage = `invoice ${invoice.postedNumber} was posted before`;
    throw businessError('The action can be applied to a draft invoice only.');
  }
  if (schedule(call, 'invoice', invoice.id)) return;
  postedOrNoted(world, invoice.id, () => {
    postInvoice(world, company, invoice);
  });
}

/** Checks and posts a draft: a new number from the posted series, G/L entries, one vendor ledger entry. */
export function postInvoice(world: World, company: Company, invoice: InvoiceRow): void {
  const { vendorNumber, vendorInvoiceNumber, postingDate, dueDate, invoiceDate } = invoice;
  const shape: PostingShape = {
    ...{ name: 'Purchase Invoice', numberField: 'Vendor Invoice No.', sign: 1 },
    description: `Invoice ${vendorInvoiceNumber}`,
  };
  checkPostable(world, company, invoice, { number: vendorInvoiceNumber, shape });
  refuseTwin(company, invoice);
  const legs = documentLegs(world, company, invoice, shape);
  const mark = `${vendorNumber}/${vendorInvoiceNumber}`;
  refuseByChance(world, { mark, place: `${shape.name} ${invoice.draftNumber}`, legs });
  const postedNumber = String(nextNumber(company, 'invoice'));
  const vendorEntryId = postDocument(world, company, {
    documentNumber: postedNumber,
    documentType: 'Invoice',
    ...{ postingDate, dueDate, documentDate: invoiceDate },
    mark,
    currency: invoice.currencyCode || company.currency,
    invoiceId: invoice.id,
    legs,
  });
  company.invoices.update(invoice, { postedNumber, postedAt: world.nowMs(), vendorEntryId });
}

/** The duplicate check comes only at posting, over posted invoices of the pay-to vendor, whatever became of them. */
function refuseTwin(company: Company, { payToVendorNumber, vendorInvoiceNumber }: InvoiceRow): void {
  const twin = company.invoices.find(
    (row) =>
      row.postedAt > 0 &&
      row.payToVendorNumber === payToVendorNumber &&
      row.vendorInvoiceNumber === vendorInvoiceNumber,
  );
  if (twin !== undefined)
    throw businessError(`Purchase Invoice ${vendorInvoiceNumber} already exists for this vendor.`);
}
