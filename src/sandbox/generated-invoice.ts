import { moneyOf, sum } from './fis-entry.js';
import { employeeFields, lineItemFields, allocationFields, requestFields, vendorFields } from './fis-fields.js';
import type { SampleEntity } from './sample-firm.js';
import { invoiceTypes, sampleCostObjects } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { splitCents } from './whole-cents.js';

type Fields = Record<string, unknown>;

export interface InvoiceOrder {
  random: SeededRandom;
  entity: SampleEntity;
  supplier: { code: string; name: string };
  /** `YYYY-MM-DD`. */
  on: string;
  dueOn: string;
  number: number;
}

/** An allocation of an invoice line; its gross is net plus shipping plus tax (I1). */
export interface InvoiceAllocationPlan {
  percent: number;
  netCents: number;
  shippingCents?: number;
  taxes?: { cents: number; taxCode: string; taxField: string }[];
  /** Instead of drawn ones. */
  costObjects?: Fields;
}

export interface InvoiceLinePlan {
  type: { code: string; name: string; account: string; text: string };
  allocations: InvoiceAllocationPlan[];
  quantity?: number;
  fields?: Fields;
}

/** A supplier's invoice in the form that FIS delivers: dates `MM/DD/YYYY`, journal as an object (FIS spec 9.2). */
export function generatedInvoice(order: InvoiceOrder): Fields {
  const { random, supplier } = order;
  const items = Array.from({ length: random.between(1, 3) }, () => randomLine(random));
  // Some suppliers use numbers that no ERP field holds.
  const number = numberOf(order);
  const isLong = random.chance(5);
  const head = isLong ? { vendorInvoiceNumber: `${supplier.name.slice(0, 12)}/ORIGINAL/${number}` } : {};
  return invoiceOf(order, items, head);
}

function randomLine(random: SeededRandom): InvoiceLinePlan {
  const type = random.pick(invoiceTypes);
  const netCents = random.between(2_000, 900_000);
  const shippingCents = random.chance(25) ? random.between(150, 3_000) : 0;
  const allocations = splitCents(random, netCents).map((share, index) => ({
    percent: share.percent,
    netCents: share.cents,
    shippingCents: index === 0 ? shippingCents : 0,
  }));
  return { type, allocations };
}

const numberOf = ({ number }: InvoiceOrder): string => `RE-2026-${String(number).padStart(5, '0')}`;

/** Writes an invoice with every member that the service delivers; its totals are what its lines sum to (I1). */
export function invoiceOf(order: InvoiceOrder, items: InvoiceLinePlan[], head: Fields = {}): Fields {
  const { random, entity, supplier } = order;
  const money = moneyOf(entity);
  const allocations = items.flatMap((item) => item.allocations);
  const shippingCents = sum(allocations.map((each) => each.shippingCents ?? 0));
  const taxCents = sum(allocations.map(taxOf));
  const netCents = sum(allocations.map((each) => each.netCents));
  const number = numberOf(order);
  return {
    requestHeader: {
      ...requestFields,
      requestId: random.hex(20).toUpperCase(),
      reqKey: order.number,
      vendorInvoiceNumber: number,
      invoiceDate: slashed(order.on),
      paymentDueDate: slashed(order.dueOn),
      requestCreationDate: `${order.on}T09:12:44.120Z`,
      submitDate: `${order.on}T10:01:09.003Z`,
      currencyAlphaCode: entity.currency,
      requestTotal: money(netCents + shippingCents + taxCents),
      amountNetInvoice: money(netCents),
      amountShippingTotal: money(shippingCents),
      ...(taxCents === 0 ? {} : { amountTax: money(taxCents) }),
      ledgerCode: entity.companyCode,
      ledgerName: `Ledger ${entity.companyCode}`,
      requestTitle: `${supplier.name} ${number}`,
      ...head,
    },
    ownerEmployee: {
      ...employeeFields,
      employeeId: 'AP-TEAM',
      employeeFirstName: 'Accounts',
      employeeLastName: 'Payable',
    },
    vendor: { ...vendorFields, vendorCode: supplier.code, vendorName: supplier.name },
    lineItem: items.map((item, index) => lineItem(order, item, index + 1)),
  };
}

const taxOf = ({ taxes = [] }: InvoiceAllocationPlan): number => sum(taxes.map(({ cents }) => cents));

function lineItem(
  order: InvoiceOrder,
  { type, allocations, quantity = 1, fields = {} }: InvoiceLinePlan,
  position: number,
) {
  const { random, entity } = order;
  const money = moneyOf(entity);
  return {
    ...lineItemFields,
    lineItemSequenceOrder: position,
    lineItemDescription: type.text,
    lineItemQuantity: quantity,
    lineItemUnitPrice: money(Math.trunc(sum(allocations.map((each) => each.netCents)) / quantity)),
    expenseTypeCode: type.code,
    expenseTypeName: type.name,
    ...fields,
    allocation: allocations.map((each, index) => {
      const journal = {
        accountCode: type.account,
        amountGross: money(each.netCents + (each.shippingCents ?? 0) + taxOf(each)),
        amountNet: money(each.netCents),
        amountShipping: money(each.shippingCents ?? 0),
        tax: each.taxes?.map(({ cents, ...codes }) => ({ amountTax: money(cents), ...codes })) ?? null,
      };
      return {
        allocationKey: order.number * 100 + position * 10 + index,
        allocationPercentage: each.percent,
        allocationAccountCode: type.account,
        ...allocationFields,
        ...(each.costObjects ?? sampleCostObjects(random)),
        journal: random.chance(10) ? [journal] : journal,
      };
    }),
  };
}

function slashed(date: string): string {
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year}`;
}
