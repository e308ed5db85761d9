import type { Stall } from './fault-types.js';
import type { SystemName } from './types.js';

/** A request that a stall has caught. */
export interface Caught {
  when: Stall['when'];
  /** Settles when the stall is released or removed, or when the client has gone. */
  released: Promise<void>;
  /** To be called when the client goes away, and when the answer was let go. */
  leave: () => void;
}

interface Posted {
  stall: Stall;
  /** How many requests it may still catch. */
  armed: number;
  waiting: Set<() => void>;
}

/** The stalls that tests have ordered. Each catches the next matching request, once unless ordered for more. */
export class StallBoard {
  readonly #posted = new Map<string, Posted>();
  #count = 0;

  add(order: { system: SystemName; operation: string; when: Stall['when']; times?: number | undefined }): Stall {
    this.#count += 1;
    const { system, operation, when } = order;
    const stall: Stall = { id: `stall-${String(this.#count)}`, system, operation, when, caught: 0 };
    this.#posted.set(stall.id, { stall, armed: order.times ?? 1, waiting: new Set() });
    return { ...stall };
  }

  get(id: string): Stall | undefined {
    const posted = this.#posted.get(id);
    return posted === undefined ? undefined : { ...posted.stall, caught: posted.waiting.size };
  }

  list(): Stall[] {
    return [...this.#posted.values()].map(({ stall, waiting }) => ({ ...stall, caught: waiting.size }));
  }

  /** Holds the request if a stall is armed for it. */
  catch(system: SystemName, operation: string): Caught | undefined {
    for (const posted of this.#posted.values()) {
      const { stall } = posted;
      const matches = stall.system === system && (stall.operation === operation || stall.operation === '*');
      if (matches && posted.armed > 0) {
        posted.armed -= 1;
        return hold(posted);
      }
    }
    return undefined;
  }

  /** Lets go what is held and catches nothing more. False if there is no such stall. */
  release(id: string): boolean {
    const posted = this.#posted.get(id);
    if (posted === undefined) return false;
    posted.armed = 0;
    for (const letGo of [...posted.waiting]) letGo();
    return true;
  }

  /** Releases and forgets the stall. */
  remove(id: string): boolean {
    return this.release(id) && this.#posted.delete(id);
  }

  /** Releases everything, for the end of the process. */
  removeAll(): void {
    for (const id of [...this.#posted.keys()]) this.remove(id);
  }
}

function hold(posted: Posted): Caught {
  let leave = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    leave = () => {
      posted.waiting.delete(leave);
      resolve();
    };
    posted.waiting.add(leave);
  });
  return { when: posted.stall.when, released, leave };
}
