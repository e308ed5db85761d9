import type { DimensionValue } from '../contracts/erp-documents.js';
import type { LedgerLeg, NeutralDocument, OrderReference } from '../contracts/ledger.js';
import type { Decided } from './code-lookup.js';
import type { CodeResolver, CostLeg, PartyLeg } from './code-resolver.js';
import { groupedBy } from './grouping.js';
import type { Amount } from './money.js';
import { amountOf, sumOf } from './money.js';

/** A line of an ERP document before its form is chosen: account known, signed amount, never zero. */
export interface PlannedLine {
  accountType: 'ledger' | 'vendor' | 'category' | 'order';
  /** Ledger or vendor account, procurement category, or number of the purchase order. */
  account: string;
  amount: Amount;
  text: string;
  dimensions: DimensionValue[];
  /** Which rule, row or declaration has decided the account, and then each dimension; for people (B6). */
  why: string;
  /** Of a line of a purchase order only. */
  order?: OrderReference;
}

/** What costs are booked to: ledger accounts, or goods whose accounts the ERP chooses (F&O spec 6.4). */
export type CostForm = 'accounts' | 'goods';

export interface PlannedLines {
  /** One per ledger leg (allocation), in the document's order. */
  details: PlannedLine[];
  /** One per account, netted, without zero. */
  parties: PlannedLine[];
  /** The party whom the ERP pays (or who owes): employee or supplier; absent where the net is zero or others pay. */
  payee?: PlannedLine;
}

/** Resolves every leg; lines whose code has no mapping are left out and refused by the resolver. */
export function plannedLines(document: NeutralDocument, resolver: CodeResolver, costs: CostForm): PlannedLines {
  const details = document.legs.flatMap((leg) => detailLine(leg, resolver, costs));
  const partyLegs = document.legs.filter((leg): leg is PartyLeg => leg.leg === 'party');
  const groups = groupedBy(partyLegs, partyKey);
  const resolved = [...groups.values()].flatMap((legs) => partyLine(document, legs, resolver));
  const byAccount = groupedBy(resolved, ({ line }) => JSON.stringify([line.accountType, line.account]));
  const netted = [...byAccount.values()].flatMap((group) => {
    const [first] = group;
    const amount = sumOf(group.map(({ line }) => line.amount));
    const isPayee = group.some((member) => member.isPayee);
    const why = [...new Set(group.map(({ line }) => line.why))].join('; ');
    return first === undefined || amount.isZero() ? [] : [{ line: { ...first.line, amount, why }, isPayee }];
  });
  const payee = netted.find(({ isPayee }) => isPayee)?.line;
  return { details, parties: netted.map(({ line }) => line), ...(payee === undefined ? {} : { payee }) };
}

/** Legs of one party that the mapping cannot tell apart; only cards are told apart by program and payment type. */
function partyKey(leg: PartyLeg): string {
  const card = isOurPayee(leg) ? [] : [leg.cardProgram, leg.traits?.['paymentType']];
  return JSON.stringify([leg.party, leg.id, leg.settledBy, leg.clearingAccount, ...card]);
}

const isOurPayee = ({ party }: PartyLeg): boolean => party === 'EMPL' || party === 'VENDOR';

function detailLine(leg: LedgerLeg, resolver: CodeResolver, costs: CostForm): PlannedLine[] {
  const amount = amountOf(leg.amount);
  if (leg.leg === 'party' || amount.isZero()) {
    return [];
  }
  const decided = leg.leg === 'expense' || leg.leg === 'personal' ? resolver.dimensions(leg) : [];
  const form: LineForm = (accountType, account) => ({
    accountType,
    account: account.value,
    amount,
    text: leg.text,
    dimensions: decided.map(({ value }) => value),
    why: [account.why, ...decided.map(({ why }) => why)].join('; '),
  });
  if (costs === 'goods' && leg.leg === 'expense') {
    return goodsLine(leg, resolver, form);
  }
  const account = accountOf(leg, resolver);
  return account === undefined ? [] : [form('ledger', account)];
}

type LineForm = (accountType: PlannedLine['accountType'], account: Decided) => PlannedLine;

function goodsLine(leg: CostLeg, resolver: CodeResolver, form: LineForm): PlannedLine[] {
  const { account, order } = leg;
  if (order !== undefined) {
    const why = `the invoice line names purchase order ${order.purchaseOrder}`;
    return [{ ...form('order', { value: order.purchaseOrder, why }), order }];
  }
  const category = account === '' ? undefined : resolver.category(leg);
  return category === undefined ? [] : [form('category', category)];
}

function accountOf(leg: Exclude<LedgerLeg, PartyLeg>, resolver: CodeResolver): Decided | undefined {
  switch (leg.leg) {
    case 'inputTax':
      return resolver.tax(leg);
    case 'intercompany':
      return resolver.intercompany(leg);
    case 'advance':
      return leg.account === '' ? undefined : resolver.advance(leg);
    default:
      // A line without any account is refused by the invariants already (E12).
      return leg.account === '' ? undefined : resolver.account(leg);
  }
}

type PartyLine = { line: PlannedLine; isPayee: boolean };

function partyLine(document: NeutralDocument, legs: PartyLeg[], resolver: CodeResolver): PartyLine[] {
  const [leg] = legs;
  const amount = sumOf(legs.map((member) => member.amount));
  if (leg === undefined || amount.isZero()) {
    return [];
  }
  const line = (accountType: 'ledger' | 'vendor', { value, why }: Decided, text: string): PlannedLine => ({
    accountType,
    account: value,
    amount,
    text,
    dimensions: [],
    why,
  });
  if (!isOurPayee(leg)) {
    const target = resolver.card(leg);
    if (target === undefined) {
      return [];
    }
    // A card vendor whom Concur pays would be paid twice: such legs go on to the clearing account below.
    if (leg.settledBy === 'erp' || 'ledger' in target.value) {
      const { value, why } = target;
      const text = `${leg.party} ${document.humanNumber}`;
      const card =
        'vendor' in value
          ? line('vendor', { value: value.vendor, why }, text)
          : line('ledger', { value: value.ledger, why }, text);
      return [{ line: card, isPayee: false }];
    }
  }
  if (leg.settledBy !== 'erp') {
    const account = resolver.clearing(leg.settledBy, leg.clearingAccount);
    const text = `${leg.party} ${leg.settledBy} ${document.humanNumber}`;
    return account === undefined ? [] : [{ line: line('ledger', account, text), isPayee: false }];
  }
  const vendor = resolver.vendor(document.payee.kind, leg.id ?? document.payee.id);
  const text = `${document.title}, ${document.payee.name}`;
  return vendor === undefined ? [] : [{ line: line('vendor', vendor, text), isPayee: true }];
}
