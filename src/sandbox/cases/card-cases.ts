import type { EntryPlan, GeneratedEntry, LinePlan } from '../fis-entry.js';
import { entryOf, moneyOf } from '../fis-entry.js';
import { cardCharge, offsetEntry, personalEntry } from '../generated-entries.js';
import { reportOf } from '../generated-report.js';
import { expenseTypes } from '../sample-firm.js';
import { jsonAmount } from '../whole-cents.js';
import type { CaseOrder, DocumentCase } from './case-types.js';
import { expense, paidByEmployee, typeNamed } from './cash-cases.js';

type Fields = Record<string, unknown>;
type Card = 'IBCP' | 'CBCP' | 'COPD';

const roomType = { code: 'LODNG', name: 'Room Rate', account: '6100' };
const roomTaxType = { code: 'LODTX', name: 'Room Tax', account: '6100' };
const dinnerType = { code: 'DINNR', name: 'Dinner', account: '6130' };
const [hotelType] = expenseTypes;

/** One entry that a card of the company paid. */
function paidByCard(
  order: CaseOrder,
  party: Card,
  type: EntryPlan['type'] & { account: string },
  more: Fields = {},
): GeneratedEntry {
  const cents = order.random.between(900, 30_000);
  const line = { party, cents, account: type.account } as const;
  return entryOf(order, {
    type,
    allocations: [{ percent: 100, lines: [line] }],
    fields: { reportEntryPatKey: party, entryVendorDescription: 'Harbour Hotel', ...more },
  });
}

/** A hotel bill: each of its parts is an entry of its own. */
const hotelBill = (order: CaseOrder, party: Card, more: Fields = {}): GeneratedEntry[] =>
  [roomType, roomType, roomTaxType].map((type) => paidByCard(order, party, type, more));

/** One charge over two entries, which both show the whole of it (E16). */
function splitCharge(order: CaseOrder): Fields {
  const parts = [order.random.between(2_000, 9_000), order.random.between(2_000, 9_000)];
  const whole = (parts[0] ?? 0) + (parts[1] ?? 0);
  const money = moneyOf(order.person.entity);
  const charge = { ...cardCharge(order, 'IBCP', whole), reportEntryTransactionAmount: money(whole) };
  const entries = parts.map((cents) => {
    const line = { party: 'IBCP', cents, account: hotelType.account, isCharge: true } as const;
    return entryOf(order, { type: hotelType, allocations: [{ percent: 100, lines: [line] }], fields: charge });
  });
  return reportOf(order, entries);
}

/** Charged abroad and billed in the reimbursement currency: the rate is not 1 although both currencies are the same (E17). */
function billedRate(order: CaseOrder): Fields {
  const cents = order.random.between(1_000, 9_000) * 10;
  const rate = order.random.between(1_050, 1_400);
  const line = { party: 'IBCP', cents, account: hotelType.account, isCharge: true } as const;
  const fields = {
    ...cardCharge(order, 'IBCP', cents),
    cardTransactionAmount: jsonAmount(Math.round((cents * 1_000) / rate)),
    cardTransactionCurrency: 'CHF',
    reportEntryTransactionAmount: jsonAmount(Math.round((cents * 1_000) / rate)),
    entryExchangeRate: jsonAmount(rate, 3),
  };
  return reportOf(order, [entryOf(order, { type: hotelType, allocations: [{ percent: 100, lines: [line] }], fields })]);
}

/** A charge that the merchant gave back to the card. */
function cardRefund(order: CaseOrder): Fields {
  const cents = order.random.between(900, 9_000);
  const line: LinePlan = { party: 'CBCP', cents: -cents, account: typeNamed('AIRFR').account };
  const plan = { type: typeNamed('AIRFR'), allocations: [{ percent: 100, lines: [line] }] };
  return reportOf(order, [entryOf(order, { ...plan, fields: { reportEntryPatKey: 'CBCP' } })]);
}

/** A cash expense whose whole amount goes to the card, whose private items the employee pays by it (trap 28). */
function offsetToCard(order: CaseOrder): Fields {
  const parking = typeNamed('PARKG');
  const line = { party: 'IBCP', cents: order.random.between(300, 2_000), account: parking.account } as const;
  const offset = entryOf(order, { type: parking, allocations: [{ percent: 100, lines: [line] }] });
  return reportOf(order, [...hotelBill(order, 'IBCP', { reportEntryPatKey: '1003', offsetPayType: 'Y' }), offset]);
}

function cardAndPrivate(order: CaseOrder): Fields {
  const taxi = paidByEmployee(order, typeNamed('TAXIX'), order.random.between(1_000, 5_000));
  const stay = [roomType, dinnerType, roomType].map((type) =>
    paidByCard(order, 'CBCP', type, { reportEntryPatKey: '1000' }),
  );
  const film = personalEntry(order, 'CBCP');
  film.entry['reportEntryPatKey'] = '1000';
  return reportOf(order, [taxi, ...stay, film]);
}

const privateWithoutAccount = (order: CaseOrder): Fields =>
  reportOf(order, [paidByCard(order, 'CBCP', roomType), personalEntry(order, 'CBCP', '')]);

/** Cases of company cards: who is credited follows from payer and payee alone. */
export const cardCases: DocumentCase[] = [
  expense('company-paid', 'The company paid the hotel itself; the parts of the bill are entries.', (order) =>
    reportOf(order, hotelBill(order, 'COPD', { offsetPayType: 'Y' })),
  ),
  expense('company-card', 'A card of the company in the employee’s name, and parking in cash.', (order) =>
    reportOf(order, [
      ...[roomType, dinnerType].map((type) => paidByCard(order, 'IBCP', type)),
      paidByEmployee(order, typeNamed('PARKG'), order.random.between(300, 2_000)),
    ]),
  ),
  expense('central-card', 'A card that the company holds and pays.', (order) =>
    reportOf(order, [paidByCard(order, 'CBCP', typeNamed('AIRFR'))]),
  ),
  expense('itemised', 'A hotel bill in parts on the card, a taxi in cash.', (order) =>
    reportOf(order, [
      ...hotelBill(order, 'IBCP'),
      paidByEmployee(order, typeNamed('TAXIX'), order.random.between(1_000, 5_000)),
    ]),
  ),
  expense('card-charge-split', 'One card charge in two entries that both show the whole charge.', splitCharge),
  expense('card-billed-rate', 'A charge abroad, billed in the own currency with a rate other than 1.', billedRate),
  expense('card-refund', 'A charge that the merchant gave back to the card.', cardRefund),
  expense(
    'card-private',
    'A company card with a private item: the card is paid, the employee owes it.',
    cardAndPrivate,
  ),
  expense('card-private-only', 'Only private items on two cards: the total is zero, the employee owes.', (order) =>
    reportOf(order, [personalEntry(order, 'CBCP'), personalEntry(order, 'COPD')]),
  ),
  expense(
    'card-private-no-account',
    'A private item without account: the entry’s clearing account counts.',
    privateWithoutAccount,
  ),
  expense('card-private-left-out', 'The card is in the employee’s name: Concur leaves his private item out.', (order) =>
    reportOf(order, hotelBill(order, 'IBCP').slice(1)),
  ),
  expense('offset', 'One cash entry, partly owed to the employee, partly to the card.', (order) =>
    reportOf(order, [offsetEntry(order)]),
  ),
  expense('offset-to-card', 'A cash entry that becomes a liability to the card as a whole.', offsetToCard),
];
