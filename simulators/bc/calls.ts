import type { SimRequest, SimResponse } from '../harness/server.js';
import { errorResponse } from './errors.js';
import type { View } from './odata-fields.js';
import type { Company, World } from './world.js';

/** What is told to the desk about one write, after it is known whether its transaction stands. */
export interface WriteNote {
  operation: string;
  key: string;
  outcome: 'applied' | 'repeat' | 'refused';
  detail?: string;
  /** Set if the client should have known that this was done before. */
  repeatMessage?: string;
}

/** One write in execution. Handlers set `key` as soon as they know it. */
export interface Call {
  world: World;
  company: Company;
  view: View;
  request: SimRequest;
  operation: string;
  key: string;
  /** Part of a `$batch` envelope. */
  enveloped: boolean;
  repeatMessage?: string;
  /** A harmless repeat: nothing was done, and the client could not know. */
  idle?: boolean;
}

/** Executes one write atomically: an error takes everything back. Adds its note to `notes`. */
export function runWrite(call: Call, notes: WriteNote[], work: () => SimResponse): SimResponse {
  const mark = call.world.undo.mark();
  try {
    const response = work();
    const outcome = call.idle === true ? 'repeat' : 'applied';
    notes.push({ ...noteOf(call), outcome });
    return response;
  } catch (error) {
    call.world.undo.rollBackTo(mark);
    const response = errorResponse(error);
    notes.push({ ...noteOf(call), outcome: 'refused', detail: error instanceof Error ? error.message : '' });
    return response;
  }
}

function noteOf(call: Call): Pick<WriteNote, 'operation' | 'key' | 'repeatMessage'> {
  const { operation, key, repeatMessage } = call;
  return repeatMessage === undefined ? { operation, key } : { operation, key, repeatMessage };
}

/** Tells the desk. A repeat is recorded by the desk itself, together with the broken rule if there is one. */
export function reportWrites(world: World, notes: readonly WriteNote[]): void {
  for (const { repeatMessage, ...note } of notes) {
    if (repeatMessage === undefined) world.desk.write(note);
    else world.desk.repeat(note.operation, note.key, repeatMessage);
  }
  if (notes.length > 0) world.desk.changed();
}

/** Notes of a transaction that did not stand: nothing of it happened, whatever the parts were told. */
export function rolledBack(notes: readonly WriteNote[]): WriteNote[] {
  return notes.map(({ operation, key, outcome, detail }) => ({
    operation,
    key,
    outcome: 'refused',
    detail: outcome === 'refused' ? (detail ?? '') : 'rolled back with its batch',
  }));
}
