import type { FaultKind } from './fault-types.js';
import type { Journal, RemoteWrite, SystemName, Violation } from './types.js';

/** The part of the journal that the harness itself keeps; the rest comes from the simulators. */
export type KeptJournal = Pick<Journal, 'writes' | 'violations' | 'kills' | 'calls' | 'batched' | 'faults'>;

/** Writes of the request in execution, to be stamped when its answer leaves. */
export interface Exchange {
  writes: RemoteWrite[];
}

type NewWrite = Pick<RemoteWrite, 'operation' | 'key' | 'outcome'> & { detail?: string; lost?: boolean };

/** Writes, violations, kills, call counts and fault counts, restorable after a restart. */
export class JournalBook {
  readonly #kept: KeptJournal;
  readonly #byKey = new Map<string, RemoteWrite[]>();
  readonly #now: () => Date;

  constructor(restored: Partial<KeptJournal> | undefined, now: () => Date) {
    this.#now = now;
    this.#kept = { writes: [], violations: [], kills: [], calls: {}, faults: {}, ...restored };
    for (const write of this.#kept.writes) this.#index(write);
  }

  /** The kept lists themselves, for reading only. */
  get kept(): Readonly<KeptJournal> {
    return this.#kept;
  }

  /** Records a write; within an exchange it is stamped later, unless its part of the answer is lost on purpose. */
  write(system: SystemName, entry: NewWrite, exchange: Exchange | undefined): void {
    const { lost, ...write } = entry;
    const recorded: RemoteWrite = { seq: this.#kept.writes.length + 1, system, at: this.#instant(), ...write };
    this.#kept.writes.push(recorded);
    this.#index(recorded);
    if (lost !== true) exchange?.writes.push(recorded);
  }

  violation(violation: Omit<Violation, 'at'>): void {
    this.#kept.violations.push({ at: this.#instant(), ...violation });
  }

  /**
   * Records a repeat. It breaks a rule only if some earlier answer about this key has left: until then the client cannot
   * know better. A repeat is judged by the latest such answer, because an answer that went down with a killed worker may
   * be asked for again, and only the answer to that question settles the matter.
   */
  repeat(
    system: SystemName,
    repeated: { operation: string; key: string; message: string; lost: boolean },
    exchange: Exchange | undefined,
  ): void {
    const { operation, key, message, lost } = repeated;
    const earlier = this.#byKey.get(keyOf(system, operation, key)) ?? [];
    const firstAnsweredAt = earlier.findLast((write) => write.answeredAt !== undefined)?.answeredAt;
    this.write(system, { operation, key, outcome: 'repeat', detail: message, lost }, exchange);
    if (firstAnsweredAt !== undefined) this.violation({ system, operation, message, firstAnsweredAt });
  }

  /** The answer of the exchange has left the machine. */
  answered(exchange: Exchange): void {
    const answeredAt = this.#instant();
    for (const write of exchange.writes) write.answeredAt = answeredAt;
  }

  kill(at: string): void {
    this.#kept.kills.push(at);
  }

  countCall(system: SystemName, operation: string): void {
    increment(this.#kept.calls, system, operation);
  }

  countBatched(system: SystemName, operation: string): void {
    increment((this.#kept.batched ??= {}), system, operation);
  }

  countFault(system: SystemName, kind: FaultKind): void {
    increment(this.#kept.faults, system, kind);
  }

  #instant(): string {
    return this.#now().toISOString();
  }

  #index(write: RemoteWrite): void {
    if (write.outcome === 'refused') return;
    const key = keyOf(write.system, write.operation, write.key);
    const writes = this.#byKey.get(key);
    if (writes === undefined) this.#byKey.set(key, [write]);
    else writes.push(write);
  }
}

function keyOf(system: SystemName, operation: string, key: string): string {
  return `${system}\n${operation}\n${key}`;
}

function increment(counts: Record<string, Record<string, number>>, system: string, name: string): void {
  const ofSystem = (counts[system] ??= {});
  ofSystem[name] = (ofSystem[name] ?? 0) + 1;
}
