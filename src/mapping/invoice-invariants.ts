import type { ConcurInvoice } from './concur-schemas.js';
import { filled } from './coded-fields.js';
import type { Findings } from './invariants.js';
import type { Amount } from './money.js';
import { amountOf, isDecimal, plain, roundedTo, sumOf } from './money.js';

type LineItem = ConcurInvoice['lineItem'][number];
type Allocation = LineItem['allocation'][number];
type JournalLine = Allocation['journal'][number];
type Figure = string | null | undefined;

/** Account of an allocation's line: its own, else that of the allocation (FIS spec 9.4). */
export function invoiceAccount(allocation: Allocation, line: JournalLine): string | undefined {
  return filled(line.accountCode) ?? filled(allocation.allocationAccountCode);
}

/** What the lines of an ERP document are called, and by what a finding names an invoice line. */
export function invoiceLineText(item: LineItem, index: number): string {
  return filled(item.lineItemDescription) ?? filled(item.expenseTypeName) ?? `Line ${index + 1}`;
}

/** Tax as the header states it: in one figure, or in one of each kind; undefined where it states none. */
export function headerTax({ requestHeader: header }: ConcurInvoice): Amount | undefined {
  if (filled(header.amountTax) !== undefined) return amountOf(header.amountTax ?? '0');
  const kinds = [header.amountVAT1, header.amountVAT2, header.amountVAT3, header.amountVAT4].filter(isStated);
  return kinds.length === 0 ? undefined : sumOf(kinds);
}

const isStated = (figure: Figure): figure is string => filled(figure) !== undefined;

/**
 * Invariant I1 of FIS spec 10.7. The amounts of the allocations are posted as they are delivered and must add up to the total to
 * the last cent; nothing is rounded into place. Net and shipping are not posted: they are compared in the currency's precision.
 */
export function checkInvoice(document: ConcurInvoice, findings: Findings): void {
  const { requestHeader: header, lineItem } = document;
  const allocations = lineItem.flatMap((item) => item.allocation);
  const lines = allocations.flatMap((allocation) => allocation.journal);
  const gross = sumOf(lines.map((line) => line.amountGross));
  if (!gross.eq(header.requestTotal)) {
    const message = `The lines sum to ${plain(gross)}, the invoice says ${plain(amountOf(header.requestTotal))}.`;
    findings.refuse('I1', 'requestHeader.requestTotal', message);
  }
  checkPart(document, findings, 'amountNetInvoice', (line) => line.amountNet);
  checkPart(document, findings, 'amountShippingTotal', (line) => line.amountShipping);
  warnOfTax(document, lines, findings);
  const isTaxed = isTaxedInHeader(document, lines);
  const currency = header.currencyAlphaCode;
  lineItem.forEach((item, index) => checkLineItem(item, index, { currency, isTaxed }, findings));
}

function checkPart(
  { requestHeader: header, lineItem }: ConcurInvoice,
  findings: Findings,
  name: 'amountNetInvoice' | 'amountShippingTotal',
  partOf: (line: JournalLine) => Figure,
): void {
  const stated = header[name];
  const parts = lineItem.flatMap((item) => item.allocation.flatMap((allocation) => allocation.journal.map(partOf)));
  if (!isStated(stated) || !parts.every(isStated)) return;
  const sum = roundedTo(sumOf(parts), header.currencyAlphaCode);
  if (sum.eq(roundedTo(amountOf(stated), header.currencyAlphaCode))) return;
  const message = `The lines sum to ${plain(sum)}, the invoice says ${plain(amountOf(stated))} (${name}).`;
  findings.refuse('I1', `requestHeader.${name}`, message);
}

function warnOfTax(document: ConcurInvoice, lines: JournalLine[], findings: Findings): void {
  const rows = sumOf(lines.flatMap((line) => line.tax.map((row) => row.amountTax ?? '0')));
  if (rows.isZero() && (headerTax(document)?.isZero() ?? true)) return;
  const message = 'The invoice has tax; it stays in the cost, no input tax is posted apart from it.';
  findings.warn('invoice-tax', 'lineItem.allocation.journal.tax', message);
}

/** Concur may deliver the tax of the whole invoice only: then it must be all that lies between net and gross. */
function isTaxedInHeader(document: ConcurInvoice, lines: JournalLine[]): boolean {
  const stated = headerTax(document);
  if (stated === undefined || stated.isZero() || lines.some((line) => line.tax.length > 0)) return false;
  const parts = lines.flatMap((line) => [line.amountNet ?? '0', line.amountShipping ?? '0']);
  const between = sumOf(lines.map((line) => line.amountGross)).minus(sumOf(parts));
  return roundedTo(between, document.requestHeader.currencyAlphaCode).eq(stated);
}

function checkLineItem(
  item: LineItem,
  index: number,
  { currency, isTaxed }: { currency: string; isTaxed: boolean },
  findings: Findings,
): void {
  const name = `Line ${index + 1} (${invoiceLineText(item, index)})`;
  item.allocation.forEach((allocation, at) => {
    const about = item.allocation.length === 1 ? name : `${name}, allocation ${at + 1}`;
    const path = `lineItem[${index}].allocation[${at}].journal`;
    for (const line of allocation.journal) {
      const gross = amountOf(line.amountGross);
      const parts = [line.amountNet, line.amountShipping];
      if (parts.every(isStated) && !isTaxed) {
        const sum = roundedTo(sumOf([...parts, ...line.tax.map((row) => row.amountTax ?? '0')]), currency);
        if (!sum.eq(roundedTo(gross, currency))) {
          const message = `${about}: net, shipping and tax sum to ${plain(sum)}, its gross is ${plain(gross)}.`;
          findings.refuse('I1', `${path}.amountGross`, message);
        }
      }
      if (!gross.isZero() && invoiceAccount(allocation, line) === undefined) {
        findings.refuse('E12', `${path}.accountCode`, `${about}: an amount of ${plain(gross)} has no account code.`);
      }
    }
  });
  warnOfPrice(item, name, currency, findings);
}

/** The line's own figures are told when they differ: quantity and price may be rounded, and are never posted. */
function warnOfPrice(item: LineItem, name: string, currency: string, findings: Findings): void {
  const { lineItemQuantity: quantity, lineItemUnitPrice: price } = item;
  const nets = item.allocation.flatMap((allocation) => allocation.journal.map((line) => line.amountNet));
  if (!isStated(quantity) || !isStated(price) || !isDecimal(quantity) || !isDecimal(price)) return;
  if (nets.length === 0 || !nets.every(isStated)) return;
  const priced = roundedTo(amountOf(quantity).times(price), currency);
  const sum = roundedTo(sumOf(nets), currency);
  if (sum.eq(priced)) return;
  const message = `${name}: its allocations sum to ${plain(sum)} net, quantity times price is ${plain(priced)}.`;
  findings.warn('I2', 'lineItem.lineItemUnitPrice', message);
}
