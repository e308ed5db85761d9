import type { WebhookDependencies } from '../activities/webhooks.js';
import { createOData } from '../clients/dynamics-nav/odata.js';
import { createBcRecordChanges } from '../clients/dynamics-nav/record-changes.js';
import { createBcSubscriptions } from '../clients/dynamics-nav/subscriptions.js';
import type { BcConnection } from '../config/bc-schema.js';
import type { HookOptions } from '../events/hook-route.js';
import { createSealer } from '../store/envelope-encryption.js';
import { bcHttp, bcOptions } from './bc-connection.js';
import type { Parts } from './parts.js';

/** Builds what keeps and follows the webhooks of one connection; undefined where it has none. No call is made here. */
export function connectWebhooks(parts: Parts, bc: BcConnection): WebhookDependencies | undefined {
  const { webhooks } = bc;
  if (!webhooks) return undefined;
  const odata = createOData(bcOptions(parts, bc), bcHttp(parts, bc));
  return {
    ...parts.shared,
    connection: bc.name,
    publicUrl: webhooks.publicUrl,
    companies: bc.companies.map(({ company }) => company),
    sets: webhooks.resources,
    checkSeconds: parts.connections.file.timings.webhookCheckSeconds,
    subscriptions: createBcSubscriptions(odata),
    changes: createBcRecordChanges(odata),
    sealer: createSealer(parts.connections.encryptionKey.reveal()),
  };
}

/** Whose notifications the receiver takes. */
export function webhookReception({ connections, shared }: Parts): Pick<HookOptions, 'connections' | 'sealer' | 'now'> {
  const { file, encryptionKey } = connections;
  return {
    connections: file.erp.flatMap((erp) => (erp.kind === 'business-central' && erp.webhooks ? [erp.name] : [])),
    sealer: createSealer(encryptionKey.reveal()),
    now: shared.now,
  };
}
