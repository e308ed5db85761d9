import type { InvoiceAllocationPlan, InvoiceLinePlan } from '../generated-invoice.js';
import { invoiceOf } from '../generated-invoice.js';
import type { SampleEntity } from '../sample-firm.js';
import { entities, invoiceTypes, oddEntities } from '../sample-firm.js';
import { shareOf, splitBy } from '../whole-cents.js';
import type { CaseOrder, DocumentCase } from './case-types.js';
import { costObjectsIn } from './cash-cases.js';

type Fields = Record<string, unknown>;
const [, germany, britain] = entities;
const [material, consulting, marketing] = invoiceTypes;

const invoice = (name: string, says: string, make: DocumentCase['make'], entity?: SampleEntity): DocumentCase => ({
  ...{ name, says, docType: 'invoice', make },
  ...(entity === undefined ? {} : { entity }),
});

/** Writes the invoice; the company is the person's. */
function written(order: CaseOrder, items: InvoiceLinePlan[], head: Fields = {}): Fields {
  return invoiceOf({ ...order, entity: order.person.entity }, items, head);
}

const whole = (netCents: number, more: Partial<InvoiceAllocationPlan> = {}): InvoiceAllocationPlan[] => [
  { percent: 100, netCents, ...more },
];

const net = ({ random }: CaseOrder): number => random.between(2_000, 900_000);

/** Freight of the header, spread over the lines by their net amounts. */
function freight(order: CaseOrder): Fields {
  const nets = [net(order), net(order)];
  const shipping = order.random.between(150, 9_000);
  const shares = splitBy([60_00, 40_00], shipping);
  const items = nets.map((netCents, index) => ({
    type: index === 0 ? material : marketing,
    allocations: whole(netCents, { shippingCents: shares[index]?.cents ?? 0 }),
  }));
  return written(order, items);
}

/** Tax rows on the lines: the tax stays in the cost (decisions 16). */
function taxed(order: CaseOrder): Fields {
  const items = [material, consulting].map((type) => {
    const netCents = net(order);
    const taxes = [{ cents: shareOf(netCents, 19, 100), taxCode: 'V1', taxField: 'TAX1' }];
    return { type, allocations: whole(netCents, { taxes }) };
  });
  return written(order, items);
}

/** A rebate is a line of its own; the terms of the cash discount stand in the header. */
function discounted(order: CaseOrder): Fields {
  const netCents = net(order);
  const rebate = { ...material, text: 'Rebate of 10 percent' };
  return written(
    order,
    [
      { type: material, allocations: whole(netCents) },
      { type: rebate, allocations: whole(-shareOf(netCents, 10, 100)) },
    ],
    { discountPercentage: '2', discountTermsDays: '10' },
  );
}

function severalLines(order: CaseOrder): Fields {
  const items = [material, consulting, marketing].map((type) => {
    const parts = order.random.pick([
      [33_33, 33_33, 33_34],
      [50_00, 50_00],
    ]);
    const allocations = splitBy(parts, net(order)).map(({ percent, cents }) => ({ percent, netCents: cents }));
    return { type, allocations };
  });
  return written(order, items);
}

function severalCompanies(order: CaseOrder): Fields {
  const shares = splitBy([70_00, 30_00], net(order));
  const allocations = shares.map(({ percent, cents }, index) => ({
    ...{ percent, netCents: cents },
    costObjects: costObjectsIn(order, index === 0 ? 'GB01' : 'GB02'),
  }));
  return written(order, [{ type: consulting, allocations }]);
}

function ordered(order: CaseOrder): Fields {
  const quantity = order.random.between(2, 9);
  const netCents = quantity * order.random.between(500, 9_000);
  const number = `PO-${order.random.between(10_000, 99_999)}`;
  const fields = { lineItemPurchaseOrderNumber: number, poLineNumber: 1 };
  return written(order, [{ type: material, allocations: whole(netCents), quantity, fields }], { poNumber: number });
}

const single = (order: CaseOrder, head: Fields = {}): Fields =>
  written(order, [{ type: consulting, allocations: whole(net(order)) }], head);

/** A code that Concur made up, since the supplier was never synchronised (trap 38). */
const madeUpSupplier = (order: CaseOrder): Fields =>
  single({ ...order, supplier: { ...order.supplier, code: order.random.hex(32).toUpperCase() } });

/** Invoices of suppliers: each line against the supplier, gross. */
export const invoiceCases: DocumentCase[] = [
  invoice('invoice', 'One line, one allocation.', (order) => single(order)),
  invoice('invoice-lines', 'Several lines over several allocations.', severalLines),
  invoice('invoice-freight', 'Freight that is spread over the lines.', freight),
  invoice('invoice-tax', 'Tax on the lines.', taxed, germany),
  invoice('invoice-discount', 'A rebate as a negative line, and terms of cash discount.', discounted),
  invoice('invoice-order', 'An invoice for a purchase order.', ordered),
  invoice('invoice-negative', 'A credit note: the supplier owes.', (order) =>
    written(order, [{ type: material, allocations: whole(-net(order)) }]),
  ),
  invoice('invoice-zero', 'A rebate of everything: nothing is owed.', (order) => {
    const netCents = net(order);
    const lines = [netCents, -netCents].map((cents) => ({ type: marketing, allocations: whole(cents) }));
    return written(order, lines);
  }),
  invoice('invoice-nothing', 'An invoice whose amounts are all zero: there is nothing to post.', (order) =>
    written(order, [{ type: marketing, allocations: whole(0) }]),
  ),
  invoice('invoice-several-companies', 'One invoice charged to two legal entities.', severalCompanies, britain),
  invoice('invoice-no-decimals', 'An invoice in a currency without decimals.', severalLines, oddEntities.yen),
  invoice('invoice-three-decimals', 'An invoice in a currency with three decimals.', severalLines, oddEntities.dinar),
  invoice('invoice-paid-by-concur', 'Concur pays the supplier itself.', (order) =>
    single(order, { invoicePayIndicator: 'Y', payMethodType: 'ACH' }),
  ),
  invoice('invoice-unknown-supplier', 'A supplier whose code Concur made up: no ERP knows him.', madeUpSupplier),
  invoice('invoice-long-number', 'A supplier’s number that is longer than the ERPs’ fields.', (order) =>
    single(order, {
      vendorInvoiceNumber: `ORIGINAL/${order.supplier.name}/2026/${String(order.number).padStart(12, '0')}`,
    }),
  ),
];
