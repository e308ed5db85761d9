import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Client, Connection } from '@temporalio/client';
import type { ConnectionsSource } from '../config/connections-source.js';
import type { Connections } from '../config/load-connections.js';
import { loadConnections, parseConnectionsFile } from '../config/load-connections.js';
import { projectRoot } from '../launcher/project-root.js';
import type { Database } from '../store/database.js';
import { migrate, openDatabase } from '../store/database.js';
import { Unreachable } from './failure.js';

/** What `npm start` tells other commands and scripts: processes, ports and links. */
export const readySchema = z.object({
  connectionsFile: z.string(),
  databaseUrl: z.string(),
  temporalAddress: z.string(),
  temporalUi: z.string().nullable(),
  processes: z.record(z.string(), z.number()),
  simulators: z.record(z.string(), z.string()).nullable(),
});
export type Ready = z.infer<typeof readySchema>;

export const sandboxFolder = (): string => resolve(projectRoot(), '.sandbox');
const readyName = 'ready.json';

/** File in the state folder that tells where the embedded services listen. */
export const readyPath = (stateFolder: string): string => resolve(stateFolder, readyName);

/** What the running launcher has written, if one runs or has run. */
export function readReady(stateFolder: string): Ready | undefined {
  try {
    return readySchema.parse(JSON.parse(readFileSync(readyPath(stateFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Finds the installation that a command is about: `--config`, else the sandbox. Services that neither the file nor the
 * environment names are those that the launcher started.
 * @param examined the file as `mapping check` has read it, without what is faulty in its mappings
 */
export function findInstallation(
  config: string | undefined,
  given: NodeJS.ProcessEnv = process.env,
  examined?: ConnectionsSource,
): { connections: Connections; configPath: string } {
  const configPath = config ?? resolve(sandboxFolder(), 'connections.yaml');
  const { operation } = examined?.file ?? parseConnectionsFile(configPath);
  const ready = readReady(resolve(dirname(resolve(configPath)), operation.stateFolder));
  const environment = { ...given };
  if (ready && operation.databaseUrl === undefined) environment['DATABASE_URL'] ??= ready.databaseUrl;
  if (ready && operation.temporalAddress === undefined) environment['TEMPORAL_ADDRESS'] ??= ready.temporalAddress;
  return { connections: loadConnections(configPath, environment, examined), configPath };
}

/**
 * Runs `work` with the installation's database, brought up to date.
 * @throws Unreachable
 */
export async function withDatabase<T>(connections: Connections, work: (db: Database) => Promise<T>): Promise<T> {
  const db = openDatabase(connections.databaseUrl, { max: 4 });
  try {
    await migrate(db).catch((error: unknown) => {
      throw new Unreachable(`The database cannot be reached (${reasonOf(error)}). Is \`npm start\` running?`);
    });
    return await work(db);
  } finally {
    await db.end();
  }
}

/**
 * Runs `work` with a Temporal client of the installation.
 * @throws Unreachable
 */
export async function withTemporal<T>(connections: Connections, work: (client: Client) => Promise<T>): Promise<T> {
  const { temporalAddress: address } = connections;
  const connection = await Connection.connect({ address }).catch((error: unknown) => {
    throw new Unreachable(`Temporal cannot be reached at ${address} (${reasonOf(error)}). Is \`npm start\` running?`);
  });
  try {
    return await work(new Client({ connection, namespace: connections.file.operation.namespace }));
  } finally {
    await connection.close();
  }
}

/** Several addresses of one name fail together, and then the error itself says nothing. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return reasonOf(error.errors[0]);
  return error instanceof Error ? error.message : 'unknown reason';
}
