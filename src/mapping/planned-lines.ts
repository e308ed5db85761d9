import type { DimensionValue } from '../contracts/erp-documents.js';
import type { LedgerLeg, NeutralDocument, OrderReference } from '../contracts/ledger.js';
import type { CodeResolver } from './code-resolver.js';
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

type PartyLeg = Extract<LedgerLeg, { leg: 'party' }>;

/** Resolves every leg; lines whose code has no mapping are left out and refused by the resolver. */
export function plannedLines(document: NeutralDocument, resolver: CodeResolver, costs: CostForm): PlannedLines {
  const details = document.legs.flatMap((leg) => detailLine(leg, resolver, costs));
  const partyLegs = document.legs.filter((leg): leg is PartyLeg => leg.leg === 'party');
  const groups = groupedBy(partyLegs, (leg) => JSON.stringify([leg.party, leg.id, leg.settledBy, leg.clearingAccount]));
  const resolved = [...groups.values()].flatMap((legs) => partyLine(document, legs, resolver));
  const byAccount = groupedBy(resolved, ({ line }) => JSON.stringify([line.accountType, line.account]));
  const netted = [...byAccount.values()].flatMap((group) => {
    const [first] = group;
    const amount = sumOf(group.map(({ line }) => line.amount));
    const isPayee = group.some((member) => member.isPayee);
    return first === undefined || amount.isZero() ? [] : [{ line: { ...first.line, amount }, isPayee }];
  });
  const payee = netted.find(({ isPayee }) => isPayee)?.line;
  return { details, parties: netted.map(({ line }) => line), ...(payee === undefined ? {} : { payee }) };
}

function detailLine(leg: LedgerLeg, resolver: CodeResolver, costs: CostForm): PlannedLine[] {
  const amount = amountOf(leg.amount);
  if (leg.leg === 'party' || amount.isZero()) {
    return [];
  }
  const dimensions = leg.leg === 'expense' || leg.leg === 'personal' ? resolver.dimensions(leg) : [];
  if (costs === 'goods' && leg.leg === 'expense') {
    return goodsLine(leg, resolver, { amount, text: leg.text, dimensions });
  }
  const account = accountOf(leg, resolver);
  return account === undefined ? [] : [{ accountType: 'ledger', account, amount, text: leg.text, dimensions }];
}

type CostLeg = Extract<LedgerLeg, { leg: 'expense' | 'personal' }>;

function goodsLine(
  { account, order }: CostLeg,
  resolver: CodeResolver,
  line: Pick<PlannedLine, 'amount' | 'text' | 'dimensions'>,
): PlannedLine[] {
  if (order !== undefined) return [{ ...line, accountType: 'order', account: order.purchaseOrder, order }];
  const category = account === '' ? undefined : resolver.category(account);
  return category === undefined ? [] : [{ ...line, accountType: 'category', account: category }];
}

function accountOf(leg: Exclude<LedgerLeg, PartyLeg>, resolver: CodeResolver): string | undefined {
  switch (leg.leg) {
    case 'inputTax':
      return resolver.tax(leg);
    case 'advance':
      return leg.account === '' ? undefined : resolver.advance(leg.account);
    default:
      // A line without any account is refused by the invariants already (E12).
      return leg.account === '' ? undefined : resolver.account(leg.account);
  }
}

type PartyLine = { line: PlannedLine; isPayee: boolean };

function partyLine(document: NeutralDocument, legs: PartyLeg[], resolver: CodeResolver): PartyLine[] {
  const [leg] = legs;
  const amount = sumOf(legs.map((member) => member.amount));
  if (leg === undefined || amount.isZero()) {
    return [];
  }
  const line = (accountType: 'ledger' | 'vendor', account: string, text: string): PlannedLine => ({
    accountType,
    account,
    amount,
    text,
    dimensions: [],
  });
  if (leg.party !== 'EMPL' && leg.party !== 'VENDOR') {
    const target = resolver.card(leg.party);
    if (target === undefined) {
      return [];
    }
    // A card vendor whom Concur pays would be paid twice: such legs go on to the clearing account below.
    if (leg.settledBy === 'erp' || 'ledger' in target) {
      const text = `${leg.party} ${document.humanNumber}`;
      const cardLine = 'vendor' in target ? line('vendor', target.vendor, text) : line('ledger', target.ledger, text);
      return [{ line: cardLine, isPayee: false }];
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
