import { seededRandom } from '../../src/sandbox/seeded-random.js';

type Path = (string | number)[];

/** The same document with members and rows of every array in another order. */
export function shuffled(value: unknown, seed: number): unknown {
  const random = seededRandom(seed);
  const mixed = <T>(items: T[]): T[] => {
    const rest = [...items];
    return items.map(() => rest.splice(random.between(0, rest.length - 1), 1)[0] as T);
  };
  const turn = (each: unknown): unknown => {
    if (Array.isArray(each)) return mixed(each).map(turn);
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(mixed(Object.entries(each)).map(([name, member]) => [name, turn(member)]));
  };
  return turn(value);
}

export interface AmountPlace {
  path: Path;
  /** Nothing is posted from it: a warning is enough (decisions 15: E9, C1, A2). */
  isOnlyTold: boolean;
}

/**
 * Amounts from which Concur's accounting follows (FIS spec 10.1 and 10.7). What was spent in another currency, what a card
 * network charged, prices per piece and rates are not among them: nothing is ever computed from them (trap 26).
 */
const posted = new Set(
  [
    'totalApprovedAmount entryApprovedAmount amountGross amountNetOfReclaim amountReclaim cashAdvanceApplicationAmount',
    'requestTotal amountNetInvoice amountShippingTotal amountNet amountShipping requestAmount amount',
  ]
    .join(' ')
    .split(' '),
);
const told = new Set(['amountNetOfTax', 'amountGrossCard', 'cashAdvanceReturnsAmount']);

/** Every amount of a document that must not change unseen. */
export function amountsOf(document: unknown): AmountPlace[] {
  // Rows in the currency of the spending only give a proportion (FIS spec 10.1 step 3).
  const isForeign = /"entryExchangeRate":(?!1[,}])/.test(JSON.stringify(document));
  const found: AmountPlace[] = [];
  const visit = (value: unknown, path: Path): void => {
    if (Array.isArray(value)) value.forEach((each, index) => visit(each, [...path, index]));
    else if (typeof value === 'object' && value !== null) {
      for (const [name, member] of Object.entries(value)) visit(member, [...path, name]);
    } else if (typeof value === 'number') {
      const name = String(path.at(-1));
      const isInvoiceTax = name === 'amountTax' && path.includes('lineItem');
      const isProportion = name === 'amountReclaim' && isForeign;
      if (isProportion || told.has(name)) found.push({ path, isOnlyTold: true });
      else if (posted.has(name) || isInvoiceTax) found.push({ path, isOnlyTold: false });
    }
  };
  visit(document, []);
  return found;
}

/**
 * The document with the amount at the path raised by so many of the smallest units of its currency. What was requested in another
 * currency is raised by whole units, since less may vanish in the conversion.
 */
export function mutated(document: unknown, [name, ...rest]: Path, units: number, decimals: number): unknown {
  if (name === undefined) return Number(((document as number) + units / 10 ** decimals).toFixed(decimals));
  const copy: unknown = Array.isArray(document) ? [...(document as unknown[])] : { ...(document as object) };
  const holder = copy as Record<string | number, unknown>;
  holder[name] = mutated(holder[name], rest, units, name === 'requestAmount' ? 0 : decimals);
  return copy;
}
