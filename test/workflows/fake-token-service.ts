import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export const client = { companyUuid: 'uuid-of-the-company', clientId: 'app', clientSecret: 'secret-of-the-app' };

type Place = 'glz' | 'us' | 'eu' | 'apj';

/** An access token that was given out, whether or not its answer arrived. */
interface Issued {
  atMs: number;
  untilMs: number;
}

/** What a test plans: done when the first request of that day, counted from the start, comes in. */
export interface Planned {
  day: number;
  act: (service: FakeTokenService) => void;
}

/**
 * Concur's token service over months (`concur-platform.md` 1), at four hosts: GLZ and three data centres. Every refresh
 * replaces the refresh token; the former one stays good until its successor is used, except after a strict loss. Instants are
 * the test's own.
 */
export class FakeTokenService {
  /** Four fifths of it are just less than a day, so that few rotations make half a year. */
  readonly accessLifeMs = 29 * hourMs;
  readonly issued: Issued[] = [];
  readonly secrets: string[] = [];
  readonly violations: string[] = [];
  readonly origins = new Map<Place, string>();
  exchanges = 0;
  refreshes = 0;
  maintenanceUntilMs = 0;
  isDisconnected = false;
  /** Loses the next answer after the rotation; `strict` also ends the former refresh token. */
  loseNext: 'kept' | 'strict' | undefined;
  /** Fixed end of the refresh token, as where renewals do not move it. */
  fixedEndMs: number | undefined;
  /** Requests that were worked on at the same time, at most. */
  mostAtOnce = 0;
  redirects = 0;

  readonly #now: () => number;
  readonly #startMs: number;
  readonly #planned: Planned[];
  readonly #servers: Server[] = [];
  readonly #requestTokens = new Map<string, number>();
  #home: Place = 'us';
  /** Where the client was told to go. */
  #told: Place = 'us';
  #current = '';
  #former: string | undefined;
  #endMs = 0;
  #atOnce = 0;

  constructor(now: () => number, planned: Planned[]) {
    this.#now = now;
    this.#startMs = now();
    this.#planned = [...planned];
  }

  async open(): Promise<void> {
    for (const place of ['glz', 'us', 'eu', 'apj'] as const) {
      const server = createServer((request, response) => void this.#serve(place, request, response));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      this.#servers.push(server);
      this.origins.set(place, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    }
  }

  close(): void {
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** A request token as an administrator makes it: good for 24 hours. */
  makeRequestToken(): string {
    const token = `request-${this.#requestTokens.size}-of-the-company`;
    this.#requestTokens.set(token, this.#now());
    this.secrets.push(token);
    return token;
  }

  /** The company moves; told in the next answer, or found out by code 16. */
  move(place: Place, isTold: boolean): void {
    this.#home = place;
    if (!isTold) return;
    // The request that brought this about still arrives at the former host, rightly.
    this.#told = place;
  }

  async #serve(place: Place, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      const wasTold = this.#told;
      while ((this.#planned[0]?.day ?? Infinity) * dayMs <= this.#now() - this.#startMs)
        this.#planned.shift()?.act(this);
      let body = '';
      for await (const chunk of request) body += String(chunk);
      // Two writers at a time would meet here.
      await delay(2);
      this.#answer(place, wasTold, new URLSearchParams(body), response);
    } finally {
      this.#atOnce -= 1;
    }
  }

  #answer(place: Place, wasTold: Place, form: URLSearchParams, response: ServerResponse): void {
    this.#judge(form);
    if (this.#now() < this.maintenanceUntilMs) {
      refuse(response, 134);
      return;
    }
    if (form.get('grant_type') === 'password') {
      const madeAt = this.#requestTokens.get(form.get('password') ?? '') ?? -Infinity;
      if (place !== 'glz') this.violations.push(`an exchange at ${place}`);
      if (this.#now() - madeAt > dayMs) {
        refuse(response, 5);
        return;
      }
      this.exchanges += 1;
      this.isDisconnected = false;
      this.#grant(response, undefined);
      return;
    }
    const sent = form.get('refresh_token') ?? '';
    const hadMoved = place === wasTold && this.#told !== wasTold;
    if (place !== this.#home && !hadMoved) {
      if (place !== this.#told) this.violations.push(`a refresh at ${place}, which the company has left`);
      this.redirects += 1;
      refuse(response, 16, { geolocation: this.origins.get(this.#home) });
      return;
    }
    const isGood = sent === this.#current || (this.#former !== undefined && sent === this.#former);
    if (this.isDisconnected || !isGood || this.#now() >= this.#endMs) {
      refuse(response, 108);
      return;
    }
    this.refreshes += 1;
    this.#grant(response, sent);
  }

  /** No request may ask for scope (S31), lack credtype (trap 1) or come from another client. */
  #judge(form: URLSearchParams): void {
    if (form.has('scope')) this.violations.push('a request asks for scope');
    if (form.get('client_id') !== client.clientId || form.get('client_secret') !== client.clientSecret) {
      this.violations.push('wrong client');
    }
    if (form.get('grant_type') !== 'password') return;
    if (form.get('credtype') !== 'authtoken' || form.get('username') !== client.companyUuid) {
      this.violations.push('an exchange that is not for a company');
    }
  }

  #grant(response: ServerResponse, used: string | undefined): void {
    const nowMs = this.#now();
    const count = this.issued.push({ atMs: nowMs, untilMs: nowMs + this.accessLifeMs });
    this.#former = this.loseNext === 'strict' ? undefined : used;
    this.#current = `refresh-${count}-of-the-company`;
    this.#endMs = this.fixedEndMs ?? nowMs + 180 * dayMs;
    const access = `access-${count}-of-the-company`;
    this.secrets.push(this.#current, access);
    this.#told = this.#home;
    if (this.loseNext !== undefined) {
      this.loseNext = undefined;
      response.socket?.destroy();
      return;
    }
    answer(response, 200, {
      // Text as documented, a number as in other examples.
      expires_in: count % 2 === 0 ? String(this.accessLifeMs / 1_000) : this.accessLifeMs / 1_000,
      scope: 'FISVC openid',
      token_type: 'Bearer',
      access_token: access,
      refresh_token: this.#current,
      refresh_expires_in: Math.floor(this.#endMs / 1_000),
      geolocation: `${this.origins.get(this.#home) ?? ''}/oauth2/v0/token`,
    });
  }
}

function refuse(response: ServerResponse, code: number, more: object = {}): void {
  answer(response, 400, { code, error: 'invalid_request', error_description: 'as the specification says', ...more });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
