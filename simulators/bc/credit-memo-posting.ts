import { applyEntries, standingApplications, unapply } from './applications.js';
import type { Call } from './calls.js';
import { postedOrNoted, refuseByChance } from './chance-refusals.js';
import { BcError, businessError, fieldError } from './errors.js';
import { postInvoice } from './invoice-posting.js';
import { postDocument } from './ledger.js';
import { creditMemoKey } from './purchase-kinds.js';
import { checkPostable, documentLegs, type PostingShape } from './purchase-posting.js';
import type { CreditMemoRow, InvoiceRow, PostableRow, VendorEntryRow } from './records.js';
import { schedule } from './scheduled-postings.js';
import { nextNumber, type Company, type World } from './world.js';

/** The action `Microsoft.NAV.post` on a draft; on a posted credit memo it is refused and a repeat. */
export function postCreditMemoAction(call: Call, creditMemo: CreditMemoRow): void {
  const { world, company } = call;
  call.key = creditMemoKey(company, creditMemo);
  if (call.enveloped) world.desk.violation(call.operation, 'posting action inside a $batch');
  if (creditMemo.postedAt > 0) {
    call.repeatMessage = `credit memo ${creditMemo.postedNumber} was posted before`;
    throw businessError('The action can be applied to a draft credit memo only.');
  }
  if (creditMemo.lines.length === 0) throw businessError('Please add at least one line item to the credit memo.');
  if (schedule(call, 'credit-memo', creditMemo.id)) return;
  postedOrNoted(world, creditMemo.id, () => {
    postCreditMemo(world, company, creditMemo);
  });
}

/** Checks and posts a draft with entries of the other sign; the invoice that it is for is closed as far as it goes. */
export function postCreditMemo(world: World, company: Company, creditMemo: CreditMemoRow): void {
  const { vendorNumber, vendorCreditMemoNumber, postingDate, dueDate, creditMemoDate } = creditMemo;
  const shape: PostingShape = {
    ...{ name: 'Purchase Credit Memo', numberField: 'Vendor Cr. Memo No.', sign: -1 },
    description: `Credit Memo ${vendorCreditMemoNumber}`,
  };
  checkPostable(world, company, creditMemo, { number: vendorCreditMemoNumber, shape });
  refuseTwin(company, creditMemo);
  const applied = entryToApplyTo(company, creditMemo);
  const legs = documentLegs(world, company, creditMemo, shape);
  const mark = `${vendorNumber}/${vendorCreditMemoNumber}`;
  refuseByChance(world, { mark, place: `${shape.name} ${creditMemo.draftNumber}`, legs });
  const postedNumber = String(nextNumber(company, 'creditMemo'));
  const vendorEntryId = postDocument(world, company, {
    documentNumber: postedNumber,
    documentType: 'Credit Memo',
    ...{ postingDate, dueDate, documentDate: creditMemoDate },
    mark,
    currency: creditMemo.currencyCode || company.currency,
    invoiceId: '',
    legs,
  });
  company.creditMemos.update(creditMemo, { postedNumber, postedAt: world.nowMs(), vendorEntryId });
  if (applied !== undefined) applyEntries(world, company, entryOf(company, creditMemo), applied);
}

/** The action `Microsoft.NAV.cancel` on a posted credit memo: a corrective invoice takes it back, and its invoice is open again. */
export function cancelCreditMemoAction(call: Call, creditMemo: CreditMemoRow): void {
  const { world, company } = call;
  call.key = creditMemoKey(company, creditMemo);
  if (call.enveloped) world.desk.violation(call.operation, 'posting action inside a $batch');
  if (creditMemo.postedAt === 0) throw businessError('The action can be applied to a posted credit memo only.');
  if (creditMemo.ending === 'Canceled') {
    call.repeatMessage = `credit memo ${creditMemo.postedNumber} was cancelled before`;
    throw businessError('The credit memo cannot be cancelled because it has already been canceled.');
  }
  const entry = entryOf(company, creditMemo);
  unapply(world, company, entry);
  const { vendorCreditMemoNumber: _own, creditMemoDate, invoiceId: _applied, ...common } = creditMemo;
  const corrective = company.invoices.insert({
    ...{ ...common, ...copyHead(world, company, creditMemo, 'draft') },
    ...{ vendorInvoiceNumber: creditMemo.postedNumber, invoiceDate: creditMemoDate },
  } satisfies InvoiceRow);
  postInvoice(world, company, corrective);
  applyEntries(world, company, entryOf(company, corrective), entry);
  company.invoices.update(corrective, { ending: 'Corrective' });
  company.creditMemos.update(creditMemo, { ending: 'Canceled' });
}

/** What "Cancel" on a posted invoice does for a person: a corrective credit memo takes it back. Throws BcError. */
export function cancelInvoice(world: World, company: Company, invoice: InvoiceRow): void {
  if (invoice.ending !== undefined) throw businessError('The posted purchase invoice has already been canceled.');
  const entry = entryOf(company, invoice);
  if (!entry.open || standingApplications(entry).length > 0) {
    throw businessError('You cannot cancel this posted purchase invoice because it is fully or partially paid.');
  }
  const { vendorInvoiceNumber: _own, invoiceDate, order: _order, ...common } = invoice;
  const corrective = company.creditMemos.insert({
    ...{ ...common, ...copyHead(world, company, invoice, 'creditMemoDraft') },
    ...{ vendorCreditMemoNumber: invoice.postedNumber, creditMemoDate: invoiceDate, invoiceId: invoice.id },
  } satisfies CreditMemoRow);
  postCreditMemo(world, company, corrective);
  company.creditMemos.update(corrective, { ending: 'Corrective' });
  company.invoices.update(invoice, { ending: 'Canceled' });
}

/** Head of a document that takes another one back: posted today, with the same lines under new ids. */
function copyHead(
  world: World,
  company: Company,
  { lines }: PostableRow,
  counter: 'draft' | 'creditMemoDraft',
): Pick<PostableRow, 'id' | 'version' | 'createdAt' | 'modifiedAt' | 'draftNumber' | 'postingDate' | 'lines'> &
  Pick<PostableRow, 'postedAt' | 'postedNumber' | 'vendorEntryId'> {
  const record = world.newRecord();
  return {
    ...record,
    draftNumber: String(nextNumber(company, counter)),
    postingDate: world.today(),
    ...{ postedAt: 0, postedNumber: '', vendorEntryId: '' },
    lines: lines.map((line) => ({ ...line, ...world.newRecord(), documentId: record.id })),
  };
}

function entryOf(company: Company, { vendorEntryId, draftNumber }: PostableRow): VendorEntryRow {
  const entry = company.vendorEntries.get(vendorEntryId);
  if (entry === undefined) throw businessError(`The posted document ${draftNumber} has no vendor ledger entry.`);
  return entry;
}

function refuseTwin(company: Company, { payToVendorNumber, vendorCreditMemoNumber }: CreditMemoRow): void {
  const twin = company.creditMemos.find(
    (row) =>
      row.postedAt > 0 &&
      row.payToVendorNumber === payToVendorNumber &&
      row.vendorCreditMemoNumber === vendorCreditMemoNumber,
  );
  if (twin === undefined) return;
  throw businessError(`Purchase Credit Memo ${vendorCreditMemoNumber} already exists for this vendor.`);
}

/** The open entry of the invoice that the credit memo names; the application only looks for open ones of its vendor. */
function entryToApplyTo(company: Company, creditMemo: CreditMemoRow): VendorEntryRow | undefined {
  const { invoiceId, payToVendorNumber, currencyCode } = creditMemo;
  if (invoiceId === '') return undefined;
  const entry = company.vendorEntries.get(company.invoices.get(invoiceId)?.vendorEntryId ?? '');
  if (entry?.open !== true || entry.vendorNumber !== payToVendorNumber) {
    throw new BcError(400, 'Internal_DataNotFoundFilter', 'There is no Vendor Ledger Entry within the filter.');
  }
  if (entry.currencyCode !== currencyCode) {
    throw fieldError(
      `Currency Code must be equal to '${currencyCode}' in Vendor Ledger Entry: Entry No.=${entry.entryNo}. Current value is '${entry.currencyCode}'.`,
    );
  }
  return entry;
}
