import type { Company, World } from './company.js';
import { deadlock, NavError } from './errors.js';

/** One write in execution, by whichever protocol it came. Handlers set `key` as soon as they know it. */
export interface Call {
  world: World;
  company: Company;
  operation: string;
  /** What the write is about, for the desk. */
  key: string;
  /** Set if the client should have known that this was done before. */
  repeatMessage?: string;
  /** A harmless repeat: nothing was done, and the client could not know. */
  idle?: boolean;
  /** Why nothing was done, where the answer is not an error of the protocol. */
  refusal?: string;
}

/** Executes one write as one transaction: a refusal takes everything back. The desk is told either way. */
export function transact<Result>(call: Call, work: () => Result): Result {
  const { world, operation } = call;
  const mark = world.undo.mark();
  try {
    if (world.desk.itemFault('item-failure', operation)) throw deadlock();
    const result = work();
    report(call);
    return result;
  } catch (error) {
    world.undo.rollBackTo(mark);
    if (error instanceof NavError) report({ ...call, refusal: error.message });
    throw error;
  }
}

function report({ world, operation, key, repeatMessage, idle, refusal }: Call): void {
  if (repeatMessage !== undefined) world.desk.repeat(operation, key, repeatMessage);
  else if (refusal !== undefined) world.desk.write({ operation, key, outcome: 'refused', detail: refusal });
  else world.desk.write({ operation, key, outcome: idle === true ? 'repeat' : 'applied' });
  world.desk.changed();
}
