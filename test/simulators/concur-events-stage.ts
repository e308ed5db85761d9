import assert from 'node:assert/strict';
import { constants, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { EventReport } from '../../simulators/concur/ess-service.js';
import type { EventTiming } from '../../simulators/harness/settings-types.js';
import { startSimulators } from '../../simulators/running-system.js';
import { expense, masterData, newId, requestToken, requestTokenForm, settingsFor } from './concur-stage.js';

export const appTokenForm = {
  client_id: masterData.clientId,
  client_secret: masterData.clientSecret,
  grant_type: 'client_credentials',
};
export const topic = 'public.concur.financialintegration';

/** Everything at once, and trouble over within a second. */
export const quick: EventTiming = { lagMs: 0, retentionMs: 20_000, backoffMs: 5, backoffLimitMs: 20, timeoutMs: 5_000 };

/** One delivery as the receiving server saw it. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  raw: Buffer;
}

/** What the receiver does with a delivery: a status, no answer at all, or a broken connection. */
export type Reply = number | 'hang' | 'reset';

export interface Receiver {
  url: string;
  received: Received[];
  /** Deliveries under way now, and most ever at the same time. */
  open: () => number;
  most: () => number;
  close: () => Promise<void>;
}

/** A tiny server that writes down all deliveries. `reply` may wait before it decides; `nth` counts from zero. */
export async function openReceiver(
  reply: (nth: number, received: Received) => Reply | Promise<Reply>,
): Promise<Receiver> {
  const received: Received[] = [];
  let open = 0;
  let most = 0;
  const server = createServer((incoming, outgoing) => {
    open += 1;
    most = Math.max(most, open);
    outgoing.once('close', () => (open -= 1));
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const one = { path: incoming.url ?? '', headers: incoming.headers, raw: Buffer.concat(chunks) };
      const nth = received.push(one) - 1;
      void Promise.resolve(reply(nth, one)).then((decided) => {
        answer(outgoing, decided);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    received,
    open: () => open,
    most: () => most,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(outgoing: ServerResponse, reply: Reply): void {
  if (reply === 'reset') outgoing.socket?.destroy();
  else if (typeof reply === 'number') outgoing.writeHead(reply, reply === 302 ? { location: '/elsewhere' } : {}).end();
}

/** All simulators over HTTP, with one application that has a company token and manages subscriptions. */
export interface EventStage {
  folder: string;
  /** Connects the company once more, as an administrator with a request token does. */
  connect: () => Promise<void>;
  subscribe: (id: string, endpoint: string, filter?: string) => Promise<void>;
  /** A management call with an app token; the parsed answer. */
  manage: (path: string, init?: { method?: string; body?: string }) => Promise<unknown>;
  load: (...documents: { docType: string; id: string; document: unknown; corrected?: unknown }[]) => Promise<void>;
  control: (path: string, body?: unknown) => Promise<Response>;
  publish: (order: Record<string, unknown>) => Promise<void>;
  report: () => Promise<EventReport>;
  /** Waits until nothing is under way. */
  settled: () => Promise<EventReport>;
  keys: () => Promise<{ current: string; retired: string[] }>;
  close: () => Promise<void>;
}

/** Without a folder of its own the state is removed at the end. */
export async function openEvents(
  options: { folder?: string; timing?: Partial<EventTiming> } = {},
): Promise<EventStage> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'concur-events-'));
  const settings = settingsFor(folder);
  const system = await startSimulators({
    ...settings,
    concur: { ...settings.concur, correctionLagMs: 0, events: { ...quick, ...options.timing } },
  });
  const { concur, control: controlUrl } = system.urls;
  const control = (path: string, body?: unknown): Promise<Response> =>
    fetch(`${controlUrl}/control/${path}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  const report = async (): Promise<EventReport> => (await (await control('concur/events')).json()) as EventReport;
  await control('master-data', { concur: masterData });
  const { access_token: appToken } = await requestToken(concur, appTokenForm);
  const manage = async (path: string, init: { method?: string; body?: string } = {}): Promise<unknown> => {
    const headers = { authorization: `Bearer ${appToken}`, 'content-type': 'application/json' };
    const response = await fetch(`${concur}/events/v4${path}`, { ...init, headers });
    assert.equal(response.status, 200);
    return response.json();
  };
  return {
    folder,
    connect: async () => {
      await requestToken(concur, requestTokenForm());
    },
    subscribe: async (id, endpoint, filter = '.*') => {
      const body = JSON.stringify({ id, topic, filter, webHookConfig: { endpoint } });
      await manage('/subscriptions/webhook', { method: 'PUT', body });
    },
    manage,
    load: async (...documents) => {
      assert.equal((await control('concur/documents', { documents })).status, 200);
    },
    control,
    publish: async (order) => {
      assert.equal((await control('concur/events', order)).status, 200);
    },
    report,
    settled: async () => {
      await until(async () => (await report()).pending === 0, 'all deliveries to end');
      return report();
    },
    keys: async () => (await (await control('concur/event-keys')).json()) as { current: string; retired: string[] },
    close: async () => {
      await system.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition, ten seconds at most. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > end) assert.fail(`waited in vain for ${what}`);
    await wait(5);
  }
}

/** True if the signature is RSASSA-PSS with SHA-256 by this key over these bytes. Any salt length unless one is named. */
export function isSignedBy(publicPem: string, { raw, headers }: Received, saltLength?: number): boolean {
  const signature = Buffer.from(String(headers['concur-signature'] ?? ''), 'base64');
  const key = {
    key: publicPem,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: saltLength ?? constants.RSA_PSS_SALTLEN_AUTO,
  };
  return verify('sha256', raw, key, signature);
}

const allThree = 'expense\\.readyForIntegration|invoice\\.readyForIntegration|cashadvance\\.readyForIntegration';

/** An event as a connector reads it. */
export interface Event {
  id?: string;
  eventType: string;
  topic: string;
  subtopic: string;
  timeStamp: string;
  correlationId: string;
  data: null;
  facts: { companyId: string; documentId: string; entityId: string; href: string };
}

export function eventOf({ raw }: Received): Event {
  return JSON.parse(raw.toString('utf8')) as Event;
}

/** Runs with one connected subscription to everything. */
export async function subscribed(
  reply: (nth: number, received: Received) => Reply | Promise<Reply>,
  work: (stage: EventStage, receiver: Receiver) => Promise<void>,
  timing: Partial<EventTiming> = {},
): Promise<void> {
  const receiver = await openReceiver(reply);
  const stage = await openEvents({ timing });
  try {
    // Making the keys takes its time, which must not count as a delay of the first delivery.
    await stage.keys();
    await stage.subscribe('all', `${receiver.url}/hook`, allThree);
    await stage.connect();
    await work(stage, receiver);
  } finally {
    await stage.close();
    await receiver.close();
  }
}

/** So many ready reports of different business ids, which rise in order. */
export function reports(count: number): { docType: string; id: string; document: unknown }[] {
  const reportId = (nth: number): string => String(nth).padStart(20, 'R');
  return Array.from({ length: count }, (_, nth) => ({
    docType: 'expense',
    id: newId(),
    document: expense({ reportId: reportId(nth) }),
  }));
}

export function isJson({ raw }: Received): boolean {
  try {
    JSON.parse(raw.toString());
    return true;
  } catch {
    return false;
  }
}
