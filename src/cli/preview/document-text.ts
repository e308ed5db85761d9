import type { ErpDocument } from '../../contracts/erp-documents.js';
import type { PublishedLedger } from '../../contracts/ledger.js';
import type { ErpRow } from '../../mapping/erp-document-rows.js';
import { rowsOf } from '../../mapping/erp-document-rows.js';
import { amountOf, currencyDecimals, sumOf } from '../../mapping/money.js';

/** An ERP document as a table that a person reads: what it is, by which numbers it is found again, its rows and their sums. */
export function erpDocumentText(document: ErpDocument): string[] {
  const { company, route, reference, currency, documentOn, postingOn, dueOn, payable } = document;
  const due = dueOn === undefined ? '' : `, due ${dueOn}`;
  const paid =
    payable === undefined
      ? 'the ERP pays nobody'
      : `the ERP pays ${payable.amount} to ${payable.vendorAccount} for ${payable.invoiceNumber}`;
  return [
    `${route} in ${company}, part ${document.part}, ${currency}`,
    `for ${reference}, dated ${documentOn}, posted ${postingOn}${due}; ${paid}`,
    `  ${numbersOf(document)}`,
    ...rowTable(rowsOf(document), currencyDecimals(currency)),
  ];
}

/** The numbers and marks by which the document is found again. */
function numbersOf(document: ErpDocument): string {
  switch (document.route) {
    case 'fo-general-journal':
    case 'fo-vendor-invoice-journal':
      return `journal ${document.journalName} ${document.journalBatchNumber}: ${document.description}`;
    case 'fo-pending-invoice':
      return `invoice ${document.invoiceNumber} of ${document.vendorAccount}: ${document.description}`;
    case 'bc-general-journal':
      return `batch ${document.batchCode}, document ${document.documentNumber}, external ${document.externalDocumentNumber}`;
    case 'bc-purchase-invoice':
      return `invoice ${document.vendorInvoiceNumber} of ${document.vendorNumber}: ${document.marker}`;
    case 'bc-purchase-credit-memo':
      return `credit memo ${document.vendorCreditMemoNumber} of ${document.vendorNumber}: ${document.marker}`;
  }
}

function rowTable(rows: ErpRow[], decimals: number): string[] {
  const sideSum = (isCredit: boolean): string =>
    sumOf(rows.map(({ amount }) => amount).filter((amount) => amount.startsWith('-') === isCredit))
      .abs()
      .toFixed(decimals);
  return textTable(
    [
      ['#', 'type', 'account', 'debit', 'credit', 'dimensions', 'text'],
      ...rows.map((row, index) => [
        ...[String(index + 1), row.type, row.account],
        ...sides(row.amount, decimals),
        ...[row.dimensions.map(({ dimension, value }) => `${dimension} ${value}`).join(', '), row.text],
      ]),
      ['', 'total', '', sideSum(false), sideSum(true), '', ''],
    ],
    [3, 4],
  );
}

/** The neutral ledger, one row per account, tax, advance or party. */
export function ledgerText({ currency, lines }: PublishedLedger): string[] {
  return textTable(
    [
      ['leg', 'account or party', `debit ${currency}`, `credit ${currency}`, 'cost objects'],
      ...lines.map((line) => [
        line.leg,
        [line.account ?? line.party ?? line.authority ?? line.partner, line.id ?? line.taxCode ?? line.cashAdvanceId]
          .filter(Boolean)
          .join(' '),
        ...sides(line.amount, currencyDecimals(currency)),
        Object.values(line.costObjects ?? {}).join(', '),
      ]),
    ],
    [2, 3],
  );
}

function sides(amount: string, decimals: number): [debit: string, credit: string] {
  const shown = amountOf(amount).abs().toFixed(decimals);
  return amount.startsWith('-') ? ['', shown] : [shown, ''];
}

/** Rows of equal width between bars; the first row is the heading. */
function textTable(cells: string[][], numbers: number[]): string[] {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) => {
    const padded = row.map((cell, column) => {
      const width = widths[column] ?? 0;
      return numbers.includes(column) ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${padded.join(' | ')} |`.trimEnd();
  });
}
