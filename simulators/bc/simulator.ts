import type { Desk, SimRequest, SimResponse, Simulator } from '../harness/server.js';
import type { BcMasterData, Journal, PostedErpDocument, SimulatorSettings } from '../harness/types.js';
import { apiRoot } from './address.js';
import { textAnswer } from './answers.js';
import { faultBody } from './errors.js';
import { loadMasterData, upsertVendor, type VendorMasterData } from './master-data.js';
import { runPayments } from './payments.js';
import { routeRequest } from './routes.js';
import { runJobQueue } from './job-queue.js';
import { postedDocuments, tamperWithLedger, unpostedDocuments } from './witness.js';
import { World, type BcState } from './world.js';

/** What the token service answers about bearer tokens. */
export interface TokenJudge {
  isValidToken(token: string, audience: string): boolean;
  expire(token: string): void;
}

/** The simulated Business Central tenant: API v2.0 and the analytics query. */
export interface BcSimulator extends Simulator {
  /** All state, JSON-safe; accepted again as `state` by the factory. */
  snapshot(): unknown;
  /** Creates or updates companies and their master data by code; deletes nothing. */
  loadMasterData(data: BcMasterData): void;
  /** Job queue and payment run. */
  tick(): void;
  posted(): PostedErpDocument[];
  unposted(): Journal['unposted'];
  /** Changes one posted amount behind the connector's back and says which; undefined if nothing is posted. */
  tamper(): string | undefined;
  /** Creates or updates a vendor as a clerk would. Throws for an unknown company. */
  createVendor(company: string, vendor: VendorMasterData): void;
  /** `batch`: posting actions only schedule, until it is lifted. `payments`: the payment run rests. */
  pause(flags: { batch?: boolean; payments?: boolean }): void;
  expireToken(request: SimRequest): void;
  unauthorized(): SimResponse;
  faultBody(status: number): unknown;
}

/** What the factory needs. */
export interface BcSimulatorParts {
  desk: Desk;
  settings: SimulatorSettings;
  /** Snapshot of an earlier run, or undefined. */
  state: unknown;
  tokens: TokenJudge;
}

/** Builds the simulated tenant of `settings.bc`. */
export function createBcSimulator({ desk, settings, state, tokens }: BcSimulatorParts): BcSimulator {
  const { tenant, environment, scope, paymentDelayMs, partShare } = settings.bc;
  const world = new World(desk, settings.faults, state as BcState | undefined);
  const place = { tenant, environment, root: apiRoot(tenant, environment) };
  const audience = scope.replace(/\/\.default$/, '');

  const answer = (request: SimRequest, execute: () => SimResponse): SimResponse => {
    const response = tokens.isValidToken(bearerOf(request), audience) ? execute() : unauthorized();
    world.undo.commit();
    return textAnswer(response, `${world.nowMs()}:${request.rawUrl}`);
  };

  return {
    system: 'bc',
    route: (request) => {
      const { name, kind, execute } = routeRequest(world, place, request);
      return { name, kind, execute: () => answer(request, execute) };
    },
    snapshot: () => world.snapshot(),
    loadMasterData: (data) => loadMasterData(world, data),
    tick: () => {
      runJobQueue(world);
      runPayments(world, { paymentDelayMs, partShare });
    },
    posted: () => postedDocuments(world),
    unposted: () => unpostedDocuments(world),
    tamper: () => tamperWithLedger(world),
    createVendor: (name, vendor) => {
      const company = world.company(name);
      if (company === undefined) throw new Error(`Unknown Business Central company: ${name}`);
      upsertVendor(world, company, vendor);
      world.undo.commit();
      desk.changed();
    },
    pause: ({ batch = false, payments = false }) => {
      world.paused = { batch, payments };
    },
    expireToken: (request) => tokens.expire(bearerOf(request)),
    unauthorized: () => textAnswer(unauthorized(), `unauthorized:${world.nowMs()}`),
    faultBody,
  };
}

function bearerOf(request: SimRequest): string {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

function unauthorized(): SimResponse {
  return { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: faultBody(401) };
}
