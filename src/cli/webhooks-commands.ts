import type { Command } from 'commander';
import { careForWebhooks } from '../activities/keep-webhooks.js';
import type { WebhookDependencies } from '../activities/webhooks.js';
import { ExternalSystemError } from '../clients/http/errors.js';
import { assembleParts } from '../composition/parts.js';
import { connectWebhooks } from '../composition/webhooks-connection.js';
import type { Connections } from '../config/load-connections.js';
import { createLogger } from '../observability/logger.js';
import { createLeaseStore } from '../store/lease-store.js';
import { countPutAside, lastNotificationAt } from '../store/webhook-inbox.js';
import type { WantedWebhook } from '../store/webhook-store.js';
import { readWebhooks } from '../store/webhook-store.js';
import { Unreachable, UsageError } from './failure.js';
import { findInstallation, withDatabase } from './installation.js';

interface Common {
  connection?: string;
  config?: string;
  json?: boolean;
}

const renewalLimitMs = 600_000;

/** Looks after the webhooks of Business Central by hand; their keeper does the same by itself. */
export function addWebhooksCommands(program: Command): void {
  const webhooks = program
    .command('webhooks')
    .description('Webhooks of Business Central: which stand, and until when.');
  const add = (name: string, description: string): Command =>
    webhooks
      .command(name)
      .description(description)
      .option('--connection <name>', 'Business Central connection; needed where several have webhooks')
      .option('--config <file>', 'connections file; the sandbox where it is left out')
      .option('--json', 'as JSON');
  add('list', 'Shows the subscriptions as the connector knows them, and what was put aside within 24 hours.').action(
    list,
  );
  add('renew', 'Makes what is missing and renews all others now, each with a new client state.').action(renew);
}

async function list(options: Common): Promise<void> {
  await withWebhooks(options, (webhooks) => show(webhooks, options));
}

async function renew(options: Common): Promise<void> {
  await withWebhooks(options, async (webhooks) => {
    const state = await careForWebhooks(webhooks, AbortSignal.timeout(renewalLimitMs), { renewAll: true });
    await show(webhooks, options);
    if (state.polled.length > 0) process.exitCode = 1;
  });
}

async function show({ db, connection }: WebhookDependencies, { json }: Common): Promise<void> {
  const subscriptions = await readWebhooks(db, connection);
  const putAside = await countPutAside(db, connection);
  const last = await lastNotificationAt(db, connection);
  if (json) {
    console.log(JSON.stringify({ connection, subscriptions, lastNotificationAt: last ?? null, putAside }, null, 2));
    return;
  }
  if (subscriptions.length === 0) console.log(`The keeper has not looked after ${connection} yet.`);
  for (const webhook of subscriptions) console.log(lineOf(webhook));
  console.log(`last notification: ${last?.toISOString() ?? 'none within seven days'}`);
  for (const { reason, count } of putAside) console.log(`put aside: ${reason} (${count})`);
}

function lineOf({ company, set, expiresAt, sweptAt, misses, trouble }: WantedWebhook): string {
  const stands = expiresAt === null ? 'polled' : `until ${expiresAt.toISOString()}`;
  const reason = trouble === null ? '' : `  ${misses === 0 ? '' : `failed ${misses} times: `}${trouble}`;
  return `${company}  ${set.padEnd(20)}${stands}  last swept ${sweptAt.toISOString()}${reason}`;
}

function chosen({ file }: Connections, name: string | undefined): WebhookConnection {
  const known = file.erp
    .filter((erp) => erp.kind === 'business-central')
    .filter(({ webhooks }) => webhooks !== undefined);
  if (known.length === 0) throw new UsageError('No Business Central connection of the file has a section `webhooks`.');
  const found = name === undefined && known.length === 1 ? known[0] : known.find((each) => each.name === name);
  if (found === undefined) {
    const names = known.map((each) => each.name).join(', ');
    throw new UsageError(`Name a Business Central connection with webhooks by --connection; the file has ${names}.`);
  }
  return found;
}

type WebhookConnection = Parameters<typeof connectWebhooks>[1];

/** Runs `work` with what keeps the webhooks of a connection; a remote failure becomes a sentence. */
async function withWebhooks(options: Common, work: (webhooks: WebhookDependencies) => Promise<void>): Promise<void> {
  const { connections } = findInstallation(options.config);
  const connection = chosen(connections, options.connection);
  await withDatabase(connections, async (db) => {
    const leases = createLeaseStore(db);
    try {
      const logger = createLogger({ level: 'error', name: 'webhooks' });
      const stopping = AbortSignal.timeout(renewalLimitMs);
      const webhooks = connectWebhooks(assembleParts({ connections, db, leases, logger, stopping }), connection);
      if (webhooks) await work(webhooks);
    } catch (error) {
      throw error instanceof ExternalSystemError ? new Unreachable(error.message) : error;
    } finally {
      leases.close();
    }
  });
}
