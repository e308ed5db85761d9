import { byText, code, idField, modifiedField, plainField, text, type EntitySet } from './odata-fields.js';
import type { Stored } from './records.js';
import { guidOf, type Company } from './world.js';

/** Payment terms or payment method, the same in every company. */
export interface PaymentRow extends Stored {
  code: string;
  displayName: string;
  /** Formula of the due date; empty for methods. */
  dueDateCalculation: string;
}

const termsOf = [
  ['COD', 'Cash on delivery', '0D'],
  ['14 DAYS', 'Net 14 days', '14D'],
  ['30 DAYS', 'Net 30 days', '30D'],
] as const;
const methods = [
  ['BANK', 'Bank transfer'],
  ['CHECK', 'Check payment'],
] as const;

function rowOf(company: Company, kind: string, given: Pick<PaymentRow, 'code' | 'displayName'>): Stored {
  const { createdAt, modifiedAt } = company;
  return { id: guidOf(`${kind}:${company.name}:${given.code}`), version: 1, createdAt, modifiedAt };
}

/** Payment terms of a company. */
export function paymentTermsRows(company: Company): PaymentRow[] {
  return termsOf.map(([termsCode, displayName, dueDateCalculation]) => {
    const given = { code: termsCode, displayName };
    return { ...rowOf(company, 'terms', given), ...given, dueDateCalculation };
  });
}

/** Payment methods of a company. */
export function paymentMethodRows(company: Company): PaymentRow[] {
  return methods.map(([methodCode, displayName]) => {
    const given = { code: methodCode, displayName };
    return { ...rowOf(company, 'method', given), ...given, dueDateCalculation: '' };
  });
}

/** Payment terms; read-only here. */
export const paymentTerms: EntitySet<PaymentRow> = {
  name: 'paymentTerms',
  type: 'paymentTerm',
  fields: {
    id: idField(),
    code: code(10, (row) => row.code),
    displayName: text(100, (row) => row.displayName),
    dueDateCalculation: text(32, (row) => row.dueDateCalculation),
    discountDateCalculation: text(32, () => ''),
    discountPercent: plainField('decimal', () => '0'),
    calculateDiscountOnCreditMemos: plainField('flag', () => false),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: (left, right) => byText(left.code, right.code),
  lagging: false,
};

/** Payment methods; read-only here. */
export const paymentMethods: EntitySet<PaymentRow> = {
  name: 'paymentMethods',
  type: 'paymentMethod',
  fields: {
    id: idField(),
    code: code(10, (row) => row.code),
    displayName: text(100, (row) => row.displayName),
    lastModifiedDateTime: modifiedField(),
  },
  parts: {},
  order: (left, right) => byText(left.code, right.code),
  lagging: false,
};
