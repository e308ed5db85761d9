import { dirname, resolve } from 'node:path';
import type { MappingRules } from '../contracts/mapping-rules.js';
import { readBusinessEventSecrets } from './business-events-schema.js';
import type { ConnectionsFile, ErpConnection } from './connections-schema.js';
import type { ConnectionsSource } from './connections-source.js';
import { readConnectionsSource } from './connections-source.js';
import { reportEventFaults } from './event-keys.js';
import { loadMappingRules } from './load-mapping.js';
import { unapprovedMappings } from './mapping-approval.js';
import { reportPurchaseFaults } from './purchase-requests-schema.js';
import { readSecret, Secret } from './secrets.js';
import { urlSchema, type SecretRef } from './setting-schemas.js';
import type { Report } from './settings-error.js';
import { SettingsError } from './settings-error.js';
import { reportDimensionSyncFaults } from './dimension-sync-schema.js';
import { reportVendorSyncFaults } from './vendor-sync-schema.js';

/** The connections file with its secrets and tables, validated as a whole. */
export interface Connections {
  file: ConnectionsFile;
  folder: string;
  rules: MappingRules;
  databaseUrl: string;
  temporalAddress: string;
  encryptionKey: Secret;
  /** Receives alerts; the address of a webhook is often all that is needed to use it. */
  alertWebhookUrl: Secret | undefined;
  /** The secret by which each connection signs in, by its name: client secret, or web service access key. */
  clientSecrets: Record<string, Secret>;
  /** Second client secrets by name of the Concur connection, while they are being changed. */
  nextClientSecrets: Record<string, Secret>;
  /** Secrets in the paths to which F&O sends business events, by name of the connection; for those that take them. */
  businessEventSecrets: Record<string, Secret>;
}

const keyBytes = 32;

/**
 * Reads and validates a connections file. All faults of names, secrets, tables and rules are reported together, each with
 * file, line and remedy; faults of the file's shape come before them, all together as well.
 * @param examined the same file as `mapping check` has read it: faults of its mappings are told already and tolerated here
 * @throws SettingsError
 */
export function loadConnections(
  path: string,
  environment: NodeJS.ProcessEnv,
  examined?: ConnectionsSource,
): Connections {
  return connectionsOf(examined ?? readConnectionsSource(path), path, environment, examined !== undefined);
}

function connectionsOf(
  { file, place, locate }: ConnectionsSource,
  path: string,
  environment: NodeJS.ProcessEnv,
  isExamined: boolean,
): Connections {
  const folder = dirname(resolve(path));
  const problems: string[] = [];
  const report: Report = (at, problem) => problems.push(`${place(at)}: ${problem}`);
  const secret: ReadSecret = (ref, at) => {
    const read = readSecret(ref, folder, environment);
    if (!('problem' in read)) return read;
    report(at, read.problem);
    return undefined;
  };
  reportRepeatedNames(file, report);
  const encryptionKey = secret(file.operation.encryptionKey, ['operation', 'encryptionKey']);
  if (encryptionKey && Buffer.from(encryptionKey.reveal(), 'base64').length !== keyBytes) {
    report(
      ['operation', 'encryptionKey'],
      'needs 32 random bytes in base64, for example from `openssl rand -base64 32`',
    );
  }
  const clientSecrets: Record<string, Secret> = {};
  const keep = (name: string, ref: SecretRef | undefined, at: PropertyKey[]): void => {
    const value = ref && secret(ref, at);
    if (value) clientSecrets[name] = value;
  };
  for (const [index, { name, clientSecret }] of file.concur.entries()) {
    keep(name, clientSecret, ['concur', index, 'clientSecret']);
  }
  for (const [index, erp] of file.erp.entries()) {
    const { ref, at } = erpSecret(erp);
    keep(erp.name, ref, ['erp', index, ...at]);
  }
  const nextClientSecrets: Record<string, Secret> = {};
  for (const [index, { name, nextClientSecret }] of file.concur.entries()) {
    const value = nextClientSecret && secret(nextClientSecret, ['concur', index, 'nextClientSecret']);
    if (value) nextClientSecrets[name] = value;
  }
  const { databaseUrl: given } = file.operation;
  const stored = typeof given === 'object' ? secret(given, ['operation', 'databaseUrl'])?.reveal() : given;
  const databaseUrl = environment['DATABASE_URL'] ?? stored;
  if (databaseUrl === undefined && typeof given !== 'object') {
    report(['operation'], 'set operation.databaseUrl, or DATABASE_URL in the environment');
  }
  const alertWebhookUrl = webhookOf(file, secret, report);
  const businessEventSecrets = readBusinessEventSecrets(file, secret, report);
  reportEventFaults(file, folder, report);
  reportVendorSyncFaults(file, report);
  reportDimensionSyncFaults(file, report);
  reportPurchaseFaults(file, report);
  const rules = isExamined
    ? loadMappingRules({ file, locate }, folder, [], () => undefined)
    : loadMappingRules({ file, locate }, folder, problems, report);
  if (problems.length > 0 || !encryptionKey || databaseUrl === undefined) throw new SettingsError(problems);
  const temporalAddress = environment['TEMPORAL_ADDRESS'] ?? file.operation.temporalAddress ?? '127.0.0.1:7233';
  return {
    file,
    folder,
    rules,
    databaseUrl,
    temporalAddress,
    encryptionKey,
    alertWebhookUrl,
    clientSecrets,
    nextClientSecrets,
    businessEventSecrets,
  };
}

/**
 * {@link loadConnections} for what posts: refuses mappings that are not what somebody has approved (B8). Everything else may look
 * at them, so that a person sees before the approval what a change would do.
 * @throws SettingsError
 */
export function loadApprovedConnections(path: string, environment: NodeJS.ProcessEnv): Connections {
  const source = readConnectionsSource(path);
  const connections = connectionsOf(source, path, environment, false);
  const unapproved = unapprovedMappings(source, connections.rules);
  if (unapproved.length > 0) throw new SettingsError(unapproved);
  return connections;
}

/** An ERP signs in by a client secret of Entra ID, or by a key of its own. */
function erpSecret(erp: ErpConnection): { ref: SecretRef | undefined; at: string[] } {
  if (erp.kind !== 'dynamics-fo' && erp.auth.key !== undefined) return { ref: erp.auth.key, at: ['auth', 'key'] };
  return { ref: 'clientSecret' in erp ? erp.clientSecret : undefined, at: ['clientSecret'] };
}

type ReadSecret = (ref: SecretRef, at: PropertyKey[]) => Secret | undefined;

/** The address that stands in the file was judged with its shape; one that is a secret is judged here. */
function webhookOf(file: ConnectionsFile, secret: ReadSecret, report: Report): Secret | undefined {
  const { alertWebhookUrl: given } = file.operation;
  if (given === undefined || typeof given === 'string') return given === undefined ? undefined : new Secret(given);
  const at = ['operation', 'alertWebhookUrl'];
  const read = secret(given, at);
  if (read && !urlSchema.safeParse(read.reveal()).success) {
    report(at, 'the secret holds no URL; store the whole address, beginning with https://');
  }
  return read;
}

/** Names are parts of workflow ids and queues, companies of keys: each may stand for one thing only. */
function reportRepeatedNames(file: ConnectionsFile, report: Report): void {
  const names = new Set<string>();
  for (const side of ['concur', 'erp'] as const) {
    for (const [index, { name }] of file[side].entries()) {
      if (names.has(name))
        report([side, index, 'name'], `the connection name ${name} is used twice; rename one of them`);
      names.add(name);
    }
  }
  for (const [index, erp] of file.erp.entries()) {
    const companies = new Set<string>();
    for (const [position, { company }] of erp.companies.entries()) {
      const at = ['erp', index, 'companies', position, 'company'];
      if (companies.has(company)) report(at, `the company ${company} is described twice; remove one of them`);
      companies.add(company);
    }
  }
}

/** Parses YAML and shape only: what `preview --config` and the checks of the file need. */
export function parseConnectionsFile(path: string): ConnectionsFile {
  return readConnectionsSource(path).file;
}
