import { Decimal } from 'decimal.js';
import { LosslessNumber } from 'lossless-json';
import { dimensionsJson, dimensionsOf, lostDimensions } from './dimensions.js';
import type { BcCompany } from './options.js';
import type { BcParts } from './parts.js';
import { kindOf, supplierNumberOf, type PurchaseDocument } from './purchase-kinds.js';
import type { PurchaseLine, PurchaseRecord } from './schemas.js';
import { asCode, canExist, fieldLengths, sumOf } from './wire-text.js';

/** Posted purchase documents keep their id; only the number changes (NAV spec 12). */
export function isPosted({ status }: PurchaseRecord): boolean {
  return status === 'Open' || status === 'Paid';
}

/** Not posted yet: a draft, or one that waits for an approval. */
export function isDraft({ status }: PurchaseRecord): boolean {
  return status === 'Draft' || status === 'In Review';
}

/** An invoice or credit memo with its lines and their dimensions, from the primary database; undefined where there is none. */
export function readInvoice(
  { odata }: BcParts,
  company: BcCompany,
  document: PurchaseDocument,
  id: string,
  signal: AbortSignal,
): Promise<PurchaseRecord | undefined> {
  const { set, lineSet, calls, record } = kindOf(document);
  const path = `${company.path}/${set}(${id})`;
  const query = { $expand: `${lineSet}($expand=dimensionSetLines)` };
  return odata.find({ operation: `${calls}.read`, path, query, fresh: true, signal }, record);
}

/**
 * All documents of this kind, drafts and posted ones, with this supplier's number of this vendor: the natural key (S80).
 * @param look with `lines`, each comes with its lines and their dimensions; `isPatient` where it is not urgent
 */
export async function findInvoices(
  parts: BcParts,
  company: BcCompany,
  document: PurchaseDocument,
  signal: AbortSignal,
  look: { lines: boolean; isPatient?: boolean },
): Promise<PurchaseRecord[]> {
  const vendor = asCode(document.vendorNumber);
  const rows = await findByNumber(parts, company, [document], signal, look);
  return rows.filter(({ vendorNumber }) => asCode(vendorNumber) === vendor);
}

/**
 * Documents of one kind of any vendor with the numbers of these: Business Central compares the pay-to vendor, who may be another
 * one (NAV spec trap 10).
 */
export async function findByNumber(
  { readChain }: BcParts,
  company: BcCompany,
  documents: readonly PurchaseDocument[],
  signal: AbortSignal,
  look: { lines: boolean; isPatient?: boolean } = { lines: false },
): Promise<PurchaseRecord[]> {
  const [first] = documents;
  if (first === undefined) return [];
  const { set, lineSet, numberField, calls, record } = kindOf(first);
  const numbers = documents.map((document) => asCode(supplierNumberOf(document)));
  return readChain({
    operation: `${calls}.find`,
    path: `${company.path}/${set}`,
    field: numberField,
    values: numbers.filter((number) => canExist(number, fieldLengths.vendorInvoiceNumber)),
    query: look.lines ? { $expand: `${lineSet}($expand=dimensionSetLines)` } : {},
    fresh: true,
    row: record,
    valueOf: ({ supplierNumber }) => supplierNumber,
    ...(look.isPatient === undefined ? {} : { isPatient: look.isPatient }),
    signal,
  });
}

/**
 * Ours is what begins with our marker; a posted invoice may have lost its comment lines, then equal total and document
 * date must do (NAV spec 12, step 2). One that carries the marker of another Concur document is never ours, however alike.
 */
export function isOurs(document: PurchaseDocument, invoice: PurchaseRecord): boolean {
  const first = linesOf(invoice)[0];
  if (first?.lineType === 'Comment' && first.description.trim() === document.marker.trim()) return true;
  if (carriesOtherMarker(document, invoice)) return false;
  const sameTotal = plannedTotal(document).eq(invoice.totalAmountIncludingTax);
  return isPosted(invoice) && sameTotal && invoice.documentDate === document.documentOn;
}

/** A comment line that the connector wrote for another document: `CONCUR` and another key seed. */
function carriesOtherMarker({ marker }: PurchaseDocument, { lines }: PurchaseRecord): boolean {
  return (lines ?? []).some(
    ({ lineType, description }) =>
      lineType === 'Comment' &&
      /^CONCUR [0-9A-F]{16}(?: |$)/.test(description.trim()) &&
      description.trim() !== marker.trim(),
  );
}

/** Body of the deep insert: marker first, then one account line per planned line. */
export function invoiceJson(document: PurchaseDocument, withDimensions: boolean): object {
  const { lineSet, numberField, dateField } = kindOf(document);
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
    [numberField]: asCode(supplierNumberOf(document)),
    [dateField]: document.documentOn,
    postingDate: document.postingOn,
    ...(document.dueOn === undefined ? {} : { dueDate: document.dueOn }),
    currencyCode: document.currency,
    [lineSet]: [{ lineType: 'Comment', description: document.marker }, ...lines],
  };
}

/**
 * Sentences about everything in which a draft differs from what was meant; empty when it may be posted.
 * @param localCurrency what a blank currency code stands for
 */
export function differencesOf(
  document: PurchaseDocument,
  invoice: PurchaseRecord,
  localCurrency: string | undefined,
): string[] {
  const total = plannedTotal(document);
  const pairs = pairLines(document, invoice);
  const facts: [boolean, string][] = [
    [
      total.eq(invoice.totalAmountIncludingTax),
      `the total is ${invoice.totalAmountIncludingTax} instead of ${total.toFixed()}`,
    ],
    [isInCurrency(document.currency, invoice, localCurrency), 'the currency differs'],
    [asCode(invoice.vendorNumber) === asCode(document.vendorNumber), 'the vendor differs'],
    [asCode(invoice.supplierNumber) === asCode(supplierNumberOf(document)), "the supplier's number differs"],
    [invoice.documentDate === document.documentOn, 'the document date differs'],
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

/** A blank code is the local currency, never "any": where that is not known, a blank says nothing (NAV spec 4). */
export function isInCurrency(
  currency: string,
  { currencyCode }: { currencyCode: string },
  localCurrency: string | undefined,
): boolean {
  const actual = currencyCode.trim() === '' ? localCurrency : currencyCode;
  return actual === undefined || asCode(actual) === asCode(currency);
}

/** Lines of a draft that do not carry their planned dimensions. Empty also where the lines do not match the plan. */
export async function undimensionedLines(
  { odata }: BcParts,
  company: BcCompany,
  document: PurchaseDocument,
  invoice: PurchaseRecord,
  signal: AbortSignal,
): Promise<{ planned: PurchaseDocument['lines'][number]; id: string }[]> {
  const lost = [];
  for (const { planned, actual } of pairLines(document, invoice) ?? []) {
    if (planned.dimensions.length === 0) continue;
    const parent = { set: kindOf(document).lineSet, ...actual };
    const carried = await dimensionsOf(odata, company, parent, signal);
    if (lostDimensions(planned.dimensions, carried).length > 0) lost.push({ planned, id: actual.id });
  }
  return lost;
}

/** Sum of the planned lines: what the document must come to, tax included. */
export function plannedTotal(document: PurchaseDocument): Decimal {
  return sumOf(document.lines.map(({ amount }) => amount));
}

function linesOf(invoice: PurchaseRecord): PurchaseLine[] {
  return [...(invoice.lines ?? [])].sort((a, b) => Number(a.sequence) - Number(b.sequence));
}

/** Planned and actual money lines in order; undefined where there is one too many or too few. */
function pairLines(
  document: PurchaseDocument,
  invoice: PurchaseRecord,
): { planned: PurchaseDocument['lines'][number]; actual: PurchaseLine }[] | undefined {
  const actual = linesOf(invoice).filter(({ lineType }) => lineType !== 'Comment');
  if (actual.length !== document.lines.length) return undefined;
  return document.lines.flatMap((planned, index) => {
    const line = actual[index];
    return line === undefined ? [] : [{ planned, actual: line }];
  });
}

/** Net amount of a line, computed where Business Central does not state it. */
export function amountOf(line: PurchaseLine): Decimal {
  return new Decimal(line.amountExcludingTax ?? new Decimal(line.unitCost).times(line.quantity));
}
