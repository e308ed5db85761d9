import type { AllocationPlan } from '../fis-entry.js';
import { containedTaxes, entryOf, sum, taxSums } from '../fis-entry.js';
import { payrollFields, reportOf } from '../generated-report.js';
import type { SampleEntity } from '../sample-firm.js';
import { entities } from '../sample-firm.js';
import { jsonAmount, shareOf, splitBy } from '../whole-cents.js';
import type { CaseOrder, DocumentCase } from './case-types.js';
import { expense, typeNamed } from './cash-cases.js';

type Fields = Record<string, unknown>;
const [unitedStates, germany, britain, canada] = entities;
const type = typeNamed('BUSML');

/** One cash entry with the taxes of the country; each reclaimed by its percentage. */
function taxed(order: CaseOrder, reclaimPercents: number[], head: Fields = {}): Fields {
  const cents = order.random.between(1_000, 60_000);
  const taxes = containedTaxes(order.person.entity, cents, reclaimPercents);
  const line = { party: 'EMPL', cents, account: type.account, tax: taxSums(taxes) } as const;
  return reportOf(order, [entryOf(order, { type, allocations: [{ percent: 100, lines: [line], taxes }] })], { head });
}

/** One tax row that two lines name: the money of one goes to the employee, of the other to his card. */
function sharedRow(order: CaseOrder): Fields {
  const parts = [order.random.between(2_000, 9_000), order.random.between(2_000, 9_000)] as const;
  const cents = sum(parts);
  const taxes = containedTaxes(order.person.entity, cents, [100]);
  const whole = taxSums(taxes);
  const first = { tax: shareOf(whole.tax, parts[0], cents), reclaim: shareOf(whole.reclaim, parts[0], cents) };
  const rest = { tax: whole.tax - first.tax, reclaim: whole.reclaim - first.reclaim };
  const lines: AllocationPlan['lines'] = [
    { party: 'EMPL', cents: parts[0], account: type.account, tax: first },
    { party: 'IBCP', cents: parts[1], account: type.account, tax: rest },
  ];
  const fields = { offsetPayType: 'Y' };
  return reportOf(order, [entryOf(order, { type, allocations: [{ percent: 100, lines, taxes }], fields })]);
}

/**
 * Tax rows in the currency of the spending, reclaimed in full: they give the proportion only (FIS spec 10.1 step 3, trap 25).
 * `where` is the company of the country in which the money was spent.
 */
function foreignTax(order: CaseOrder, where: SampleEntity): Fields {
  const rate = order.random.between(600, 1_900);
  const spent = order.random.between(2_000, 30_000);
  const cents = shareOf(spent, rate, 1_000);
  const taxes = containedTaxes(
    where,
    spent,
    where.taxes.map(() => 100),
  );
  const own = shareOf(taxSums(taxes).tax, rate, 1_000);
  const line = { party: 'EMPL', cents, account: type.account, tax: { tax: own, reclaim: own } } as const;
  const fields = {
    reportEntryTransactionAmount: jsonAmount(spent),
    entryCurrAlphaCode: where.currency,
    entryCountryCode: where.country,
    entryExchangeRate: jsonAmount(rate, 3),
  };
  return reportOf(order, [entryOf(order, { type, allocations: [{ percent: 100, lines: [line], taxes }], fields })]);
}

/** Three allocations, each with its own part of the tax. */
function allocatedTax(order: CaseOrder): Fields {
  const shares = splitBy([33_33, 33_33, 33_34], order.random.between(3_000, 60_000));
  const allocations = shares.map(({ percent, cents }): AllocationPlan => {
    const taxes = containedTaxes(order.person.entity, cents, [100]);
    const line = { party: 'EMPL', cents, account: type.account, tax: taxSums(taxes) } as const;
    return { percent, lines: [line], taxes };
  });
  return reportOf(order, [entryOf(order, { type, allocations })]);
}

/** Cases of input tax: the cost bears what is not reclaimed (trap 23). */
export const taxCases: DocumentCase[] = [
  expense('tax-full', 'Input tax that is reclaimed in full.', (order) => taxed(order, [100]), { entity: germany }),
  expense('tax-partial', 'Input tax of which a half is reclaimed.', (order) => taxed(order, [50]), { entity: britain }),
  expense('tax-none', 'Tax that nothing is reclaimed of: it stays in the cost.', (order) => taxed(order, [0]), {
    entity: britain,
  }),
  expense('tax-several', 'Two taxes on a line, the second one reclaimed by half.', (order) => taxed(order, [0, 50]), {
    entity: canada,
  }),
  expense('tax-several-full', 'Two taxes on a line, both reclaimed in full.', (order) => taxed(order, [100, 100]), {
    entity: canada,
  }),
  expense('tax-shared-row', 'One tax row that two lines share.', sharedRow, { entity: germany }),
  expense('tax-foreign', 'A tax row in the currency of the spending.', (order) => foreignTax(order, germany), {
    entity: britain,
  }),
  expense(
    'tax-several-foreign',
    'Two tax rows in the currency of the spending.',
    (order) => foreignTax(order, canada),
    {
      entity: unitedStates,
    },
  ),
  expense('tax-allocated', 'Three allocations, each with its part of the tax.', allocatedTax, { entity: germany }),
  expense(
    'tax-payroll',
    'Reimbursed by payroll, with tax that is not reclaimed.',
    (order) => taxed(order, [0], payrollFields),
    {
      entity: germany,
    },
  ),
];
