import type { Command } from 'commander';
import type { SubscriptionDependencies } from '../activities/subscriptions.js';
import { careForSubscription } from '../activities/subscriptions.js';
import { ExternalSystemError } from '../clients/http/errors.js';
import { connectEvents } from '../composition/events-connection.js';
import { assembleParts } from '../composition/parts.js';
import type { Connections } from '../config/load-connections.js';
import { readyTopic } from '../contracts/events.js';
import type { SubscriptionState } from '../contracts/events.js';
import { createLogger } from '../observability/logger.js';
import type { BusinessEventCounts } from '../store/business-event-store.js';
import type { EventCounts } from '../store/event-reports.js';
import { countEvents } from '../store/event-reports.js';
import { createLeaseStore } from '../store/lease-store.js';
import { businessEventStatus, namedBusinessEvents } from './business-events-status.js';
import { Unreachable, UsageError } from './failure.js';
import { findInstallation, withDatabase } from './installation.js';

interface Common {
  connection?: string;
  config?: string;
  json?: boolean;
}

const callLimitMs = 60_000;

/** Looks after the events of Concur by hand, as the daily Schedule does by itself, and shows those of F&O. */
export function addEventsCommands(program: Command): void {
  const events = program
    .command('events')
    .description('Events of Concur and F&O: what came in, and who is subscribed.');
  const add = (name: string, description: string): Command =>
    events
      .command(name)
      .description(description)
      .option('--connection <name>', 'Concur connection of the connections file; needed where several have events')
      .option('--config <file>', 'connections file; the sandbox where it is left out')
      .option('--json', 'as JSON');
  const shown = 'Shows what came in, both lights of access, and whether events of the company are delivered';
  add('status', `${shown}. Of an F&O connection: what came in.`).action(status);
  add('subscribe', 'Makes or renews the event subscription now.').action(subscribe);
  add('list', 'Lists all event subscriptions of the application in Concur; it takes five.').action(list);
  add('remove', 'Removes an event subscription from Concur.')
    .requiredOption('--id <id>', 'id of the subscription, as `events list` shows it')
    .action(remove);
}

/** See {@link careForSubscription}; opens and closes what it needs. */
export async function subscribeToEvents(connections: Connections, name: string): Promise<SubscriptionState> {
  return withEvents(connections, name, (events) => careForSubscription(events, AbortSignal.timeout(callLimitMs)));
}

async function subscribe(options: Common): Promise<void> {
  const { connections } = findInstallation(options.config);
  const state = await subscribeToEvents(connections, chosen(connections, options.connection));
  if (options.json) console.log(JSON.stringify(state, null, 2));
  else console.log(sentenceOf(state));
  if (state.status === 'needs-person') process.exitCode = 1;
}

function sentenceOf(state: SubscriptionState): string {
  switch (state.status) {
    case 'active':
      return `The subscription ${state.subscriptionId} stands, and events of the company are delivered to it.`;
    case 'awaiting-connect':
      return `The subscription ${state.subscriptionId} stands; its events begin once the company is connected.`;
    case 'needs-person':
      return state.reason;
  }
}

async function status(options: Common): Promise<void> {
  const { connections } = findInstallation(options.config);
  const fo = namedBusinessEvents(connections, options.connection);
  if (fo !== undefined) {
    show(await businessEventStatus(connections, fo), options);
    return;
  }
  const name = chosen(connections, options.connection);
  const shown = await withEvents(connections, name, async (events) => ({
    connection: name,
    subscriptionId: events.wanted.id,
    endpoint: events.wanted.endpoint,
    filter: events.wanted.filter,
    companyAccess: (await events.isConnected()) ? 'connected' : 'not connected yet',
    ...(await accessOf(events)),
    events: await countEvents(events.db, name),
  }));
  show(shown, options);
}

function show(shown: { connection: string; events: EventCounts | BusinessEventCounts }, options: Common): void {
  if (options.json) {
    console.log(JSON.stringify(shown, null, 2));
    return;
  }
  const { events, ...facts } = shown;
  for (const [label, value] of Object.entries({ ...facts, ...events })) {
    const text = value instanceof Date ? value.toISOString() : String(value ?? 'never');
    console.log(`${label.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).padEnd(20)}${text}`);
  }
}

/** The light of the app token, which is not that of the company's own (C19), and what it shows. */
async function accessOf({ subscriptions, wanted, companyUuid }: SubscriptionDependencies): Promise<object> {
  const signal = AbortSignal.timeout(callLimitMs);
  try {
    const topics = await subscriptions.topics({ signal });
    const found = await subscriptions.read({ id: wanted.id, signal });
    const companies = found?.companyIds.map((id) => id.toLowerCase()) ?? [];
    return {
      appAccess: topics.includes(readyTopic) ? 'ok' : `without the topic ${readyTopic}`,
      subscription: found ? 'stands' : 'is not there',
      companyCovered: companies.includes('.*') || companies.includes(companyUuid.toLowerCase()),
    };
  } catch (error) {
    if (!(error instanceof ExternalSystemError)) throw error;
    return { appAccess: error.message };
  }
}

async function list(options: Common): Promise<void> {
  const { connections } = findInstallation(options.config);
  const found = await withEvents(connections, chosen(connections, options.connection), ({ subscriptions }) =>
    subscriptions.list({ signal: AbortSignal.timeout(callLimitMs) }),
  );
  if (options.json) {
    console.log(JSON.stringify(found, null, 2));
    return;
  }
  if (found.length === 0) console.log('The application has no event subscription.');
  for (const { id, topic, filter, endpoint, companyIds } of found) {
    console.log(`${id}\n  ${topic}  ${filter}\n  to ${endpoint}, for ${companyIds.length} companies`);
  }
}

async function remove(options: Common & { id: string }): Promise<void> {
  const { connections } = findInstallation(options.config);
  await withEvents(connections, chosen(connections, options.connection), ({ subscriptions }) =>
    subscriptions.remove({ id: options.id, signal: AbortSignal.timeout(callLimitMs) }),
  );
  console.log(`Concur has marked the subscription ${options.id} for deletion; it goes in a while.`);
}

function chosen({ file }: Connections, name: string | undefined): string {
  const known = file.concur.filter(({ events }) => events !== undefined).map((concur) => concur.name);
  if (known.length === 0) throw new UsageError('No Concur connection of the file has a section `events`.');
  const found = name === undefined && known.length === 1 ? known[0] : known.find((each) => each === name);
  if (found === undefined) {
    throw new UsageError(`Name a Concur connection with events by --connection; the file has ${known.join(', ')}.`);
  }
  return found;
}

/** Runs `work` with what keeps the subscription of a connection; a remote failure becomes a sentence. */
async function withEvents<T>(
  connections: Connections,
  name: string,
  work: (events: SubscriptionDependencies) => Promise<T>,
): Promise<T> {
  return withDatabase(connections, async (db) => {
    const leases = createLeaseStore(db);
    try {
      const logger = createLogger({ level: 'error', name: 'events' });
      const stopping = AbortSignal.timeout(2 * callLimitMs);
      const parts = assembleParts({ connections, db, leases, logger, stopping });
      const concur = connections.file.concur.find((candidate) => candidate.name === name);
      const events = concur && connectEvents(parts, concur);
      if (!events) throw new UsageError(`The Concur connection ${name} has no section \`events\`.`);
      return await work(events);
    } catch (error) {
      throw error instanceof ExternalSystemError ? new Unreachable(error.message) : error;
    } finally {
      leases.close();
    }
  });
}
