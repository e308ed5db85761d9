import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { ConnectionsFile, SecretRef } from './connections-schema.js';
import { connectionsFileSchema } from './connections-schema.js';
import { loadMappingRules } from './load-mapping.js';
import type { MappingRules } from '../contracts/mapping-rules.js';
import type { Secret } from './secrets.js';
import { readSecret } from './secrets.js';
import { SettingsError } from './settings-error.js';

/** The connections file with its secrets and tables, validated as a whole. */
export interface Connections {
  file: ConnectionsFile;
  folder: string;
  rules: MappingRules;
  databaseUrl: string;
  temporalAddress: string;
  encryptionKey: Secret;
  /** Client secrets by connection name. */
  clientSecrets: Record<string, Secret>;
}

/**
 * Reads and validates a connections file. All faults are reported together, each with file, line and remedy.
 * @throws SettingsError
 */
export function loadConnections(path: string, environment: NodeJS.ProcessEnv): Connections {
  const folder = dirname(resolve(path));
  const file = parseConnectionsFile(path);
  const problems: string[] = [];
  const secret = (ref: SecretRef, place: string): Secret | undefined => {
    const read = readSecret(ref, folder, environment);
    if (!('problem' in read)) return read;
    problems.push(`${path}: ${place}: ${read.problem}`);
    return undefined;
  };
  const encryptionKey = secret(file.operation.encryptionKey, 'operation.encryptionKey');
  const clientSecrets: Record<string, Secret> = {};
  for (const connection of [...file.concur, ...file.erp]) {
    if (clientSecrets[connection.name]) problems.push(`${path}: the connection name ${connection.name} is used twice`);
    const value = secret(connection.clientSecret, `${connection.name}.clientSecret`);
    if (value) clientSecrets[connection.name] = value;
  }
  const databaseUrl = environment['DATABASE_URL'] ?? plainOrSecret(file.operation.databaseUrl, secret);
  if (databaseUrl === undefined) problems.push(`${path}: set operation.databaseUrl, or DATABASE_URL in the environment`);
  const rules = loadMappingRules(file, path, folder, problems);
  if (problems.length > 0 || !encryptionKey || databaseUrl === undefined) throw new SettingsError(problems);
  const temporalAddress = environment['TEMPORAL_ADDRESS'] ?? file.operation.temporalAddress ?? '127.0.0.1:7233';
  return { file, folder, rules, databaseUrl, temporalAddress, encryptionKey, clientSecrets };
}

function plainOrSecret(
  value: string | SecretRef | undefined,
  secret: (ref: SecretRef, place: string) => Secret | undefined,
): string | undefined {
  return typeof value === 'object' ? secret(value, 'operation.databaseUrl')?.reveal() : value;
}

/** Parses YAML and shape only: what `preview --config` and the checks of the file need. */
export function parseConnectionsFile(path: string): ConnectionsFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new SettingsError([`${path} cannot be read; name the connections file with --config or CONNECTIONS_FILE`]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    throw new SettingsError(document.errors.map((error) => `${path}:${error.linePos?.[0].line ?? '?'}: ${error.message.split('\n')[0] ?? ''}`));
  }
  const parsed = connectionsFileSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw new SettingsError(
    parsed.error.issues.map((issue) => {
      const at = lineOf(document, lines, issue.path);
      return `${path}:${at}: ${issue.path.join('.') || 'file'}: ${issue.message}`;
    }),
  );
}

/** Line of the deepest node that exists on the way to a fault. */
function lineOf(document: Document, lines: LineCounter, path: PropertyKey[]): number {
  let node: Node | null = document.contents;
  let line = 1;
  for (const key of path) {
    const next: unknown = isMap(node) || isSeq(node) ? node.get(key, true) : undefined;
    if (!isMap(next) && !isSeq(next) && !isScalar(next)) break;
    node = next;
    if (node.range) line = lines.linePos(node.range[0]).line;
  }
  return line;
}
