import type { Server } from 'node:http';
import { FaultPlan } from './fault-plan.js';
import { JournalBook, type Exchange, type KeptJournal } from './journal-book.js';
import { hashOf, randomStream, type RandomStream } from './random.js';
import type { Desk, SimResponse } from './server.js';
import { hostService } from './service-host.js';
import type { SimulatedService } from './simulated-service.js';
import { StallBoard } from './stall-board.js';
import { openStateFiles, type StateFiles } from './state-files.js';
import type { FaultLevel, SystemName } from './types.js';

/** The part of the simulator settings that the harness reads. */
export interface HarnessSettings {
  stateFolder: string;
  seed: number;
  faults: FaultLevel;
  faultsIn?: readonly SystemName[] | undefined;
}

/** Hosts simulators, keeps their journal and their state, and makes things go wrong. */
export interface Harness {
  readonly book: JournalBook;
  readonly faults: FaultPlan;
  readonly stalls: StallBoard;
  /** What a simulator of this system writes to; the same object at each call. */
  desk: (system: SystemName) => Desk;
  /** Saved state of an earlier run, to be given to the simulator's factory. */
  loadState: (system: SystemName) => unknown;
  /** Starts serving and resolves with the base URL. Port 0 takes a free port; a service may be hosted at several. */
  host: (service: SimulatedService, port: number) => Promise<string>;
  /** Writes all unsaved state to disk now. */
  save: () => void;
  /** Lets go of stalls, ends all connections and saves. */
  close: () => Promise<void>;
}

interface SavedJournal {
  kept: Partial<KeptJournal>;
  random: Record<string, number>;
}

const saveDelayMs = 200;

/** Opens the state folder and prepares everything but the servers. */
export function createHarness(settings: HarnessSettings): Harness {
  return new RunningHarness(settings);
}

class RunningHarness implements Harness {
  readonly book: JournalBook;
  readonly faults: FaultPlan;
  readonly stalls = new StallBoard();
  readonly #files: StateFiles;
  readonly #seed: number;
  readonly #savedRandom: Record<string, number>;
  readonly #streams = new Map<string, RandomStream>();
  readonly #desks = new Map<SystemName, Desk>();
  readonly #services: SimulatedService[] = [];
  readonly #servers: Server[] = [];
  readonly #dirty = new Set<SystemName>();
  #exchange: Exchange | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastSaveMs = 0;
  #closed = false;

  constructor(settings: HarnessSettings) {
    this.#files = openStateFiles(settings.stateFolder);
    this.#seed = settings.seed;
    const saved = this.#files.read('journal') as SavedJournal | undefined;
    this.#savedRandom = saved?.random ?? {};
    this.book = new JournalBook(saved?.kept, now);
    this.faults = new FaultPlan({
      level: settings.faults,
      ...(settings.faultsIn === undefined ? {} : { systems: settings.faultsIn }),
      random: (system) => this.#stream(`faults-${system}`).next(),
      now,
      counted: (system, kind) => {
        this.book.countFault(system, kind);
      },
    });
  }

  desk(system: SystemName): Desk {
    const existing = this.#desks.get(system);
    if (existing !== undefined) return existing;
    const created = this.#createDesk(system);
    this.#desks.set(system, created);
    return created;
  }

  loadState(system: SystemName): unknown {
    return this.#files.read(system);
  }

  async host(service: SimulatedService, port: number): Promise<string> {
    const { server, url } = await hostService(service, port, {
      book: this.book,
      faults: this.faults,
      stalls: this.stalls,
      during: (exchange, work) => this.#during(exchange, work),
      changed: () => {
        this.#saveSoon();
      },
    });
    if (!this.#services.includes(service)) this.#services.push(service);
    this.#servers.push(server);
    return url;
  }

  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const startedAt = performance.now();
    for (const service of this.#services) {
      if (this.#dirty.has(service.system)) this.#files.replace(service.system, service.snapshot());
    }
    this.#dirty.clear();
    const positions = [...this.#streams].map(([name, stream]) => [name, stream.position()] as const);
    const random = { ...this.#savedRandom, ...Object.fromEntries(positions) };
    this.#files.replace('journal', { kept: this.book.kept, random } satisfies SavedJournal);
    this.#lastSaveMs = performance.now() - startedAt;
  }

  async close(): Promise<void> {
    this.stalls.removeAll();
    await Promise.all(this.#servers.map(closeServer));
    await Promise.all(this.#services.map(async (service) => service.close?.()));
    this.save();
    this.#closed = true;
  }

  #createDesk(system: SystemName): Desk {
    const stream = this.#stream(`desk-${system}`);
    return {
      now,
      random: stream.next,
      write: (entry) => {
        this.book.write(system, entry, this.#exchange);
        this.#saveSoon();
      },
      violation: (operation, message) => {
        this.book.violation({ system, operation, message });
        this.#saveSoon();
      },
      repeat: (operation, key, message, lost = false) => {
        this.book.repeat(system, { operation, key, message, lost }, this.#exchange);
        this.#saveSoon();
      },
      itemFault: (kind, operation) => this.faults.item(kind, system, operation),
      changed: () => {
        this.#dirty.add(system);
        this.#saveSoon();
      },
    };
  }

  /** Handlers are synchronous, so a single current exchange is enough to know whose writes these are. */
  #during(exchange: Exchange, work: () => SimResponse): SimResponse {
    this.#exchange = exchange;
    try {
      return work();
    } finally {
      this.#exchange = undefined;
    }
  }

  #stream(name: string): RandomStream {
    const existing = this.#streams.get(name);
    if (existing !== undefined) return existing;
    const created = randomStream(this.#savedRandom[name] ?? this.#seed ^ hashOf(name));
    this.#streams.set(name, created);
    return created;
  }

  /** Saving costs more as the state grows; it may take a tenth of the time at most. */
  #saveSoon(): void {
    if (this.#closed) return;
    this.#timer ??= setTimeout(
      () => {
        this.save();
      },
      Math.max(saveDelayMs, this.#lastSaveMs * 10),
    );
  }
}

function now(): Date {
  return new Date();
}

async function closeServer(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
