import type { DimensionValue, ErpDocument } from '../contracts/erp-documents.js';
import { amountOf, plain, sumOf } from './money.js';
import type { PlannedLine } from './planned-lines.js';

/** One side of an ERP document as a person reads it. */
export interface ErpRow {
  /** Kind of account in the ERP's own words. */
  type: string;
  account: string;
  dimensions: DimensionValue[];
  /** Signed, debit positive, decimal string. */
  amount: string;
  text: string;
}

/** An {@link ErpRow} with the rule, row or declaration that has decided it. */
export type ExplainedRow = ErpRow & { why: string };

/** All sides of an ERP document, the vendor's of an invoice included: they sum to zero. */
export function rowsOf(document: ErpDocument): ErpRow[] {
  switch (document.route) {
    case 'fo-general-journal':
    case 'fo-vendor-invoice-journal':
      return document.lines.map(({ accountType: type, account, dimensions, debit, credit, text }) => ({
        ...{ type, account, dimensions, text },
        amount: debit ?? `-${credit ?? ''}`,
      }));
    case 'fo-pending-invoice': {
      const lines = document.lines.map(({ goods, amount, dimensions, text, quantity }) => ({
        ...('category' in goods
          ? { type: 'Category', account: goods.category }
          : { type: 'Order', account: `${goods.purchaseOrder}/${goods.purchaseLine}` }),
        ...{ amount, dimensions, text: `${quantity} × ${text}` },
      }));
      return [...lines, vendorRow(document.vendorAccount, lines)];
    }
    case 'bc-general-journal':
      return document.lines.map(({ accountType: type, accountNumber: account, amount, dimensions, description }) => ({
        ...{ type, account, amount, dimensions },
        text: description,
      }));
    case 'bc-purchase-invoice':
    case 'bc-purchase-credit-memo': {
      const isCredit = document.route === 'bc-purchase-credit-memo';
      const lines = document.lines.map(({ accountNumber: account, amount, dimensions, description: text }) => ({
        ...{ type: 'G/L Account', account, dimensions, text },
        amount: isCredit ? plain(amountOf(amount).neg()) : amount,
      }));
      return [...lines, vendorRow(document.vendorNumber, lines)];
    }
  }
}

function vendorRow(account: string, lines: { amount: string }[]): ErpRow {
  const amount = plain(sumOf(lines.map((line) => line.amount)).neg());
  return { type: 'Vendor', account, dimensions: [], amount, text: '(the invoice itself)' };
}

/**
 * Says of each row of an ERP document why it is what it is. Rows keep the order of the planned lines that they were made of, and
 * are found by account, amount and dimensions.
 */
export function explainedRows(document: ErpDocument, planned: readonly PlannedLine[]): ExplainedRow[] {
  const left = [...planned];
  return rowsOf(document).map((row) => {
    const index = left.findIndex((line) => isRowOf(row, line));
    const [line] = index < 0 ? [] : left.splice(index, 1);
    return { ...row, why: line?.why ?? '' };
  });
}

function isRowOf(row: ErpRow, line: PlannedLine): boolean {
  const account =
    line.accountType === 'order' ? row.account.startsWith(`${line.account}/`) : row.account === line.account;
  return account && line.amount.eq(amountOf(row.amount)) && areSame(row.dimensions, line.dimensions);
}

/** Most rows carry the very list of the line that they were made of. */
const areSame = (left: readonly DimensionValue[], right: readonly DimensionValue[]): boolean =>
  left === right || JSON.stringify(left) === JSON.stringify(right);
