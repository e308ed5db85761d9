import type { CompanyMapping } from '../contracts/mapping-rules.js';
import type { SandboxVendors } from './sandbox-companies.js';
import type { CheckerCodes } from './sandbox-types.js';

/**
 * The code tables of one company as the checker takes them: it reckons from Concur's documents to ERP accounts by itself, and
 * needs to know what the sandbox has agreed with its invented firm.
 */
export function checkerCodes(mapping: CompanyMapping, vendors: SandboxVendors): CheckerCodes {
  const { payrollClearing, expensePayClearing, invoicePayClearing } = mapping;
  return {
    legalEntity: `${mapping.erp}/${mapping.company}`,
    accounts: mapping.accounts.byCode,
    advances: mapping.advance,
    inputTax: mapping.inputTax,
    cards: Object.fromEntries(
      Object.entries(mapping.cardLiabilities).flatMap(([party, target]) =>
        'ledger' in target ? [[party, target.ledger]] : [],
      ),
    ),
    clearing: {
      ...(payrollClearing === undefined ? {} : { payroll: payrollClearing }),
      ...(expensePayClearing === undefined ? {} : { 'expense-pay': expensePayClearing }),
      ...(invoicePayClearing === undefined ? {} : { 'concur-invoice-pay': invoicePayClearing }),
    },
    employees: vendors.employees,
    suppliers: Object.fromEntries(vendors.vendors.map(({ code }) => [code, code])),
    dimensions: mapping.dimensions.map(({ dimension, from: [from = ''], byCode: values }) => ({
      ...{ dimension, from, values },
    })),
  };
}
