import type { LedgerLeg, LegPosition, NeutralDocument, OrderReference } from '../contracts/ledger.js';
import type { ConcurInvoice } from './concur-schemas.js';
import { isYes } from './concur-schemas.js';
import type { CodedField, CostCodes } from './coded-fields.js';
import { codedFields, costCodes, employeeCodes, filled, traitsOf } from './coded-fields.js';
import { isJsonObject } from './concur-json.js';
import { concurDate, firstDate } from './concur-dates.js';
import { checkInvoice, headerTax, invoiceAccount, invoiceLineText } from './invoice-invariants.js';
import { checkLedger, newFindings } from './invariants.js';
import { amountOf, plain, sumOf } from './money.js';

type LineItem = ConcurInvoice['lineItem'][number];
type Allocation = LineItem['allocation'][number];

/** Payment methods by which Concur itself pays the supplier (Concur platform spec 4.3). */
const concurPays = ['ACH', 'CHECK', 'VCHER', 'PAYPVD'];

/** Expands an invoice: each allocation's gross against the supplier; signs as delivered (FIS spec 10.5, decisions 16). */
export function readInvoice(document: ConcurInvoice): NeutralDocument {
  const { requestHeader: header, vendor, ownerEmployee: owner } = document;
  const findings = newFindings();
  checkInvoice(document, findings);
  const ofHeader = codedFields(header);
  const legs = document.lineItem.flatMap((item, index) => itemLegs(document, ofHeader, item, index));
  checkLedger(legs, header.currencyAlphaCode, findings);
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
    ...(isJsonObject(owner) ? { employeeFields: employeeCodes(owner) } : {}),
    vendorInvoiceNumber: header.vendorInvoiceNumber,
    ...(salesTax === undefined ? {} : { salesTax }),
    ...(purchaseOrder === undefined ? {} : { purchaseOrder }),
    legs,
    warnings: findings.warnings,
    refusals: findings.refusals,
  };
}

/** The tax rows of the lines count; where they are left out, the header's own figure tells that there is tax at all. */
function statedTax(document: ConcurInvoice): string | undefined {
  const lines = document.lineItem.flatMap((item) => item.allocation.flatMap((allocation) => allocation.journal));
  const rows = sumOf(lines.flatMap((line) => line.tax.map((row) => row.amountTax ?? '0')));
  const tax = rows.isZero() ? (headerTax(document) ?? rows) : rows;
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

function itemLegs(
  document: ConcurInvoice,
  ofHeader: readonly CodedField[],
  item: LineItem,
  index: number,
): LedgerLeg[] {
  const around = [...codedFields(item), ...ofHeader];
  return item.allocation.flatMap((row, allocation) =>
    allocationLegs(document, row, costCodes(row, around), { item: index, allocation }, item),
  );
}

function allocationLegs(
  document: ConcurInvoice,
  allocation: Allocation,
  codes: CostCodes,
  at: LegPosition,
  item: LineItem,
): LedgerLeg[] {
  const { requestHeader: header, vendor } = document;
  const isPaidByConcur = isYes(header.invoicePayIndicator) || concurPays.includes(filled(header.payMethodType) ?? '');
  const order = orderOf(document, item, at.item);
  const text = invoiceLineText(item, at.item);
  return allocation.journal.flatMap((line): LedgerLeg[] => {
    const amount = amountOf(line.amountGross);
    if (amount.isZero()) {
      return [];
    }
    return [
      {
        leg: 'expense',
        account: invoiceAccount(allocation, line) ?? '',
        ...codes,
        ...traitsOf({ expenseType: item['expenseTypeCode'] }),
        ...(order === undefined ? {} : { order }),
        amount: plain(amount),
        text,
        at,
      },
      {
        leg: 'party',
        party: 'VENDOR',
        id: vendor.vendorCode,
        settledBy: isPaidByConcur ? 'concur-invoice-pay' : 'erp',
        amount: plain(amount.neg()),
        text,
        at,
      },
    ];
  });
}
