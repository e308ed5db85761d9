import { Decimal } from 'decimal.js';
import type { FoPendingInvoice, FoPendingInvoiceLine } from '../../contracts/erp-documents.js';
import { differingSegment, type DimensionFormat } from './dimension-format.js';
import { dayOf, sameCode } from './odata-literals.js';
import type { PlannedInvoice, PlannedInvoiceLine } from './pending-lines.js';
import type { PendingHeader, PendingLine, PostedInvoice } from './pending-schemas.js';
import type { VendTrans } from './schemas.js';

/** One way in which a pending invoice is not what was meant. */
export interface InvoiceDifference {
  code: 'erp-document-changed' | 'dimension-lost';
  /** What differs, in words for an accountant: `net amount of line 2 (10 was meant, 9 stands there)`. */
  field: string;
}

/** A value beside its plan, which is `undefined` where anything will do. */
type Compared = [
  field: string,
  meant: string | undefined,
  found: string,
  isSame: (meant: string, found: string) => boolean,
];

/** How a pending invoice differs from the plan; an empty list means "exactly what was meant" (F&O spec 10; S43, S81). */
export function invoiceDifferences(
  planned: PlannedInvoice,
  header: PendingHeader,
  lines: readonly PendingLine[],
  format: DimensionFormat,
): InvoiceDifference[] {
  const { missing, extra, pairs } = pairInvoiceLines(planned, lines);
  return [
    ...headerDifferences(planned, header, format),
    ...missing.map(({ line }) => changed(`line ${line.lineNumber}, which is not there`)),
    ...extra.map(({ number }) => changed(`an additional line (number ${number})`)),
    ...pairs.flatMap((pair) => lineDifferences(pair.planned, pair.written, format)),
  ];
}

/** Written lines laid beside the plan, by the line numbers that are ours. */
export function pairInvoiceLines(
  planned: PlannedInvoice,
  written: readonly PendingLine[],
): {
  pairs: { planned: PlannedInvoiceLine; written: PendingLine }[];
  missing: PlannedInvoiceLine[];
  /** Lines that the plan does not know. */
  extra: PendingLine[];
} {
  const isOf = (line: PlannedInvoiceLine, row: PendingLine): boolean =>
    new Decimal(row.number).equals(line.line.lineNumber);
  return {
    pairs: planned.lines.flatMap((line) => {
      const row = written.find((each) => isOf(line, each));
      return row === undefined ? [] : [{ planned: line, written: row }];
    }),
    missing: planned.lines.filter((line) => !written.some((row) => isOf(line, row))),
    extra: written.filter((row) => !planned.lines.some((line) => isOf(line, row))),
  };
}

/** Whether the posted invoice is the document: adopted only if vendor, number, amount, currency and date agree (S81). */
export function adoptionDifferences(document: FoPendingInvoice, posted: PostedInvoice): InvoiceDifference[] {
  return [
    ...postedDifferences(document, posted),
    ...differing([
      ['amount', document.amount, posted.amount, sameNumber],
      ['currency', document.currency, posted.currency, sameCode],
      ['invoice date', document.documentOn, day(posted.documentOn), same],
    ]),
  ];
}

/** Whose invoice was posted, and as which; the caller compares amount and currency. */
export function postedDifferences(document: FoPendingInvoice, posted: PostedInvoice): InvoiceDifference[] {
  return differing([
    ['vendor', document.vendorAccount, posted.account, sameCode],
    ['invoice number', document.invoiceNumber, posted.number, sameCode],
  ]);
}

/** The entry is what payments settle: it is compared by itself, since F&O calculates taxes at posting (F&O spec 6.5). */
export function entryDifferences(document: FoPendingInvoice, entry: VendTrans): InvoiceDifference[] {
  const compared: Compared[] = [
    ['amount', document.amount, new Decimal(entry.AmountCur).negated().toFixed(), sameNumber],
    ['currency', document.currency, entry.CurrencyCode, sameCode],
    ['date', document.postingOn, day(entry.TransDate), same],
  ];
  return differing(compared.map(([field, ...values]): Compared => [`${field} of the vendor's entry`, ...values]));
}

function headerDifferences(
  { document, dimensions }: PlannedInvoice,
  header: PendingHeader,
  format: DimensionFormat,
): InvoiceDifference[] {
  return [
    ...differing([
      ['vendor account', document.vendorAccount, header.account, sameCode],
      ['vendor of the order', document.vendorAccount, header.orderAccount, sameCode],
      ['invoice number', document.invoiceNumber, header.number, sameCode],
      ['currency', document.currency, header.currency, sameCode],
      ['invoice date', document.documentOn, day(header.documentOn), same],
      ['posting date', document.postingOn, day(header.postingOn), same],
      ['due date', document.dueOn, day(header.dueOn), same],
      ['description', document.description, header.description.trimEnd(), same],
      ['document number', document.documentNumber, header.document, sameCode],
    ]),
    ...dimensionDifference(dimensions, header.dimensions, format, 'of the invoice'),
  ];
}

/** Differences of one pair, used before an invoice is completed too. */
export function lineDifferences(
  { line, currency, dimensions }: PlannedInvoiceLine,
  written: PendingLine,
  format: DimensionFormat,
): InvoiceDifference[] {
  const of = `of line ${line.lineNumber}`;
  const compared: Compared[] = [
    ...goodsCompared(line.goods, written),
    ['quantity', line.quantity, written.quantity, sameNumber],
    ['net amount', line.amount, written.amount, sameNumber],
    ['currency', currency, written.currency, sameCode],
    ['text', line.text, written.text.trimEnd(), same],
  ];
  return [
    ...differing(compared.map(([field, ...values]): Compared => [`${field} ${of}`, ...values])),
    ...dimensionDifference(dimensions, written.dimensions, format, of),
  ];
}

function goodsCompared(goods: FoPendingInvoiceLine['goods'], written: PendingLine): Compared[] {
  return 'category' in goods
    ? [
        ['procurement category', goods.category, written.category, sameCode],
        ['category hierarchy', goods.hierarchy, written.hierarchy, sameCode],
        ['purchase order', '', written.purchaseOrder, sameCode],
        ['unit', goods.unit, written.unit, sameCode],
      ]
    : [
        ['purchase order', goods.purchaseOrder, written.purchaseOrder, sameCode],
        ['line of the purchase order', goods.purchaseLine, written.purchaseLine, sameNumber],
      ];
}

const same = (meant: string, found: string): boolean => meant === found;
const sameNumber = (meant: string, found: string): boolean => new Decimal(found).equals(meant);
const day = (wire: string): string => dayOf(wire) ?? '';

function differing(compared: readonly Compared[]): InvoiceDifference[] {
  return compared.flatMap(([field, meant, found, isSame]) =>
    meant === undefined || isSame(meant, found) ? [] : [changed(field, { meant, found })],
  );
}

function dimensionDifference(
  meant: string | undefined,
  found: string,
  format: DimensionFormat,
  of: string,
): InvoiceDifference[] {
  if (meant === undefined) return [];
  const differs = differingSegment(format, format.defaults ?? [], meant, found);
  return differs === undefined
    ? []
    : [{ ...changed(`dimension ${differs.segment} ${of}`, differs), code: 'dimension-lost' }];
}

function changed(field: string, values?: { meant: string; found: string }): InvoiceDifference {
  const shown = (value: string): string => (value === '' ? 'nothing' : value);
  const words = values && ` (${shown(values.meant)} was meant, ${shown(values.found)} stands there)`;
  return { code: 'erp-document-changed', field: `${field}${words ?? ''}` };
}
