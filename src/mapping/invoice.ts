import type { LedgerLeg, NeutralDocument, OrderReference } from '../contracts/ledger.js';
import type { ConcurInvoice } from './concur-schemas.js';
import { isYes } from './concur-schemas.js';
import { costObjectsOf, filled, filledCodes } from './coded-fields.js';
import { concurDate, firstDate } from './concur-dates.js';
import type { Findings } from './invariants.js';
import { checkPrecision, newFindings } from './invariants.js';
import { amountOf, isDecimal, plain, sumOf } from './money.js';

type LineItem = ConcurInvoice['lineItem'][number];
type Allocation = LineItem['allocation'][number];
type JournalLine = Allocation['journal'][number];

/** Payment methods by which Concur itself pays the supplier (Concur platform spec 4.3). */
const concurPays = ['ACH', 'CHECK', 'VCHER', 'PAYPVD'];

/** Expands an invoice: each allocation's gross against the supplier; signs as delivered (FIS spec 10.5, decisions 16). */
export function readInvoice(document: ConcurInvoice): NeutralDocument {
  const { requestHeader: header, vendor } = document;
  const findings = newFindings();
  checkInvoice(document, findings);
  const legs = document.lineItem.flatMap((item, index) =>
    item.allocation.flatMap((allocation) => allocationLegs(document, item, allocation, index)),
  );
  checkPrecision(legs, header.currencyAlphaCode, findings);
  const dueOn = concurDate(header.paymentDueDate, 'requestHeader.paymentDueDate');
  const postingOn = concurDate(header.postingDate, 'requestHeader.postingDate');
  const salesTax = statedTax(document);
  const purchaseOrder = filled(header.poNumber);
  return {
    docType: 'invoice',
    businessId: header.requestId,
    humanNumber: header.vendorInvoiceNumber,
    title: filled(header.requestTitle) ?? 'Invoice',
    revision: filled(header.revisionNumber) ?? '1',
    isTest: isYes(header.isTest),
    currency: header.currencyAlphaCode,
    total: plain(amountOf(header.requestTotal)),
    documentOn: firstDate([['requestHeader.invoiceDate', header.invoiceDate]]),
    ...(dueOn === undefined ? {} : { dueOn }),
    ...(postingOn === undefined ? {} : { postingOn }),
    payee: { kind: 'supplier', id: vendor.vendorCode, name: filled(vendor.vendorName) ?? vendor.vendorCode },
    vendorInvoiceNumber: header.vendorInvoiceNumber,
    ...(salesTax === undefined ? {} : { salesTax }),
    ...(purchaseOrder === undefined ? {} : { purchaseOrder }),
    legs,
    warnings: findings.warnings,
    refusals: findings.refusals,
  };
}

/** The tax rows of the lines count; where they are left out, the header's own figure tells that there is tax at all. */
function statedTax({ requestHeader: header, lineItem }: ConcurInvoice): string | undefined {
  const lines = lineItem.flatMap((item) => item.allocation.flatMap((allocation) => allocation.journal));
  const rows = sumOf(lines.flatMap((line) => line.tax.map((row) => row.amountTax ?? '0')));
  const stated = filled(header.amountTax);
  const tax = rows.isZero() && stated !== undefined && isDecimal(stated) ? amountOf(stated) : rows;
  return tax.isZero() ? undefined : plain(tax);
}

/** The order's line as far as Concur delivers it; a line number alone belongs to the order of the header (FIS spec 9.2). */
function orderOf({ requestHeader: header }: ConcurInvoice, item: LineItem, index: number): OrderReference | undefined {
  const line = filled(item.poLineNumber);
  const purchaseOrder =
    filled(item.lineItemPurchaseOrderNumber) ?? (line === undefined ? undefined : filled(header.poNumber));
  if (purchaseOrder === undefined) return undefined;
  const quantity = filled(item.lineItemQuantity);
  const unitPrice = filled(item.lineItemUnitPrice);
  return {
    item: index + 1,
    purchaseOrder,
    ...(line === undefined ? {} : { line }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(unitPrice === undefined ? {} : { unitPrice }),
  };
}

function accountOf(allocation: Allocation, line: JournalLine): string | undefined {
  return filled(line.accountCode) ?? filled(allocation.allocationAccountCode);
}

function allocationLegs(document: ConcurInvoice, item: LineItem, allocation: Allocation, index: number): LedgerLeg[] {
  const { requestHeader: header, vendor } = document;
  const isPaidByConcur = isYes(header.invoicePayIndicator) || concurPays.includes(filled(header.payMethodType) ?? '');
  const order = orderOf(document, item, index);
  const text = filled(item.lineItemDescription) ?? filled(item.expenseTypeName) ?? `Line ${index + 1}`;
  return allocation.journal.flatMap((line): LedgerLeg[] => {
    const amount = amountOf(line.amountGross);
    if (amount.isZero()) {
      return [];
    }
    return [
      {
        leg: 'expense',
        account: accountOf(allocation, line) ?? '',
        costObjects: costObjectsOf(allocation),
        fields: filledCodes(allocation, item, header),
        ...(order === undefined ? {} : { order }),
        amount: plain(amount),
        text,
      },
      {
        leg: 'party',
        party: 'VENDOR',
        id: vendor.vendorCode,
        settledBy: isPaidByConcur ? 'concur-invoice-pay' : 'erp',
        amount: plain(amount.neg()),
        text,
      },
    ];
  });
}

/** Invariant I1 of FIS spec 10.7. */
function checkInvoice({ requestHeader: header, lineItem }: ConcurInvoice, findings: Findings): void {
  const allocations = lineItem.flatMap((item) => item.allocation);
  const lines = allocations.flatMap((allocation) => allocation.journal);
  const compare = (field: string, stated: string | null | undefined, amounts: (string | null | undefined)[]): void => {
    if (stated === null || stated === undefined || amounts.some((amount) => amount === null || amount === undefined)) {
      return;
    }
    const sum = sumOf(amounts.map((amount) => amount ?? '0'));
    if (!sum.eq(stated)) {
      findings.refuse('I1', field, `The lines sum to ${plain(sum)}, the invoice says ${plain(amountOf(stated))}.`);
    }
  };
  compare(
    'requestHeader.requestTotal',
    header.requestTotal,
    lines.map((line) => line.amountGross),
  );
  compare(
    'requestHeader.amountNetInvoice',
    header.amountNetInvoice,
    lines.map((line) => line.amountNet),
  );
  compare(
    'requestHeader.amountShippingTotal',
    header.amountShippingTotal,
    lines.map((line) => line.amountShipping),
  );
  for (const line of lines) {
    const tax = line.tax.map((row) => row.amountTax ?? '0');
    const parts =
      line.amountNet && line.amountShipping ? [line.amountNet, line.amountShipping, ...tax] : [line.amountGross];
    compare('lineItem.allocation.journal.amountGross', line.amountGross, parts);
    if (!sumOf(tax).isZero()) {
      const message = 'The invoice has tax; it stays in the cost, no input tax is posted apart from it.';
      findings.warn('invoice-tax', 'lineItem.allocation.journal.tax', message);
    }
  }
  if (allocations.some((allocation) => allocation.journal.some((line) => accountOf(allocation, line) === undefined))) {
    findings.refuse('E12', 'lineItem.allocation.journal.accountCode', 'An allocation has no account code.');
  }
}
