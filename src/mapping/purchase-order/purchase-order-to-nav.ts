import type { PurchaseOrder, PurchaseOrderLine } from '../../clients/concur/purchase-order-client-values.js';
import type { LedgerLeg } from '../../contracts/ledger.js';
import type { CompanyMapping } from '../../contracts/mapping-rules.js';
import type { ErpPurchaseOrder, ErpPurchaseOrderLine, PurchaseOrderRules } from '../../contracts/purchase-orders.js';
import { codeResolver, type CodedDocument, type CodeResolver } from '../code-resolver.js';
import { filled } from '../coded-fields.js';
import { fittedText } from '../erp-text.js';
import { amountOf, isDecimal, plain } from '../money.js';
import { newRefusals, type PlanRefusal, type Refusals } from '../plan-types.js';
import { lineName } from './order-facts.js';
import { decimalPlaces, splitLine, type LinePart } from './split-line.js';

const descriptionLimit = 100;
const inConcur = 'Correct the order in Concur, or enter it in the ERP by hand and ignore the request here.';

/** A mapped order, or why it must wait for a person: all reasons at once (S93). */
export type PlannedOrder = { order: ErpPurchaseOrder } | { refusals: PlanRefusal[] };

/** What the mapping of an order has to know besides the order itself. */
export interface OrderSurroundings {
  requestId: string;
  /** Concur has made no other order of the request. */
  isOnlyOrder: boolean;
  rules: PurchaseOrderRules;
  mapping: CompanyMapping;
  /** Manual vendor resolutions by vendor key. */
  resolvedVendors: Record<string, string>;
}

/**
 * Maps one order of Concur to one order of Business Central (NAV spec 13): vendors, accounts and dimensions by the mapping of
 * invoices, dimensions on every line since lines do not inherit those of the header. Tax is left to the ERP. Pure.
 */
export function purchaseOrderToNav(order: PurchaseOrder, surroundings: OrderSurroundings): PlannedOrder {
  const { requestId, rules, mapping, resolvedVendors } = surroundings;
  const refusals = newRefusals();
  const resolver = codeResolver(mapping, { resolvedVendors }, codedOrder(order), refusals);
  const work: OrderWork = { order, surroundings, resolver, refusals };
  checkHeader(work);
  const vendorNumber =
    order.vendorCode === undefined ? undefined : resolver.vendor('supplier', order.vendorCode)?.value;
  const lines = [...order.lines.flatMap((line, index) => linesOf(work, line, index)), ...shippingLine(work)];
  if (refusals.list.length > 0 || vendorNumber === undefined) return { refusals: refusals.list };
  const neededOn = order.neededByDate ?? order.requestedDeliveryDate;
  return {
    order: {
      erp: rules.erp,
      company: rules.company,
      requestId,
      orderNumber: order.purchaseOrderNumber,
      vendorNumber,
      currency: order.currencyCode ?? '',
      orderedOn: order.orderDate ?? '',
      ...(neededOn === undefined ? {} : { neededOn }),
      markers: markersOf(order, surroundings),
      ...(rules.markerField === 'none' ? {} : { shipToContact: `CONCUR ${requestId}` }),
      lines,
    },
  };
}

/** An order stands in the mapping where invoices stand: the rules of invoices hold for it. */
function codedOrder(order: PurchaseOrder): CodedDocument {
  return {
    businessId: order.purchaseOrderNumber,
    docType: 'invoice',
    currency: order.currencyCode ?? '',
    documentOn: order.orderDate ?? '',
    payee: { kind: 'supplier', id: order.vendorCode ?? '', name: order.vendorCode ?? '' },
  };
}

interface OrderWork {
  order: PurchaseOrder;
  surroundings: OrderSurroundings;
  resolver: CodeResolver;
  refusals: Refusals;
}

function markersOf(
  { purchaseOrderNumber: number }: PurchaseOrder,
  { requestId, isOnlyOrder }: OrderSurroundings,
): [string, string] {
  return [`CONCUR-PR:${requestId}${isOnlyOrder ? '' : `/${number}`}`, `CONCUR-PO:${number}`];
}

function checkHeader(work: OrderWork): void {
  const { order, surroundings, refusals } = work;
  const { mapping } = surroundings;
  const whose = `Purchase order ${order.purchaseOrderNumber}`;
  const inconsistent = (field: string, message: string): void => {
    refusals.add({
      hold: 'document-inconsistent',
      code: 'order',
      field,
      message: `${whose} ${message}`,
      remedy: inConcur,
    });
  };
  if (order.vendorCode === undefined) inconsistent('vendorCode', 'names no vendor.');
  if (!/^[A-Z]{3}$/.test(order.currencyCode ?? '')) inconsistent('currencyCode', 'names no currency.');
  if (!isDay(order.orderDate)) inconsistent('orderDate', 'has no order date.');
  if (order.lines.length === 0) inconsistent('lines', 'has no lines.');
  for (const field of ['neededByDate', 'requestedDeliveryDate'] as const) {
    if (order[field] !== undefined && !isDay(order[field])) inconsistent(field, `has no readable date in ${field}.`);
  }
  if (markersOf(order, surroundings).some((marker) => marker.length > descriptionLimit)) {
    inconsistent('purchaseOrderNumber', 'has a number that is too long for its marker in the ERP.');
  }
  if (/^closed$/i.test(order.status ?? '')) inconsistent('status', 'is closed in Concur; there is nothing to order.');
  if (/^(y|yes|true|1)$/i.test(filled(order.rest?.['IsTest']) ?? '') && !mapping.isTest) {
    const message = `${whose} is a test order; ${mapping.erp}/${mapping.company} is not marked as a test company.`;
    const remedy = 'Close the order in Concur, or mark the company with isTest if it is one.';
    refusals.add({ hold: 'test-document', code: 'test-document', field: 'IsTest', message, remedy });
  }
}

const isDay = (text: string | undefined): boolean => text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text);

function linesOf(work: OrderWork, line: PurchaseOrderLine, index: number): ErpPurchaseOrderLine[] {
  const { order, refusals } = work;
  const whose = `Line ${lineName(line, index)} of purchase order ${order.purchaseOrderNumber}`;
  const refuse = (message: string): [] => {
    refusals.add({
      hold: 'document-inconsistent',
      code: 'order-line',
      message: `${whose}: ${message}.`,
      remedy: inConcur,
    });
    return [];
  };
  const fault = amountFault(line);
  if (fault !== undefined) return refuse(fault);
  const accountNumber = accountOf(work, line);
  if (accountNumber === 'none') return refuse('it has neither an expense type nor an account');
  const parts = splitLine(line, order.currencyCode ?? '');
  if (typeof parts === 'string') return refuse(parts);
  const description = fittedText(filled(line.description) ?? `Line ${lineName(line, index)}`, descriptionLimit);
  return parts.flatMap((part) => {
    const decided = work.resolver.dimensions(costLeg(fieldsOf(work, line, part), description));
    if (accountNumber === undefined) return [];
    const unitPrice = plain(amountOf(line.unitPrice ?? '0'));
    const dimensions = decided.map(({ value }) => value);
    return [{ accountNumber, description, quantity: plain(amountOf(part.quantity)), unitPrice, dimensions }];
  });
}

function amountFault({ quantity = '', unitPrice = '' }: PurchaseOrderLine): string | undefined {
  if (!isDecimal(quantity) || !isDecimal(unitPrice)) return 'its quantity or its price is no number';
  const [count, price] = [amountOf(quantity), amountOf(unitPrice)];
  if (!count.isPositive() || count.isZero()) return `its quantity is ${quantity}; it must be above zero`;
  if (price.isNegative() && !price.isZero()) return `its price is ${unitPrice}; it must not be negative`;
  const tooFine = [count, price].some((each) => each.decimalPlaces() > decimalPlaces);
  return tooFine ? `the ERP keeps ${decimalPlaces} decimals of quantities and prices, this has more` : undefined;
}

/** The account of a line; `none` where the line names nothing, undefined where what it names has no mapping. */
function accountOf({ surroundings, resolver, refusals }: OrderWork, line: PurchaseOrderLine): string | undefined {
  const [account, type] = [filled(line.accountCode), filled(line.expenseType)];
  if (account !== undefined) return resolver.account(costLeg(customs('lineItemCustom', line), '', account))?.value;
  if (type === undefined) return 'none';
  const { rules } = surroundings;
  if (Object.hasOwn(rules.expenseTypes, type)) return rules.expenseTypes[type];
  refusals.add({
    hold: 'mapping-missing',
    code: 'expense-type-unmapped',
    field: type,
    message: `Expense type ${type} has no account in ${rules.erp}/${rules.company}.`,
    remedy: 'Add it to purchaseRequests.expenseTypes of the company in the connections file.',
  });
  return undefined;
}

/** Shipping stands in the header of Concur's order; the ERP wants a line, or it would be lost. */
function shippingLine(work: OrderWork): ErpPurchaseOrderLine[] {
  const { order, surroundings, refusals, resolver } = work;
  const shipping = filled(order.shipping);
  if (shipping === undefined || (isDecimal(shipping) && amountOf(shipping).isZero())) return [];
  const { erp, company, shippingAccount } = surroundings.rules;
  const whose = `The shipping costs ${shipping} of purchase order ${order.purchaseOrderNumber}`;
  if (!isDecimal(shipping) || amountOf(shipping).isNegative()) {
    const message = `${whose} are no amount that can be ordered.`;
    refusals.add({ hold: 'document-inconsistent', code: 'order', field: 'shipping', message, remedy: inConcur });
    return [];
  }
  if (shippingAccount === undefined) {
    const message = `${whose} have no account in ${erp}/${company}.`;
    const remedy = 'Name one in purchaseRequests.shippingAccount of the company in the connections file.';
    refusals.add({ hold: 'mapping-missing', code: 'shipping-unmapped', field: 'shipping', message, remedy });
    return [];
  }
  const description = 'Shipping';
  const decided = resolver.dimensions(costLeg(customs('requestCustom', order), description));
  const dimensions = decided.map(({ value }) => value);
  return [
    { accountNumber: shippingAccount, description, quantity: '1', unitPrice: plain(amountOf(shipping)), dimensions },
  ];
}

/** Only the parts of a cost leg that decide about account and dimensions mean anything here. */
const costLeg = (
  fields: Record<string, string>,
  text: string,
  account = '',
): Extract<LedgerLeg, { leg: 'expense' | 'personal' }> => ({
  leg: 'expense',
  account,
  amount: '0',
  costObjects: {},
  fields,
  text,
});

/** Codes under the names that invoices have for them, so that one declaration of dimensions serves both. */
function fieldsOf({ order }: OrderWork, line: PurchaseOrderLine, { allocation }: LinePart): Record<string, string> {
  return {
    ...customs('requestCustom', order),
    ...customs('lineItemCustom', line),
    ...customs('allocationCustom', allocation ?? {}),
  };
}

function customs(prefix: string, of: object): Record<string, string> {
  const named = Object.entries(of).flatMap(([name, value]): [string, string][] => {
    const number = /^custom(\d+)$/.exec(name)?.[1];
    const code = filled(value);
    return number === undefined || code === undefined ? [] : [[`${prefix}${number}Code`, code]];
  });
  return Object.fromEntries(named);
}
