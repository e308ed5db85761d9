import type { FaultKind, ItemFaultKind, OrderedFault } from './fault-types.js';
import { erpHardships, LostAnswers, ThrottleBurst, type ErpHardship } from './hardships.js';
import type { Operation } from './server.js';
import type { FaultLevel, RemoteWrite, SystemName } from './types.js';

/** Kinds that hit a request as a whole. */
export type RequestFaultKind = Exclude<FaultKind, ItemFaultKind>;

/** A fault that was decided for one request. */
export interface PickedFault {
  kind: RequestFaultKind;
  /** Status of the injected answer, for the kinds that answer by themselves. */
  status: number;
  /** Value of the Retry-After header; absent means no header. */
  retryAfter?: string;
  /** For `delay`. */
  delayMs: number;
}

/** Probability per request. Together a few per cent; `brutal` multiplies. */
const requestRates: Record<RequestFaultKind, number> = {
  'rate-limited': 0.008,
  unavailable: 0.005,
  'server-error-before': 0.004,
  'server-error-after': 0.003,
  'reset-before': 0.004,
  'reset-after': 0.004,
  truncated: 0.004,
  'token-expired': 0.003,
  delay: 0.02,
  'slow-down-400': 0.004,
  deadlocked: 0.03,
};
const itemRates: Record<ItemFaultKind, number> = {
  'item-failure': 0.01,
  'item-missing': 0.005,
  'older-envelope': 0.05,
  'document-as-text': 0.05,
  'entity-changed': 0.06,
};
/** By chance only at the level `brutal`, and only in Concur: it alone answers 400 when it is overloaded. */
const brutalKinds: ReadonlySet<FaultKind> = new Set(['slow-down-400', 'older-envelope', 'document-as-text']);
/** By chance only at the level `brutal`, and only in Business Central: records that others change or lock meanwhile (NAV spec 5, 6). */
const busyTenantKinds: ReadonlySet<FaultKind> = new Set(['entity-changed', 'deadlocked']);
const levelFactor: Record<FaultLevel, number> = { none: 0, realistic: 1, brutal: 3.5 };
/** Other chance in a brutal ERP is that of the level `realistic`, or most attempts would end at a read. */
const hardFactor = 1;
/** Begins of bursts against single 429s of the level `brutal`. */
const burstShare = 0.1;

/** Fewer faults happen to token requests, and by chance only harmless ones. */
const tokenKinds: ReadonlySet<RequestFaultKind> = new Set([
  'rate-limited',
  'unavailable',
  'server-error-before',
  'delay',
]);
/** At the level `brutal` answers of Concur's token endpoint get lost as well: it takes the previous refresh token once more. */
const lostTokenKinds: ReadonlySet<RequestFaultKind> = new Set(['server-error-after', 'reset-after', 'truncated']);
const tokenFactor = 0.3;

/** Decides which request and which item goes wrong: ordered faults first, then chance by level. */
export class FaultPlan {
  level: FaultLevel;
  readonly #systems: ReadonlySet<SystemName> | undefined;
  readonly #random: (system: SystemName) => number;
  readonly #now: () => Date;
  readonly #counted: (system: SystemName, kind: FaultKind) => void;
  #ordered: OrderedFault[] = [];
  #throttled = 0;
  #tokenAnswerWasLost = false;
  readonly #troubles = new Map<SystemName, { burst: ThrottleBurst; lostAnswers: LostAnswers }>();

  constructor(options: {
    level: FaultLevel;
    /** Services to which chance faults are limited; all unless given. */
    systems?: readonly SystemName[];
    random: (system: SystemName) => number;
    now: () => Date;
    counted: (system: SystemName, kind: FaultKind) => void;
  }) {
    this.level = options.level;
    this.#systems = options.systems === undefined ? undefined : new Set(options.systems);
    this.#random = options.random;
    this.#now = options.now;
    this.#counted = options.counted;
  }

  /** Ordered faults that have not happened yet. */
  get pending(): readonly OrderedFault[] {
    return this.#ordered;
  }

  order(fault: OrderedFault): void {
    if (fault.times > 0) this.#ordered.push({ ...fault });
  }

  clear(): void {
    this.#ordered = [];
  }

  /** The fault of this request, if any. `canExpire` says whether the service knows how to make a token worthless. */
  pick(system: SystemName, operation: Pick<Operation, 'name' | 'kind'>, canExpire: boolean): PickedFault | undefined {
    const ordered = this.#take(system, operation.name, (kind) => kind in requestRates);
    if (ordered !== undefined) return this.#picked(system, ordered.kind as RequestFaultKind, ordered.retryAfter);
    const kind = this.#chanceOrBurst(system, operation, canExpire);
    // A second loss in a row would void the only refresh token that the client has.
    if (system === 'concur' && operation.name === 'token') {
      this.#tokenAnswerWasLost = kind !== undefined && lostTokenKinds.has(kind);
    }
    return kind === undefined ? undefined : this.#picked(system, kind, undefined);
  }

  /**
   * The fault by which the answer to writes that were done gets lost, if it does: in a brutal ERP each write loses its first
   * answer, some of them to a 5xx of a server or gateway that comes after the commit.
   */
  lost(
    system: SystemName,
    operation: Pick<Operation, 'name'>,
    writes: readonly Pick<RemoteWrite, 'operation' | 'key' | 'outcome'>[],
  ): PickedFault | undefined {
    const hardship = this.#hardshipOf(system);
    if (hardship === undefined || !this.#troubleOf(system).lostAnswers.loses(writes)) return undefined;
    const isError = hardship.large.test(operation.name) && this.#random(system) < hardship.lostTo5xx;
    return this.#picked(system, isError ? 'server-error-after' : 'reset-after', undefined);
  }

  /** True if this item goes wrong in this way now. */
  item(kind: ItemFaultKind, system: SystemName, operation: string): boolean {
    const hit =
      this.#take(system, operation, (ordered) => ordered === kind) !== undefined ||
      (this.#canHappen(kind, system) && this.#random(system) < itemRates[kind] * this.#factor(system));
    if (hit) this.#counted(system, kind);
    return hit;
  }

  #take(system: SystemName, operation: string, wanted: (kind: FaultKind) => boolean): OrderedFault | undefined {
    const found = this.#ordered.find(
      (fault) =>
        fault.system === system && (fault.operation === operation || fault.operation === '*') && wanted(fault.kind),
    );
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#ordered = this.#ordered.filter((fault) => fault !== found);
    return found;
  }

  #chanceOrBurst(
    system: SystemName,
    operation: Pick<Operation, 'name' | 'kind'>,
    canExpire: boolean,
  ): RequestFaultKind | undefined {
    if (this.#hardshipOf(system) === undefined) return this.#chance(system, operation, canExpire);
    const { burst } = this.#troubleOf(system);
    if (burst.goesOn(this.#now())) return 'rate-limited';
    const kind = this.#chance(system, operation, canExpire);
    if (kind === 'rate-limited') burst.begin(this.#now(), this.#random(system));
    return kind;
  }

  #troubleOf(system: SystemName): { burst: ThrottleBurst; lostAnswers: LostAnswers } {
    const trouble = this.#troubles.get(system) ?? { burst: new ThrottleBurst(), lostAnswers: new LostAnswers() };
    this.#troubles.set(system, trouble);
    return trouble;
  }

  /** What a brutal ERP does besides chance; undefined for every other service and level. */
  #hardshipOf(system: SystemName): ErpHardship | undefined {
    return this.level === 'brutal' && this.#factor(system) > 0 ? erpHardships[system] : undefined;
  }

  #chance(
    system: SystemName,
    operation: Pick<Operation, 'name' | 'kind'>,
    canExpire: boolean,
  ): RequestFaultKind | undefined {
    if (this.#factor(system) === 0) return undefined;
    const isToken = system === 'entra' || operation.name === 'token' || operation.name === 'app-token';
    let remaining = this.#random(system);
    for (const [name, rate] of Object.entries(requestRates)) {
      const kind = name as RequestFaultKind;
      if (!this.#canHappen(kind, system)) continue;
      if (isToken && !this.#canHitToken(kind, system)) continue;
      if (kind === 'truncated' && operation.kind !== 'read' && !isToken) continue;
      if (kind === 'deadlocked' && operation.kind !== 'write') continue;
      if (kind === 'token-expired' && !canExpire) continue;
      remaining -= this.#rateOf(kind, rate, system, operation) * (isToken ? tokenFactor : 1);
      if (remaining < 0) return kind;
    }
    return undefined;
  }

  #rateOf(
    kind: RequestFaultKind,
    rate: number,
    system: SystemName,
    operation: Pick<Operation, 'name' | 'kind'>,
  ): number {
    const factor = this.#factor(system);
    const hardship = this.#hardshipOf(system);
    if (hardship !== undefined) {
      if (kind === 'rate-limited') return rate * factor * burstShare;
      const isLarge = operation.kind === 'write' && hardship.large.test(operation.name);
      if (kind === 'server-error-before' && isLarge) return hardship.failure;
      return rate * hardFactor;
    }
    // One token serves all documents of a Concur company: it is revoked far more rarely than a single request fails.
    return kind === 'token-expired' && system === 'concur' ? (rate / 6) * factor : rate * factor;
  }

  #factor(system: SystemName): number {
    return this.#systems === undefined || this.#systems.has(system) ? levelFactor[this.level] : 0;
  }

  #canHappen(kind: FaultKind, system: SystemName): boolean {
    if (brutalKinds.has(kind)) return this.level === 'brutal' && system === 'concur';
    if (busyTenantKinds.has(kind) && (this.level !== 'brutal' || system !== 'bc')) return false;
    return this.#factor(system) > 0;
  }

  #canHitToken(kind: RequestFaultKind, system: SystemName): boolean {
    if (tokenKinds.has(kind)) return true;
    return this.level === 'brutal' && system === 'concur' && lostTokenKinds.has(kind) && !this.#tokenAnswerWasLost;
  }

  #picked(system: SystemName, kind: RequestFaultKind, retryAfter: string | undefined): PickedFault {
    this.#counted(system, kind);
    const header = retryAfter ?? (kind === 'rate-limited' ? this.#nextRetryAfter() : undefined);
    return {
      kind,
      status: statusOf(kind, this.#random(system), this.#hardshipOf(system)),
      delayMs: 50 + Math.floor(this.#random(system) * 350),
      ...(header === undefined ? {} : { retryAfter: header }),
    };
  }

  /** Seconds, an HTTP date, or no header at all, in turn. A date has whole seconds, so two seconds ahead means one to two. */
  #nextRetryAfter(): string | undefined {
    this.#throttled += 1;
    if (this.#throttled % 3 === 1) return '1';
    if (this.#throttled % 3 === 2) return new Date(this.#now().getTime() + 2_000).toUTCString();
    return undefined;
  }
}

function statusOf(kind: RequestFaultKind, chance: number, hardship: ErpHardship | undefined): number {
  switch (kind) {
    case 'rate-limited':
      return 429;
    case 'unavailable':
      return 503;
    case 'slow-down-400':
      return 400;
    case 'deadlocked':
      return 409;
    case 'server-error-after':
      return chance < 0.5 ? 500 : 504;
    case 'server-error-before':
      return hardship?.hasGateway === true && chance < 0.5 ? 504 : 500;
    default:
      return 500;
  }
}
