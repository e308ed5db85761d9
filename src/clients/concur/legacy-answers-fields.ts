import { z } from 'zod';
import { ContractViolation, type FailedCall } from '../http/errors.js';
import { parseAnswer } from './concur-answers.js';

/** An object of the wire, for answers of which only some members are known. */
export const wireObject = z.record(z.string(), z.unknown());
export type WireObject = z.output<typeof wireObject>;

/** A fact that is only shown: text, number literal or truth value as text; absent where Concur writes null or `""`. */
export const optionalText = z
  .union([z.string(), z.boolean()])
  .transform((value) => (value === '' ? undefined : String(value)))
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined);

/** `Y`, `N`, `true`, `"True"`, `1`: the services disagree on how to write a truth value. Undefined where it is none. */
export const optionalTruth = z
  .unknown()
  .optional()
  .transform((value) => {
    const word = typeof value === 'string' || typeof value === 'boolean' ? String(value).toLowerCase() : '';
    if (['y', 'yes', 'true', '1'].includes(word)) return true;
    return ['n', 'no', 'false', '0'].includes(word) ? false : undefined;
  });

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The facts that are there: members without a value are left out. */
export function defined<T extends object>(facts: T): Defined<T> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** A list however it is written: null is none, a lone object is one, and it may be wrapped as `{ [wrapper]: list }`. */
export function listOf(value: unknown, wrapper?: string): unknown[] {
  if (value === null || value === undefined || value === '') return [];
  if (Array.isArray(value)) return value;
  if (wrapper !== undefined && typeof value === 'object' && wrapper in value) {
    return listOf(Reflect.get(value, wrapper));
  }
  return [value];
}

/**
 * The rows of a collection, under its own name or under `Items`, whichever is filled (trap 15). Throws `ContractViolation`
 * for a body that is no collection: taken for an empty one, a record would seem not to exist.
 */
export function rowsOf(body: unknown, name: string, call: FailedCall): { rows: WireObject[]; nextPage: unknown } {
  const envelope = parseAnswer(wireObject, body, call);
  const rows = [name, 'Items'].map((member) => listOf(envelope[member], name)).find((list) => list.length > 0);
  if (rows === undefined && ![name, 'Items', 'NextPage', 'TotalCount'].some((member) => member in envelope)) {
    throw new ContractViolation(`Concur ${call.operation} answered something else than a list of ${name}.`, call);
  }
  return { rows: parseAnswer(z.array(wireObject), rows ?? [], call), nextPage: envelope['NextPage'] };
}

/** Property names with the names on the wire and, where Concur has one, the longest text. */
export type FieldTable = Readonly<Record<string, { wire: string; limit?: number }>>;

/** The text properties of a table. */
export type Texts<Table extends FieldTable> = { [Name in keyof Table]?: string };

type CustomName<Count extends number, Seen extends unknown[] = []> = Seen['length'] extends Count
  ? never
  : `custom${[...Seen, unknown]['length'] & number}` | CustomName<Count, [...Seen, unknown]>;

/** The texts of `custom1` … `customN`; list fields hold item codes. */
export type CustomTexts<Count extends number> = Partial<Record<CustomName<Count>, string>>;

/** `custom1` … `customN` with their names on the wire. */
export function customFields<Count extends number>(
  count: Count,
  limit?: number,
): Record<CustomName<Count>, { wire: string; limit?: number }> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const fields = numbers.map((number) => [`custom${number}`, { wire: `Custom${number}`, ...defined({ limit }) }]);
  return Object.fromEntries(fields) as Record<CustomName<Count>, { wire: string; limit?: number }>;
}

/** Splits a record of the wire into the texts of the table and everything else, so that nothing is lost on the way back. */
export function readTexts<Table extends FieldTable>(
  table: Table,
  record: WireObject,
): { texts: Texts<Table>; rest: WireObject } {
  const rest = Object.fromEntries(Object.entries(record).filter(([, value]) => !isEmpty(value)));
  const texts: Record<string, string> = {};
  for (const [name, { wire }] of Object.entries(table)) {
    const text = optionalText.parse(rest[wire]);
    if (text === undefined) continue;
    texts[name] = text;
    Reflect.deleteProperty(rest, wire);
  }
  return { texts, rest };
}

/** The texts of a table under their names on the wire; members without a value are left out. */
export function wireTexts<Table extends FieldTable>(table: Table, texts: Texts<Table>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, { wire }]) => {
      const text = texts[name];
      return text === undefined ? [] : [[wire, text]];
    }),
  );
}

/** Throws RangeError with a sentence where a text is longer than Concur takes. */
export function checkLengths<Table extends FieldTable>(table: Table, texts: Texts<Table>, whose: string): void {
  for (const [name, { limit }] of Object.entries(table)) {
    const length = texts[name]?.length ?? 0;
    if (limit !== undefined && length > limit) {
      throw new RangeError(`${whose}: ${name} has ${length} characters, Concur takes at most ${limit}`);
    }
  }
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === '';
}
