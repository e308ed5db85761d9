import type { Desk, SimRequest, SimResponse, Simulator } from '../harness/server.js';
import type { BcMasterData } from '../harness/master-data.js';
import type { SimulatorSettings } from '../harness/settings-types.js';
import type { Journal, PostedErpDocument } from '../harness/types.js';
import { parseAddress, placeOf, type Place } from './address.js';
import { textAnswer } from './answers.js';
import { clerkOnEntry, clerkOnOrder, openOrders, type OrderReport } from './clerk.js';
import { faultBody } from './errors.js';
import { runJobQueue } from './job-queue.js';
import { loadMasterData, upsertVendor, type VendorMasterData } from './master-data.js';
import { paymentProgress, runPayments, type PaymentProgress } from './payments.js';
import { postingCompany, routeRequest } from './routes.js';
import { mergeFaults, type SetUpFaults } from './set-up-faults.js';
import { deleteSubscriptions } from './subscription-removal.js';
import { Traffic, trafficSettingsSchema, type TrafficSettings } from './traffic.js';
import type { WebhookReport } from './webhooks.js';
import { postedDocuments, tamperWithLedger, unpostedDocuments } from './witness.js';
import { World, type BcState } from './world.js';

/** What the token service answers about bearer tokens. */
export interface TokenJudge {
  isValidToken(token: string, audience: string): boolean;
  expire(token: string): void;
}

/** What the control API does with the tenant behind the connector's back. All throw for wrong orders. */
export interface BcControls {
  /** What is wrong with the set-up at the moment. */
  setUpFaults(): SetUpFaults;
  /** Switches faults of the set-up; what is not named stays. */
  changeSetUpFaults(changes: unknown): void;
  webhooks(): WebhookReport;
  /** Subscriptions that stand, by company and entity set. */
  subscriptions(): NonNullable<Journal['subscriptions']>;
  /** Changes how notifications are sent; what is not named stays. */
  changeWebhooks(changes: unknown): void;
  /** Deletes subscriptions as an administrator does, without telling anybody; says how many. */
  deleteSubscriptions(choice: unknown): { deleted: number };
  /** Limits of the connector's user, and how many of its requests ran and waited together at most. */
  limits(): TrafficSettings & { peak: number };
  /** Replaces the limits. */
  changeLimits(limits: unknown): void;
  /** Orders that are not yet invoiced in full. */
  orders(): OrderReport[];
  /** What people do with an order: release, receive, invoice, delete. */
  actOnOrder(act: unknown): void;
  /** What people do with posted documents: cancel an invoice, take applications back. */
  actOnEntry(act: unknown): void;
}

/** The simulated Business Central tenant: API v2.0, the analytics query and webhooks. */
export interface BcSimulator extends Simulator, BcControls {
  /** All state, JSON-safe; accepted again as `state` by the factory. */
  snapshot(): unknown;
  /** Creates or updates companies and their master data by code; deletes nothing. */
  loadMasterData(data: BcMasterData): void;
  /** Job queue, payment run and notifications. */
  tick(): void;
  /** Breaks off notifications; they go on after a restart. */
  close(): Promise<void>;
  posted(): PostedErpDocument[];
  unposted(): Journal['unposted'];
  /** How far payments and reversals are. */
  paymentProgress(): PaymentProgress;
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
  const { requestLimit, postingMs } = settings.bc;
  const world = new World(desk, settings, state as BcState | undefined);
  const traffic = new Traffic(world, { requestLimit, postingMs });
  const place = placeOf(settings.bc);
  const isKnown = (request: SimRequest): boolean =>
    world.setUpFaults['user-disabled'] !== true && isSignedIn(request, place, settings.bc, tokens);

  const answer = (request: SimRequest, execute: () => SimResponse): SimResponse => {
    const response = isKnown(request) ? execute() : unauthorized();
    world.undo.commit();
    return textAnswer(response, `${world.nowMs()}:${request.rawUrl}`);
  };

  return {
    system: 'bc',
    route: (request) => {
      const operation = traffic.admitted(routeRequest(world, place, request), postingCompany(place, request));
      const { before, execute } = operation;
      return {
        ...operation,
        before: async () => {
          if (isKnown(request)) await before?.();
        },
        execute: () => answer(request, execute),
      };
    },
    snapshot: () => world.snapshot(),
    loadMasterData: (data) => {
      loadMasterData(world, data);
    },
    tick: () => {
      world.webhooks.tick();
      runJobQueue(world);
      runPayments(world, settings.bc);
    },
    close: () => world.webhooks.close(),
    setUpFaults: () => world.setUpFaults,
    changeSetUpFaults: (changes) => {
      world.setUpFaults = mergeFaults(world.setUpFaults, changes);
      desk.changed();
    },
    webhooks: () => world.webhooks.report(),
    subscriptions: () => {
      world.webhooks.expire();
      const names = new Map(world.companies.map(({ id, name }) => [id, name]));
      return world.webhooks.subscriptions
        .all()
        .map(({ company, set }) => ({ company: names.get(company) ?? company, set }));
    },
    changeWebhooks: (changes) => {
      world.webhooks.change(changes);
    },
    deleteSubscriptions: (choice) => deleteSubscriptions(world, choice),
    limits: () => ({ ...traffic.settings, peak: traffic.peak }),
    changeLimits: (limits) => {
      traffic.settings = trafficSettingsSchema.parse(limits);
    },
    paymentProgress: () => paymentProgress(world),
    orders: () => openOrders(world),
    actOnOrder: (act) => {
      clerkOnOrder(world, act);
    },
    actOnEntry: (act) => {
      clerkOnEntry(world, act);
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
    expireToken: (request) => {
      tokens.expire(bearerOf(request));
    },
    unauthorized: () => textAnswer(unauthorized(), `unauthorized:${world.nowMs()}`),
    faultBody,
  };
}

/** Entra ID everywhere; a user with his web service access key only on a server of the customer's own (section 3). */
function isSignedIn(
  request: SimRequest,
  place: Place,
  { scope, onPremises }: SimulatorSettings['bc'],
  tokens: TokenJudge,
): boolean {
  if (tokens.isValidToken(bearerOf(request), scope.replace(/\/\.default$/, ''))) return true;
  if (onPremises === undefined || parseAddress(request.path, place).base !== place.onPremises) return false;
  const given = /^Basic (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return Buffer.from(given, 'base64').toString('utf8') === `${onPremises.user}:${onPremises.accessKey}`;
}

function bearerOf(request: SimRequest): string {
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
}

function unauthorized(): SimResponse {
  return { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: faultBody(401) };
}
