import type { SampleEntity } from './sample-firm.js';
import { invoiceTypes, sampleCostObjects } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { jsonAmount, splitCents } from './whole-cents.js';
import { sum } from './generated-entries.js';

export interface InvoiceOrder {
  random: SeededRandom;
  entity: SampleEntity;
  supplier: { code: string; name: string };
  /** `YYYY-MM-DD`. */
  on: string;
  dueOn: string;
  number: number;
}

/** A supplier's invoice in the form that FIS delivers: dates `MM/DD/YYYY`, journal as an object (FIS spec 9.2). */
export function generatedInvoice(order: InvoiceOrder): Record<string, unknown> {
  const { random, entity, supplier } = order;
  const lines = Array.from({ length: random.between(1, 3) }, (_, index) => lineItem(order, index + 1));
  const shippingCents = sum(lines.map((line) => line.shippingCents));
  const grossCents = sum(lines.map((line) => line.grossCents));
  const number = `RE-2026-${String(order.number).padStart(5, '0')}`;
  return {
    requestHeader: {
      requestId: random.hex(20).toUpperCase(),
      reqKey: order.number,
      // Some suppliers use numbers that no ERP field holds.
      vendorInvoiceNumber: random.chance(5) ? `${supplier.name.slice(0, 12)}/ORIGINAL/${number}` : number,
      invoiceDate: slashed(order.on),
      paymentDueDate: slashed(order.dueOn),
      postingDate: null,
      requestCreationDate: `${order.on}T09:12:44.120Z`,
      submitDate: `${order.on}T10:01:09.003Z`,
      currencyAlphaCode: entity.currency,
      requestTotal: jsonAmount(grossCents),
      amountNetInvoice: jsonAmount(grossCents - shippingCents),
      amountShippingTotal: jsonAmount(shippingCents),
      payMethodType: 'CLIENT',
      invoicePayIndicator: 'N',
      isTest: 'N',
      ledgerCode: entity.companyCode,
      requestTitle: `${supplier.name} ${number}`,
      netPaymentTermDays: '30',
      revisionNumber: '1',
      versionId: '4',
      requestCustom1Code: null,
    },
    ownerEmployee: { employeeId: 'AP-TEAM', employeeFirstName: 'Accounts', employeeLastName: 'Payable' },
    vendor: { vendorCode: supplier.code, vendorName: supplier.name, vendorRemitToAddressCode: '1' },
    lineItem: lines.map(({ line }) => line),
  };
}

function lineItem(order: InvoiceOrder, position: number) {
  const { random } = order;
  const type = random.pick(invoiceTypes);
  const netCents = random.between(2_000, 900_000);
  const shippingCents = random.chance(25) ? random.between(150, 3_000) : 0;
  const allocation = splitCents(random, netCents).map((share, index) => {
    const shipping = index === 0 ? shippingCents : 0;
    const journal = {
      accountCode: type.account,
      amountGross: jsonAmount(share.cents + shipping),
      amountNet: jsonAmount(share.cents),
      amountShipping: jsonAmount(shipping),
      tax: null,
    };
    return {
      allocationKey: order.number * 10 + index,
      allocationPercentage: share.percent,
      allocationAccountCode: type.account,
      ...sampleCostObjects(random),
      journal: random.chance(10) ? [journal] : journal,
    };
  });
  const line = {
    lineItemSequenceOrder: position,
    lineItemDescription: type.text,
    lineItemQuantity: 1,
    lineItemUnitPrice: jsonAmount(netCents),
    expenseTypeCode: type.code,
    expenseTypeName: type.name,
    lineItemCustom1Code: null,
    allocation,
  };
  return { line, grossCents: netCents + shippingCents, shippingCents };
}

function slashed(date: string): string {
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year}`;
}
