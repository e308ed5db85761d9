import type { AllocationPlan } from '../fis-entry.js';
import { entryOf } from '../fis-entry.js';
import { advanceOf } from '../generated-advance.js';
import { reportOf } from '../generated-report.js';
import { balanceAccounts, entities } from '../sample-firm.js';
import { jsonAmount, shareOf } from '../whole-cents.js';
import type { CaseOrder, DocumentCase } from './case-types.js';
import { expense, paidByEmployee, typeNamed } from './cash-cases.js';

type Fields = Record<string, unknown>;
const [, , britain] = entities;

/** What each of the documents that share an advance takes of it: together all. */
function parts({ advance: { cents } }: CaseOrder): { used: number; usedUp: number; returned: number } {
  const used = shareOf(cents, 40, 100);
  const usedUp = shareOf(cents, 35, 100);
  return { used, usedUp, returned: cents - used - usedUp };
}

/** More was spent than the advance: it is set against two expenses, and the rest is paid out (FIS spec 10.3). */
function used(order: CaseOrder): Fields {
  const { cashAdvanceId } = order.advance;
  const first = shareOf(parts(order).used, 70, 100);
  const amounts = [first, parts(order).used - first];
  const meal = typeNamed('BUSML');
  const lines: AllocationPlan['lines'] = [5_00, parts(order).used].map((cents) => ({
    party: 'EMPL',
    cents,
    account: meal.account,
  }));
  const entries = [
    paidByEmployee(order, typeNamed('CARRT'), first),
    entryOf(order, { type: meal, allocations: [{ percent: 100, lines }] }),
    paidByEmployee(order, typeNamed('PARKG'), order.random.between(300, 2_000)),
  ];
  return reportOf(order, entries, { applied: { cashAdvanceId, amounts, returnedCents: 0 } });
}

/** Less was spent than was left of the advance: the employee gives the rest back with the report. */
function returned(order: CaseOrder): Fields {
  const { cashAdvanceId } = order.advance;
  const { usedUp, returned: returnedCents } = parts(order);
  const applied = { cashAdvanceId, amounts: [usedUp, returnedCents], returnedCents };
  return reportOf(order, [paidByEmployee(order, typeNamed('TRAIN'), usedUp)], { applied });
}

/** The clearing account of the advance is the account of an expense as well: refused, since it would clear itself (A4). */
function clearedByItself(order: CaseOrder): Fields {
  const cents = order.random.between(1_000, 9_000);
  const applied = { cashAdvanceId: order.random.hex(32).toUpperCase(), amounts: [cents], returnedCents: 0 };
  const own = { code: 'OTHER', name: 'Other', account: balanceAccounts.advance };
  const entries = [paidByEmployee(order, typeNamed('TAXIX'), cents), paidByEmployee(order, own, cents)];
  return reportOf(order, entries, { applied });
}

const advance = (
  name: string,
  says: string,
  make: DocumentCase['make'],
  of: Partial<DocumentCase> = {},
): DocumentCase => ({
  ...{ name, says, docType: 'cashadvance', make },
  ...of,
});

/** Requested in francs at a rate of three decimals. */
function issuedAbroad(order: CaseOrder): Fields {
  const requested = order.random.between(10, 150) * 1_000;
  const thousandths = order.random.between(700, 1_400);
  const own = { cashAdvanceId: order.random.hex(32).toUpperCase(), cents: shareOf(requested, thousandths, 1_000) };
  return advanceOf(order, own, { currency: 'CHF', number: '756', amount: jsonAmount(requested), thousandths });
}

/** Dollars given as so many pounds: told, not refused (N3, decisions 15). */
function issuedAtPar(order: CaseOrder): Fields {
  const own = { cashAdvanceId: order.random.hex(32).toUpperCase(), cents: order.random.between(10, 90) * 1_000 };
  return advanceOf(order, own, { currency: 'USD', number: '840', amount: jsonAmount(own.cents), thousandths: 1_000 });
}

/** A cash advance from its issue to its end. */
export const advanceCases: DocumentCase[] = [
  advance('advance-issued', 'Money is given to an employee before his journey.', (order) =>
    advanceOf(order, order.advance),
  ),
  expense('advance-used', 'A report uses a part of the advance and pays out what is more.', used),
  expense('advance-returned', 'A report uses the advance, and its rest is given back.', returned),
  advance('advance-abroad', 'An advance in another currency, at its rate.', issuedAbroad),
  advance('advance-at-par', 'An advance in another currency at the odd rate of 1.', issuedAtPar, { entity: britain }),
  advance('advance-expense-pay', 'An advance that Concur itself pays out.', (order) =>
    advanceOf(
      order,
      { cashAdvanceId: order.random.hex(32).toUpperCase(), cents: order.random.between(10, 90) * 1_000 },
      undefined,
      {
        expensePayIndicator: 'Y',
        paymentMethod: 1,
      },
    ),
  ),
  expense(
    'advance-clears-itself',
    'The clearing account of the advance is an expense account, too: refused.',
    clearedByItself,
  ),
];
