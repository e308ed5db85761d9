import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { request } from 'undici';
import { LauncherError } from '../../launcher/launcher-error.js';
import { projectRoot } from '../../launcher/project-root.js';
import type { FaultChoice, SandboxOptions } from './options.js';
import { isErpBrutal } from './options.js';
import type { SandboxSecrets, SimulatorUrls } from './write-connections.js';
import { sandboxNames } from './write-connections.js';

const urlsSchema = z.object({
  concur: z.string(),
  entra: z.string(),
  fo: z.string(),
  bc: z.string(),
  nav: z.string(),
  control: z.string(),
});
const readySchema = z.object({ ready: z.literal(true), pid: z.number(), urls: urlsSchema });

/** The running simulator process and its control API. */
export interface Simulators {
  pid: number;
  urls: SimulatorUrls;
  /** A call to the control API, with the answer as JSON. Throws `LauncherError` where it is refused. */
  post: (path: string, body: unknown) => Promise<unknown>;
  put: (path: string, body: unknown) => Promise<unknown>;
  get: (path: string) => Promise<unknown>;
  /** The journal as raw JSON text: only the checker reads it. */
  journal: () => Promise<string>;
  stop: () => Promise<void>;
}

type SimulatorOptions = Pick<SandboxOptions, 'seed' | 'erp' | 'faults' | 'faultsIn'>;

/** Starts the simulators as a process of their own, with state that survives a restart. */
export async function startSimulators(
  stateFolder: string,
  options: SimulatorOptions,
  secrets: SandboxSecrets,
): Promise<Simulators> {
  const folder = join(stateFolder, 'simulators');
  mkdirSync(folder, { recursive: true });
  const settingsPath = join(folder, 'settings.json');
  writeFileSync(settingsPath, JSON.stringify(settings(folder, options, secrets)), { mode: 0o600 });
  const child = spawn(
    process.execPath,
    [join(projectRoot(), 'dist', 'simulators', 'main.js'), '--config', settingsPath, '--die-with-stdin'],
    // Its own group: Ctrl-C reaches the launcher only, which ends the processes in order.
    { stdio: ['pipe', 'pipe', openSync(join(stateFolder, 'simulators.log'), 'a')], detached: true },
  );
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new LauncherError('The simulators could not be started.');
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const ready = await firstLine(stdout, exited);
  const { pid, urls } = readySchema.parse(JSON.parse(ready));
  const control = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: string): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const response = await request(`${urls.control}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.body.text();
    if (response.statusCode >= 300) throw new LauncherError(`The simulators refused ${path}: ${text.slice(0, 300)}`);
    return JSON.parse(text);
  };
  return {
    pid,
    urls,
    post: (path, body) => control('POST', path, typeof body === 'string' ? body : JSON.stringify(body)),
    put: (path, body) => control('PUT', path, JSON.stringify(body)),
    get: (path) => control('GET', path),
    journal: async () => (await request(`${urls.control}/control/journal`)).body.text(),
    stop: async () => {
      stdin.end();
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await exited;
      clearTimeout(late);
    },
  };
}

async function firstLine(stdout: NodeJS.ReadableStream, exited: Promise<void>): Promise<string> {
  const lines = createInterface({ input: stdout });
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    exited.then(() => {
      throw new LauncherError('The simulators ended at once; see simulators.log in the state folder.');
    }),
  ]);
  return line;
}

const faultyServices: Record<FaultChoice, { faultsIn?: string[] }> = {
  everywhere: {},
  concur: { faultsIn: ['concur'] },
  erp: { faultsIn: ['entra', 'fo', 'bc', 'nav'] },
  fo: { faultsIn: ['entra', 'fo'] },
  nav: { faultsIn: ['entra', 'bc', 'nav'] },
};

/** What people and circumstances do to documents in an ERP that is not brutal, and in one that is. */
const calm = { partShare: 0.2 };
const reversals = { partShare: 0.3, reverseShare: 0.05, reverseDelayMs: 4_000 };
const brutal = { ...reversals, refuseShare: 0.02 };
/** Minutes and hours of the service become seconds. */
const calmWebhooks = { delayMs: 1_000, retryFactor: 0.01 };
const brutalWebhooks = { ...calmWebhooks, lostShare: 0.1, doubledShare: 0.1, lateShare: 0.1, lateMs: 8_000 };

function settings(stateFolder: string, options: SimulatorOptions, secrets: SandboxSecrets) {
  return {
    ports: { concur: 0, entra: 0, fo: 0, bc: 0, nav: 0, control: 0 },
    stateFolder,
    seed: options.seed,
    faults: options.faults,
    ...faultyServices[options.faultsIn],
    fo: {
      clientId: sandboxNames.foClientId,
      clientSecret: secrets.foClientSecret,
      tenant: sandboxNames.tenant,
      postingDelayMs: 2_000,
      batchEveryMs: 1_000,
      paymentDelayMs: 3_000,
      ...(isErpBrutal(options, 'fo') ? brutal : calm),
    },
    bc: {
      clientId: sandboxNames.bcClientId,
      clientSecret: secrets.bcClientSecret,
      tenant: sandboxNames.tenant,
      environment: sandboxNames.environment,
      scope: sandboxNames.bcScope,
      paymentDelayMs: 3_000,
      ...(isErpBrutal(options, 'nav') ? brutal : calm),
      webhooks: isErpBrutal(options, 'nav') ? brutalWebhooks : calmWebhooks,
    },
    nav: {
      instance: sandboxNames.navInstance,
      user: sandboxNames.navUser,
      webServiceKey: secrets.navKey,
      codeunit: options.erp !== 'nav-classic-drafts',
      personDelayMs: 4_000,
      paymentDelayMs: 3_000,
      ...(isErpBrutal(options, 'nav') ? reversals : calm),
    },
    concur: { accessTokenSeconds: 600, correctionLagMs: 3_000 },
  };
}
