import { basename } from 'node:path';
import type { z } from 'zod';
import type { MappingPlace } from '../contracts/mapping-rules.js';
import type { ConnectionsFile } from './connections-schema.js';
import { connectionsFileSchema } from './connections-schema.js';
import type { MappingFault } from './mapping-fault.js';
import { faultText, newFaults } from './mapping-fault.js';
import { includeMappingFiles } from './mapping-include.js';
import { SettingsError } from './settings-error.js';
import { readYaml } from './yaml-source.js';

/** A connections file of the right shape, with the place of everything in it. */
export interface ConnectionsSource {
  file: ConnectionsFile;
  /** `file:line: path` of a setting, or of the nearest one around it; for messages. */
  place: (path: readonly PropertyKey[]) => string;
  /** File and line of a setting, which may stand in a mapping file; relative to the folder of the connections file. */
  locate: (path: readonly PropertyKey[]) => MappingPlace;
}

/** The YAML of a connections file with its mapping files put in their places, before its shape is judged. */
export interface RawConnections {
  data: unknown;
  locate: (path: readonly PropertyKey[]) => MappingPlace;
  /** Mapping files that cannot be used. */
  faults: MappingFault[];
}

/**
 * Reads YAML and shape only.
 * @throws SettingsError with all faults of the shape, each with file, line and remedy
 */
export function readConnectionsSource(path: string): ConnectionsSource {
  const { data, locate, faults } = readRawConnections(path);
  const place = (at: readonly PropertyKey[]): string => {
    const { file, line } = locate(at);
    return `${file === basename(path) ? path : file}:${line}: ${at.map(String).join('.') || 'file'}`;
  };
  const parsed = connectionsFileSchema.safeParse(data);
  if (parsed.success && faults.length === 0) return { file: parsed.data, place, locate };
  const issues = parsed.error?.issues ?? [];
  throw new SettingsError([
    ...faults.map(faultText),
    ...issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `${place([...issue.path, key])}: no such setting; correct its spelling or remove it`)
        : [`${place(issue.path)}: ${sentenceOf(issue)}`],
    ),
  ]);
}

/**
 * Reads a connections file and its mapping files.
 * @throws SettingsError if the connections file cannot be read or is no YAML
 */
export function readRawConnections(path: string): RawConnections {
  const source = readYaml(path);
  if (source === undefined) {
    throw new SettingsError([`${path} cannot be read; name the connections file with --config or CONNECTIONS_FILE`]);
  }
  if (source.errors.length > 0) {
    throw new SettingsError(source.errors.map(({ line, message, remedy }) => `${path}:${line}: ${message}; ${remedy}`));
  }
  const { list, tell } = newFaults();
  const { data, locate } = includeMappingFiles(path, source, tell);
  return { data, locate, faults: list };
}

/** YAML reads an unquoted code of digits as a number, by which zeros in front would be lost. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  const isUnquoted =
    issue.code === 'invalid_type' && issue.expected === 'string' && /number|boolean/.test(issue.message);
  return isUnquoted ? `${issue.message}; put the value in quotes` : issue.message;
}
