import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node, YAMLError } from 'yaml';
import { readTextFile } from './text-file.js';

/** A YAML file with the line of everything in it. */
export interface YamlSource {
  /** Undefined where the text is no YAML; a key that stands twice spoils nothing else. */
  data: unknown;
  /** Line of a value, or of the nearest one around it. */
  lineOf: (path: readonly PropertyKey[]) => number;
  errors: YamlFault[];
}

interface YamlFault {
  line: number;
  message: string;
  remedy: string;
}

/** Reads a YAML file; undefined if it cannot be read. What its syntax lacks stands in `errors`. */
export function readYaml(path: string): YamlSource | undefined {
  const read = readTextFile(path);
  if (read === undefined) return undefined;
  if ('message' in read) return { data: undefined, lineOf: () => 1, errors: [{ line: 1, ...read }] };
  const { text } = read;
  const lines = new LineCounter();
  // Keys are codes: 0410 must not become the number 410.
  const document = parseDocument(text, { lineCounter: lines, stringKeys: true });
  const fatal = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY');
  // What follows the first fault of the syntax is read wrong because of it.
  const errors = (fatal === undefined ? document.errors : [fatal]).map((error) => faultOf(error, text));
  const data = fatal === undefined ? plainData(document, lines, errors) : undefined;
  return { data, lineOf: (at) => lineOf(document, lines, at), errors };
}

function faultOf({ code, linePos, message, pos }: YAMLError, text: string): YamlFault {
  const line = linePos?.[0].line ?? 1;
  if (code === 'DUPLICATE_KEY') {
    const key = /^[^:\s,}]*/.exec(text.slice(pos[0]))?.[0] ?? '';
    return { line, message: `${key} stands twice`, remedy: 'remove one of the two' };
  }
  const sentence = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  return { line, message: sentence, remedy: 'correct the YAML' };
}

/** References to nothing, or to too much, are only found out when they are followed. */
function plainData(document: Document, lines: LineCounter, errors: YamlFault[]): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    let line = 1;
    visit(document, {
      Alias: (_, alias) => {
        if (alias.resolve(document) !== undefined) return undefined;
        if (alias.range) line = lines.linePos(alias.range[0]).line;
        return visit.BREAK;
      },
    });
    errors.push({ line, message: error.message, remedy: 'name an anchor that stands above, or write the value out' });
    return undefined;
  }
}

/** Line of the deepest node that exists on the way to a fault. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  let node: Node | null = document.contents;
  let line = 1;
  for (const key of path) {
    const next: unknown = isMap(node) || isSeq(node) ? node.get(key, true) : undefined;
    if (!isMap(next) && !isSeq(next) && !isScalar(next) && !isAlias(next)) break;
    const own = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key))
      : undefined;
    const start = isScalar(own?.key) && (isScalar(next) || isAlias(next)) ? own.key.range : next.range;
    node = next;
    if (start) line = lines.linePos(start[0]).line;
  }
  return line;
}
