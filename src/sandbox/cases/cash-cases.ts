import type { AllocationPlan, GeneratedEntry } from '../fis-entry.js';
import { entryOf } from '../fis-entry.js';
import { cashEntry, refundEntry } from '../generated-entries.js';
import { payrollFields, reportOf } from '../generated-report.js';
import { balanceAccounts, entities, expenseTypes, oddEntities, sampleCostObjects } from '../sample-firm.js';
import { jsonAmount, shareOf, splitBy } from '../whole-cents.js';
import type { CaseOrder, DocumentCase } from './case-types.js';

type Fields = Record<string, unknown>;
type ExpenseType = { code: string; name: string; account: string };

/** One unallocated entry that the employee paid. */
export function paidByEmployee(
  order: CaseOrder,
  type: ExpenseType,
  cents: number,
  fields: Fields = {},
): GeneratedEntry {
  const line = { party: 'EMPL', cents, account: type.account } as const;
  return entryOf(order, { type, allocations: [{ percent: 100, lines: [line] }], fields });
}

/** A cost type of the firm by its code. */
export const typeNamed = (code: string): ExpenseType =>
  expenseTypes.find((type) => type.code === code) ?? expenseTypes[0];
/** A case of an expense report. */
export const expense = (
  name: string,
  says: string,
  make: DocumentCase['make'],
  of: Partial<DocumentCase> = {},
): DocumentCase => ({
  ...{ name, says, docType: 'expense', make },
  ...of,
});

function mileage(order: CaseOrder): Fields {
  const kilometres = order.random.between(12, 480);
  const fields = {
    entryReceiptType: 'N',
    entryLocationFrom: 'Office',
    entryLocationTo: 'Trade fair',
    mileage: {
      odometerStart: 48_000,
      odometerEnd: 48_000 + kilometres,
      passengerCount: 0,
      personalDistance: 0,
      routeId: null,
      totalDistance: kilometres,
    },
  };
  return reportOf(order, [paidByEmployee(order, mileageType, kilometres * 30, fields)]);
}

const mileageType = { code: 'MILEG', name: 'Personal Car Mileage', account: '6150' };
const perDiemType = { code: 'FIXED', name: 'Daily allowance', account: '6160' };

/** Two days of travel; on the second one a breakfast was provided. */
function perDiem(order: CaseOrder): Fields {
  const rate = order.random.between(20, 60) * 100;
  const days = [rate, shareOf(rate, 80, 100)];
  return reportOf(
    order,
    days.map((cents) => paidByEmployee(order, perDiemType, cents, { entryReceiptType: 'N' })),
  );
}

/** Spent abroad, approved at a rate of eight decimals by which the amount is multiplied or divided. */
function abroad(order: CaseOrder, direction: 'M' | 'D'): Fields {
  const rate = order.random.between(60_000_000, 190_000_000);
  const entries = [typeNamed('BUSML'), typeNamed('TAXIX')].map((type) => {
    const spent = order.random.between(1_000, 9_000);
    const cents = direction === 'M' ? shareOf(spent, rate, 100_000_000) : shareOf(spent, 100_000_000, rate);
    return paidByEmployee(order, type, cents, {
      reportEntryTransactionAmount: jsonAmount(spent),
      entryCurrAlphaCode: 'CHF',
      entryExchangeRate: Number(`${Math.floor(rate / 1e8)}.${String(rate % 1e8).padStart(8, '0')}`),
      entryExchangeRateDirection: direction,
    });
  });
  return reportOf(order, entries);
}

/** Thirds and sevenths: the last allocation takes the rounding remainder. */
function allocated(order: CaseOrder): Fields {
  const type = typeNamed('CARRT');
  const cents = order.random.between(101, 9_999) * 10 + 1;
  const parts = order.random.pick([
    [33_33, 33_33, 33_34],
    [14_29, 14_29, 14_29, 14_29, 14_29, 14_29, 14_26],
    [12_50, 37_50, 50_00],
  ]);
  const allocations = splitBy(parts, cents).map((share): AllocationPlan => ({
    percent: share.percent,
    lines: [{ party: 'EMPL', cents: share.cents, account: type.account }],
  }));
  return reportOf(order, [entryOf(order, { type, allocations })]);
}

/** Cost objects that name a legal entity: the field of the allocation decides, not the report's (FIS spec 10.1, trap 33). */
export const costObjectsIn = (order: CaseOrder, companyCode: string): Fields => ({
  ...sampleCostObjects(order.random),
  allocationCustom5Code: companyCode,
  allocationCustom5Value: 'Legal entity',
});

/** One entry over two companies, and one that only the employee's own company bears. */
function severalCompanies(order: CaseOrder): Fields {
  const costs = (percent: number, cents: number, type: ExpenseType, companyCode: string): AllocationPlan => ({
    percent,
    lines: [{ party: 'EMPL', cents, account: type.account }],
    costObjects: costObjectsIn(order, companyCode),
  });
  const [supplies, taxi] = [typeNamed('OFSUP'), typeNamed('TAXIX')];
  const [own, others] = splitBy([60_00, 40_00], order.random.between(1_000, 90_000));
  const shared = [costs(60, own?.cents ?? 0, supplies, 'GB01'), costs(40, others?.cents ?? 0, supplies, 'GB02')];
  return reportOf(order, [
    entryOf(order, { type: supplies, allocations: shared }),
    entryOf(order, { type: taxi, allocations: [costs(100, order.random.between(500, 4_000), taxi, 'GB01')] }),
  ]);
}

/** A report as Concur wrote it years ago: no total, no test mark, no payment types, no tax keys (trap 42). */
function oldForm(order: CaseOrder): Fields {
  const entries = [typeNamed('TAXIX'), typeNamed('TRAIN')].map((type) => {
    const cents = order.random.between(500, 5_000);
    const line = { party: 'COPD', cents, account: type.account } as const;
    return entryOf(order, { type, allocations: [{ percent: 100, lines: [line] }] });
  });
  const document = reportOf(order, entries, { head: { reportPaymentProcessingDate: null } });
  const later =
    /^(totalApprovedAmount|isTest|cashAdvanceReturnsAmount|reportEntryPatKey|reportEntryTransactionAmount|taxGuid)$/;
  return without(document, later) as Fields;
}

function without(value: unknown, names: RegExp): unknown {
  if (Array.isArray(value)) return value.map((each) => without(each, names));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !names.test(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, without(member, names)]));
}

function cash(order: CaseOrder, head: Fields = {}, fields: Fields = {}): Fields {
  const entries = [typeNamed('TAXIX'), typeNamed('BUSML')].map((type) =>
    paidByEmployee(order, type, order.random.between(500, 9_000), fields),
  );
  return reportOf(order, entries, { head });
}

/** Refund of more than was spent, of as much, or of nothing else. */
function refund(order: CaseOrder, spentOf: (refunded: number) => number): Fields {
  const refunded = order.random.between(500, 9_000);
  const spent = spentOf(refunded);
  const spentEntries = spent === 0 ? [] : [paidByEmployee(order, typeNamed('TRAIN'), spent)];
  return reportOf(order, [...spentEntries, refundEntry(order, refunded)]);
}

const expensePay = { expensePayIndicator: 'Y', liabilityAccountCode: balanceAccounts.expensePay };
const [, germany, britain] = entities;

/** Cases that go without a card, without an advance and without input tax. */
export const cashCases: DocumentCase[] = [
  expense('cash', 'The employee paid in cash and is owed the money.', (order) => cash(order)),
  expense('personal-card', 'The employee paid with a card of his own, which is reimbursed like cash.', (order) =>
    cash(order, {}, { reportEntryPatKey: '1001', reportEntryPaymentTypeName: 'Personal card' }),
  ),
  expense('mileage', 'Kilometres with the employee’s own car, paid by a rate.', mileage),
  expense('per-diem', 'Daily allowances, one lessened for a meal that was provided.', perDiem),
  expense('billable', 'A cost that a customer will be charged with.', (order) =>
    cash(order, {}, { entryIsBillable: 'Y' }),
  ),
  expense('refund', 'A ticket was taken back: amounts are negative, payer and payee are swapped.', (order) =>
    refund(order, () => 0),
  ),
  expense('negative-report', 'A refund of more than was spent: the employee owes the company.', (order) =>
    refund(order, (refunded) => Math.floor(refunded / 2)),
  ),
  expense('zero-report', 'A refund of as much as was spent: nobody owes anything.', (order) =>
    refund(order, (refunded) => refunded),
  ),
  expense('foreign-multiply', 'Spent in another currency; the rate multiplies (M).', (order) => abroad(order, 'M')),
  expense('foreign-divide', 'Spent in another currency; the rate divides (D).', (order) => abroad(order, 'D')),
  expense('no-decimals', 'A currency without decimals, split over allocations.', allocated, {
    entity: oddEntities.yen,
  }),
  expense('three-decimals', 'A currency with three decimals, split over allocations.', allocated, {
    entity: oddEntities.dinar,
  }),
  expense(
    'allocated',
    'Split by percentages that do not divide evenly: the last share takes the remainder.',
    allocated,
  ),
  expense('several-companies', 'One report charged to two legal entities.', severalCompanies, { entity: britain }),
  expense('payroll', 'The employee is reimbursed with the payroll, through its clearing account.', (order) =>
    cash(order, payrollFields),
  ),
  expense('expense-pay', 'Concur pays the employee itself, through a liability account.', (order) =>
    cash(order, {}, expensePay),
  ),
  expense('old-form', 'A report in the form of years ago, without total, tax keys and payment types.', oldForm),
  expense('test-user', 'A report of a Concur test user, which no production company may get.', (order) =>
    cash(order, { isTest: 'Y' }),
  ),
  expense(
    'mixed',
    'Cash entries with allocations and input tax as they come.',
    (order) => reportOf(order, [cashEntry(order), cashEntry(order), cashEntry(order)]),
    { entity: germany },
  ),
];
