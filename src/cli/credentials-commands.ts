import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ConnectResult } from '../composition/connect-concur.js';
import { connectConcurCompany as connect, UnknownConnection } from '../composition/connect-concur.js';
import { assembleParts } from '../composition/parts.js';
import type { Connections } from '../config/load-connections.js';
import { isUsable } from '../contracts/concur-scopes.js';
import { startPostgres } from '../launcher/postgres.js';
import { createLogger } from '../observability/logger.js';
import { createLeaseStore } from '../store/lease-store.js';
import { UsageError } from './failure.js';
import { askHidden } from './hidden-prompt.js';
import { findInstallation, readReady, withDatabase } from './installation.js';
import { parseConnectionsFile } from '../config/load-connections.js';

export function addCredentialsCommands(program: Command): void {
  program
    .command('credentials')
    .description('Enter credentials; they are stored encrypted and never shown.')
    .command('concur')
    .description(
      'Takes a company request token of Concur from --file, from standard input or from a hidden prompt, exchanges it at once,\n' +
        'and stores the tokens. It is never an argument, so that it does not stand in the history of the shell.',
    )
    .requiredOption('--connection <name>', 'name of the Concur connection in the connections file')
    .option('--file <path>', 'file that holds the token; standard input, or a prompt, where it is left out')
    .option('--config <file>', 'connections file; the sandbox where it is left out')
    .action(enterConcurCredentials);
}

async function enterConcurCredentials(options: { connection: string; file?: string; config?: string }): Promise<void> {
  const requestToken = (await readRequestToken(options.file)).trim();
  if (!requestToken) throw new UsageError('The request token is empty. Pipe it in, or name a file with --file.');
  const { environment, stop } = await databaseIfNeeded(options.config, process.env);
  try {
    const { connections } = findInstallation(options.config, environment);
    const result = await connectConcurCompany(connections, options.connection, requestToken);
    if (result.status === 'refused') throw new UsageError(`${result.reason} ${result.remedy}`);
    for (const line of connectedLines(options.connection, result)) console.log(line);
    if (!result.keeperTold) console.error('No token keeper runs yet; it starts with the schedule bootstrap.');
    if (isUsable(result.missingScopes)) return;
    console.error(`${options.connection} is stored, but cannot be used: Concur has not granted FISVC.`);
    process.exitCode = 1;
  } finally {
    await stop();
  }
}

async function readRequestToken(file: string | undefined): Promise<string> {
  if (file !== undefined) return readFileSync(file, 'utf8');
  if (!process.stdin.isTTY) return readFileSync(0, 'utf8');
  return askHidden('Company request token (it is not shown): ', process.stdin, (text) => process.stderr.write(text));
}

/** What a person wants to know after connecting: where the company lives and what its token may do. */
export function connectedLines(name: string, result: Extract<ConnectResult, { status: 'connected' }>): string[] {
  const { dataCentre, grantedScopes, missingScopes, refreshExpiresAt, replacedUnreadable } = result;
  const lines = [
    `${name} is connected. The refresh token ends ${refreshExpiresAt}; it is renewed long before.`,
    `Data centre: ${dataCentre}`,
    `Granted scopes: ${grantedScopes.join(' ') || 'Concur names none'}`,
  ];
  if (replacedUnreadable) lines.push('The stored tokens were sealed with another encryption key; they are replaced.');
  if (missingScopes.length === 0) return lines;
  lines.push('Missing scopes, and what each of them switches off:');
  for (const { scope, isRequired, switchesOff } of missingScopes) {
    const need = isRequired ? 'needed by this connection' : 'not needed as it is configured';
    lines.push(`  ${scope} (${need}): ${switchesOff}.`);
  }
  lines.push('Scopes are fixed when the app is registered; after a change a new company request token is needed.');
  return lines;
}

/** See `composition/connect-concur.ts`; opens and closes what it needs. */
export async function connectConcurCompany(
  connections: Connections,
  name: string,
  requestToken: string,
): Promise<ConnectResult> {
  return withDatabase(connections, async (db) => {
    const leases = createLeaseStore(db);
    try {
      const logger = createLogger({ level: 'error', name: 'credentials' });
      const parts = assembleParts({ connections, db, leases, logger, stopping: AbortSignal.timeout(120_000) });
      return await connect(parts, name, requestToken);
    } catch (error) {
      if (error instanceof UnknownConnection) throw new UsageError(error.message);
      throw error;
    } finally {
      leases.close();
    }
  });
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
