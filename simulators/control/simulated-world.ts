import type { ConcurSimulator } from '../concur/simulator.js';
import type { BcControls } from '../bc/simulator.js';
import type { FoControls } from '../fo/simulator.js';
import type { NavControls } from '../nav/simulator.js';
import type { Harness } from '../harness/harness.js';
import type { Pauses, SimulatedService } from '../harness/simulated-service.js';
import type { CompanyCodes } from '../harness/ledger-types.js';
import type { Journal } from '../harness/types.js';

/** All simulated services with the harness that hosts them: what the control API acts on. */
export interface SimulatedWorld {
  harness: Harness;
  concur: ConcurSimulator;
  entra: SimulatedService;
  fo: SimulatedService & Partial<FoControls>;
  bc: SimulatedService & Partial<BcControls>;
  nav: SimulatedService & Partial<NavControls>;
  /** What background work rests at the moment; the control API writes it, the ticks obey. */
  pauses: Pauses;
  /** The sandbox's code tables as it told them at its start; not kept over a restart. */
  codes?: CompanyCodes[];
}

/** Everything the checker needs, as of now. */
export function journalOf(world: SimulatedWorld): Journal {
  const erps = [world.fo, world.bc, world.nav];
  return {
    ...world.harness.book.kept,
    concur: world.concur.documents(),
    posted: erps.flatMap((erp) => erp.posted?.() ?? []),
    unposted: erps.flatMap((erp) => erp.unposted?.() ?? []),
    subscriptions: world.bc.subscriptions?.() ?? [],
    strayLines: erps.flatMap((erp) => erp.strayLines?.() ?? []),
    ...(world.codes === undefined ? {} : { codes: world.codes }),
  };
}

/** One round of background work. */
export function tick(world: SimulatedWorld): void {
  world.concur.tick?.();
  for (const service of [world.fo, world.bc, world.nav]) {
    service.pause?.(world.pauses);
    const rests = world.pauses.batch || world.pauses.payments;
    if (!rests || service.pause !== undefined) service.tick?.();
  }
}
