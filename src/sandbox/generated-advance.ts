import { employeeOf } from './generated-report.js';
import type { SamplePerson } from './sample-firm.js';
import { balanceAccounts } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { jsonAmount, shareOf } from './whole-cents.js';

export interface AdvanceOrder {
  random: SeededRandom;
  person: SamplePerson;
  /** `YYYY-MM-DD`. */
  on: string;
}

export interface GeneratedAdvance {
  cashAdvanceId: string;
  cents: number;
  document: Record<string, unknown>;
}

/** The issue of a cash advance; some are requested in a currency other than the employee's (FIS spec 9.3). */
export function generatedAdvance({ random, person, on }: AdvanceOrder): GeneratedAdvance {
  const isForeign = random.chance(12);
  const requestedCents = random.between(10, 150) * 1_000;
  const rate = isForeign ? random.between(700, 1_400) : 1_000;
  const cents = shareOf(requestedCents, rate, 1_000);
  const cashAdvanceId = random.hex(32).toUpperCase();
  const document = {
    employeeData: employeeOf(person),
    cashAdvanceData: {
      cashAdvanceId,
      name: `Advance ${on}`,
      purpose: null,
      requestAmount: jsonAmount(requestedCents),
      currencyAlphaCode: isForeign ? 'CHF' : person.entity.currency,
      employeeCurrencyAlphaCode: person.entity.currency,
      exchangeRate: Number(`${Math.floor(rate / 1_000)}.${String(rate % 1_000).padStart(3, '0')}`),
      issuedDate: `${on}T00:00:00.000Z`,
      requestDate: `${on}T00:00:00.000Z`,
      transactionType: 1,
      paymentMethod: 0,
      expensePayIndicator: 'N',
      isTest: 'N',
      clearingAccountCode: null,
    },
    journalData: [
      {
        accountCode: balanceAccounts.advance,
        amount: jsonAmount(cents),
        debitOrCredit: 'DR',
        payer: 'COMP',
        payee: 'EMPL',
        paymentCode: 'Cash',
      },
    ],
  };
  return { cashAdvanceId, cents, document };
}
