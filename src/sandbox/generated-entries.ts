import type { EntryOrder, GeneratedEntry } from './fis-entry.js';
import { containedTaxes, entryOf, moneyOf, taxSums } from './fis-entry.js';
import { balanceAccounts, expenseTypes } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { jsonAmount, shareOf, splitCents } from './whole-cents.js';

const cards = ['COPD', 'CBCP', 'IBCP'] as const;
type Card = (typeof cards)[number];

/** Paid in cash, domestic, over one to three allocations; with input tax where the country has one. */
export function cashEntry(order: EntryOrder, cents = order.random.between(450, 64_000)): GeneratedEntry {
  const { random, person } = order;
  const type = random.pick(expenseTypes);
  const account = order.account ?? type.account;
  const isTaxed = random.chance(55);
  const reclaimPercent = random.pick([100, 50, 0]);
  const reclaims = person.entity.taxes.map(() => reclaimPercent);
  const allocations = splitCents(random, cents).map((share) => {
    const taxes = isTaxed ? containedTaxes(person.entity, share.cents, reclaims) : [];
    const line = { party: 'EMPL', cents: share.cents, account, tax: taxSums(taxes) } as const;
    return { percent: share.percent, lines: [line], taxes };
  });
  return entryOf(order, { type, allocations });
}

/** Exchange rates that multiply: thousandths of the reimbursement currency for one unit of the spent one. */
function foreignRate(random: SeededRandom): { thousandths: number; json: number } {
  const thousandths = random.between(600, 1_900);
  return { thousandths, json: jsonAmount(thousandths, 3) };
}

/** Spent in another currency: approved = spent × rate, rounded. */
export function foreignEntry(order: EntryOrder): GeneratedEntry {
  const { random } = order;
  const type = random.pick(expenseTypes);
  const spentCents = random.between(500, 30_000);
  const rate = foreignRate(random);
  const cents = shareOf(spentCents, rate.thousandths, 1_000);
  const fields = {
    reportEntryTransactionAmount: jsonAmount(spentCents),
    entryCurrAlphaCode: 'CHF',
    entryExchangeRate: rate.json,
  };
  const line = { party: 'EMPL', cents, account: type.account } as const;
  return entryOf(order, { type, allocations: [{ percent: 100, lines: [line] }], fields });
}

/** Paid by a company card. */
export function cardEntry(order: EntryOrder): GeneratedEntry {
  const { random } = order;
  const type = random.pick(expenseTypes);
  const party = random.pick(cards);
  const cents = random.between(900, 150_000);
  const allocations = splitCents(random, cents).map((share) => ({
    percent: share.percent,
    lines: [{ party, cents: share.cents, account: type.account, isCharge: true }],
  }));
  return entryOf(order, { type, allocations, fields: cardCharge(order, party, cents) });
}

/** A private purchase with the company card: approved 0, the card is paid and the employee owes (FIS spec 10.4). */
export function personalEntry(
  order: EntryOrder,
  party: 'CBCP' | 'COPD' = order.random.pick(['CBCP', 'COPD']),
  account: string = balanceAccounts.personalCard,
): GeneratedEntry {
  const { random, person } = order;
  const cents = random.between(300, 4_000);
  const lines = [
    { party, cents, account },
    { party: 'EMPL', cents: -cents, account },
  ] as const;
  const fields = {
    reportEntryPatKey: party,
    entryIsPersonal: 'Y',
    reportEntryTransactionAmount: moneyOf(person.entity)(cents),
  };
  return entryOf(order, { type: expenseTypes[4], allocations: [{ percent: null, lines: [...lines] }], fields });
}

/** A returned ticket: the employee owes the company. */
export function refundEntry(order: EntryOrder, cents = order.random.between(500, 9_000)): GeneratedEntry {
  const type = expenseTypes[2];
  const line = { party: 'EMPL', cents: -cents, account: type.account } as const;
  return entryOf(order, { type, allocations: [{ percent: 100, lines: [line] }] });
}

/** A cash expense of which a part is paid to the card: one allocation, two parties (trap 28). */
export function offsetEntry(order: EntryOrder): GeneratedEntry {
  const { random } = order;
  const type = random.pick(expenseTypes);
  const [toEmployee, toCard] = [random.between(500, 6_000), random.between(100, 3_000)];
  const lines = [
    { party: 'EMPL', cents: toEmployee, account: type.account },
    { party: 'IBCP', cents: toCard, account: type.account },
  ] as const;
  const allocations = [{ percent: 100, lines: [...lines] }];
  return entryOf(order, { type, allocations, fields: { offsetPayType: 'Y' } });
}

/** What an entry says of the card charge that it stands for; the card is billed in the reimbursement currency. */
export function cardCharge({ random, person }: EntryOrder, party: Card, cents: number): Record<string, unknown> {
  const amount = moneyOf(person.entity)(cents);
  return {
    reportEntryPatKey: party,
    cardAccountID: random.hex(32).toUpperCase(),
    cardProgramTypeCode: 'AMEX',
    cardTransactionID: random.hex(20).toUpperCase(),
    cardTransactionAmount: amount,
    cardTransactionCurrency: person.entity.currency,
    cardTransactionPostedAmount: amount,
    cardTransactionPostedCurrency: person.entity.currency,
  };
}
