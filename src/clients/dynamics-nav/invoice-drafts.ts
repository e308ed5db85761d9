import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import type { BcPurchaseInvoice } from '../../contracts/erp-documents.js';
import { dimensionsJson, dimensionsOf, lostDimensions } from './dimensions.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { purchaseInvoiceSchema, type PurchaseInvoice, type PurchaseInvoiceLine } from './schemas.js';
import { asCode, canExist, fieldLengths, quoted, sumOf } from './wire-text.js';

/** Posted purchase invoices keep their id; only the number changes (NAV spec 12). */
export function isPosted({ status }: PurchaseInvoice): boolean {
  return status === 'Open' || status === 'Paid';
}

/** Not posted yet: a draft, or one that waits for an approval. */
export function isDraft({ status }: PurchaseInvoice): boolean {
  return status === 'Draft' || status === 'In Review';
}

/** An invoice with its lines and their dimensions, from the primary database; undefined where it does not exist. */
export function readInvoice(
  { odata }: BcParts,
  company: BcCompany,
  id: string,
  signal: AbortSignal,
): Promise<PurchaseInvoice | undefined> {
  const path = `${company.path}/purchaseInvoices(${id})`;
  const query = { $expand: 'purchaseInvoiceLines($expand=dimensionSetLines)' };
  return odata.find({ operation: 'bc.invoices.read', path, query, fresh: true, signal }, purchaseInvoiceSchema);
}

/** All invoices, drafts and posted ones, with this supplier's number of this vendor: the natural key (S80). */
export async function findInvoices(
  { odata }: BcParts,
  company: BcCompany,
  { vendorNumber, vendorInvoiceNumber }: BcPurchaseInvoice,
  signal: AbortSignal,
): Promise<PurchaseInvoice[]> {
  const vendor = asCode(vendorNumber);
  const number = asCode(vendorInvoiceNumber);
  if (!canExist(vendor, fieldLengths.number) || !canExist(number, fieldLengths.vendorInvoiceNumber)) return [];
  const query = { $filter: `vendorNumber eq ${quoted(vendor)} and vendorInvoiceNumber eq ${quoted(number)}` };
  const path = `${company.path}/purchaseInvoices`;
  return odata.list({ operation: 'bc.invoices.find', path, query, fresh: true, signal }, purchaseInvoiceSchema);
}

/**
 * Ours is what begins with our marker; a posted invoice may have lost its comment lines, then equal total and document
 * date must do (NAV spec 12, step 2).
 */
export function isOurs(document: BcPurchaseInvoice, invoice: PurchaseInvoice): boolean {
  const first = linesOf(invoice)[0];
  if (first?.lineType === 'Comment' && first.description.trim() === document.marker.trim()) return true;
  const sameTotal = plannedTotal(document).eq(invoice.totalAmountIncludingTax);
  return isPosted(invoice) && sameTotal && invoice.invoiceDate === document.documentOn;
}

/** Body of the deep insert: marker first, then one account line per planned line. */
export function invoiceJson(document: BcPurchaseInvoice, withDimensions: boolean): object {
  const lines = document.lines.map(({ accountNumber, description, amount, dimensions }) => ({
    lineType: 'Account',
    lineObjectNumber: accountNumber,
    description,
    quantity: 1,
    unitCost: new LosslessNumber(new Decimal(amount).toFixed()),
    ...(withDimensions ? dimensionsJson(dimensions) : {}),
  }));
  return {
    vendorNumber: document.vendorNumber,
    vendorInvoiceNumber: asCode(document.vendorInvoiceNumber),
    invoiceDate: document.documentOn,
    postingDate: document.postingOn,
    ...(document.dueOn === undefined ? {} : { dueDate: document.dueOn }),
    currencyCode: document.currency,
    purchaseInvoiceLines: [{ lineType: 'Comment', description: document.marker }, ...lines],
  };
}

/** Sentences about everything in which a draft differs from what was meant; empty when it may be posted. */
export function differencesOf(document: BcPurchaseInvoice, invoice: PurchaseInvoice): string[] {
  const total = plannedTotal(document);
  const pairs = pairLines(document, invoice);
  const facts: [boolean, string][] = [
    [
      total.eq(invoice.totalAmountIncludingTax),
      `the total is ${invoice.totalAmountIncludingTax} instead of ${total.toFixed()}`,
    ],
    [invoice.currencyCode === '' || asCode(invoice.currencyCode) === asCode(document.currency), 'the currency differs'],
    [asCode(invoice.vendorNumber) === asCode(document.vendorNumber), 'the vendor differs'],
    [asCode(invoice.vendorInvoiceNumber) === asCode(document.vendorInvoiceNumber), "the supplier's number differs"],
    [invoice.invoiceDate === document.documentOn, 'the document date differs'],
    [invoice.postingDate === document.postingOn, 'the posting date differs'],
    [document.dueOn === undefined || invoice.dueDate === document.dueOn, 'the due date differs'],
    [pairs !== undefined, 'the number of lines differs'],
  ];
  const lines = (pairs ?? []).flatMap(({ planned, actual }, index): [boolean, string][] => [
    [asCode(actual.lineObjectNumber) === asCode(planned.accountNumber), `line ${index + 1} has another account`],
    [amountOf(actual).eq(planned.amount), `line ${index + 1} has another amount`],
  ]);
  return [...facts, ...lines].filter(([holds]) => !holds).map(([, sentence]) => sentence);
}

/** Lines of a draft that do not carry their planned dimensions. Empty also where the lines do not match the plan. */
export async function undimensionedLines(
  { odata }: BcParts,
  company: BcCompany,
  document: BcPurchaseInvoice,
  invoice: PurchaseInvoice,
  signal: AbortSignal,
): Promise<{ planned: BcPurchaseInvoice['lines'][number]; id: string }[]> {
  const lost = [];
  for (const { planned, actual } of pairLines(document, invoice) ?? []) {
    if (planned.dimensions.length === 0) continue;
    const parent = { set: 'purchaseInvoiceLines' as const, ...actual };
    const carried = await dimensionsOf(odata, company, parent, signal);
    if (lostDimensions(planned.dimensions, carried).length > 0) lost.push({ planned, id: actual.id });
  }
  return lost;
}

/** Sum of the planned lines: what the invoice must come to, tax included. */
export function plannedTotal(document: BcPurchaseInvoice): Decimal {
  return sumOf(document.lines.map(({ amount }) => amount));
}

function linesOf(invoice: PurchaseInvoice): PurchaseInvoiceLine[] {
  return [...(invoice.purchaseInvoiceLines ?? [])].sort((a, b) => Number(a.sequence) - Number(b.sequence));
}

/** Planned and actual money lines in order; undefined where there is one too many or too few. */
function pairLines(
  document: BcPurchaseInvoice,
  invoice: PurchaseInvoice,
): { planned: BcPurchaseInvoice['lines'][number]; actual: PurchaseInvoiceLine }[] | undefined {
  const actual = linesOf(invoice).filter(({ lineType }) => lineType !== 'Comment');
  if (actual.length !== document.lines.length) return undefined;
  return document.lines.flatMap((planned, index) => {
    const line = actual[index];
    return line === undefined ? [] : [{ planned, actual: line }];
  });
}

/** Net amount of a line, computed where Business Central does not state it. */
export function amountOf(line: PurchaseInvoiceLine): Decimal {
  return new Decimal(line.amountExcludingTax ?? new Decimal(line.unitCost).times(line.quantity));
}
