import type { SimRequest, SimResponse } from '../harness/server.js';
import type { SimulatedService } from '../harness/simulated-service.js';
import type { Desk } from '../harness/server.js';
import type { FaultLevel } from '../harness/types.js';
import { hasCodeunit } from './access.js';
import { World, type NavState } from './company.js';
import { errorBody, faultBody } from './errors.js';
import { loadMasterData, upsertVendor } from './master-data.js';
import type { NavMasterData, NavVendor } from './master-data-types.js';
import { paymentProgress, runPayments } from './payments.js';
import { postByPerson } from './person.js';
import { routeRequest } from './routes.js';
import { mergeFaults, type SetUpFaults } from './set-up-faults.js';
import { defaultNavSettings, type NavSettings } from './settings.js';
import { postedOf, tamperWithLedger, unpostedOf } from './witness.js';

/** What tests do with the simulated NAV server besides calling it. */
export interface NavControls {
  /** Set-up faults that are switched on. */
  setUpFaults(): SetUpFaults;
  /** Switches set-up faults on and off. Throws for unknown names and values. */
  changeSetUpFaults(changes: unknown): void;
}

/** The simulated NAV server. */
export interface NavSimulator extends SimulatedService, NavControls {
  loadMasterData(data: NavMasterData): void;
  createVendor(company: string, vendor: NavVendor): void;
  tick(): void;
  posted(): ReturnType<typeof postedOf>;
  unposted(): ReturnType<typeof unpostedOf>;
  tamper(): string | undefined;
  pause(flags: { batch?: boolean; payments?: boolean }): void;
}

/** What the factory needs. */
export interface NavSimulatorParts {
  desk: Desk;
  settings: { faults: FaultLevel; nav?: NavSettings | undefined };
  /** Snapshot of an earlier run, or undefined. */
  state: unknown;
}

/** Builds the simulated server of classic NAV: published pages as OData V4 and SOAP, and the customer's codeunit. */
export function createNavSimulator({ desk, settings, state }: NavSimulatorParts): NavSimulator {
  const nav = settings.nav ?? defaultNavSettings;
  const world = new World(desk, settings.faults, nav.user, state as NavState | undefined);
  const answer = (request: SimRequest, execute: () => SimResponse): SimResponse => {
    const response = isSignedIn(request, nav) ? execute() : unauthorized(request);
    world.undo.commit();
    return response;
  };
  return {
    system: 'nav',
    route: (request) => {
      const { execute, ...named } = routeRequest(world, nav, request);
      return { ...named, execute: () => answer(request, execute) };
    },
    snapshot: () => world.snapshot(),
    loadMasterData: (data) => loadMasterData(world, data),
    tick: () => {
      if (nav.personDelayMs !== undefined && !hasCodeunit(world, nav.codeunit)) postByPerson(world, nav.personDelayMs);
      runPayments(world, nav);
    },
    posted: () => postedOf(world),
    unposted: () => unpostedOf(world),
    tamper: () => tamperWithLedger(world),
    createVendor: (name, vendor) => {
      const company = world.company(name);
      if (company === undefined) throw new Error(`Unknown NAV company: ${name}`);
      upsertVendor(world, company, vendor);
      world.undo.commit();
      desk.changed();
    },
    pause: ({ batch = false, payments = false }) => {
      world.paused = { batch, payments };
    },
    paymentProgress: () => paymentProgress(world),
    setUpFaults: () => world.faults,
    changeSetUpFaults: (changes) => {
      world.faults = mergeFaults(world.faults, changes);
      desk.changed();
    },
    faultBody,
  };
}

/** User and web service access key (section 3). */
function isSignedIn(request: SimRequest, { user, webServiceKey }: NavSettings): boolean {
  const encoded = /^Basic (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8') === `${user}:${webServiceKey}`;
}

/** A web server that knows nobody: OData has a body, SOAP has none. */
function unauthorized(request: SimRequest): SimResponse {
  const headers = { 'www-authenticate': 'Basic realm=""' };
  if (/\/WS\//i.test(request.path)) return { status: 401, headers };
  return {
    ...{ status: 401, headers },
    body: errorBody('Authentication_InvalidCredentials', 'The server has rejected the client credentials.'),
  };
}
