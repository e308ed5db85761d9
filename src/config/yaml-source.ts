import { readFileSync } from 'node:fs';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';

/** A YAML file with the line of everything in it. */
export interface YamlSource {
  data: unknown;
  /** Line of a value, or of the nearest one around it. */
  lineOf: (path: readonly PropertyKey[]) => number;
  errors: { line: number; message: string }[];
}

/** Reads a YAML file; undefined if it cannot be read. What its syntax lacks stands in `errors`. */
export function readYaml(path: string): YamlSource | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const lines = new LineCounter();
  // Keys are codes: 0410 must not become the number 410.
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true });
  const errors = document.errors.map((error) => ({
    line: error.linePos?.[0].line ?? 1,
    message: error.message.split('\n')[0] ?? '',
  }));
  return {
    data: errors.length > 0 ? undefined : document.toJS(),
    lineOf: (at) => lineOf(document, lines, at),
    errors,
  };
}

/** Line of the deepest node that exists on the way to a fault. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: Node | null = document.contents;
  let line = 1;
  for (const key of path) {
    const next: unknown = isMap(node) || isSeq(node) ? node.get(key, true) : undefined;
    if (!isMap(next) && !isSeq(next) && !isScalar(next)) break;
    const own = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
      : undefined;
    const start = isScalar(own?.key) && isScalar(next) ? own.key.range : next.range;
    node = next;
    if (start) line = lines.linePos(start[0]).line;
  }
  return line;
}
