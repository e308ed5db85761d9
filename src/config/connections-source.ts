import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { z } from 'zod';
import type { ConnectionsFile } from './connections-schema.js';
import { connectionsFileSchema } from './connections-schema.js';
import { SettingsError } from './settings-error.js';

/** A connections file of the right shape, with the place of everything in it. */
export interface ConnectionsSource {
  file: ConnectionsFile;
  /** `file:line: path` of a setting, or of the nearest one around it; for messages. */
  place: (path: readonly PropertyKey[]) => string;
}

/**
 * Reads YAML and shape only.
 * @throws SettingsError with all faults of the shape, each with file, line and remedy
 */
export function readConnectionsSource(path: string): ConnectionsSource {
  const lines = new LineCounter();
  // Keys are codes: 0410 must not become the number 410.
  const document = parseDocument(readText(path), { lineCounter: lines, stringKeys: true });
  if (document.errors.length > 0) {
    throw new SettingsError(
      document.errors.map(
        (error) => `${path}:${error.linePos?.[0].line ?? '?'}: ${error.message.split('\n')[0] ?? ''}`,
      ),
    );
  }
  const place = (at: readonly PropertyKey[]): string =>
    `${path}:${lineOf(document, lines, at)}: ${at.map(String).join('.') || 'file'}`;
  const parsed = connectionsFileSchema.safeParse(document.toJS());
  if (parsed.success) return { file: parsed.data, place };
  throw new SettingsError(parsed.error.issues.map((issue) => `${place(issue.path)}: ${sentenceOf(issue)}`));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new SettingsError([`${path} cannot be read; name the connections file with --config or CONNECTIONS_FILE`]);
  }
}

/** YAML reads an unquoted code of digits as a number, by which zeros in front would be lost. */
function sentenceOf(issue: z.core.$ZodIssue): string {
  const isUnquoted =
    issue.code === 'invalid_type' && issue.expected === 'string' && /number|boolean/.test(issue.message);
  return isUnquoted ? `${issue.message}; put the value in quotes` : issue.message;
}

/** Line of the deepest node that exists on the way to a fault. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
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
