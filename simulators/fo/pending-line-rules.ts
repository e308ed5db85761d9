import { Decimal } from 'decimal.js';
import { readAccount, readDefaultDimensions, type Account } from './accounts.js';
import { delimiterOf, joinDisplayValue } from './display-values.js';
import { amountDecimals, knownCurrencies, lineTextLength } from './line-rules.js';
import { fieldRefused, mandatoryFieldMissing, notRelated, writeFailed, type FoError } from './odata-errors.js';
import { vendorInvoiceLines } from './pending-entities.js';
import { findOrder, overReceipt, type OrderLine } from './purchase-orders.js';
import type { Company, FoStore } from './store.js';
import { text, type Row } from './values.js';

const { aotName } = vendorInvoiceLines;

/** What a line is invoiced for: an order line, an item or a procurement category, with the main account behind it. */
export interface LineBasis {
  mainAccount: string;
  orderLine?: OrderLine;
  category?: { name: string; hierarchy: string };
  item?: string;
}

function invalid(warning: string): FoError {
  return writeFailed(aotName, [`Warning: ${warning}`], 'Write validation failed');
}

function itemBasis(store: FoStore, number: string, isOrdered: boolean): LineBasis {
  const found = store.master.items?.find((item) => item.number.toLowerCase() === number.toLowerCase());
  if (found === undefined) throw notRelated(aotName, 'ItemNumber', 'Item number', number, 'Items');
  if (found.stocked === true && !isOrdered) throw invalid("The item's inventory model policy must be not stocked.");
  return { mainAccount: found.account, item: found.number };
}

function categoryBasis(store: FoStore, name: string, hierarchy: string | undefined): LineBasis {
  const found = store.master.procurementCategories?.find(
    (category) =>
      category.name.toLowerCase() === name.toLowerCase() &&
      (hierarchy === undefined || category.hierarchy.toLowerCase() === hierarchy.toLowerCase()),
  );
  if (found === undefined) {
    throw notRelated(aotName, 'ProcurementCategoryName', 'Procurement category', name, 'Procurement categories');
  }
  return { mainAccount: found.account, category: { name: found.name, hierarchy: found.hierarchy } };
}

function findOrderLine(store: FoStore, company: Company, line: Row): OrderLine {
  const number = text(line, 'PurchaseOrder');
  const order = findOrder(store.master, company, number);
  if (order === undefined) throw notRelated(aotName, 'PurchaseOrder', 'Purchase order', number, 'Purchase orders');
  if (order.vendor.toLowerCase() !== text(line, 'VendorAccount').toLowerCase()) {
    throw fieldRefused(aotName, 'PurchaseOrder', `Purchase order ${number} is not an order to this vendor.`);
  }
  const lineNumber = text(line, 'PurchLineNumber');
  const found = order.lines.find((candidate) => String(candidate.line) === lineNumber);
  if (found === undefined) {
    throw notRelated(aotName, 'PurchLineNumber', 'Line number', lineNumber, 'Purchase order lines');
  }
  return { order, line: found };
}

/**
 * Reads what a line is invoiced for. A main account alone is nothing to invoice (section 6.4). Throws the Infolog refusal
 * for unknown or foreign order lines, items, stocked items without order, and categories outside the named hierarchy.
 */
export function readBasis(store: FoStore, company: Company, line: Row): LineBasis {
  const [item, category] = [text(line, 'ItemNumber'), text(line, 'ProcurementCategoryName')];
  if (text(line, 'PurchaseOrder') !== '') {
    const orderLine = findOrderLine(store, company, line);
    const { item: orderedItem, category: orderedCategory } = orderLine.line;
    const basis =
      orderedItem === undefined
        ? categoryBasis(store, orderedCategory ?? '', undefined)
        : itemBasis(store, orderedItem, true);
    return { ...basis, orderLine };
  }
  if (item !== '') return itemBasis(store, item, false);
  if (category === '') throw invalid('An item number or a procurement category must be specified on the invoice line.');
  const hierarchy = text(line, 'ProcurementCategoryHierarchyName');
  if (hierarchy === '') throw mandatoryFieldMissing('Procurement category hierarchy');
  return categoryBasis(store, category, hierarchy);
}

/** Reads the ledger account that a line is booked on: that of its basis, with the line's default dimensions. */
export function ledgerAccountOf(store: FoStore, company: Company, line: Row, basis: LineBasis): Account {
  const { master } = store;
  const place = { aotName, field: 'DimensionDisplayValue' };
  const { dimensions } = readDefaultDimensions(master, text(line, place.field), place);
  const segments = [basis.mainAccount, ...master.dimensions.map(({ name }) => dimensions[name] ?? '')];
  return readAccount(master, company, 'Ledger', joinDisplayValue(segments, delimiterOf(master)), place);
}

/** Quantity times price, unless the net amount itself is sent or the write touches none of them. */
function priced(write: LineWrite, basis: LineBasis): { price: Decimal; net: Decimal } {
  const { line, sent } = write;
  const quantity = new Decimal(text(line, 'ReceiveNow'));
  const netSent = sent['NetAmount'] ?? undefined;
  const given = new Decimal(text(line, 'UnitPrice'));
  const implied = new Decimal(basis.orderLine?.line.unitPrice ?? new Decimal(netSent ?? '0').dividedBy(quantity));
  const price = given.isZero() ? implied : given;
  if (netSent !== undefined) return { price, net: new Decimal(netSent) };
  const isUntouched = !write.isNew && !('ReceiveNow' in sent) && !('UnitPrice' in sent);
  const net = isUntouched
    ? new Decimal(text(line, 'NetAmount'))
    : quantity.times(price).toDecimalPlaces(amountDecimals);
  return { price, net };
}

/** One write of a line. */
export interface LineWrite {
  header: Row;
  /** The line as it would be afterwards. */
  line: Row;
  /** The fields of this write alone. */
  sent: Row;
  isNew: boolean;
}

/** Validates a line and answers it as F&O keeps it. Throws the Infolog refusal of section 4. */
export function settleInvoiceLine(store: FoStore, company: Company, write: LineWrite): Row {
  const { header, line } = write;
  const currency = text(line, 'Currency');
  if (currency === '') throw mandatoryFieldMissing('Currency');
  if (!knownCurrencies.has(currency)) throw notRelated(aotName, 'Currency', 'Currency', currency, 'Currencies');
  if (currency !== text(header, 'Currency')) {
    throw fieldRefused(aotName, 'Currency', `Currency ${currency} is not the currency of the invoice.`);
  }
  const basis = readBasis(store, company, line);
  const quantity = new Decimal(text(line, 'ReceiveNow'));
  if (quantity.isZero()) throw mandatoryFieldMissing('Receive now');
  const excess = basis.orderLine === undefined ? undefined : overReceipt(store, basis.orderLine, quantity);
  if (excess !== undefined) throw invalid(excess);
  const { price, net } = priced(write, basis);
  if (net.decimalPlaces() > amountDecimals) {
    throw fieldRefused(
      aotName,
      'NetAmount',
      `The amount ${net.toFixed()} in field 'NetAmount' is not rounded correctly.`,
    );
  }
  const place = { aotName, field: 'DimensionDisplayValue' };
  return {
    ...line,
    ItemNumber: basis.item ?? '',
    ProcurementCategoryName: basis.category?.name ?? '',
    ProcurementCategoryHierarchyName: basis.category?.hierarchy ?? '',
    UnitPrice: price.toFixed(),
    NetAmount: net.toFixed(),
    Amount: net.toFixed(),
    LineDescription: text(line, 'LineDescription').slice(0, lineTextLength),
    DimensionDisplayValue: readDefaultDimensions(store.master, text(line, place.field), place).display,
  };
}
