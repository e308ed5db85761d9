import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { Client } from '@temporalio/client';
import { keepFresh } from '../activities/tokens.js';
import { tokenDependencies } from '../composition/concur-connection.js';
import { assembleParts } from '../composition/parts.js';
import type { Connections } from '../config/load-connections.js';
import { messageNames } from '../contracts/messages.js';
import type { TokenState } from '../contracts/steps.js';
import { tokenKeeperWorkflowId } from '../contracts/workflow-ids.js';
import { startPostgres } from '../launcher/postgres.js';
import { createLogger } from '../observability/logger.js';
import { createSealer } from '../store/envelope-encryption.js';
import { createLeaseStore } from '../store/lease-store.js';
import { createTokenStore } from '../store/token-store.js';
import { UsageError } from './failure.js';
import { findInstallation, readReady, withDatabase, withTemporal } from './installation.js';
import { parseConnectionsFile } from '../config/load-connections.js';

export function addCredentialsCommands(program: Command): void {
  program
    .command('credentials')
    .description('Enter credentials; they are stored encrypted and never shown.')
    .command('concur')
    .description(
      'Takes a company request token of Concur from --file or from standard input, exchanges it at once, and stores the tokens.\n' +
        'It is never an argument, so that it does not stand in the history of the shell.',
    )
    .requiredOption('--connection <name>', 'name of the Concur connection in the connections file')
    .option('--file <path>', 'file that holds the token; standard input where it is left out')
    .option('--config <file>', 'connections file; the sandbox where it is left out')
    .action(enterConcurCredentials);
}

async function enterConcurCredentials(options: { connection: string; file?: string; config?: string }): Promise<void> {
  const requestToken = readFileSync(options.file ?? 0, 'utf8').trim();
  if (!requestToken) throw new UsageError('The request token is empty. Pipe it in, or name a file with --file.');
  const { environment, stop } = await databaseIfNeeded(options.config, process.env);
  try {
    const { connections } = findInstallation(options.config, environment);
    const state = await connectConcurCompany(connections, options.connection, requestToken);
    if (state.status === 'parked') throw new UsageError(`${state.reason} ${state.remedy}`);
    console.log(
      `${options.connection} is connected. The refresh token ends ${state.refreshExpiresAt}; it is renewed long before.`,
    );
    await wakeKeeper(connections, options.connection);
  } finally {
    await stop();
  }
}

/** Stores the request token encrypted and exchanges it at once (S21). */
export async function connectConcurCompany(
  connections: Connections,
  name: string,
  requestToken: string,
): Promise<TokenState> {
  const concur = connections.file.concur.find((candidate) => candidate.name === name);
  if (!concur) {
    const known = connections.file.concur.map((candidate) => candidate.name).join(', ');
    throw new UsageError(`There is no Concur connection ${name}; the file names ${known}.`);
  }
  return withDatabase(connections, async (db) => {
    const leases = createLeaseStore(db);
    try {
      const tokens = createTokenStore(db, createSealer(connections.encryptionKey.reveal()));
      await tokens.enterRequestToken(name, requestToken);
      const stopping = AbortSignal.timeout(120_000);
      const logger = createLogger({ level: 'error', name: 'credentials' });
      const parts = assembleParts({ connections, db, leases, logger, stopping });
      return await keepFresh(tokenDependencies(parts, concur, tokens), stopping);
    } finally {
      leases.close();
    }
  });
}

/** The keeper learns of new credentials by itself within a minute; this only saves the minute. */
async function wakeKeeper(connections: Connections, name: string): Promise<void> {
  try {
    await withTemporal(connections, (client: Client) =>
      client.workflow.getHandle(tokenKeeperWorkflowId(name)).signal(messageNames.refreshNow),
    );
  } catch {
    console.error('No token keeper runs yet; it starts with the schedule bootstrap.');
  }
}

/** Credentials may be entered before the first start: then the embedded database runs for as long as this takes. */
async function databaseIfNeeded(
  config: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<{ environment: NodeJS.ProcessEnv; stop: () => Promise<void> }> {
  const asItIs = { environment, stop: () => Promise.resolve() };
  if (config === undefined || environment['DATABASE_URL']) return asItIs;
  const { operation } = parseConnectionsFile(config);
  if (operation.databaseUrl !== undefined) return asItIs;
  const stateFolder = resolve(dirname(resolve(config)), operation.stateFolder);
  const ready = readReady(stateFolder);
  if (ready && isAlive(ready.processes['launcher'])) return asItIs;
  const postgres = await startPostgres({ folder: stateFolder });
  return { environment: { ...environment, DATABASE_URL: postgres.url }, stop: () => postgres.stop() };
}

function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
