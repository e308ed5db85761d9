import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { FaultPlan, PickedFault } from './fault-plan.js';
import type { Exchange, JournalBook } from './journal-book.js';
import type { Operation, SimRequest, SimResponse } from './server.js';
import type { SimulatedService } from './simulated-service.js';
import type { Caught, StallBoard } from './stall-board.js';
import { clientHasGone, destroyConnection, listen, pause, readBody, send, sendHalf } from './wire.js';

/** What one host needs from the harness. */
export interface HostTools {
  book: JournalBook;
  faults: FaultPlan;
  stalls: StallBoard;
  /** Runs work so that the desk's writes belong to this exchange. */
  during: (exchange: Exchange, work: () => SimResponse) => SimResponse;
  changed: () => void;
}

/** Serves one simulator on a loopback port of its own and resolves with the server and its base URL. */
export async function hostService(
  service: SimulatedService,
  port: number,
  tools: HostTools,
): Promise<{ server: Server; url: string }> {
  const host = new ServiceHost(service, tools);
  const server = createServer((incoming, outgoing) => {
    host.serve(incoming, outgoing).catch((error: unknown) => {
      tools.book.violation({
        system: service.system,
        operation: 'simulator',
        message: `simulator failed: ${String(error)}`,
      });
      destroyConnection(outgoing);
    });
  });
  // Longer than any client keeps a connection, so that idle ends by the server do not look like injected resets.
  server.keepAliveTimeout = 120_000;
  return { server, url: await listen(server, port) };
}

/** One request after routing, on its way through stalls and faults. */
interface Visit {
  request: SimRequest;
  operation: Operation;
  outgoing: ServerResponse;
  exchange: Exchange;
}

class ServiceHost {
  readonly #service: SimulatedService;
  readonly #tools: HostTools;

  constructor(service: SimulatedService, tools: HostTools) {
    this.#service = service;
    this.#tools = tools;
  }

  async serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming);
    if (body === undefined) return;
    const request = parseRequest(incoming, body);
    const operation = this.#service.route(request);
    this.#tools.book.countCall(this.#service.system, operation.name);
    for (const inner of operation.inside ?? []) this.#tools.book.countBatched(this.#service.system, inner);
    this.#tools.changed();
    const visit: Visit = { request, operation, outgoing, exchange: { writes: [] } };
    if (clientHasGone(outgoing)) operation.after?.();
    else outgoing.once('close', () => operation.after?.());
    const caught = this.#tools.stalls.catch(this.#service.system, operation.name);
    if (caught !== undefined) return this.#stalled(visit, caught);
    const canExpire = this.#service.expireToken !== undefined;
    const fault = this.#tools.faults.pick(this.#service.system, operation, canExpire);
    if (fault !== undefined) return this.#faulty(visit, fault);
    this.#answerUnlessLost(visit, await this.#execute(visit));
  }

  async #stalled(visit: Visit, caught: Caught): Promise<void> {
    visit.outgoing.once('close', caught.leave);
    if (caught.when === 'commit') {
      const response = await this.#execute(visit);
      await caught.released;
      this.#answer(visit, response);
      return;
    }
    await caught.released;
    // A request whose client died while it was still waiting for admission never reaches the service.
    if (!clientHasGone(visit.outgoing)) this.#answer(visit, await this.#execute(visit));
  }

  async #faulty(visit: Visit, fault: PickedFault): Promise<void> {
    const { outgoing, request } = visit;
    switch (fault.kind) {
      case 'delay':
        await pause(fault.delayMs);
        this.#answerUnlessLost(visit, await this.#execute(visit));
        return;
      case 'reset-before':
        destroyConnection(outgoing);
        return;
      case 'reset-after':
        await this.#execute(visit);
        destroyConnection(outgoing);
        return;
      case 'truncated':
        sendHalf(outgoing, await this.#execute(visit));
        return;
      case 'server-error-after':
        await this.#execute(visit);
        send(outgoing, this.#faultAnswer(fault));
        return;
      case 'token-expired':
        this.#service.expireToken?.(request);
        send(outgoing, this.#service.unauthorized?.() ?? { status: 401 });
        return;
      case 'rate-limited':
      case 'unavailable':
      case 'server-error-before':
      case 'slow-down-400':
      case 'deadlocked':
        send(outgoing, this.#faultAnswer(fault));
    }
  }

  async #execute(visit: Visit): Promise<SimResponse> {
    await visit.operation.before?.();
    return this.#tools.during(visit.exchange, visit.operation.execute);
  }

  #answerUnlessLost(visit: Visit, response: SimResponse): void {
    const fault = this.#tools.faults.lost(this.#service.system, visit.operation, visit.exchange.writes);
    if (fault === undefined) this.#answer(visit, response);
    else if (fault.kind === 'reset-after') destroyConnection(visit.outgoing);
    else send(visit.outgoing, this.#faultAnswer(fault));
  }

  #answer(visit: Visit, response: SimResponse): void {
    send(visit.outgoing, response, () => {
      this.#tools.book.answered(visit.exchange);
      this.#tools.changed();
    });
  }

  #faultAnswer(fault: PickedFault): SimResponse {
    return {
      status: fault.status,
      body: this.#service.faultBody?.(fault.status) ?? '',
      ...(fault.retryAfter === undefined ? {} : { headers: { 'retry-after': fault.retryAfter } }),
    };
  }
}

function parseRequest(incoming: IncomingMessage, body: string): SimRequest {
  const rawUrl = incoming.url ?? '/';
  const url = new URL(rawUrl, 'http://loopback');
  return {
    method: incoming.method ?? 'GET',
    path: decoded(url.pathname),
    rawUrl,
    query: url.searchParams,
    headers: incoming.headers,
    body,
  };
}

/** A malformed escape stays as sent; the service then answers that it does not know the address. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
