import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type { SharedDependencies } from '../../src/activities/dependencies.js';
import type { WebhookDependencies } from '../../src/activities/webhooks.js';
import { createOData } from '../../src/clients/dynamics-nav/odata.js';
import { createBcRecordChanges } from '../../src/clients/dynamics-nav/record-changes.js';
import { createBcSubscriptions } from '../../src/clients/dynamics-nav/subscriptions.js';
import type { BcRecordChanges } from '../../src/clients/dynamics-nav/record-changes.js';
import type { BcSubscriptionClient } from '../../src/clients/dynamics-nav/subscriptions.js';
import { usualWebhookSets } from '../../src/contracts/webhooks.js';
import { createReceiver } from '../../src/events/receiver-server.js';
import { createSealer } from '../../src/store/envelope-encryption.js';
import { SimulatedBc } from './simulated-bc.js';

export const webhookConnection = 'bc';

export interface WebhookStage {
  bc: SimulatedBc;
  deps: WebhookDependencies;
  /** How often the receiver has told that notifications wait. */
  told: () => number;
  /** Ends the receiver: handshakes and messages find nobody. */
  endReceiver: () => Promise<void>;
  close: () => Promise<void>;
}

/** The clients as the connector makes them, over any HTTP client. */
export function bcClients(http: SimulatedBc): { subscriptions: BcSubscriptionClient; changes: BcRecordChanges } {
  const options = { name: webhookConnection, tenant: 'contoso', environment: 'Sandbox', companies: {} };
  const odata = createOData(options, http);
  return { subscriptions: createBcSubscriptions(odata), changes: createBcRecordChanges(odata) };
}

/** A simulated Business Central, the real receiver, and what the keeper of the webhooks needs; one clock for all. */
export async function openWebhookStage(
  shared: SharedDependencies,
  companies: readonly string[] = ['North Ltd'],
): Promise<WebhookStage> {
  const bc = new SimulatedBc(shared.now, companies);
  const sealer = createSealer(randomBytes(32).toString('base64'));
  let told = 0;
  const app = createReceiver({
    db: shared.db,
    endpoints: [],
    logger: pino({ level: 'silent' }),
    onStored: () => undefined,
    onConnect: async () => ({ connected: true, message: 'Done.' }),
    hooks: { connections: [webhookConnection], sealer, now: shared.now, onStored: () => void (told += 1) },
  });
  const publicUrl = await app.listen({ host: '127.0.0.1', port: 0 });
  const deps: WebhookDependencies = {
    ...{ db: shared.db, leases: shared.leases, alerts: shared.alerts, now: shared.now },
    ...{ connection: webhookConnection, publicUrl, companies, sets: usualWebhookSets, sealer },
    checkSeconds: 3_600,
    ...bcClients(bc),
  };
  return {
    bc,
    deps,
    told: () => told,
    endReceiver: () => app.close(),
    close: async () => {
      await bc.simulator.close();
      await app.close();
    },
  };
}
