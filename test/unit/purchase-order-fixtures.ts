import type { PurchaseOrder } from '../../src/clients/concur/purchase-order-client.js';
import type { CompanyMapping } from '../../src/contracts/mapping-rules.js';
import type { ErpPurchaseOrder, PurchaseOrderRules } from '../../src/contracts/purchase-orders.js';
import { purchaseOrderToNav } from '../../src/mapping/purchase-order/purchase-order-to-nav.js';
import { bcMapping } from './mapping-fixtures.js';

export const requestId = '3f9a61c2-7d10-4f0e-9a51-6f1f4f0c2b11';

/** An order of two lines, as Concur answers it; values as on the wire. */
export const concurOrder = (changes: Partial<PurchaseOrder> = {}): PurchaseOrder => ({
  purchaseOrderNumber: 'PO-77',
  name: 'PO-77',
  status: 'Transmitted',
  currencyCode: 'EUR',
  orderDate: '2026-08-21',
  neededByDate: '2026-09-10',
  policyExternalId: 'PO',
  vendorCode: '20000',
  vendorAddressCode: 'BC-20000',
  ledgerCode: 'DE01',
  custom2: '430',
  lines: [
    {
      externalId: 'PO-77-10',
      lineNumber: '1',
      description: 'Laptop rental',
      quantity: '3',
      unitPrice: '90.00',
      accountCode: '6100',
      allocations: [{ amount: '270.00', grossAmount: '270.00', percentage: '100', custom1: 'BU-7', custom2: '410' }],
    },
    {
      externalId: 'PO-77-20',
      lineNumber: '2',
      description: 'Bags',
      quantity: '2',
      unitPrice: '12.50',
      expenseType: 'OFFIC',
    },
  ],
  ...changes,
});

export const rules = (changes: Partial<PurchaseOrderRules> = {}): PurchaseOrderRules => ({
  concur: 'emea',
  erp: bcMapping.erp,
  company: bcMapping.company,
  expenseTypes: { OFFIC: '8420' },
  markerField: 'shipToContact',
  removedInErp: 'raise',
  ...changes,
});

export const mapped = (
  order = concurOrder(),
  given: {
    rules?: Partial<PurchaseOrderRules>;
    mapping?: Partial<CompanyMapping>;
    resolved?: Record<string, string>;
    isOnlyOrder?: boolean;
  } = {},
) =>
  purchaseOrderToNav(order, {
    requestId,
    isOnlyOrder: given.isOnlyOrder ?? true,
    rules: rules(given.rules),
    mapping: { ...bcMapping, ...given.mapping },
    resolvedVendors: given.resolved ?? {},
  });

/** The mapped order, where the mapping takes it. */
export function mappedOrder(...given: Parameters<typeof mapped>): ErpPurchaseOrder {
  const planned = mapped(...given);
  if ('refusals' in planned) throw new Error(planned.refusals.map(({ message }) => message).join('\n'));
  return planned.order;
}

/** Why the mapping refuses it. */
export function refusalsOf(...given: Parameters<typeof mapped>): string[] {
  const planned = mapped(...given);
  return 'refusals' in planned ? planned.refusals.map(({ hold, message }) => `${hold}: ${message}`) : [];
}
