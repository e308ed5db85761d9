import { Decimal } from 'decimal.js';
import { isLosslessNumber, parse } from 'lossless-json';
import { shuffled } from '../harness/random.js';
import type { SimRequest } from '../harness/server.js';
import type { ConcurContext } from './state.js';

/** A JSON object of a request whose numbers are still literals. */
export type JsonObject = Record<string, unknown>;

/** The body as JSON with lossless numbers, or undefined if it is no JSON. */
export function parsedBody(request: SimRequest): unknown {
  try {
    return parse(request.body);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** True for a string of at most this many characters. */
export function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}

/** The number of a JSON number literal; undefined for anything else, also for numbers sent as text. */
export function decimalOf(value: unknown): Decimal | undefined {
  return isLosslessNumber(value) ? new Decimal(value.value) : undefined;
}

/** One item of a POST on its way through its operation. */
export interface ItemCall {
  context: ConcurContext;
  operation: string;
  /** The answer will not mention this item, although its work is done. */
  lost: boolean;
}

/**
 * Runs the items of one POST independently, as FIS does: items may fail by chance, may be left out of the answer, and come
 * back in any order.
 */
export function answerItems<Item>(
  context: ConcurContext,
  operation: string,
  items: readonly Item[],
  work: { run: (call: ItemCall, item: Item) => JsonObject[]; failed: (item: Item) => JsonObject },
): JsonObject[] {
  const answers: JsonObject[] = [];
  for (const item of items) {
    if (context.desk.itemFault('item-failure', operation)) {
      answers.push(work.failed(item));
      continue;
    }
    const lost = context.desk.itemFault('item-missing', operation);
    const answered = work.run({ context, operation, lost }, item);
    if (!lost) answers.push(...answered);
  }
  context.desk.changed();
  return shuffled(answers, context.desk.random);
}

/** Records a write that the service took. */
export function applied(call: ItemCall, key: string, detail?: string): void {
  const { context, operation, lost } = call;
  context.desk.write({ operation, key, outcome: 'applied', lost, ...(detail === undefined ? {} : { detail }) });
}

/** Records a write that the service refused because the client broke a rule. */
export function refused(call: ItemCall, key: string, message: string): void {
  const { context, operation, lost } = call;
  context.desk.write({ operation, key, outcome: 'refused', detail: message, lost });
  context.desk.violation(operation, `${key}: ${message}`);
}

/** Records a write that was made before; a violation unless its answer never reached the client. */
export function repeated(call: ItemCall, key: string, message: string): void {
  call.context.desk.repeat(call.operation, key, `${key}: ${message}`, call.lost);
}
