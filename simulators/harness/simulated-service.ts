import type { SimRequest, SimResponse, Simulator } from './server.js';
import type { Journal, PostedErpDocument } from './types.js';

/** What is allowed to happen by itself in an ERP; `POST /control/pause` changes it. */
export interface Pauses {
  /** The F&O posting batch rests. */
  batch: boolean;
  /** Payment runs rest. */
  payments: boolean;
}

/**
 * A simulated remote service as the harness, the control API and the simulator process use it. Optional members belong to
 * some services only. Methods, not properties, so that each simulator may name its own type of master data.
 */
export interface SimulatedService extends Simulator {
  /** All state as JSON-safe data; given back as `state` to the factory after a restart. */
  snapshot(): unknown;
  /** Replaces or extends the master data; may be called again with the same data. */
  loadMasterData?(data: unknown): void;
  /** Background work of the service: posting batch, payment run. Called every 200 ms. */
  tick?(): void;
  /** Ends background work before the state is saved for the last time. */
  close?(): Promise<void>;
  /** Told before a tick which background work rests. A service without it is not ticked while anything rests. */
  pause?(pauses: Pauses): void;
  posted?(): PostedErpDocument[];
  unposted?(): Journal['unposted'];
  /** Lines without a header, as sentences. */
  strayLines?(): string[];
  /** How far payment runs and reversals are, for those who wait for the end of a run. */
  paymentProgress?(): unknown;
  /** Alters one posted amount behind the connector's back and says which. */
  tamper?(): unknown;
  /** Creates a vendor as a clerk of the ERP would. */
  createVendor?(company: string, vendor: unknown): unknown;
  /** Makes the token of this request worthless, so that only a new token helps. */
  expireToken?(request: SimRequest): void;
  /** What this service answers to a worthless token. */
  unauthorized?(): SimResponse;
  /** Body of an injected 429 or 5xx, in the shape of this service. A string is sent as text. */
  faultBody?(status: number): unknown;
}
