import { moneyOf } from './fis-entry.js';
import { advanceFields } from './fis-fields.js';
import { employeeOf } from './generated-report.js';
import type { SamplePerson } from './sample-firm.js';
import { balanceAccounts } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { jsonAmount, shareOf } from './whole-cents.js';

type Fields = Record<string, unknown>;

export interface AdvanceOrder {
  random: SeededRandom;
  person: SamplePerson;
  /** `YYYY-MM-DD`. */
  on: string;
}

export interface GeneratedAdvance {
  cashAdvanceId: string;
  cents: number;
  document: Fields;
}

/** The issue of a cash advance; some are requested in a currency other than the employee's (FIS spec 9.3). */
export function generatedAdvance({ random, person, on }: AdvanceOrder): GeneratedAdvance {
  const isForeign = random.chance(12);
  const requestedCents = random.between(10, 150) * 1_000;
  const rate = isForeign ? random.between(700, 1_400) : 1_000;
  const cents = shareOf(requestedCents, rate, 1_000);
  const cashAdvanceId = random.hex(32).toUpperCase();
  const abroad = isForeign
    ? { currency: 'CHF', number: '756', amount: jsonAmount(requestedCents), thousandths: rate }
    : undefined;
  return { cashAdvanceId, cents, document: advanceOf({ person, on }, { cashAdvanceId, cents }, abroad) };
}

/** An advance in another currency than the reimbursement's: letters and digits of ISO 4217, its amount, its rate. */
export interface ForeignAdvance {
  currency: string;
  number: string;
  amount: number;
  thousandths: number;
}

/** Writes the document of an advance: `cents` of the reimbursement currency (N1). */
export function advanceOf(
  { person, on }: Pick<AdvanceOrder, 'person' | 'on'>,
  { cashAdvanceId, cents }: { cashAdvanceId: string; cents: number },
  abroad?: ForeignAdvance,
  fields: Fields = {},
): Fields {
  const money = moneyOf(person.entity);
  return {
    employeeData: employeeOf(person),
    cashAdvanceData: {
      ...advanceFields,
      cashAdvanceId,
      name: `Advance ${on}`,
      requestAmount: abroad?.amount ?? money(cents),
      currencyAlphaCode: abroad?.currency ?? person.entity.currency,
      currencyNumCode: abroad?.number ?? currencyNumbers[person.entity.currency] ?? null,
      employeeCurrencyAlphaCode: person.entity.currency,
      exchangeRate: jsonAmount(abroad?.thousandths ?? 1_000, 3),
      issuedDate: `${on}T00:00:00.000Z`,
      requestDate: `${on}T00:00:00.000Z`,
      ...fields,
    },
    journalData: [
      {
        accountCode: balanceAccounts.advance,
        amount: money(cents),
        debitOrCredit: 'DR',
        payer: 'COMP',
        payee: 'EMPL',
        paymentCode: 'Cash',
      },
    ],
  };
}

/** ISO 4217 digits of the firm's currencies: texts, since they may begin with 0. */
const currencyNumbers: Record<string, string> = {
  USD: '840',
  EUR: '978',
  GBP: '826',
  CAD: '124',
  JPY: '392',
  KWD: '414',
};
