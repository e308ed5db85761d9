import type { SampleEntity, SamplePerson } from './sample-firm.js';
import { balanceAccounts, expenseTypes, sampleCostObjects } from './sample-firm.js';
import type { SeededRandom } from './seeded-random.js';
import { jsonAmount, shareOf, splitCents } from './whole-cents.js';

/** One entry of a generated report with what the report needs to know about it. */
export interface GeneratedEntry {
  entry: Record<string, unknown>;
  approvedCents: number;
  /** What the entry owes to the employee, negative if he owes. */
  employeeCents: number;
}

export interface EntryOrder {
  random: SeededRandom;
  person: SamplePerson;
  on: string;
  /** Replaces the expense account: for planted trouble. */
  account?: string;
}

type Line = {
  payer: string;
  payee: string;
  cents: number;
  account: string;
  card?: boolean;
  taxGuids?: string[];
  tax?: TaxSums;
};
type TaxSums = { tax: number; reclaim: number };
type Card = (typeof cards)[number];

const cards = ['COPD', 'CBCP', 'IBCP'] as const;

function journalLine({
  payer,
  payee,
  cents,
  account,
  card = false,
  taxGuids = [],
  tax,
}: Line): Record<string, unknown> {
  return {
    journalPayer: payer,
    journalPayee: payee,
    journalAccountCode: account,
    amountGross: jsonAmount(cents),
    amountNetOfTax: jsonAmount(cents - (tax?.tax ?? 0)),
    amountNetOfReclaim: jsonAmount(cents - (tax?.reclaim ?? 0)),
    amountGrossCard: card ? jsonAmount(cents) : null,
    cardTransactionReferenceNumber: null,
    taxGuid: taxGuids,
  };
}

function entryHead(order: EntryOrder, type: (typeof expenseTypes)[number], cents: number): Record<string, unknown> {
  const { random, person, on } = order;
  return {
    entryId: random.hex(32).toUpperCase(),
    entryApprovedAmount: jsonAmount(cents),
    reportEntryTransactionAmount: jsonAmount(cents),
    entryCurrAlphaCode: person.entity.currency,
    entryExchangeRate: 1,
    entryExchangeRateDirection: 'M',
    entryIsPersonal: 'N',
    entryIsBillable: 'N',
    expenseTypeCode: type.code,
    expenseTypeName: type.name,
    entryDate: `${on}T00:00:00.000Z`,
    entryDescription: null,
    entryReceiptType: 'R',
    clearingAccountCode: balanceAccounts.personalCard,
    expensePayIndicator: 'N',
    reportEntryPatKey: 'CASH',
    entryCountryCode: person.entity.country,
    entryOrgUnit1Code: person.entity.companyCode,
  };
}

/** Paid in cash, domestic, over one to three allocations; with input tax where the country has one. */
export function cashEntry(order: EntryOrder, cents = order.random.between(450, 64_000)): GeneratedEntry {
  const { random, person } = order;
  const type = random.pick(expenseTypes);
  const isTaxed = random.chance(55);
  const reclaimPercent = random.pick([100, 50, 0]);
  const allocation = splitCents(random, cents).map((share) => {
    const rows = isTaxed ? taxRows(random, person.entity, share.cents, reclaimPercent) : [];
    const tax = { tax: sum(rows.map((row) => row.taxCents)), reclaim: sum(rows.map((row) => row.reclaimCents)) };
    const taxGuids = rows.map((row) => row.row.taxGuid);
    const account = order.account ?? type.account;
    const line = { payer: 'COMP', payee: 'EMPL', cents: share.cents, account, taxGuids, tax };
    return allocationOf(
      random,
      share.percent,
      [journalLine(line)],
      rows.map((row) => row.row),
    );
  });
  return { entry: { ...entryHead(order, type, cents), allocation }, approvedCents: cents, employeeCents: cents };
}

/** Spent in another currency: approved = spent × rate, rounded. */
export function foreignEntry(order: EntryOrder): GeneratedEntry {
  const { random } = order;
  const type = random.pick(expenseTypes);
  const spentCents = random.between(500, 30_000);
  const rate = random.between(600, 1_900);
  const cents = shareOf(spentCents, rate, 1_000);
  const line = journalLine({ payer: 'COMP', payee: 'EMPL', cents, account: type.account });
  const entry = {
    ...entryHead(order, type, cents),
    reportEntryTransactionAmount: jsonAmount(spentCents),
    entryCurrAlphaCode: 'CHF',
    entryExchangeRate: Number(`${Math.floor(rate / 1_000)}.${String(rate % 1_000).padStart(3, '0')}`),
    allocation: [allocationOf(random, 100, [line], [])],
  };
  return { entry, approvedCents: cents, employeeCents: cents };
}

/** Paid by a company card. */
export function cardEntry(order: EntryOrder): GeneratedEntry {
  const { random } = order;
  const type = random.pick(expenseTypes);
  const party = random.pick(cards);
  const cents = random.between(900, 150_000);
  const allocation = splitCents(random, cents).map((share) => {
    const line = { payer: 'COMP', payee: party, cents: share.cents, account: type.account, card: true };
    return allocationOf(random, share.percent, [journalLine(line)], []);
  });
  const entry = { ...entryHead(order, type, cents), ...cardFields(order, party, cents), allocation };
  return { entry, approvedCents: cents, employeeCents: 0 };
}

/** A private purchase with the company card: approved 0, the card is paid and the employee owes (FIS spec 10.4). */
export function personalEntry(order: EntryOrder): GeneratedEntry {
  const { random } = order;
  const party = random.pick(['CBCP', 'COPD']);
  const cents = random.between(300, 4_000);
  const account = balanceAccounts.personalCard;
  const journal = [
    journalLine({ payer: 'COMP', payee: party, cents, account }),
    journalLine({ payer: 'EMPL', payee: 'COMP', cents: -cents, account }),
  ];
  const allocation = [
    { allocationId: null, allocationPercentage: null, allocationCustom1Code: null, journal, tax: [] },
  ];
  const head = { ...entryHead(order, expenseTypes[4], 0), reportEntryPatKey: party };
  const entry = { ...head, entryIsPersonal: 'Y', reportEntryTransactionAmount: jsonAmount(cents), allocation };
  return { entry, approvedCents: 0, employeeCents: -cents };
}

/** A returned ticket: the employee owes the company. */
export function refundEntry(order: EntryOrder, cents = order.random.between(500, 9_000)): GeneratedEntry {
  const { random } = order;
  const type = expenseTypes[2];
  const line = journalLine({ payer: 'EMPL', payee: 'COMP', cents: -cents, account: type.account });
  const entry = { ...entryHead(order, type, -cents), allocation: [allocationOf(random, 100, [line], [])] };
  return { entry, approvedCents: -cents, employeeCents: -cents };
}

/** A cash expense of which a part is paid to the card: one allocation, two parties (trap 28). */
export function offsetEntry(order: EntryOrder): GeneratedEntry {
  const { random } = order;
  const type = random.pick(expenseTypes);
  const [toEmployee, toCard] = [random.between(500, 6_000), random.between(100, 3_000)];
  const journal = [
    journalLine({ payer: 'COMP', payee: 'EMPL', cents: toEmployee, account: type.account }),
    journalLine({ payer: 'COMP', payee: 'IBCP', cents: toCard, account: type.account }),
  ];
  const cents = toEmployee + toCard;
  const entry = {
    ...entryHead(order, type, cents),
    offsetPayType: 'Y',
    allocation: [allocationOf(random, 100, journal, [])],
  };
  return { entry, approvedCents: cents, employeeCents: toEmployee };
}

function allocationOf(
  random: SeededRandom,
  percent: number,
  journal: unknown[],
  tax: unknown[],
): Record<string, unknown> {
  return {
    allocationId: random.hex(32).toUpperCase(),
    allocationPercentage: percent,
    ...sampleCostObjects(random),
    journal,
    tax,
  };
}

function cardFields({ random, person }: EntryOrder, party: Card, cents: number): Record<string, unknown> {
  return {
    reportEntryPatKey: party,
    cardProgramTypeCode: 'AMEX',
    cardTransactionID: random.hex(20).toUpperCase(),
    cardTransactionAmount: jsonAmount(cents),
    cardTransactionCurrency: person.entity.currency,
    cardTransactionPostedAmount: jsonAmount(cents),
    cardTransactionPostedCurrency: person.entity.currency,
  };
}

function taxRows(random: SeededRandom, entity: SampleEntity, grossCents: number, reclaimPercent: number) {
  const whole = 100 + sum(entity.taxes.map(({ rate }) => rate));
  return entity.taxes.map(({ authority, reclaimCode, taxCode, rate }) => {
    const taxCents = shareOf(grossCents, rate, whole);
    const reclaimCents = shareOf(taxCents, reclaimPercent, 100);
    const row = {
      taxGuid: random.hex(32).toUpperCase(),
      amountTax: jsonAmount(taxCents),
      amountReclaim: jsonAmount(reclaimCents),
      taxReclaimCode: reclaimCode,
      taxCode,
      nonDomesticCode: reclaimCode,
      taxAuthorityLabel: authority,
      taxSource: 'SYST',
      locationCountryCode: entity.country,
      locationCountrySubCode: null,
    };
    return { taxCents, reclaimCents, row };
  });
}

export function sum(cents: number[]): number {
  return cents.reduce((total, amount) => total + amount, 0);
}
