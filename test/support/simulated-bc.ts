import { stringify } from 'lossless-json';
import { createBcSimulator, type BcSimulator } from '../../simulators/bc/simulator.js';
import type { BcMasterData } from '../../simulators/harness/master-data.js';
import type { SimulatorSettings } from '../../simulators/harness/settings-types.js';
import { Unauthorized } from '../../src/clients/http/errors.js';
import { statusFailure } from '../../src/clients/http/outcome.js';
import { parseLossless } from '../../src/clients/http/response-body.js';
import type { HttpClient, HttpRequest } from '../../src/clients/http/types.js';
import { waitUntil } from '../../src/launcher/wait-until.js';

const settings: SimulatorSettings = {
  ports: { concur: 0, entra: 0, fo: 0, bc: 0, control: 0 },
  stateFolder: '/nowhere',
  seed: 1,
  faults: 'none',
  fo: {
    ...{ clientId: 'fo', clientSecret: 'fo', tenant: 'fo' },
    ...{ postingDelayMs: 0, batchEveryMs: 0, paymentDelayMs: 0, partShare: 0 },
  },
  bc: {
    ...{ clientId: 'bc', clientSecret: 'bc', tenant: 'contoso', environment: 'Sandbox' },
    ...{ scope: 'https://bc.example.test/.default', paymentDelayMs: 5_000, partShare: 0 },
  },
  concur: { accessTokenSeconds: 60 },
};

const company = (name: string): BcMasterData['companies'][number] => ({
  name,
  currency: 'GBP',
  vendors: [{ number: '20000', displayName: 'First Supplies' }],
  accounts: [{ number: '8420', displayName: 'Consultancy', role: 'cost' }],
  dimensions: [{ code: 'DEPARTMENT', values: [{ code: 'SALES' }] }],
});

/** The simulated Business Central with a clock of the test's own, called in this process. */
export class SimulatedBc implements HttpClient {
  readonly simulator: BcSimulator;
  /** Operations as they were called, with the status of their answer. */
  readonly calls: { method: string; path: string; status: number; body: unknown }[] = [];
  readonly violations: string[] = [];
  /** Called before each request; may throw what the client throws. */
  onRequest: (request: HttpRequest) => void = () => undefined;
  /** Called after each request, before its answer arrives. */
  onAnswer: (request: HttpRequest, status: number) => void = () => undefined;

  constructor(now: () => Date, companies: readonly string[] = ['North Ltd']) {
    this.simulator = createBcSimulator({
      settings,
      state: undefined,
      tokens: { isValidToken: (token) => token === 'good', expire: () => undefined },
      desk: {
        now,
        random: () => 0.9,
        write: () => undefined,
        violation: (operation, message) => void this.violations.push(`${operation}: ${message}`),
        repeat: (operation, key) => void this.violations.push(`${operation} again: ${key}`),
        itemFault: () => false,
        changed: () => undefined,
      },
    });
    this.simulator.loadMasterData({ companies: companies.map(company) });
  }

  async send(request: HttpRequest): ReturnType<HttpClient['send']> {
    this.onRequest(request);
    const url = new URL(request.path, 'http://bc.test');
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const sent = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    const operation = this.simulator.route({
      method: request.method,
      path: decodeURIComponent(url.pathname),
      rawUrl: url.pathname + url.search,
      query: url.searchParams,
      headers: {
        ...{ host: 'bc.test', authorization: 'Bearer good', 'content-type': 'application/json' },
        ...Object.fromEntries(sent),
      },
      body: request.json === undefined ? '' : (stringify(request.json) ?? ''),
    });
    await operation.before?.();
    const { status, headers = {}, body } = operation.execute();
    operation.after?.();
    this.calls.push({ method: request.method, path: url.pathname, status, body: request.json });
    this.onAnswer(request, status);
    const text = body === undefined ? '' : typeof body === 'string' ? body : (stringify(body) ?? '');
    const call = { system: 'bc', operation: request.operation, status };
    if (status === 401) throw new Unauthorized('The token was refused.', call);
    const failure = statusFailure(request, status, call, undefined);
    if (failure) throw failure;
    return { status, headers, text, json: () => parseLossless(text) };
  }

  /** Sends what is due, and waits until nothing more is under way. */
  async deliver(): Promise<void> {
    const { sent, failed, deletedByAnswer } = this.simulator.webhooks();
    this.simulator.tick();
    if (this.simulator.webhooks().pending === 0) return;
    await waitUntil(
      () => {
        const now = this.simulator.webhooks();
        const isOver = now.pending === 0 || now.failed > failed || now.deletedByAnswer > deletedByAnswer;
        return isOver || now.sent > sent ? true : undefined;
      },
      { limitMs: 10_000, everyMs: 5, onLimit: () => new Error('the notifications were not delivered') },
    );
  }

  createVendor(number: string, companyName = 'North Ltd'): void {
    this.simulator.createVendor(companyName, { number, displayName: `Vendor ${number}` });
  }
}
