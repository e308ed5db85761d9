import { createBcSimulator } from './bc/simulator.js';
import { createConcurSimulator } from './concur/simulator.js';
import { startControlServer } from './control/control-server.js';
import { tick, type SimulatedWorld } from './control/simulated-world.js';
import { createEntraSimulator } from './entra/simulator.js';
import { createFoSimulator } from './fo/simulator.js';
import { createNavSimulator } from './nav/simulator.js';
import { createHarness } from './harness/harness.js';
import type { SimulatorSettings, SimulatorsReady } from './harness/settings-types.js';
import type { SystemName } from './harness/types.js';

const tickEveryMs = 200;

/** All simulators and the control API, listening. */
export interface RunningSystem {
  world: SimulatedWorld;
  urls: SimulatorsReady['urls'];
  /** Ends all connections and saves the state. May be called once. */
  close: () => Promise<void>;
}

/** Starts everything in this process, on from the saved state if there is any. */
export async function startSimulators(settings: SimulatorSettings): Promise<RunningSystem> {
  const harness = createHarness(settings);
  const world = createWorld(settings, harness);
  const { ports } = settings;
  const control = await startControlServer(world, ports.control);
  const urls = {
    concur: await hostConcur(world, ports.concur),
    entra: await harness.host(world.entra, ports.entra),
    fo: await harness.host(world.fo, ports.fo),
    bc: await harness.host(world.bc, ports.bc),
    nav: await harness.host(world.nav, ports.nav ?? 0),
    control: control.url,
  };
  const ticking = setInterval(() => {
    try {
      tick(world);
    } catch (error) {
      // A defect of a simulator must show in the report, not end the run.
      harness.desk('fo').violation('simulator', `background work failed: ${String(error)}`);
    }
  }, tickEveryMs);
  return {
    world,
    urls,
    close: async () => {
      clearInterval(ticking);
      await control.close();
      await harness.close();
    },
  };
}

/** Concur listens at two origins, so that the company can move from one data center to another. */
async function hostConcur({ harness, concur }: SimulatedWorld, port: number): Promise<string> {
  const [url, elsewhere] = [await harness.host(concur, port), await harness.host(concur, 0)];
  concur.tokens.servedAt([url, elsewhere]);
  return url;
}

function createWorld(settings: SimulatorSettings, harness: SimulatedWorld['harness']): SimulatedWorld {
  const partsOf = (system: SystemName) => ({
    desk: harness.desk(system),
    settings,
    state: harness.loadState(system),
  });
  const entra = createEntraSimulator(partsOf('entra'));
  return {
    harness,
    concur: createConcurSimulator({ ...partsOf('concur'), faultLevel: () => harness.faults.level }),
    entra,
    fo: createFoSimulator({ ...partsOf('fo'), tokens: entra }),
    bc: createBcSimulator({ ...partsOf('bc'), tokens: entra }),
    nav: createNavSimulator(partsOf('nav')),
    pauses: { batch: false, payments: false },
  };
}
