import type { IncomingHttpHeaders } from 'node:http';
import type { ItemFaultKind } from './fault-types.js';
import type { RemoteWrite, SystemName } from './types.js';

/** One request after parsing, as a simulator's handler sees it. */
export interface SimRequest {
  method: string;
  /** Decoded path without query. */
  path: string;
  /** Path and query exactly as sent. */
  rawUrl: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface SimResponse {
  status: number;
  headers?: Record<string, string>;
  /** String is sent as is; anything else as JSON. */
  body?: unknown;
}

/**
 * What a handler says about the request before it is executed, so that faults, stalls and counts apply by operation.
 * `execute` does the work and answers; it runs at most once, synchronously, and so is atomic.
 */
export interface Operation {
  name: string;
  kind: 'read' | 'write';
  /** Operations of the reads that it carries, where it is a batch. */
  inside?: readonly string[];
  /** Awaited before `execute`: what takes time, such as a queue or a call to the client itself. It must not throw. */
  before?: () => Promise<void>;
  execute: () => SimResponse;
  /** Told once the answer has left or the connection has ended, whatever came before. */
  after?: () => void;
}

/** One simulated remote service: names the operation of a request, or answers what the service answers to unknown URLs. */
export interface Simulator {
  system: SystemName;
  route: (request: SimRequest) => Operation;
}

/** What the harness gives to each simulator. */
export interface Desk {
  now: () => Date;
  /** Deterministic random number in [0, 1). */
  random: () => number;
  /**
   * Records a write; the harness fills `answeredAt` when the answer of the current request leaves. `lost` says that the
   * answer will not mention this item (item-missing), so that it never counts as answered.
   */
  write: (write: Pick<RemoteWrite, 'operation' | 'key' | 'outcome'> & { detail?: string; lost?: boolean }) => void;
  /** Records a broken rule. */
  violation: (operation: string, message: string) => void;
  /**
   * Records a repeated write as a violation, with the time of the first answer, unless the first answer was lost on
   * purpose or never left. `lost` as in `write`.
   */
  repeat: (operation: string, key: string, message: string, lost?: boolean) => void;
  /** True if an ordered or random per-item fault of this kind applies to this item now. */
  itemFault: (kind: ItemFaultKind, operation: string) => boolean;
  /** Marks the state dirty; the harness saves it soon. */
  changed: () => void;
}
