import { createHash } from 'node:crypto';
import type {
  PurchaseOrder,
  PurchaseOrderAllocation,
  PurchaseOrderLine,
} from '../../clients/concur/purchase-order-client-values.js';
import { isDecimal, amountOf, plain } from '../money.js';

/** What matters of an order of Concur, by a name that people understand. Two readings with equal facts are the same order. */
export type OrderFacts = Readonly<Record<string, string>>;

const headerFacts: [name: string, field: Exclude<keyof PurchaseOrder, 'rest' | 'lines' | 'billTo' | 'shipTo'>][] = [
  ['status', 'status'],
  ['vendor', 'vendorCode'],
  ['currency', 'currencyCode'],
  ['order date', 'orderDate'],
  ['needed by', 'neededByDate'],
  ['requested delivery', 'requestedDeliveryDate'],
  ['ledger', 'ledgerCode'],
  ['shipping', 'shipping'],
];

const lineFacts: [name: string, field: Exclude<keyof PurchaseOrderLine, 'rest' | 'allocations'>][] = [
  ['description', 'description'],
  ['quantity', 'quantity'],
  ['unit price', 'unitPrice'],
  ['expense type', 'expenseType'],
  ['account', 'accountCode'],
];

/**
 * Everything of an order that decides what stands in the ERP, and its status. Addresses, notes and the order in which lines are
 * delivered do not count; `500.00` and `500` are the same.
 */
export function orderFacts(order: PurchaseOrder): OrderFacts {
  const facts: [string, string][] = [
    ...headerFacts.map(([name, field]): [string, string] => [name, text(order[field])]),
    ...customFacts('', order),
    ...order.lines.flatMap((line, index) => factsOfLine(line, index)),
  ];
  // Concur leaves the status of an order out, or writes its default.
  const kept = facts.filter(([name, value]) => value !== '' && !(name === 'status' && /^transmitted$/i.test(value)));
  return Object.fromEntries(kept.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Digest of what matters: equal as long as nothing has to be done. */
export function orderDigest(facts: OrderFacts): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

/** One sentence for each fact that differs, for the person who decides what happens in the ERP. */
export function orderDifferences(agreed: OrderFacts, found: OrderFacts): string[] {
  const names = [...new Set([...Object.keys(agreed), ...Object.keys(found)])].sort();
  const differing = names.filter((name) => agreed[name] !== found[name]);
  // A line that has come or gone is one fact, whatever it holds.
  const whole = differing.filter((name) => (agreed[name] ?? found[name]) === present);
  return differing
    .filter((name) => !whole.some((line) => name.startsWith(`${line}, `)))
    .map((name) => sentence(name, agreed[name], found));
}

/** The fact of a line that it is there at all. */
const present = 'is there';

function sentence(name: string, before: string | undefined, found: OrderFacts): string {
  const after = found[name];
  if (name === 'status' && /^closed$/i.test(after ?? '')) return 'Concur has closed the order.';
  const subject = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  if (before === present) return `${subject} is gone.`;
  if (after === present) {
    const facts = Object.entries(found).filter(([each]) => each.startsWith(`${name}, `));
    return `${subject} is new: ${facts.map(([each, value]) => `${each.slice(name.length + 2)} ${value}`).join(', ')}.`;
  }
  return `${subject}: ${before ?? 'nothing'} → ${after ?? 'nothing'}.`;
}

function factsOfLine(line: PurchaseOrderLine, index: number): [string, string][] {
  const whose = `line ${lineName(line, index)}`;
  return [
    [whose, present],
    ...lineFacts.map(([name, field]): [string, string] => [`${whose}, ${name}`, text(line[field])]),
    ...customFacts(`${whose}, `, line),
    ...(line.allocations ?? []).flatMap((part, place) => factsOfPart(`${whose}, allocation ${place + 1}, `, part)),
  ];
}

function factsOfPart(whose: string, part: PurchaseOrderAllocation): [string, string][] {
  return [[`${whose}amount`, text(part.amount)], ...customFacts(whose, part)];
}

/** How people name a line of an order. */
export function lineName({ externalId, lineNumber }: PurchaseOrderLine, index: number): string {
  return externalId ?? lineNumber ?? String(index + 1);
}

function customFacts(whose: string, of: object): [string, string][] {
  return Object.entries(of)
    .filter(([name]) => /^custom\d+$/.test(name))
    .map(([name, value]) => [`${whose}${name.replace('custom', 'custom field ')}`, text(value)]);
}

function text(value: unknown): string {
  if (typeof value !== 'string') return '';
  const trimmed = value.trim();
  return isDecimal(trimmed) && /[.]/.test(trimmed) ? plain(amountOf(trimmed)) : trimmed;
}
